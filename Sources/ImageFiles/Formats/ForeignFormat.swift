/// A kind of file that is not read here, known by its first bytes, with the way to one that is.
package struct ForeignFormat: Sendable, Equatable {
  package let name: String
  package let advice: String
  /// What stands where; all of it must.
  let marks: [Mark]

  /// Bytes at a fixed place.
  struct Mark: Sendable, Equatable {
    let offset: Int
    let bytes: [UInt8]
    /// The bits of the last byte that count.
    var lastByteMask: UInt8 = 0xFF

    /// - Parameter text: one character a byte.
    init(_ text: String, at offset: Int = 0, lastByteMask: UInt8 = 0xFF) {
      bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      self.offset = offset
      self.lastByteMask = lastByteMask
    }

    func stands(in prefix: [UInt8]) -> Bool {
      let found = prefix.dropFirst(offset).prefix(bytes.count)
      guard found.count == bytes.count, let last = found.last, let own = bytes.last else {
        return false
      }
      return found.dropLast().elementsEqual(bytes.dropLast()) && last & lastByteMask == own
    }
  }

  init(_ name: String, _ marks: [Mark], _ advice: String) {
    self.name = name
    self.marks = marks
    self.advice = advice
  }

  /// How many bytes must be as they are.
  var signatureByteCount: Int { marks.reduce(0) { $0 + $1.bytes.count } }

  /// The bytes from the start of a file that hold every signature.
  static let longestReach =
    all.flatMap(\.marks).map { $0.offset + $0.bytes.count }.reduce(FileFormat.prefixByteCount, max)

  /// The kind of file that starts with `prefix`.
  static func of(_ prefix: [UInt8]) -> ForeignFormat? {
    all.first { $0.marks.allSatisfy { $0.stands(in: prefix) } }
  }
}
