/// Names of files as text.
///
/// To the kernel a name is bytes, and a `String` holds no bytes that are not UTF-8: repaired, two names
/// would be one. So such a byte is the private scalar U+10FE00 + byte in our texts; where a name
/// itself has a scalar of U+10FE80 to U+10FEFF, each byte of it is written so as well. Every name has
/// one text, and every text leads back to its name.
package enum FileName {
  private static let escapes: ClosedRange<UInt32> = 0x10_FE80...0x10_FEFF

  /// The text for the bytes of a name.
  ///
  /// - Complexity: O(bytes).
  package static func text(_ bytes: some Sequence<UInt8>) -> String {
    let bytes = Array(bytes)
    if let text = String(validating: bytes, as: UTF8.self), !hasEscapes(text) { return text }
    var text = String.UnicodeScalarView()
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      let count: Int
      var scalar: Unicode.Scalar?
      switch parser.parseScalar(from: &iterator) {
      case .emptyInput: return String(text)
      case .error(let length): count = length
      case .valid(let encoded):
        count = encoded.count
        scalar = Unicode.UTF8.decode(encoded)
      }
      if let scalar, byte(scalar) == nil {
        text.append(scalar)
      } else {
        text.append(contentsOf: bytes[offset..<offset + count].compactMap(escape))
      }
      offset += count
    }
  }

  /// The bytes of the name that a text stands for.
  ///
  /// - Complexity: O(bytes).
  package static func bytes(_ text: String) -> [UInt8] {
    guard hasEscapes(text) else { return Array(text.utf8) }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if let byte = byte(scalar) { bytes.append(byte) } else { bytes += String(scalar).utf8 }
    }
    return bytes
  }

  /// The text as people and terminals can read it: `\xff` for a byte that is not UTF-8.
  ///
  /// - Complexity: O(bytes).
  package static func readable(_ text: String) -> String {
    guard hasEscapes(text) else { return text }
    var words = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let byte = byte(scalar) {
        words.append(contentsOf: ("\\x" + String(byte, radix: 16)).unicodeScalars)
      } else {
        words.append(scalar)
      }
    }
    return String(words)
  }

  /// The byte of a name that a scalar stands for; `nil` for one that is itself.
  package static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
    escapes.contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value) : nil
  }

  /// Whether a text has bytes that are not UTF-8.
  package static func hasEscapes(_ text: String) -> Bool {
    // Few texts have a scalar of four bytes, which this is, and looking at bytes is quick.
    text.utf8.contains(0xF4) && text.unicodeScalars.contains { byte($0) != nil }
  }

  private static func escape(_ byte: UInt8) -> Unicode.Scalar? {
    Unicode.Scalar(0x10_FE00 + UInt32(byte))
  }
}
