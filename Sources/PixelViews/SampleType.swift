/// How one plain sample is held in a private row: native byte order, no padding.
///
/// Files store samples in many more ways (see ``SampleField``); these five can hold each of them
/// without loss.
public enum SampleType: String, Sendable, CaseIterable {
  case u8, u16, i32, f32, f64

  /// The bytes of one sample.
  public var byteCount: Int {
    switch self {
    case .u8: 1
    case .u16: 2
    case .i32, .f32: 4
    case .f64: 8
    }
  }

  /// The bits of one sample.
  package var bitCount: Int { byteCount.inBits }

  /// What messages call it: `16-bit`, and `32-bit float` beside whole numbers of as many bits.
  package var words: String { "\(bitCount)-bit" + (self == .f32 ? " float" : "") }

  /// Whether samples can be fractions.
  public var isFloat: Bool { self == .f32 || self == .f64 }
}
