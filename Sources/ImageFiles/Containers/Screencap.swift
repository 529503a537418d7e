// Android's screencap: what `adb exec-out screencap` gives (frameworks/base: cmds/screencap/screencap.cpp).
//
//   offset  bytes, numbers little-endian
//        0      8  width, height
//        8      4  1 RGBA, 2 RGBX, 3 RGB, 4 565, 5 BGRA, 6 5551, 7 4444, 22 RGBA of 16-bit floats,
//                  43 RGBA of 10 and 2 bits, 56 R (android.graphics.PixelFormat, AHardwareBuffer_Format)
//       12      4  color space: 0 not known, 1 sRGB, 2 Display P3; only from Android 8 on
//   then the rows, without padding
//
// Mapped in place; written with 16 bytes before the rows. There is no magic number: a file is known by
// its size alone, which must be to the byte what width, height and format say, with a header of 12 or 16
// bytes. Pixels hardly ever say so of themselves; where they do, `frombuffer` with a mode or a rawmode
// takes them for pixels.

import PixelMemory
import PixelViews

extension FileFormat {
  static let screencap = FileFormat(
    name: "screencap", summary: "screen of Android, as adb gives it", suffixes: [".screencap"],
    modes: [.gray, .rgb, .rgba], honorsRawmode: true,
    fits: { prefix, byteCount in Screencap.headerByteCount(prefix, byteCount) != nil },
    describe: Screencap.describe,
    prefix: { layout, _ throws(FormatError) in try Screencap.prefix(layout) },
    encoding: .plain { image, options throws(FormatError) in
      try Screencap.plainFile(image, as: options.rawmode)
    })
}

enum Screencap {
  static let name = "screencap"
  static let headerByteCounts = [12, 16]

  /// How pixels are stored; of the storages of a mode the first is what is written.
  private struct Storage {
    let number: Int
    let rawmode: String
    let mode: Mode
  }

  private static let storages = [
    Storage(number: 1, rawmode: "RGBA", mode: .rgba),
    Storage(number: 3, rawmode: "RGB", mode: .rgb),
    Storage(number: 2, rawmode: "RGBX", mode: .rgb),
    Storage(number: 4, rawmode: "BGR;16", mode: .rgb),
    Storage(number: 5, rawmode: "BGRA", mode: .rgba),
    Storage(number: 22, rawmode: "RGBA;16F", mode: .rgba),
    Storage(number: 56, rawmode: "L", mode: .gray),
  ]

  /// Words of which no rawmode has the bits: red, green, blue and alpha.
  private static let words: [Int: MaskedPixels] = [
    6: MaskedPixels(masks: [0xF800, 0x07C0, 0x003E, 0x0001], bitCount: 16),
    7: MaskedPixels(masks: [0xF000, 0x0F00, 0x00F0, 0x000F], bitCount: 16),
    43: MaskedPixels(masks: [0x3FF, 0xFFC00, 0x3FF0_0000, 0xC000_0000], bitCount: 32),
  ]

  /// The layout and format of pixels with a number; `nil` for a number that is not known, and for sizes
  /// that no file has.
  private static func pixels(
    _ number: Int, width: Int, height: Int, offset: Int
  ) -> (layout: Layout, format: PixelFormat)? {
    guard 1...Int(Int32.max) ~= width, 1...Int(Int32.max) ~= height else { return nil }
    if let masked = words[number] {
      guard let fields = try? masked.fields(name) else { return nil }
      return (
        Layout(
          width: width, height: height, bitOffset: offset.inBits, rowBits: width * masked.bitCount,
          pixelBits: masked.bitCount, fields: fields), PixelFormat(.rgba, masked.type)
      )
    }
    guard let storage = storages.first(where: { $0.number == number }),
      let rawmode = Rawmode.named(storage.rawmode, mode: storage.mode)
    else { return nil }
    var options = Rawmode.Options()
    options.offset = offset
    guard let layout = try? rawmode.layout(width: width, height: height, options: options) else {
      return nil
    }
    return (layout, rawmode.storedFormat)
  }

  /// The bytes before the rows of a file; `nil` where it is of another size than its first numbers say.
  static func headerByteCount(_ prefix: [UInt8], _ byteCount: Int) -> Int? {
    guard prefix.count >= 12 else { return nil }
    let number = { (at: Int) in prefix[at..<at + 4].reversed().reduce(0) { $0 << 8 | Int($1) } }
    return headerByteCounts.first { count in
      guard prefix.count >= count, count == 12 || number(12) <= 2,
        let layout = pixels(number(8), width: number(0), height: number(4), offset: count)?.layout
      else { return false }
      // The last byte may be padding, which no sample reaches.
      return layout.rowBits.inWholeBytes.multiplied(by: layout.height)?.added(to: count)
        == byteCount
    }
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    try options.checkOnlyFrame(name)
    reader.offset = 0
    let start = try reader.bytes(12, "width, height and format")
    var numbers = HeaderReader(reader.buffer, format: name)
    let width = Int(try numbers.integer("width", as: UInt32.self))
    let height = Int(try numbers.integer("height", as: UInt32.self))
    let number = Int(try numbers.integer("format", as: UInt32.self))
    let prefix = start + ((try? reader.bytes(4, "color space")) ?? [])
    guard pixels(number, width: width, height: height, offset: 0) != nil else {
      throw reader.malformed(
        at: 0, found: "\(width)x\(height) of format \(number)",
        expected: "1 to \(Int32.max) pixels a side, and one of the formats "
          + (storages.map(\.number) + words.keys).sorted().map(String.init).joined(separator: ", "))
    }
    guard let offset = headerByteCount(prefix, reader.byteCount),
      let found = pixels(number, width: width, height: height, offset: offset)
    else {
      throw reader.malformed(
        at: 0, found: "\(reader.byteCount.bytes) in the file",
        expected: "12 or 16, and packed rows of \(width)x\(height) of format \(number)")
    }
    var pixels = FileFormat.Pixels(layout: found.layout, format: found.format)
    pixels.trailingByteCount = 0
    if offset == 16, prefix[12] == 2 {
      pixels.metadata = Metadata(format: found.format)
      pixels.metadata?.lose("color space Display P3")
    }
    return .mapped(pixels)
  }

  private static func header(_ number: Int, width: Int, height: Int) throws(FormatError) -> [UInt8]
  {
    guard width <= Int(Int32.max), height <= Int(Int32.max) else {
      throw .tooLarge(
        format: name, found: "\(width)x\(height)", limit: "\(Int32.max)x\(Int32.max)")
    }
    return [width, height, number, 0].flatMap { $0.bytes(4) }
  }

  static func prefix(_ layout: Layout) throws(FormatError) -> [UInt8]? {
    for number in storages.map(\.number) + words.keys
    where pixels(number, width: layout.width, height: layout.height, offset: 0)?.layout == layout {
      return try header(number, width: layout.width, height: layout.height)
    }
    return nil
  }

  static func plainFile(_ image: Image, as rawmode: Rawmode?) throws(FormatError) -> PlainFile {
    let storage = storages.first {
      guard let stored = Rawmode.named($0.rawmode, mode: $0.mode) else { return false }
      return stored.type == .u8 && stored.storedFormat == image.format
        && (rawmode.map { $0 == stored } ?? true)
    }
    guard let storage else {
      if let rawmode { throw .cannotStoreAs(rawmode, image.format) }
      throw .cannotHold(format: name, image.format)
    }
    let header = try header(storage.number, width: image.width, height: image.height)
    return PlainFile(
      header: header,
      layout: try Layout.stored(
        as: storage.rawmode, storage.mode, width: image.width, height: image.height,
        offset: header.count), format: image.format)
  }
}
