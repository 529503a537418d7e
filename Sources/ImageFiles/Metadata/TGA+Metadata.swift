import PixelViews

extension TGA {
  /// The texts of the extension of version 2: where they start in it, and how many bytes they have.
  private static let texts: [(key: String, start: Int, byteCount: Int)] = [
    ("Author", 2, 41), ("Comment", 43, 324), ("Job", 379, 41),
    ("Software", 426, 41),
  ]

  /// What a file says beside its pixels: its identification, and the texts of its extension.
  static func metadata(
    _ reader: inout HeaderReader, _ header: Header, _ format: PixelFormat
  ) throws(FormatError) -> Metadata? {
    var metadata = Metadata(format: format)
    func add(_ key: String, _ bytes: [UInt8]) {
      let text = String.latin1(bytes.prefix { $0 != 0 }.reversed().drop { $0 == 0x20 }.reversed())
      if !text.isEmpty { metadata.add(.text(key, text)) }
    }
    if header.identificationByteCount > 0 {
      reader.offset = Header.byteCount
      add("Title", try reader.bytes(header.identificationByteCount, "the identification"))
    }
    if let start = try extensionStart(&reader) {
      for text in texts {
        reader.offset = start + text.start
        add(text.key, try reader.bytes(text.byteCount, "a text of the extension"))
      }
      for (offset, words) in [(474, "shape of a pixel"), (478, "gamma")] {
        reader.offset = start + offset
        let above: UInt16 = try reader.integer(words)
        let below: UInt16 = try reader.integer(words)
        if below != 0, above != below { metadata.lose(words) }
      }
    }
    return metadata.isEmpty ? nil : metadata
  }
}
