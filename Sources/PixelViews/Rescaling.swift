/// A straight line from stored samples to the numbers that they stand for.
package struct Rescaling: Hashable, Sendable {
  /// What a sample is multiplied by.
  package var scale: Double
  /// What is added then.
  package var bias: Double

  package init(scale: Double, bias: Double) {
    self.scale = scale
    self.bias = bias
  }

  /// Whether each sample stands for itself.
  package var isIdentity: Bool { scale == 1 && bias == 0 }
}

/// The numbers that the samples of an image stand for.
package struct RescaledSamples: Sendable {
  let rescaling: Rescaling
  let source: PixelFormat
  let format: PixelFormat

  /// The result is `nil` unless the samples are `L`, `RGB` or numbers.
  ///
  /// - Parameter isExact: whether a 32-bit float holds each stored sample; 64 bits are taken
  ///   otherwise.
  init?(_ rescaling: Rescaling, of source: PixelFormat, isExact: Bool) {
    guard source.mode == .gray || source.mode == .rgb || source.mode.isNumber else { return nil }
    self.rescaling = rescaling
    self.source = source
    format = PixelFormat(source.mode == .rgb ? .rgb : .float, isExact ? .f32 : .f64)
  }

  /// Each number is computed in 64 bits and rounded once; what is too large for the result is
  /// infinite.
  func apply(count: Int, from: RawSpan, to: inout MutableRawSpan) {
    let count = count * source.mode.bandCount
    switch source.type {
    case .u8: apply(count, from, &to) { (sample: UInt8) in Double(sample) }
    case .u16: apply(count, from, &to) { (sample: UInt16) in Double(sample) }
    case .i32: apply(count, from, &to) { (sample: Int32) in Double(sample) }
    case .f32: apply(count, from, &to) { (sample: Float) in Double(sample) }
    case .f64: apply(count, from, &to) { (sample: Double) in sample }
    }
  }

  @inline(__always)
  private func apply<Sample: BitwiseCopyable>(
    _ count: Int, _ from: RawSpan, _ to: inout MutableRawSpan, _ number: (Sample) -> Double
  ) {
    let (scale, bias) = (rescaling.scale, rescaling.bias)
    if format.type == .f32 {
      to.map(count: count, from: from) { (sample: Sample) in
        Float(number(sample) * scale + bias)
      }
    } else {
      to.map(count: count, from: from) { (sample: Sample) in number(sample) * scale + bias }
    }
  }
}

extension Image {
  /// The numbers that the samples stand for, computed while they are read: `F`, or `RGB` of floats.
  ///
  /// They are 32-bit floats where these hold every stored sample, as they do those of 16 bits, and
  /// 64-bit ones otherwise.
  /// - Throws: ``ViewError/unsupported(operation:mode:)`` for modes other than `L`, `RGB` and
  ///   numbers.
  package func rescaled(by rescaling: Rescaling) throws(ViewError) -> Image {
    let isExact =
      isDerived
      ? SampleType.f32.holds(format.type.number, bitCount: format.type.bitCount)
      : layout.fields.allSatisfy { SampleType.f32.holds($0.number, bitCount: $0.bitCount) }
    guard let samples = RescaledSamples(rescaling, of: format, isExact: isExact) else {
      throw .unsupported(operation: "--scale", mode: mode)
    }
    return appending(.rescale(samples))
  }
}
