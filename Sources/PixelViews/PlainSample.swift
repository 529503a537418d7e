/// A type of plain samples, and how numbers become such samples and numbers again.
///
/// Both directions answer `nil` where a number has no exact counterpart, so that nothing is ever
/// wrapped, clamped or rounded behind the user's back.
protocol PlainSample: BitwiseCopyable, Sendable {
  /// The largest sample of full-range integers; 0 for types without a full range.
  static var fullRange: UInt64 { get }
  init?(unsigned number: UInt64)
  init?(signed number: Int64)
  init?(floating number: Double)
  /// The sample as an unsigned number of `bitCount` bits.
  func unsigned(bitCount: Int) -> UInt64?
  /// The sample as a signed number of `bitCount` bits, in two's complement.
  func signed(bitCount: Int) -> UInt64?
  var floating: Double { get }
}

extension PlainSample {
  static var fullRange: UInt64 { 0 }
}

extension PlainSample where Self: FixedWidthInteger {
  init?(unsigned number: UInt64) { self.init(exactly: number) }
  init?(signed number: Int64) { self.init(exactly: number) }
  init?(floating number: Double) { self.init(exactly: number) }

  func unsigned(bitCount: Int) -> UInt64? { UInt64(exactly: self)?.fitting(bitCount: bitCount) }

  func signed(bitCount: Int) -> UInt64? {
    Int64(exactly: self)?.twosComplement(bitCount: bitCount)
  }

  var floating: Double { Double(self) }
}

extension PlainSample where Self: BinaryFloatingPoint {
  init?(unsigned number: UInt64) { self.init(exactly: number) }
  init?(signed number: Int64) { self.init(exactly: number) }
  init?(floating number: Double) { self.init(number) }

  func unsigned(bitCount: Int) -> UInt64? { UInt64(exactly: self)?.fitting(bitCount: bitCount) }

  func signed(bitCount: Int) -> UInt64? {
    Int64(exactly: self)?.twosComplement(bitCount: bitCount)
  }

  var floating: Double { Double(self) }
}

extension UInt64 {
  /// The number; `nil` when so many bits cannot hold it.
  func fitting(bitCount: Int) -> UInt64? { self <= .ones(bitCount) ? self : nil }
}

extension Int64 {
  /// The low bits of the number's two's complement; `nil` when they cannot hold it.
  func twosComplement(bitCount: Int) -> UInt64? {
    let half = Int64(1) << Int64(bitCount - 1)
    guard bitCount == 64 || (self >= -half && self < half) else { return nil }
    return UInt64(bitPattern: self) & .ones(bitCount)
  }
}

extension UInt8: PlainSample {
  static var fullRange: UInt64 { 255 }
}

extension UInt16: PlainSample {
  static var fullRange: UInt64 { 65535 }
}

extension Int32: PlainSample {}

extension Float: PlainSample {}

extension Double: PlainSample {}

extension SampleField {
  /// The plain sample behind stored bits; `nil` when the type cannot hold it.
  func decode<Sample: PlainSample>(_ stored: UInt64) -> Sample? {
    let bits = stored ^ flippedBits
    switch (number, scaling) {
    case (.float, _):
      switch bitCount {
      case 16:
        return Sample(floating: Double(Float16(bitPattern: UInt16(truncatingIfNeeded: bits))))
      case 32: return Sample(floating: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
      default: return Sample(floating: Double(bitPattern: bits))
      }
    case (.signed, _):
      let unused = UInt64(64 - bitCount)
      return Sample(signed: Int64(bitPattern: bits << unused) >> Int64(unused))
    case (.unsigned, .none): return Sample(unsigned: bits)
    case (.unsigned, .fullRange):
      // Pillow's bytes are rounded down; wider samples, which it has not, to the nearest.
      let half = Sample.fullRange > 255 ? mask / 2 : 0
      return Sample(unsigned: (bits * Sample.fullRange + half) / mask)
    case (.unsigned, .nonzero): return Sample(unsigned: bits == 0 ? 0 : Sample.fullRange)
    }
  }

  /// The stored bits of a plain sample; `nil` when the field cannot hold it exactly.
  func encode<Sample: PlainSample>(_ sample: Sample) -> UInt64? {
    let bits: UInt64?
    switch (number, scaling) {
    case (.float, _):
      switch bitCount {
      case 16: bits = UInt64(Float16(sample.floating).bitPattern)
      case 32: bits = UInt64(Float(sample.floating).bitPattern)
      default: bits = sample.floating.bitPattern
      }
    case (.signed, _): bits = sample.signed(bitCount: bitCount)
    case (.unsigned, .none): bits = sample.unsigned(bitCount: bitCount)
    case (.unsigned, .fullRange):
      // The stored number nearest to the sample: exact for each sample that was decoded.
      bits = sample.unsigned(bitCount: 64).map {
        ($0 * mask + Sample.fullRange / 2) / Sample.fullRange
      }
    case (.unsigned, .nonzero): bits = sample.unsigned(bitCount: 64).map { $0 == 0 ? 0 : 1 }
    }
    return bits.map { $0 ^ flippedBits }
  }

  /// The sample that is read where a whole number is stored; `nil` where it cannot be stored.
  func nearest(to number: Double, as type: SampleType) -> Double? {
    switch type {
    case .u8: UInt8(exactly: number).flatMap { nearest(to: $0) }
    case .u16: UInt16(exactly: number).flatMap { nearest(to: $0) }
    case .i32: Int32(exactly: number).flatMap { nearest(to: $0) }
    case .f32, .f64: nearest(to: number)
    }
  }

  private func nearest<Sample: PlainSample>(to sample: Sample) -> Double? {
    guard let bits = encode(sample), let stored: Sample = decode(bits) else { return nil }
    return stored.floating
  }
}
