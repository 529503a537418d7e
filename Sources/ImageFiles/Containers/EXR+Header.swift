import PixelMemory
import PixelViews

extension EXR {
  /// What the attributes of a file say.
  struct Header {
    var channels: [Channel] = []
    /// The first row's number.
    var top = 0
    var width = 0
    var height = 0
    /// The samples of a row, of all channels.
    var rowByteCount = 0
    /// The windows in words, and whether they differ.
    var windows = ""
    var hasOtherWindow = false
    /// The names of attributes that are not of the pixels' places.
    var others: [String] = []

    /// Channels that are shown as one image.
    struct Shown {
      var channels: [Channel]
      var format: PixelFormat
    }

    /// Attributes that say nothing which an image without them lacks.
    private static let known = [
      "channels", "compression", "dataWindow", "displayWindow", "lineOrder", "pixelAspectRatio",
      "screenWindowCenter", "screenWindowWidth", "type",
    ]

    init(_ reader: inout HeaderReader) throws(FormatError) {
      var values: [String: (type: String, value: [UInt8], offset: Int)] = [:]
      while true {
        let key = try Header.text(&reader, "an attribute")
        if key.isEmpty { break }
        let type = try Header.text(&reader, "the type of \(key.withoutControls())")
        let count = Int(try reader.integer("bytes of an attribute", as: UInt32.self))
        guard count <= HeaderReader.textByteCount, reader.offset <= HeaderReader.textByteCount
        else {
          throw .tooLarge(
            format: name, found: "an attribute of \(count.bytes)",
            limit: "\(HeaderReader.textByteCount) bytes")
        }
        let offset = reader.offset
        let value = try reader.bytes(count, "the attribute \(key.withoutControls())")
        if Header.known.contains(key) {
          values[key] = (type, value, offset)
        } else {
          others.append(key)
        }
      }
      func value(_ key: String, _ byteCount: Int) throws(FormatError) -> [UInt8] {
        guard let found = values[key], found.value.count == byteCount else {
          throw reader.malformed(
            at: values[key]?.offset ?? 8,
            found: values[key].map { "\(key) of \($0.value.count) bytes" } ?? "no \"\(key)\"",
            expected: "\"\(key)\" of \(byteCount.bytes)")
        }
        return found.value
      }
      let compression = Int(try value("compression", 1)[0])
      guard compression == 0 else {
        throw .unsupported(
          format: name,
          feature: EXR.compressions.indices.contains(compression)
            ? "\(EXR.compressions[compression]) compression" : "compression \(compression)")
      }
      let order = try value("lineOrder", 1)[0]
      guard order <= 1 else { throw .unsupported(format: name, feature: "line order \(order)") }
      let data = Header.integers(try value("dataWindow", 16))
      let display = values["displayWindow"].map { Header.integers($0.value) } ?? data
      guard data[0] <= data[2], data[1] <= data[3] else {
        throw reader.malformed(
          at: values["dataWindow"]?.offset ?? 8, found: "the data window \(data)",
          expected: "at least one pixel")
      }
      (width, height, top) = (data[2] - data[0] + 1, data[3] - data[1] + 1, data[1])
      hasOtherWindow = display != data && display.count == 4
      if hasOtherWindow {
        windows =
          "\(width)x\(height) at \(data[0]),\(data[1]) of a display of "
          + "\(display[2] - display[0] + 1)x\(display[3] - display[1] + 1)"
      }
      let list = values["channels"]
      _ = try value("channels", list?.value.count ?? 1)
      try readChannels(list?.value ?? [], reader.buffer, at: list?.offset ?? 8)
    }

    /// The channel list: name, 0, type (4), not used (4), a sample each so many columns and rows (8).
    private mutating func readChannels(
      _ list: [UInt8], _ buffer: Buffer, at offset: Int
    ) throws(FormatError) {
      var reader = HeaderReader(buffer, format: EXR.name, offset: offset)
      var names: Set<String> = []
      while true {
        let start = reader.offset
        let name = try Header.text(&reader, "a channel")
        if name.isEmpty { break }
        let type = Int(try reader.integer("the type of \(name.withoutControls())", as: UInt32.self))
        reader.offset += 4
        let columns = try reader.integer("its columns", as: UInt32.self)
        let rows = try reader.integer("its rows", as: UInt32.self)
        guard reader.offset <= offset + list.count, let element = EXR.types.element(type) else {
          throw reader.malformed(
            at: start, found: "channel \(name.withoutControls()) of type \(type)",
            expected: "channels of type 0, 1 or 2")
        }
        guard columns == 1, rows == 1 else {
          throw .unsupported(
            format: EXR.name,
            feature: "a sample each \(columns)x\(rows) pixels in channel \(name.withoutControls())")
        }
        guard names.insert(name).inserted else {
          throw reader.malformed(
            at: start, found: "another channel \(name.withoutControls())",
            expected: "one of each name")
        }
        channels.append(Channel(name: name, element: element, start: rowByteCount))
        guard let bytes = width.multiplied(by: element.byteCount)?.added(to: rowByteCount) else {
          throw .tooLarge(
            format: EXR.name, found: "\(channels.count) channels", limit: "\(Int.max) bytes")
        }
        rowByteCount = bytes
      }
      guard !channels.isEmpty else {
        throw reader.malformed(at: offset, found: "no channel", expected: "at least one")
      }
    }

    /// One picture of the channels whose names are those of a mode's bands, else one of each channel.
    var images: [Shown] {
      for (mode, names) in [
        (Mode.rgba, ["R", "G", "B", "A"]), (.rgb, ["R", "G", "B"]), (.float, ["Y"]),
      ] {
        let found = names.compactMap { name in channels.first { $0.name == name } }
        guard found.count == names.count, found.allSatisfy({ $0.element == found[0].element })
        else { continue }
        if names.count == 1 { return [Header.single(found[0])] }
        let element = found[0].element
        let format = PixelFormat(
          mode, holding: element.number, bitCount: element.byteCount.inBits)
        guard mode.hasSamples(of: format.type) else { continue }
        return [Shown(channels: found, format: format)]
      }
      return channels.map(Header.single)
    }

    private static func single(_ channel: Channel) -> Shown {
      Shown(
        channels: [channel],
        format: PixelFormat(
          showing: channel.element.number, bitCount: channel.element.byteCount.inBits))
    }

    private static func integers(_ bytes: [UInt8]) -> [Int] {
      stride(from: 0, through: bytes.count - 4, by: 4).map { start in
        Int(Int32(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << ($1 * 8) }))
      }
    }

    /// A text that a 0 ends, of at most 255 bytes.
    private static func text(
      _ reader: inout HeaderReader, _ what: String
    ) throws(FormatError) -> String {
      var bytes: [UInt8] = []
      let start = reader.offset
      while true {
        let byte = try reader.byte(what)
        if byte == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(byte)
        guard bytes.count < 256 else {
          throw reader.malformed(
            at: start, found: "a name of more than 255 bytes", expected: "a shorter one")
        }
      }
    }
  }
}
