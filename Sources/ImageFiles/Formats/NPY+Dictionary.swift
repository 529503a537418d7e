import PixelViews

extension NPY {
  /// What the header of a file says.
  struct Header: Hashable, Sendable {
    /// NumPy's name of the type: byte order, kind and size.
    var descr: String
    var isFortranOrder: Bool
    var shape: [Int]
    /// Where the samples start.
    var offset: Int
  }

  /// The dictionaries of real files have some hundred bytes; NumPy refuses more than 10,000.
  private static let dictionaryLimit = 10_000

  /// Reads the header.
  ///
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)`` for what is not a literal of
  ///   Python, ``FormatError/unsupported(format:feature:)`` for other versions and for structures.
  static func header(_ reader: inout HeaderReader) throws(FormatError) -> Header {
    let found = try reader.bytes(magic.count, "the magic bytes")
    guard found == magic else {
      throw reader.malformed(at: 0, found: "\(found)", expected: "0x93 \"NUMPY\"")
    }
    let major = try reader.byte("the version")
    let minor = try reader.byte("the version")
    guard (1...3).contains(major), minor == 0 else {
      throw .unsupported(format: name, feature: "version \(major).\(minor)")
    }
    let length =
      major == 1
      ? Int(try reader.integer("the header's length", as: UInt16.self))
      : Int(try reader.integer("the header's length", as: UInt32.self))
    guard length <= dictionaryLimit else {
      throw .tooLarge(
        format: name, found: "a header of \(length) bytes", limit: "\(dictionaryLimit) bytes")
    }
    let start = reader.offset
    let text = try reader.bytes(length, "the header")
    var parser = DictionaryParser(text: text, start: start)
    return try parser.header(offset: reader.offset)
  }
}

/// A parser of the one dictionary that a header may hold: three keys with literals of Python.
struct DictionaryParser {
  let text: [UInt8]
  /// Where the text stands in the file.
  let start: Int
  private var index = 0

  init(text: [UInt8], start: Int) {
    self.text = text
    self.start = start
  }

  mutating func header(offset: Int) throws(FormatError) -> NPY.Header {
    var descr: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !take("}") {
      let keyStart = index
      let key = try string("a key")
      try expect(":")
      switch key {
      case "descr" where descr == nil: descr = try type()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
      case "shape" where shape == nil: shape = try tuple()
      default:
        index = keyStart
        throw malformed("'\(key)'", "'descr', 'fortran_order' and 'shape', once each")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard index == text.count else { throw malformed(found, "the end of the header") }
    guard let descr, let isFortranOrder, let shape else {
      throw malformed("the end of the header", "'descr', 'fortran_order' and 'shape'")
    }
    return NPY.Header(
      descr: descr, isFortranOrder: isFortranOrder, shape: shape, offset: offset)
  }

  private mutating func type() throws(FormatError) -> String {
    skipSpace()
    if index < text.count, text[index] == UInt8(ascii: "[") {
      throw .unsupported(format: NPY.name, feature: "a structured type")
    }
    if index < text.count, text[index] == UInt8(ascii: "(") {
      throw .unsupported(format: NPY.name, feature: "a type of subarrays")
    }
    return try string("a type")
  }

  private mutating func string(_ what: String) throws(FormatError) -> String {
    skipSpace()
    guard index < text.count, [0x22, 0x27].contains(text[index]) else {
      throw malformed(found, what)
    }
    let quote = text[index]
    guard let end = text[(index + 1)...].firstIndex(of: quote),
      !text[index..<end].contains(UInt8(ascii: "\\"))
    else { throw malformed(found, "a string without escapes") }
    defer { index = end + 1 }
    return String(decoding: text[index + 1..<end], as: UTF8.self)
  }

  private mutating func boolean() throws(FormatError) -> Bool {
    if take("True") { return true }
    if take("False") { return false }
    throw malformed(found, "True or False")
  }

  private mutating func tuple() throws(FormatError) -> [Int] {
    try expect("(")
    var numbers: [Int] = []
    while !take(")") {
      numbers.append(try number())
      if !take(",") {
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func number() throws(FormatError) -> Int {
    skipSpace()
    let digits = text[index...].prefix { (0x30...0x39).contains($0) }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
      throw malformed(found, "a size")
    }
    index = digits.endIndex
    // Python 2 wrote long integers so.
    _ = take("L")
    return number
  }

  private mutating func expect(_ token: String) throws(FormatError) {
    if !take(token) { throw malformed(found, "'\(token)'") }
  }

  private mutating func take(_ token: String) -> Bool {
    skipSpace()
    guard text[index...].starts(with: token.utf8) else { return false }
    index += token.utf8.count
    return true
  }

  private mutating func skipSpace() {
    while index < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[index]) { index += 1 }
  }

  private var found: String {
    index < text.count
      ? "'\(String(decoding: text[index...].prefix(16), as: UTF8.self))'" : "the end of the header"
  }

  private func malformed(_ found: String, _ expected: String) -> FormatError {
    .malformed(format: NPY.name, offset: start + index, found: found, expected: expected)
  }
}
