import PixelViews

extension TGA {
  /// The texts of the extension of version 2: where they start in it, and how many bytes they have.
  private static let texts: [(key: String, start: Int, byteCount: Int)] = [
    ("Author", 2, 41), ("Comment", 43, 324), ("Job", 379, 41),
    ("Software", 426, 41),
  ]

  /// What else the extension has, where it is not zero.
  private static let others: [(words: String, start: Int, byteCount: Int)] = [
    ("time of the job", 420, 6), ("version of the software", 467, 2), ("key color", 470, 4),
    ("color correction table", 482, 4), ("small picture", 486, 4),
  ]

  /// What a file says beside its pixels: its identification, and the texts of its extension.
  static func metadata(
    _ reader: inout HeaderReader, _ header: Header, _ format: PixelFormat
  ) throws(FormatError) -> Metadata? {
    var metadata = Metadata(format: format)
    func line(_ bytes: some BidirectionalCollection<UInt8>) -> String {
      .latin1(bytes.prefix { $0 != 0 }.reversed().drop { $0 == 0x20 }.reversed())
    }
    func add(_ key: String, _ text: String) {
      if !text.isEmpty { metadata.add(.text(key, text)) }
    }
    reader.offset = 8
    let x: UInt16 = try reader.integer("the position")
    let y: UInt16 = try reader.integer("the position")
    // Programs that store the top row first say with the height where it is.
    if x != 0 || y != 0 && !(header.isTopDown && Int(y) == header.height) {
      metadata.lose("position on the screen")
    }
    if header.identificationByteCount > 0 {
      reader.offset = Header.byteCount
      add("Title", line(try reader.bytes(header.identificationByteCount, "the identification")))
    }
    if let start = try extensionStart(&reader) {
      for text in texts {
        reader.offset = start + text.start
        let bytes = try reader.bytes(text.byteCount, "a text of the extension")
        // A comment has four lines, each with its zero.
        let lines = stride(from: 0, to: bytes.count - 1, by: 81).map {
          line(bytes[$0..<min($0 + 81, bytes.count)])
        }
        add(text.key, lines.reversed().drop { $0.isEmpty }.reversed().joined(separator: "\n"))
      }
      for (words, place, count) in others {
        reader.offset = start + place
        if try reader.bytes(count, words).contains(where: { $0 != 0 }) { metadata.lose(words) }
      }
      reader.offset = start + 367
      var date: [Int] = []
      for _ in 0..<6 { date.append(Int(try reader.integer("the date", as: UInt16.self))) }
      if date.contains(where: { $0 != 0 }) {
        // Month, day and year come first.
        let time = Metadata.Chunk.time([date[2], date[0], date[1]] + date[3...])
        if let time { metadata.add(time) } else { metadata.lose("date") }
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
