/// Makes keys of the bytes that a terminal sends (ECMA-48, and xterm's ctlseqs): UTF-8, control
/// sequences with modifiers, the mouse in its SGR form, and what terminals answer.
///
/// A sequence may come in pieces. Escape alone is the beginning of one, so that it is a key only
/// when nothing has followed for a while: see ``giveUp()``.
struct KeyDecoder: Sendable {
  private var bytes: [UInt8] = []

  /// How long the rest of a sequence may take.
  static let patience: Int32 = 50
  /// No sequence is longer; what is goes without a key.
  private static let longest = 4096

  /// Whether a sequence has begun and not ended.
  var isWaiting: Bool { !bytes.isEmpty }

  /// The keys that more bytes complete.
  mutating func keys(_ more: some Sequence<UInt8>) -> [Key] {
    bytes += more
    var keys: [Key] = []
    var at = 0
    while at < bytes.count, let (length, key) = next(bytes[at...]) {
      if let key { keys.append(key) }
      at += length
    }
    bytes.removeFirst(at)
    if bytes.count > KeyDecoder.longest { bytes = [] }
    return keys
  }

  /// The key that has begun when nothing more comes: Escape, or none.
  mutating func giveUp() -> [Key] {
    defer { bytes = [] }
    return bytes == [KeyDecoder.escape] ? [.named(.escape)] : []
  }

  private static let escape: UInt8 = 0x1B
  private static let bell: UInt8 = 0x07

  /// The first key, and the bytes that it is made of; no key for what means nothing here, and `nil`
  /// for what is not complete.
  private func next(_ bytes: ArraySlice<UInt8>) -> (length: Int, key: Key?)? {
    guard let first = bytes.first else { return nil }
    switch first {
    case KeyDecoder.escape: return sequence(bytes)
    case 0x0A, 0x0D: return (1, .named(.enter))
    case 0x09: return (1, .named(.tab))
    case 0x08, 0x7F: return (1, .named(.backspace))
    case 1...0x1A: return (1, .control(Character(UnicodeScalar(first + 0x60))))
    case 0..<0x20: return (1, nil)
    case 0..<0x80: return (1, .character(Character(UnicodeScalar(first))))
    default: return letter(bytes, first)
    }
  }

  /// A scalar of several bytes.
  private func letter(_ bytes: ArraySlice<UInt8>, _ first: UInt8) -> (length: Int, key: Key?)? {
    let length = (~first).leadingZeroBitCount
    guard 2...4 ~= length else { return (1, nil) }
    let rest = bytes.dropFirst().prefix(length - 1)
    // What is no UTF-8 must not swallow the key behind it.
    guard rest.allSatisfy({ $0 & 0xC0 == 0x80 }) else { return (1, nil) }
    guard rest.count == length - 1 else { return nil }
    guard let text = String(validating: bytes.prefix(length), as: UTF8.self),
      let character = text.first
    else { return (1, nil) }
    return (length, .character(character))
  }

  /// What begins with Escape.
  private func sequence(_ bytes: ArraySlice<UInt8>) -> (length: Int, key: Key?)? {
    guard let kind = bytes.dropFirst().first else { return nil }
    switch kind {
    case UInt8(ascii: "["): return controlSequence(bytes)
    case UInt8(ascii: "O"):
      guard let final = bytes.dropFirst(2).first else { return nil }
      return (3, KeyDecoder.key(final: final, []))
    case UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "]"), UInt8(ascii: "^"),
      UInt8(ascii: "X"):
      return string(bytes)
    case KeyDecoder.escape: return (1, .named(.escape))
    // A letter with Alt, which means nothing here.
    default: return (2, nil)
    }
  }

  /// A string of the terminal's, up to `ESC \` or, as xterm ends it, a bell.
  private func string(_ bytes: ArraySlice<UInt8>) -> (length: Int, key: Key?)? {
    for index in bytes.indices.dropFirst(2) {
      let isEnd = bytes[index] == UInt8(ascii: "\\") && bytes[index - 1] == KeyDecoder.escape
      guard isEnd || bytes[index] == KeyDecoder.bell else { continue }
      let whole = bytes[...index]
      return (whole.count, .report(Array(whole)))
    }
    return nil
  }

  /// `CSI`, parameters, and a final byte.
  private func controlSequence(_ bytes: ArraySlice<UInt8>) -> (length: Int, key: Key?)? {
    let body = bytes.dropFirst(2)
    guard let end = body.firstIndex(where: { !(0x20...0x3F ~= $0) }) else { return nil }
    let length = end - bytes.startIndex + 1
    // A sequence that another one interrupts ends before it.
    guard 0x40...0x7E ~= bytes[end] else { return (length - 1, nil) }
    let parameters = String(decoding: body[..<end], as: UTF8.self)
    let final = bytes[end]
    switch parameters.first {
    case "<": return (length, KeyDecoder.mouse(parameters.dropFirst(), final))
    case "?": return (length, .report(Array(bytes[...end])))
    default:
      // The old form of the mouse: three bytes behind it.
      if final == UInt8(ascii: "M") { return bytes.count < 6 ? nil : (6, nil) }
      let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false)
        .map { Int($0.prefix { $0 != ":" }) ?? 0 }
      return (length, KeyDecoder.key(final: final, numbers))
    }
  }

  /// The key of a final byte and its numbers: which one, and 1 more than the bits of its modifiers.
  private static func key(final: UInt8, _ numbers: [Int]) -> Key? {
    let isShifted = numbers.count > 1 && numbers[1] > 1 && (numbers[1] - 1) & 1 == 1
    if final == UInt8(ascii: "Z") { return .named(.tab, isShifted: true) }
    if final == UInt8(ascii: "M") { return .named(.enter) }
    let name = final == UInt8(ascii: "~") ? tildes[numbers.first ?? 0] : finals[final]
    return name.map { .named($0, isShifted: isShifted) }
  }

  private static let finals: [UInt8: Key.Name] = [
    UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right,
    UInt8(ascii: "D"): .left, UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end,
  ]

  private static let tildes: [Int: Key.Name] = [
    1: .home, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
  ]

  /// `button;column;row`: the button's bits say what was done.
  private static func mouse(_ parameters: Substring, _ final: UInt8) -> Key? {
    let numbers = parameters.split(separator: ";").compactMap { Int($0) }
    // No screen has more cells on a side.
    let cells = 1...0xFFFF
    guard numbers.count == 3, cells ~= numbers[1], cells ~= numbers[2] else { return nil }
    let isRelease = final == UInt8(ascii: "m")
    // Shift, Alt and Ctrl change nothing.
    let deed: Key.Mouse.Deed? =
      switch numbers[0] & ~0x1C {
      case 64: .wheelUp
      case 65: .wheelDown
      case 0: isRelease ? .release : .press
      case 32: .drag
      default: nil
      }
    return deed.map { .mouse(Key.Mouse(deed: $0, column: numbers[1] - 1, row: numbers[2] - 1)) }
  }
}
