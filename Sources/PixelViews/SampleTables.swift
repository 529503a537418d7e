/// What each number of a few bits means, and which number means each byte, for pixels that are one
/// word: RGB565 and its kin, where a division for each sample would take most of the time.
struct SampleTables: Sendable {
  private static let byteValues = 256

  let wordByteCount: Int
  let bigEndian: Bool
  /// Where the word starts.
  let bitOffset: Int
  /// For each field 256 samples, of which the first 2 to the power of its bits are used.
  private let samples: [UInt8]
  /// For each field and each of 256 samples the bits in the word; `nil` where none mean it.
  private let words: [UInt32?]
  /// The bits of all fields.
  let mask: UInt32

  /// - Returns: `nil` unless all fields lie in one word of 2 or 4 bytes, none longer than 8 bits.
  init?(_ fields: [SampleField]) {
    let stored = fields.filter { !$0.isConstant }
    guard let first = stored.first, case .word(let byteCount, let bigEndian) = first.storage,
      byteCount == 2 || byteCount == 4,
      stored.allSatisfy({
        $0.storage == first.storage && $0.bitOffset == first.bitOffset && $0.bitCount <= 8
          && $0.number == .unsigned
      })
    else { return nil }
    wordByteCount = byteCount
    self.bigEndian = bigEndian
    bitOffset = first.bitOffset
    samples = fields.flatMap { field in
      let start: UInt64 = if case .constant(let value) = field.storage { UInt64(value) } else { 0 }
      return (0..<UInt64(Self.byteValues)).map { number -> UInt8 in
        field.decode(field.isConstant ? start : number & field.mask) ?? 0
      }
    }
    words = fields.flatMap { field in
      (0..<Self.byteValues).map { sample -> UInt32? in
        guard let bits = field.encode(UInt8(sample)) else { return nil }
        // A band without bytes can only keep its value.
        if case .constant(let value) = field.storage { return bits == UInt64(value) ? 0 : nil }
        return UInt32(truncatingIfNeeded: (bits & field.mask) << UInt64(field.shift))
      }
    }
    mask = stored.reduce(0) { $0 | UInt32(truncatingIfNeeded: $1.mask << UInt64($1.shift)) }
  }

  /// Calls `body` with the samples of a field by its number.
  @inline(__always)
  func withSamples<Result>(_ field: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    body(samples.span.extracting(field * Self.byteValues..<(field + 1) * Self.byteValues))
  }

  /// Calls `body` with the samples of all fields, 256 of each.
  @inline(__always)
  func withAllSamples<Result>(_ body: (Span<UInt8>) -> Result) -> Result { body(samples.span) }

  /// The bits of a field's sample; `nil` when the field cannot hold it.
  @inline(__always)
  func word(_ field: Int, _ sample: UInt8) -> UInt32? {
    words[field &* Self.byteValues &+ Int(sample)]
  }
}
