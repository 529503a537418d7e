import PixelViews

/// Readers of the values that options take. Numbers never meet an unchecked operation.
enum Values {
  /// A whole number.
  static func integer(_ text: String, _ what: String) throws(ToolError) -> Int {
    guard let value = Int(text) else {
      throw wrong(text, what, [text], "a whole number is expected")
    }
    return value
  }

  /// The error of a value that is not of its shape, or of which a number is too large.
  private static func wrong(
    _ text: String, _ what: String, _ parts: [some StringProtocol], _ expected: String
  ) -> ToolError {
    let large = parts.first { isNumeral($0) && Int($0) == nil }
    let reason =
      large.map { $0 == text ? "it does not fit 64 bits" : "\($0) does not fit 64 bits" }
      ?? expected
    return ToolError("\(what) is \(quoted(text)); \(reason)")
  }

  private static func isNumeral(_ text: some StringProtocol) -> Bool {
    let digits = text.drop { $0 == "-" || $0 == "+" }
    return !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
  }

  /// `A..B`, neither negative.
  static func range(_ text: String, _ what: String) throws(ToolError) -> ClosedRange<Int> {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].isEmpty, let first = Int(parts[0]),
      let last = Int(parts[2]), first >= 0, last >= first
    else { throw wrong(text, what, parts, "A..B is expected, like 0..3") }
    return first...last
  }

  /// `Wx`.
  static func width(_ text: String, _ what: String) throws(ToolError) -> Int {
    let digits = text.dropLast()
    guard let width = Int(digits) else {
      throw wrong(text, what, [digits], "WxH in pixels is expected, like 640x480")
    }
    guard width > 0 else { throw ToolError("\(what) is \(text); the width must be at least 1") }
    return width
  }

  /// A number of bytes: decimal or `0x…`, with a suffix K, M or G (1024).
  static func byteCount(_ text: String, _ what: String) throws(ToolError) -> Int {
    var digits = Substring(text)
    var shift = 0
    if let suffix = text.last, let index = "KMG".firstIndex(of: Character(suffix.uppercased())),
      !text.lowercased().hasPrefix("0x")
    {
      shift = 10 * ("KMG".distance(from: "KMG".startIndex, to: index) + 1)
      digits.removeLast()
    }
    let isHexadecimal = digits.lowercased().hasPrefix("0x")
    let value = isHexadecimal ? Int(digits.dropFirst(2), radix: 16) : Int(digits)
    guard let value, let bytes = value.multiplied(by: 1 << shift) else {
      let isNumber =
        isHexadecimal ? digits.dropFirst(2).allSatisfy(\.isHexDigit) : isNumeral(digits)
      if isNumber, digits.count > (isHexadecimal ? 2 : 0) {
        throw ToolError("\(what) is \(quoted(text)); it does not fit 64 bits")
      }
      throw ToolError(
        "\(what) is \(quoted(text)); bytes are expected: 4096, 0x1000, or with a suffix K, M or G")
    }
    guard bytes >= 0 else { throw ToolError("\(what) is \(text); it cannot be negative") }
    return bytes
  }

  /// `WxH`, both at least 1.
  static func size(_ text: String, _ what: String) throws(ToolError) -> (width: Int, height: Int) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]) else {
      throw wrong(
        text, what, parts, "WxH in pixels is expected" + (sizeHint(text) ?? ", like 640x480"))
    }
    guard width > 0, height > 0 else {
      throw ToolError("\(what) is \(text); width and height must be at least 1")
    }
    return (width, height)
  }

  /// The hint for two numbers that something other than `x` parts, or three that it does.
  private static func sizeHint(_ text: String) -> String? {
    let parts = text.split(omittingEmptySubsequences: false) { "xX×*,: ".contains($0) }
      .filter { !$0.isEmpty }
    guard (2...3).contains(parts.count),
      parts.allSatisfy({ number in number.allSatisfy { $0.isASCII && $0.isNumber } })
    else { return nil }
    let size = parts.prefix(2).joined(separator: "x")
    guard size != text else { return nil }
    return " (did you mean \(size)\(parts.count == 3 ? "? --mode says what is in a pixel" : "?"))"
  }

  /// `X,Y`, neither negative.
  static func point(_ text: String, _ what: String) throws(ToolError) -> (x: Int, y: Int) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, let x = Int(parts[0]), let y = Int(parts[1]) else {
      throw wrong(text, what, parts, "X,Y is expected, like 3,4")
    }
    guard x >= 0, y >= 0 else {
      throw ToolError("\(what) is \(text); pixels are counted from 0,0 at the top left")
    }
    return (x, y)
  }

  /// `WxH+X+Y`.
  static func rectangle(_ text: String, _ what: String) throws(ToolError) -> Rectangle {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    guard parts.count == 3, let x = Int(parts[1]), let y = Int(parts[2]) else {
      throw wrong(text, what, parts, "WxH+X+Y is expected, like 64x48+10+20")
    }
    let size = try size(String(parts[0]), what)
    guard x >= 0, y >= 0 else {
      throw ToolError("\(what) is \(text); pixels are counted from 0,0 at the top left")
    }
    return Rectangle(x: x, y: y, width: size.width, height: size.height)
  }

  /// The two sides of `LEFT=RIGHT`.
  ///
  /// - Parameter expected: what is expected, for the message.
  static func assignment(
    _ text: String, _ what: String, _ expected: String
  ) throws(ToolError) -> (left: String, right: String) {
    guard let sign = text.lastIndex(of: "=") else {
      throw ToolError("\(what) is \(quoted(text)); \(expected)")
    }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }

  /// Pairs of hexadecimal digits.
  static func hexBytes(_ text: String, _ what: String) throws(ToolError) -> [UInt8] {
    let digits = Array(text.utf8)
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: digits.count - digits.count % 2, by: 2) {
      guard let high = hexDigit(digits[start]), let low = hexDigit(digits[start + 1]) else { break }
      bytes.append(high << 4 | low)
    }
    guard !bytes.isEmpty, bytes.count * 2 == digits.count else {
      throw ToolError(
        "\(what) is \(quoted(text)); pairs of hexadecimal digits are expected, like 80ff")
    }
    return bytes
  }

  private static func hexDigit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// A number, whole or not.
  static func number(_ text: String, _ what: String) throws(ToolError) -> Double {
    if text.lowercased().hasPrefix("0x"), let value = UInt64(text.dropFirst(2), radix: 16) {
      return try exact(Int128(value), what, text)
    }
    if let value = Int128(text) { return try exact(value, what, text) }
    guard let value = Double(text) else {
      throw ToolError("\(what) is \(quoted(text)); a number is expected")
    }
    // What is too large reads as an infinity as well.
    guard !value.isInfinite || text.contains(where: { "iI".contains($0) }) else {
      throw ToolError("\(what) is \(text); it does not fit a 64-bit float")
    }
    return value
  }

  /// A whole number that a 64-bit float has; the next one is another number.
  private static func exact(
    _ number: Int128, _ what: String, _ text: String
  ) throws(ToolError) -> Double {
    guard let value = Double(exactly: number) else {
      let nearest = Int128(exactly: Double(number)).map(String.init) ?? "\(Double(number))"
      throw ToolError(
        "\(what) is \(text), a whole number of more than 53 bits; \(nearest) is the nearest that a "
          + "sample is given as")
    }
    return value
  }

  /// One of some names.
  static func choice<Choice: RawRepresentable & CaseIterable>(
    _ text: String, _ what: String, as: Choice.Type = Choice.self
  ) throws(ToolError) -> Choice where Choice.RawValue == String {
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    throw ToolError(
      "\(what) is \(quoted(text)); choose one of \(names.joined(separator: ", "))"
        + Suggestion.hint(text, in: names))
  }

  /// A mode by Pillow's name.
  static func mode(_ text: String, _ what: String) throws(ToolError) -> Mode {
    let byCase = Mode.allCases.filter { $0.name.lowercased() == text.lowercased() }
    if let mode = Mode(rawValue: text) ?? (byCase.count == 1 ? byCase.first : nil) { return mode }
    throw ToolError(
      "\(what) is \(quoted(text)), which is not a mode"
        + Suggestion.mode(text, what) + "; `imgtool modes` lists them")
  }

  /// Text in quotes for a message.
  static func quoted(_ text: String) -> String { "\"\(text)\"" }
}
