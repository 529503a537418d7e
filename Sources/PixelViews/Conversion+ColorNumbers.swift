/// From colors whose samples are numbers: floats, and whole numbers with signs or of 32 and 64 bits.
///
/// They stay what they are between `RGB` and `RGBA`. Their luma is a number of `F`, from which gray and the
/// other modes of numbers are made by the rules of `F`. All other modes have 8 bits: colors become bytes as
/// numbers of `F` do, and opacity is spread over them.
extension Conversion {
  /// Numbers of full opacity, where nothing is known of how they are stored.
  static func opaque(_ type: SampleType) -> Double {
    type.largest ?? (type.isFloat ? 1 : type.range.upperBound)
  }

  /// The mode by way of which pixels of a format become those of another mode; `nil` for the direct way.
  static func between(_ source: PixelFormat, _ target: Mode) -> Mode? {
    guard source.isNumberColor, source.mode.hasColor else { return nil }
    return target == .gray || target == .integer || target.isGray16 ? .float : nil
  }

  /// The type of samples that numbers of colors keep in another mode; `nil` for modes without such.
  static func keptNumbers(_ source: PixelFormat, in mode: Mode) -> SampleType? {
    guard source.isNumberColor else { return nil }
    switch mode {
    case .rgb, .rgba: return source.type
    case .float: return source.type == .f32 ? .f32 : .f64
    default: return nil
    }
  }

  static func numberColorStep(
    from source: PixelFormat, to target: PixelFormat, opaque: Double
  ) -> Step? {
    switch source.type {
    case .i32: numberColorStep(source, target, opaque, Double.init) { Int32($0) }
    case .f32: numberColorStep(source, target, opaque, Double.init) { Float($0) }
    case .f64: numberColorStep(source, target, opaque, { $0 }, { $0 })
    case .u8, .u16: nil
    }
  }

  private static func numberColorStep<Sample: BitwiseCopyable & Sendable>(
    _ source: PixelFormat, _ target: PixelFormat, _ opaque: Double,
    _ number: @escaping @Sendable (Sample) -> Double,
    _ sample: @escaping @Sendable (Double) -> Sample
  ) -> Step? {
    let step = source.mode.bandCount
    let hasAlpha = source.mode.alphaBand != nil
    if target.mode == .float {
      return Step(source, target) { count, from, to in
        for pixel in 0..<count {
          let (red, green, blue) = (
            number(from.sample(pixel * step)), number(from.sample(pixel * step + 1)),
            number(from.sample(pixel * step + 2))
          )
          to.setNumber(
            pixel, to: (red * 299 + green * 587 + blue * 114) / 1000, as: target.type)
        }
      }
    }
    if target.type == source.type {
      let targetStep = target.mode.bandCount
      let full = sample(opaque)
      return Step(source, target) { count, from, to in
        for pixel in 0..<count {
          for band in 0..<3 {
            let color: Sample = from.sample(pixel * step + band)
            to.setSample(pixel * targetStep + band, to: color)
          }
          if targetStep == 4 { to.setSample(pixel * 4 + 3, to: full) }
        }
      }
    }
    var limits = Limits.bytes
    if hasAlpha { limits.opacity = 0...opaque }
    let bytes = Step(source, PixelFormat(source.mode), within: limits) { count, from, to in
      for index in 0..<count * step {
        let value = number(from.sample(index))
        let isAlpha = hasAlpha && index % step == 3
        to.setSample(
          index,
          to: isAlpha
            ? Window.byte(nearest: value * 255 / opaque) : UInt8(value > 0 ? min(value, 255) : 0))
      }
    }
    if target == bytes.target { return bytes }
    return route(from: bytes.target, to: target).map(bytes.then)
  }
}
