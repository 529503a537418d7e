/// How one plain sample is held in a private row: native byte order, no padding.
///
/// Files store samples in many more ways (see ``SampleField``); these five can hold each of them
/// without loss.
public enum SampleType: String, Sendable, CaseIterable {
  case u8, u16, i32, f32, f64

  /// The bytes of one sample.
  public var byteCount: Int { record.byteCount }

  /// The bits of one sample.
  package var bitCount: Int { byteCount.inBits }

  /// What messages call it: `16-bit`, and `32-bit float` beside whole numbers of as many bits.
  package var words: String { "\(bitCount)-bit" + (self == .f32 ? " float" : "") }

  /// Whether samples can be fractions.
  public var isFloat: Bool { record.number == .float }

  /// What number the bits of a sample are.
  package var number: SampleField.Number { record.number }

  /// The largest sample, where samples can be spread over the type; `nil` for types that hold numbers.
  package var largest: Double? { record.largest }

  /// The numbers that are samples of the type.
  package var range: ClosedRange<Double> {
    if let largest { return 0...largest }
    if isFloat { return -Double.infinity...Double.infinity }
    return SampleField.signedRange(bitCount: record.signedBitCount)
  }

  /// Whether every number of a kind, in as many bits, has a sample of the type. Those of 64 bits are
  /// held by `f64` although it has not all above 2⁵³: reading such a one says so.
  package func holds(_ number: SampleField.Number, bitCount: Int) -> Bool {
    switch number {
    case .unsigned: bitCount <= record.unsignedBitCount
    case .signed: bitCount <= record.signedBitCount
    case .float: isFloat && bitCount <= self.bitCount
    }
  }

  private struct Record {
    let byteCount: Int
    let number: SampleField.Number
    /// The bits of the widest numbers that are held.
    let unsignedBitCount, signedBitCount: Int
    var largest: Double?
  }

  private var record: Record {
    switch self {
    case .u8:
      Record(
        byteCount: 1, number: .unsigned, unsignedBitCount: 8, signedBitCount: 0, largest: 255)
    case .u16:
      Record(
        byteCount: 2, number: .unsigned, unsignedBitCount: 16, signedBitCount: 0, largest: 65535)
    case .i32: Record(byteCount: 4, number: .signed, unsignedBitCount: 31, signedBitCount: 32)
    case .f32: Record(byteCount: 4, number: .float, unsignedBitCount: 24, signedBitCount: 25)
    case .f64: Record(byteCount: 8, number: .float, unsignedBitCount: 64, signedBitCount: 64)
    }
  }
}
