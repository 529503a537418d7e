/// Where one sample of a pixel stands, and how its bits make a number.
///
/// A field is plain data: it can describe a whole byte, a big-endian word, five bits of an RGB565
/// word, or one bit of a bitmap. What it describes can be read and, except for ``Storage/constant(_:)``,
/// written in place.
public struct SampleField: Hashable, Sendable {
  /// How the bits of the sample are kept.
  public enum Storage: Hashable, Sendable {
    /// A field of a word of 1, 2, 4 or 8 bytes that starts on a byte.
    case word(byteCount: Int, bigEndian: Bool)
    /// A run of bits in a stream of bytes; it may cross bytes.
    case bits(BitOrder)
    /// One bit in each of several planes, the least significant first, `step` bits apart; bytes are
    /// read from their most significant bit.
    case bitPlanes(step: Int)
    /// Runs of bits that lie apart, the most significant first. In each the bits count up from the lowest
    /// of a byte to the highest, and on in the next byte.
    case parts([Part])
    /// No bytes: every pixel has this value (Pillow's `RGB` with the rawmode `R` has no green).
    case constant(UInt8)
  }

  /// A run of a sample's bits.
  public struct Part: Hashable, Sendable {
    /// Bits from the field's own start.
    public var bitOffset: Int
    public var bitCount: Int

    public init(bitOffset: Int, bitCount: Int) {
      self.bitOffset = bitOffset
      self.bitCount = bitCount
    }
  }

  /// How the bits of a byte are numbered in a stream of bits.
  public enum BitOrder: String, Hashable, Sendable, CaseIterable {
    /// The first sample is in the most significant bits, as in PNG, PBM and TIFF.
    case mostSignificantFirst
    /// The first sample is in the least significant bits, as in GenICam's `Mono10p`.
    case leastSignificantFirst
    /// Every byte is turned around and then read from its most significant bit (Pillow's flag `R`).
    case reversedBytes
  }

  /// What number the bits are.
  public enum Number: String, Hashable, Sendable, CaseIterable {
    case unsigned, signed, float
  }

  /// How the number becomes a plain sample.
  public enum Scaling: String, Hashable, Sendable, CaseIterable {
    /// The number is the sample.
    case none
    /// 0…2ⁿ−1 is spread over the plain type's whole range, `value * max / (2ⁿ−1)`: rounded down to
    /// bytes, as Pillow does, and to the nearest for wider samples.
    case fullRange
    /// Zero is 0 and everything else is the largest sample (Pillow's `1;8`). Written is 0 or 1, the
    /// only bytes that a NumPy boolean may have.
    case nonzero
  }

  /// Bits from the pixel's origin to the word or to the first bit; planes make it large.
  public var bitOffset: Int
  public var storage: Storage
  /// Bits from the word's least significant bit to the field's. 0 for bit streams.
  public var shift: Int
  /// The bits of the number, 1…64.
  public var bitCount: Int
  public var number: Number
  public var scaling: Scaling
  /// Bits that are turned between the stored and the plain number: all of them for inverted
  /// rawmodes, the sign bit for `a` and `b` of LAB.
  public var flippedBits: UInt64

  public init(
    bitOffset: Int, storage: Storage, shift: Int = 0, bitCount: Int, number: Number = .unsigned,
    scaling: Scaling = .none, flippedBits: UInt64 = 0
  ) {
    self.bitOffset = bitOffset
    self.storage = storage
    self.shift = shift
    self.bitCount = bitCount
    self.number = number
    self.scaling = scaling
    self.flippedBits = flippedBits
  }

  /// A whole unsigned byte.
  public static func byte(at offset: Int, flippedBits: UInt64 = 0) -> SampleField {
    SampleField(
      bitOffset: offset.inBits, storage: .word(byteCount: 1, bigEndian: false), bitCount: 8,
      flippedBits: flippedBits)
  }

  /// A whole word of `byteCount` bytes.
  public static func word(
    at offset: Int, byteCount: Int, bigEndian: Bool, number: Number = .unsigned
  ) -> SampleField {
    SampleField(
      bitOffset: offset.inBits,
      storage: .word(byteCount: byteCount, bigEndian: byteCount > 1 && bigEndian),
      bitCount: byteCount.inBits, number: number)
  }

  /// A whole element of an array of numbers.
  package static func element(_ type: ArrayElement, at byteOffset: Int) -> SampleField {
    word(
      at: byteOffset, byteCount: type.byteCount, bigEndian: type.isBigEndian, number: type.number)
  }

  /// The bits that the field's storage takes from ``bitOffset`` on.
  package var storedBitCount: Int {
    switch storage {
    case .word(let byteCount, _): byteCount.inBits
    case .bits: bitCount
    case .bitPlanes(let step): (bitCount - 1) * step + 1
    case .parts(let parts): parts.reduce(0) { max($0, $1.bitOffset + $1.bitCount) }
    case .constant: 0
    }
  }

  /// The largest number that the bits can hold, for unsigned fields.
  var mask: UInt64 { .ones(bitCount) }

  /// Whether the field is one whole unchanged byte.
  var isPlainByte: Bool {
    storage == .word(byteCount: 1, bigEndian: false) && bitCount == 8 && number == .unsigned
      && scaling == .none
  }

  /// Whether the field has no bytes.
  package var isConstant: Bool {
    if case .constant = storage { true } else { false }
  }

  /// The numbers that a plain sample of this field may have.
  package func range(as type: SampleType) -> ClosedRange<Double> {
    if case .constant(let value) = storage {
      let sample = Double(value) * (scaling == .fullRange ? (type.largest ?? 255) / 255 : 1)
      return sample...sample
    }
    switch (scaling, number) {
    case (.fullRange, _), (.nonzero, _): return 0...(type.largest ?? 255)
    case (.none, .float): return -Double.infinity...Double.infinity
    case (.none, .unsigned): return 0...Double(largest: mask)
    case (.none, .signed): return SampleField.signedRange(bitCount: bitCount)
    }
  }

  /// The numbers that a two's complement of so many bits has.
  static func signedRange(bitCount: Int) -> ClosedRange<Double> {
    let half = Double(sign: .plus, exponent: bitCount - 1, significand: 1)
    return -half...Double(largest: .ones(bitCount - 1))
  }
}

extension Double {
  /// The largest number that is not above an integer: of 64 bits, the next one above is none of theirs.
  fileprivate init(largest integer: UInt64) {
    self.init(integer)
    if UInt64(exactly: self) != integer { self = nextDown }
  }
}
