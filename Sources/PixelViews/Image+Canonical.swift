extension Image {
  /// The same picture in a mode that no other mode stands for, computed while it is read.
  ///
  /// The names of 16-bit gray, and `L` with samples of 16 bits, become `I;16`; `RGBX` becomes `RGB`.
  /// Indices become the colors behind them: `P` becomes `RGB`, or `RGBA` where the palette has
  /// opacity, `PA` becomes `RGBA`; without a palette they stay indices.
  /// - Throws: ``ViewError/noConversion(from:to:)`` for samples of a type that the mode cannot have.
  package func canonical() throws(ViewError) -> Image {
    switch (mode, format.type) {
    case (.gray16, .u16): self
    case (.gray, .u16), (.gray16Little, .u16), (.gray16Big, .u16), (.gray16Native, .u16):
      try isDerived ? converted(to: .gray16) : reinterpreted(as: .gray16)
    case (.rgbx, _): try converted(to: .rgb)
    case (.palette, _) where palette != nil:
      try converted(to: palette?.hasAlpha == true ? .rgba : .rgb)
    case (.paletteAlpha, _) where palette != nil: try converted(to: .rgba)
    default: self
    }
  }

  /// Both images in a mode that shows each of them without a loss; `nil` where there is none.
  ///
  /// Besides what ``canonical()`` does, `1` becomes `L`, gray becomes color, and what has no opacity
  /// becomes opaque, as far as the other image needs it.
  /// - Throws: as ``canonical()``.
  package func inCommonMode(with other: Image) throws(ViewError) -> (a: Image, b: Image)? {
    let (a, b) = (try canonical(), try other.canonical())
    if a.format == b.format { return (a, b) }
    guard a.format.type == b.format.type, let first = Picture(a.mode), let second = Picture(b.mode)
    else { return nil }
    let mode = first.joined(second).mode
    return (try a.converted(to: mode), try b.converted(to: mode))
  }
}

extension Image {
  /// The same picture in samples of 16 bits, computed while it is read: `v * 257` of 8 bits.
  ///
  /// - Throws: ``ViewError/noConversion(from:to:)`` for samples that cannot be widened so, and for
  ///   modes that do not convert into the other one.
  package func widened(to format: PixelFormat) throws(ViewError) -> Image {
    let image = try converted(to: format.mode)
    if image.format == format { return image }
    guard let conversion = Conversion(widening: image.format), conversion.target == format else {
      throw .noConversion(from: image.format, to: format.mode)
    }
    return image.appending(.convert(conversion))
  }
}

extension PixelFormat {
  /// Whether it shows every picture of another format exactly: gray in all colors, what has no
  /// opacity as opaque, samples of 8 bits in 16.
  package func shows(_ other: PixelFormat) -> Bool {
    guard type == other.type || type == .u16 && other.type == .u8,
      Conversion.wideModes.contains(other.mode), let mine = Picture(mode),
      let theirs = Picture(other.mode == .rgbx ? .rgb : other.mode)
    else { return false }
    return mine.joined(theirs) == mine
  }
}

/// What a picture mode can show.
private struct Picture: Equatable {
  var hasColor: Bool
  var hasAlpha: Bool

  private static let modes: [Mode] = [.gray, .grayAlpha, .rgb, .rgba]

  init?(_ mode: Mode) {
    guard mode == .bilevel || Picture.modes.contains(mode) else { return nil }
    (hasColor, hasAlpha) = (mode.hasColor, mode.alphaBand != nil)
  }

  func joined(_ other: Picture) -> Picture {
    var both = self
    both.hasColor = hasColor || other.hasColor
    both.hasAlpha = hasAlpha || other.hasAlpha
    return both
  }

  var mode: Mode { Picture.modes[(hasColor ? 2 : 0) + (hasAlpha ? 1 : 0)] }
}
