/// A conversion of plain rows between two pixel formats, with Pillow's formulas.
///
/// It does what `Image.convert(mode)` of Pillow 13 does (to mode `1` with `Dither.NONE`), in the
/// same one or two steps, and more where Pillow refuses though the way is plain:
///
/// - from `La` to any mode by way of `LA`; to `La` by way of `LA` and to `RGBa` by way of `RGBA`;
/// - from `P` to the `I;16` modes;
/// - samples of 16 bits in `L`, `LA`, `La`, `RGB`, `RGBA`, `RGBa` and `RGBX` stay 16 bits wide between
///   these modes and keep their values in `I;16`, `I` and `F`; on the way to other modes, and in other
///   modes, samples of 16 bits are brought to 8 bits first, `v * 255 / 65535` rounded;
/// - numbers of `I` and `F` that are held as `f64` become those of the narrower type;
/// - colors that are numbers stay so in `RGB` and `RGBA`, and their luma is a number of `F`.
///
/// It leaves Pillow in what a mode cannot hold: Pillow clips such samples in silence, and here they
/// are an error unless ``ConversionPolicy/clamp`` asks for it. And in two ways: the four names of
/// 16-bit gray convert into each other unchanged and `F` reaches them directly, where Pillow goes
/// through `L` and so clips at 255; numbers beyond `I`, and what is not a number, are clipped and 0,
/// where Pillow has the least integer.
///
/// What clips inside of a color formula is a part of it, in Pillow as here: `YCbCr` that is not a color
/// of RGB, and colors above the opacity that they were multiplied by.
package struct Conversion: Sendable {
  package let source: PixelFormat
  package let target: PixelFormat
  package let policy: ConversionPolicy

  /// The palette of the converted pixels, if their mode is `P` or `PA`.
  package let palette: Palette?

  /// Whether opacity is lost, in the target or in a mode on the way to it.
  package let dropsAlpha: Bool

  /// What `YCbCr` means in the source or the target; `nil` where it is JPEG's.
  let video: VideoColor?

  /// The samples, or the indices, that are not an error; `nil` where none is.
  let limits: Limits?

  /// What to do, or `nil` if the bytes stay as they are.
  private let kernel: Kernel?

  /// The conversion of `source` to `mode`.
  ///
  /// `palette` is what the indices mean if the source is `P` or `PA`, `opaque` the number of full opacity.
  ///
  /// The result is `nil` where Pillow has no such conversion: to or from `LAB`, which takes color
  /// profiles; from a color mode to `P` or `PA`, which takes a choice of colors; from `P` or `PA`
  /// without a palette; and from samples of a type that the mode cannot have.
  package init?(
    from source: PixelFormat, to mode: Mode, palette: Palette?, opaque: Double? = nil,
    policy: ConversionPolicy = .refuse
  ) {
    let target = PixelFormat(
      mode, Self.keepsWidth(source, in: mode) ? .u16 : Self.keptNumbers(source, in: mode))
    let (first, last) = (source.withOneGray16, target.withOneGray16)
    if first == last {
      kernel = nil
      dropsAlpha = false
      limits = nil
    } else {
      let opaque = opaque ?? Self.opaque(source.type)
      guard let step = Self.route(from: first, to: last, palette: palette, opaque: opaque) else {
        return nil
      }
      kernel = step.kernel
      dropsAlpha = step.dropsAlpha
      // An index has no nearest color.
      limits = source.mode.isIndexed || policy == .refuse ? step.limits : nil
    }
    video = nil
    self.source = source
    self.target = target
    self.policy = policy
    self.palette = !mode.isIndexed ? nil : source.mode.isIndexed ? palette : .gray
  }

  /// The conversion of `YCbCr` of video to another mode, or of another mode to such `YCbCr`.
  ///
  /// Between it and `RGB` the result is the exact color, rounded and clipped; gray is luma, and black
  /// and white are black and white. To other modes the way is through these, and from other modes
  /// through `RGB`. Samples of more than 8 bits become those of 16 where the mode has such.
  ///
  /// The result is `nil` where there is no conversion by way of `RGB`, and for `YCbCr` with samples of
  /// another type than such video has.
  package init?(
    from source: PixelFormat, to mode: Mode, as video: VideoColor, palette: Palette?,
    policy: ConversionPolicy = .refuse
  ) {
    guard let step = Self.videoRoute(from: source, to: mode, as: video, palette: palette) else {
      return nil
    }
    self.source = source
    target = PixelFormat(mode, step.target.type)
    self.policy = policy
    self.video = video
    self.palette = mode.isIndexed ? .gray : nil
    kernel = step.kernel
    dropsAlpha = step.dropsAlpha
    limits = source.mode.isIndexed || policy == .refuse ? step.limits : nil
  }

  /// The samples of 8 bits as those of 16 that show the same: `v * 257`, from 0 to 65535.
  ///
  /// The result is `nil` for modes that have no samples of 16 bits, and for other samples.
  init?(widening source: PixelFormat) {
    guard source.type == .u8, Self.wideModes.contains(source.mode) else { return nil }
    self.source = source
    target = PixelFormat(source.mode, .u16)
    palette = nil
    video = nil
    policy = .refuse
    limits = nil
    dropsAlpha = false
    let bandCount = source.mode.bandCount
    kernel = { count, from, to in
      to.map(count: count * bandCount, from: from) { (sample: UInt8) in UInt16(sample) &* 257 }
    }
  }

  /// Levels of gray as whole numbers in which black is 0 and white the highest of so many bits, rounded.
  ///
  /// The result is `nil` for other samples than those of `L`.
  init?(levels source: PixelFormat, bitCount: Int) {
    guard source.mode == .gray, 1...16 ~= bitCount else { return nil }
    self.source = source
    target = PixelFormat(.gray16)
    palette = nil
    video = nil
    policy = .refuse
    limits = nil
    dropsAlpha = false
    let (highest, white) = (1 << bitCount - 1, source.type == .u8 ? 255 : 65535)
    let level: @Sendable (Int) -> UInt16 = {
      UInt16(truncatingIfNeeded: (2 * $0 * highest + white) / (2 * white))
    }
    if source.type == .u8 {
      kernel = { $2.map(count: $0, from: $1) { (sample: UInt8) in level(Int(sample)) } }
    } else {
      kernel = { $2.map(count: $0, from: $1) { (sample: UInt16) in level(Int(sample)) } }
    }
  }

  /// The conversion of samples of 16 bits to the 8 of the same mode; `nil` for other samples.
  init?(narrowing source: PixelFormat, palette: Palette?) {
    let target = PixelFormat(source.mode)
    guard source.type == .u16, let step = Self.direct(source, target) else { return nil }
    self.source = source
    self.target = target
    self.palette = palette
    video = nil
    policy = .refuse
    limits = nil
    kernel = step.kernel
    dropsAlpha = false
  }

  /// Converts `count` pixels of a plain row; those that ``firstRefused(count:from:)`` finds as well:
  /// they are clipped, and black where they are indices.
  ///
  /// - Precondition: `from` holds `count` pixels of ``source`` and `to` of ``target``.
  /// - Complexity: O(`count`).
  package func apply(count: Int, from: RawSpan, to: inout MutableRawSpan) {
    precondition(count >= 0)
    precondition(count <= from.byteCount / source.pixelByteCount)
    precondition(count <= to.byteCount / target.pixelByteCount)
    if let kernel {
      kernel(count, from, &to)
    } else {
      to.copy(from: from.extracting(first: count * source.pixelByteCount))
    }
  }

  private static func keepsWidth(_ source: PixelFormat, in mode: Mode) -> Bool {
    source.type == .u16 && wideModes.contains(source.mode) && wideModes.contains(mode)
  }
}

extension Conversion {
  /// Every direct conversion that needs no palette.
  static let table: [Step] =
    graySteps + numberSteps + colorSteps + premultipliedSteps + ycbcrSteps + hsvSteps + wideSteps

  private static func direct(_ source: PixelFormat, _ target: PixelFormat) -> Step? {
    table.first { $0.source == source && $0.target == target }
  }

  /// The step, or the steps joined to one, from a format to another one.
  static func route(
    from source: PixelFormat, to target: PixelFormat, palette: Palette? = nil, opaque: Double = 255
  ) -> Step? {
    if source.isNumberColor { return numberColorStep(from: source, to: target, opaque: opaque) }
    if source.mode.isIndexed {
      return palette.flatMap { palette in
        var step = indexedStep(from: source, to: target, palette: palette)
        if target.mode != .palette { step?.limits = .indices(of: palette) }
        return step
      }
    }
    if let step = direct(source, target) { return step }
    if let narrow = source.narrowed(for: target) {
      return direct(source, narrow).flatMap { first in
        route(from: narrow, to: target).map(first.then)
      }
    }
    // Pillow's own second try: through the mode that its table of modes calls the base.
    if let first = direct(source, source.base), let second = direct(source.base, target) {
      return first.then(second)
    }
    let between: PixelFormat
    let kept: SampleType = source.type == .u16 && wideModes.contains(source.mode) ? .u16 : .u8
    switch (source.mode, target.mode) {
    case (.grayPremultiplied, _), (_, .grayPremultiplied): between = PixelFormat(.grayAlpha, kept)
    case (_, .rgbPremultiplied): between = PixelFormat(.rgba, kept)
    case _ where source.type == .u16: between = PixelFormat(.gray, .u16)
    default: return nil
    }
    guard source != between, target != between,
      let first = route(from: source, to: between),
      let second = route(from: between, to: target)
    else { return nil }
    return first.then(second)
  }
}

extension PixelFormat {
  /// The format with the one name of 16-bit gray that the table knows: plain rows of all four are
  /// the same.
  var withOneGray16: PixelFormat {
    PixelFormat(mode.isGray16 ? .gray16 : mode, type)
  }

  /// The format by way of which Pillow converts when there is no direct way.
  fileprivate var base: PixelFormat {
    let kept = Conversion.wideModes.contains(mode) ? type : .u8
    return PixelFormat(mode.hasColor ? .rgb : .gray, kept)
  }

  /// The format with its mode's natural samples, unless it has these or `target` can use wider ones.
  fileprivate func narrowed(for target: PixelFormat) -> PixelFormat? {
    let natural = PixelFormat(mode)
    switch type {
    case natural.type: return nil
    case .u16:
      let usesWidth = target.type != .u8 || target.mode == .bilevel
      return usesWidth && Conversion.wideModes.contains(mode) ? nil : natural
    case .f64: return mode == .integer ? natural : nil
    default: return nil
    }
  }
}
