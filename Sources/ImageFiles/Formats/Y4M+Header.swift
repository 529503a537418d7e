import PixelMemory
import PixelViews

/// What the first line of a Y4M file says.
extension Y4M {
  /// What the first line says.
  struct Header {
    var width: Int?
    var height: Int?
    var storage = storages[0]
    var isFull = false
    var rate: String?
    var interlacing: String?
    var aspect: String?
    /// What follows X, where it has no other meaning here.
    var comments: [String] = []
  }

  static func header(_ reader: inout HeaderReader) throws(FormatError) -> Header {
    reader.offset = 0
    let words = try reader.line("\"YUV4MPEG2\" and its parameters")
    guard words.first?.text == "YUV4MPEG2" else {
      throw reader.malformed(at: 0, found: "another word", expected: "\"YUV4MPEG2\"")
    }
    var header = Header()
    for (word, start) in words.dropFirst() {
      let value = String(word.dropFirst())
      switch word.first {
      case "W": header.width = try size(value, at: start, reader)
      case "H": header.height = try size(value, at: start, reader)
      case "C":
        guard let storage = storages.first(where: { $0.name == value }) else {
          throw .unsupported(
            format: "y4m",
            feature: "samples that are stored as \(value.prefix(32)); known are "
              + storages.map(\.name).joined(separator: ", "))
        }
        header.storage = storage
      case "F": header.rate = value
      case "I": header.interlacing = value
      case "A": header.aspect = value
      case "X" where value == "COLORRANGE=FULL": header.isFull = true
      case "X": if !isOfSamples(value) { header.comments.append(value) }
      default: break
      }
    }
    return header
  }

  /// Whether a word after X says how the samples are stored, as C and ``Header/isFull`` do.
  static func isOfSamples(_ comment: String) -> Bool {
    comment.isEmpty || comment.hasPrefix("COLORRANGE=") || comment.hasPrefix("YSCSS=")
  }

  /// What the first line says of the video; what it does not say is not known. What is written of an
  /// image that is not video goes silently.
  static func metadata(_ header: Header, _ format: PixelFormat) -> Metadata? {
    var metadata = Metadata(format: format)
    let values: [(Metadata.VideoKey, String?)] = [
      (.frameRate, header.rate), (.interlacing, header.interlacing),
      (.pixelAspect, header.aspect),
    ]
    for (key, value) in values {
      guard let text = value ?? key.unknown, text != usual(key) else { continue }
      let chunk = Metadata.Chunk.text(key.rawValue, text)
      if holds(chunk) { metadata.add(chunk) } else { metadata.lose(chunk.summary) }
    }
    if format.mode == .ycbcr, header.storage.rawmode != "yuv444p" {
      metadata.add(.text(Metadata.VideoKey.chroma.rawValue, header.storage.name))
    }
    for comment in header.comments { metadata.add(.text(commentKey, comment)) }
    return metadata.isEmpty ? nil : metadata
  }

  static let commentKey = "Video comment"

  static func usual(_ key: Metadata.VideoKey) -> String? {
    switch key {
    case .frameRate: "25:1"
    case .interlacing: "p"
    case .pixelAspect: "1:1"
    case .chroma: nil
    }
  }

  private static func size(
    _ text: String, at start: Int, _ reader: HeaderReader
  ) throws(FormatError) -> Int {
    guard let size = Int(text), 1...Int(Int32.max) ~= size else {
      throw reader.malformed(
        at: start, found: String(text.prefix(32)), expected: "1 to \(Int32.max) pixels")
    }
    return size
  }
}

extension HeaderReader {
  /// The words of a line, and where they begin.
  mutating func line(
    _ what: String
  ) throws(FormatError) -> [(text: String, start: Int)] {
    let first = offset
    var words: [(text: String, start: Int)] = []
    var word: [UInt8] = []
    while true {
      let byte = try byte(what)
      guard byte == 0x0A || byte == 0x20 else {
        word.append(byte)
        guard offset - first < 4096 else {
          throw malformed(at: first, found: "more than 4096 bytes without an end", expected: what)
        }
        continue
      }
      if !word.isEmpty {
        words.append((String(decoding: word, as: UTF8.self), offset - 1 - word.count))
      }
      if byte == 0x0A { return words }
      word = []
    }
  }
}
