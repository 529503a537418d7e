import PixelViews

/// The words of a header of text, as Netpbm reads them.
extension HeaderReader {
  /// The next byte; a comment is the line end that it ends with.
  mutating func textByte(_ what: String) throws(FormatError) -> UInt8 {
    var byte = try byte(what)
    guard byte == Netpbm.comment else { return byte }
    while byte != 0x0A && byte != 0x0D {
      byte = try self.byte(what)
      keepComment(byte)
    }
    return byte
  }

  /// Keeps a byte of a comment, up to a limit.
  mutating func keepComment(_ byte: UInt8) {
    if comments.count < Netpbm.commentLimit { comments.append(byte) }
  }

  /// The next word and where it starts; the byte of white space after it is taken, too.
  ///
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)`` at the end of the file and
  ///   for a word of more than 64 bytes.
  mutating func word(_ what: String) throws(FormatError) -> (text: String, start: Int) {
    var byte = try textByte(what)
    while Netpbm.isSpace(byte) { byte = try textByte(what) }
    let start = offset - 1
    var word: [UInt8] = []
    while !Netpbm.isSpace(byte) {
      guard word.count < 64 else {
        throw malformed(at: start, found: "more than 64 bytes", expected: what)
      }
      word.append(byte)
      byte = try textByte(what)
    }
    return (String(decoding: word, as: UTF8.self), start)
  }

  /// A whole number of a range, in decimal digits.
  mutating func number(_ what: String, in range: ClosedRange<Int>) throws(FormatError) -> Int {
    let (word, start) = try word(what)
    guard let number = Netpbm.decimal(word), range.contains(number)
    else {
      throw malformed(
        at: start, found: "\"\(word)\"",
        expected: "\(what), \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A width or height.
  mutating func size(_ what: String) throws(FormatError) -> Int {
    try number("the \(what)", in: 1...Int(Int32.max))
  }
}

extension Netpbm {
  /// What the header of one image says.
  struct Header: Hashable, Sendable {
    /// The digit after "P".
    var kind: Int
    var width: Int
    var height: Int
    /// Samples of a pixel.
    var depth = 1
    /// The largest sample.
    var top = 1
    /// The words of TUPLTYPE, for "P7".
    var tupleType = ""
    /// What the header's comments say.
    var comment = ""
    /// Where the rows start.
    var offset = 0

    var isPlain: Bool { kind <= 3 }
    var sampleByteCount: Int { top > 255 ? 2 : 1 }

    /// The bytes of the rows; `nil` for text and for products that overflow.
    var rasterByteCount: Int? {
      if isPlain { return nil }
      if kind == 4 { return width.inBytesRoundedUp.multiplied(by: height) }
      return width.multiplied(by: height)?.multiplied(by: depth)?.multiplied(by: sampleByteCount)
    }
  }

  /// A whole number without a sign.
  static func decimal(_ word: String) -> Int? {
    word.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(word) : nil
  }

  /// Reads the header of the image that starts at the reader's offset.
  ///
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)``.
  static func header(_ reader: inout HeaderReader) throws(FormatError) -> Header {
    let start = reader.offset
    reader.comments = []
    let magic = try reader.bytes(2, "\"P\" and a digit")
    guard magic[0] == letter, (0x31...0x37).contains(magic[1]) else {
      throw reader.malformed(
        at: start, found: "\(magic.map { String($0, radix: 16) })", expected: "\"P1\" to \"P7\"")
    }
    let kind = Int(magic[1]) - 0x30
    if kind == 7 { return try arbitraryHeader(&reader) }
    let space = try reader.textByte("white space")
    guard isSpace(space) else {
      throw reader.malformed(at: start + 2, found: "\(space)", expected: "white space")
    }
    var header = Header(
      kind: kind, width: try reader.size("width"), height: try reader.size("height"))
    if kind != 1 && kind != 4 { header.top = try reader.number("the maxval", in: 1...65535) }
    if kind == 3 || kind == 6 { header.depth = 3 }
    header.offset = reader.offset
    header.comment = comment(reader)
    return header
  }

  private static func arbitraryHeader(_ reader: inout HeaderReader) throws(FormatError) -> Header {
    let start = reader.offset - 2
    let rest = try line(&reader)
    guard rest.allSatisfy(isSpace) else {
      let text = String(decoding: rest, as: UTF8.self)
      if text == " 332" {
        throw .unsupported(format: reader.format, feature: "a thumbnail of XV (\"P7 332\")")
      }
      throw reader.malformed(
        at: start + 2, found: "\"\(text)\"", expected: "a line end after \"P7\"")
    }
    var numbers: [String: Int] = [:]
    var types: [String] = []
    while true {
      let start = reader.offset
      let line = try self.line(&reader)
      let words = line.split { isSpace($0) }.map { String(decoding: $0, as: UTF8.self) }
      guard let key = words.first else { continue }
      if key.hasPrefix("#") {
        for byte in line.drop(while: { isSpace($0) }).dropFirst() + [0x0A] {
          reader.keepComment(byte)
        }
        continue
      }
      if key == "ENDHDR" { break }
      if key == "TUPLTYPE" {
        types += words.dropFirst()
        continue
      }
      let limit = key == "MAXVAL" ? 65535 : Int(Int32.max)
      guard ["WIDTH", "HEIGHT", "DEPTH", "MAXVAL"].contains(key) else {
        throw reader.malformed(at: start, found: "\"\(key)\"", expected: "a key of a PAM header")
      }
      guard words.count == 2, let number = decimal(words[1]), (1...limit).contains(number),
        numbers[key] == nil
      else {
        throw reader.malformed(
          at: start, found: "\"\(words.joined(separator: " "))\"",
          expected: "one \(key), 1 to \(limit)")
      }
      numbers[key] = number
    }
    func value(_ key: String) throws(FormatError) -> Int {
      if let number = numbers[key] { return number }
      throw reader.malformed(at: reader.offset, found: "the end of the header", expected: key)
    }
    return Header(
      kind: 7, width: try value("WIDTH"), height: try value("HEIGHT"),
      depth: try value("DEPTH"), top: try value("MAXVAL"),
      tupleType: types.joined(separator: " "), comment: comment(reader), offset: reader.offset)
  }

  /// The comments that were read, without the spaces around them.
  private static func comment(_ reader: HeaderReader) -> String {
    let text = String(validating: reader.comments, as: UTF8.self) ?? .latin1(reader.comments)
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    return lines.joined(separator: "\n")
  }

  /// The bytes up to the next line end, at most 255 of them.
  private static func line(_ reader: inout HeaderReader) throws(FormatError) -> [UInt8] {
    let start = reader.offset
    var line: [UInt8] = []
    while true {
      let byte = try reader.byte("ENDHDR")
      if byte == 0x0A { return line }
      guard line.count < 255 || line.first == comment else {
        throw reader.malformed(at: start, found: "more than 255 bytes", expected: "a line")
      }
      if line.count < 255 { line.append(byte) }
    }
  }
}
