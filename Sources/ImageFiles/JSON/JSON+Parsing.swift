/// Reads JSON strictly by RFC 8259: nothing is repaired, and nothing is taken twice.
///
/// What is read is a layout that the tool wrote itself, or a person edited by hand, and the header of a file; a
/// typing error must be told with its place, not guessed around. Keys of an object must differ.
extension JSON {
  /// Why bytes are not JSON.
  package struct ParseError: Error, Equatable, Sendable {
    /// Bytes before the fault.
    package var offset: Int
    package var found: String
    package var expected: String

    package var message: String { "at byte \(offset) there is \(found), expected \(expected)" }
  }

  /// Bounds on what is read.
  package struct Bounds: Sendable {
    /// Arrays and objects inside each other.
    package var depth = 32
    package var byteCount = 1 << 20
    package init() {}
  }

  /// The value that bytes hold.
  ///
  /// Whole numbers become ``JSON/integer(_:)`` and must fit 64 bits; all others ``JSON/number(_:)``
  /// and must be finite.
  /// - Throws: ``ParseError`` at the first byte that is wrong.
  /// - Complexity: O(bytes).
  package static func parse(
    _ bytes: [UInt8], bounds: Bounds = Bounds()
  ) throws(ParseError) -> JSON {
    guard bytes.count <= bounds.byteCount else {
      throw ParseError(
        offset: bounds.byteCount, found: "more", expected: "at most \(bounds.byteCount) bytes")
    }
    var reader = JSONReader(bytes: bytes, depthLeft: bounds.depth)
    reader.skipSpace()
    let value = try reader.value()
    reader.skipSpace()
    guard reader.isAtEnd else { throw reader.fault("the end") }
    return value
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  var depthLeft: Int
  var offset = 0

  init(bytes: [UInt8], depthLeft: Int) {
    self.bytes = bytes
    self.depthLeft = depthLeft
  }

  var isAtEnd: Bool { offset == bytes.count }
  private var next: UInt8? { isAtEnd ? nil : bytes[offset] }

  func fault(_ expected: String) -> JSON.ParseError { fault(expected, at: offset) }

  private func fault(_ expected: String, at offset: Int) -> JSON.ParseError {
    let found: String
    if offset >= bytes.count {
      found = "the end"
    } else if (0x21...0x7E).contains(bytes[offset]) {
      found = "\"\(Character(UnicodeScalar(bytes[offset])))\""
    } else {
      found = "0x" + String(bytes[offset], radix: 16)
    }
    return JSON.ParseError(offset: offset, found: found, expected: expected)
  }

  mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { offset += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  mutating func value() throws(JSON.ParseError) -> JSON {
    guard let next else { throw fault("a value") }
    switch next {
    case UInt8(ascii: "{"):
      return try nested { reader throws(JSON.ParseError) in try reader.object() }
    case UInt8(ascii: "["):
      return try nested { reader throws(JSON.ParseError) in try reader.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw fault("a value")
    }
  }

  private mutating func nested(
    _ body: (inout JSONReader) throws(JSON.ParseError) -> JSON
  ) throws(JSON.ParseError) -> JSON {
    guard depthLeft > 0 else { throw fault("fewer values inside each other") }
    depthLeft -= 1
    offset += 1
    let value = try body(&self)
    depthLeft += 1
    return value
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSON.ParseError) -> JSON {
    for byte in word.utf8 {
      guard next == byte else { throw fault(word) }
      offset += 1
    }
    return value
  }

  private mutating func array() throws(JSON.ParseError) -> JSON {
    var values: [JSON] = []
    skipSpace()
    if take("]") { return .array(values) }
    while true {
      skipSpace()
      values.append(try value())
      skipSpace()
      if take("]") { return .array(values) }
      guard take(",") else { throw fault("\",\" or \"]\"") }
    }
  }

  private mutating func object() throws(JSON.ParseError) -> JSON {
    var members: [JSON.Member] = []
    var keys: Set<String> = []
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      let start = offset
      guard next == UInt8(ascii: "\"") else { throw fault("a key in quotes") }
      let key = try string()
      guard keys.insert(key).inserted else {
        throw JSON.ParseError(
          offset: start, found: "the key \"\(key)\" again", expected: "each key once")
      }
      skipSpace()
      guard take(":") else { throw fault("\":\"") }
      skipSpace()
      members.append(JSON.Member(key: key, value: try value()))
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { throw fault("\",\" or \"}\"") }
    }
  }

  private mutating func skipDigits() throws(JSON.ParseError) {
    let start = offset
    while let byte = next, (0x30...0x39).contains(byte) { offset += 1 }
    if offset == start { throw fault("a digit") }
  }

  private mutating func number() throws(JSON.ParseError) -> JSON {
    let start = offset
    _ = take("-")
    // A number has no leading zeros, so that nobody takes one for octal.
    if !take("0") { try skipDigits() }
    var isWhole = true
    if take(".") {
      isWhole = false
      try skipDigits()
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("-") { _ = take("+") }
      try skipDigits()
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isWhole {
      if let integer = Int(text) { return .integer(integer) }
    } else if let number = Double(text), number.isFinite {
      return .number(number)
    }
    throw JSON.ParseError(offset: start, found: text, expected: "a number that fits 64 bits")
  }

  private mutating func string() throws(JSON.ParseError) -> String {
    let opening = offset
    offset += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw fault("text in UTF-8", at: opening)
        }
        return string
      case UInt8(ascii: "\\"):
        offset += 1
        text += String(try escape()).utf8
      case 0..<0x20: throw fault("no control character in text")
      default:
        text.append(byte)
        offset += 1
      }
    }
    throw fault("a closing quote")
  }

  private mutating func escape() throws(JSON.ParseError) -> Unicode.Scalar {
    let start = offset - 1
    let simple: [(Unicode.Scalar, Unicode.Scalar)] = [
      ("\"", "\""), ("\\", "\\"), ("/", "/"), ("b", "\u{8}"), ("f", "\u{C}"), ("n", "\n"),
      ("r", "\r"), ("t", "\t"),
    ]
    for (letter, meaning) in simple where take(letter) { return meaning }
    guard take("u") else { throw fault("an escape of JSON") }
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // A character beyond the first 65536 is two code units, the high one first.
    guard (0xD800..<0xDC00).contains(first), take("\\"), take("u") else {
      throw fault("a whole surrogate pair", at: start)
    }
    let second = try codeUnit()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(
        0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    else { throw fault("a whole surrogate pair", at: start) }
    return scalar
  }

  private mutating func codeUnit() throws(JSON.ParseError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
        throw fault("four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
      offset += 1
    }
    return unit
  }
}
