extension Image {
  /// The pixels in another mode, computed while they are read.
  ///
  /// Reading throws ``ViewError/clamped(_:)`` for a sample that the mode cannot hold, unless the policy
  /// is to clamp it, and ``ViewError/noColor(index:x:y:colors:)`` for an index beyond the palette.
  ///
  /// `YCbCr` means what ``videoColor`` says, in the image and in the result.
  /// - Throws: ``ViewError/noConversion(from:to:)``, ``ViewError/paletteMissing(mode:)``.
  public func converted(
    to mode: Mode, policy: ConversionPolicy = .refuse
  ) throws(ViewError) -> Image {
    if mode == self.mode { return self }
    if let between = Conversion.between(format, mode) {
      return try converted(to: between, policy: policy).converted(to: mode, policy: policy)
    }
    guard let conversion = conversion(to: mode, policy: policy) else {
      throw .noConversion(from: format, to: mode)
    }
    if self.mode.isIndexed && palette == nil { throw .paletteMissing(mode: self.mode) }
    return appending(.convert(conversion), palette: conversion.palette)
  }

  /// The conversion of the pixels to another mode; `nil` where there is none.
  package func conversion(to mode: Mode, policy: ConversionPolicy = .refuse) -> Conversion? {
    // A palette would not help where there is no conversion with one.
    let palette = self.mode.isIndexed ? palette ?? .gray : palette
    if let videoColor, self.mode == .ycbcr || mode == .ycbcr {
      return Conversion(
        from: format, to: mode, as: videoColor, palette: palette, policy: policy)
    }
    return Conversion(
      from: format, to: mode, palette: palette, opaque: opaque, policy: policy)
  }

  /// The pixels in another mode, where `YCbCr` is that of video, in the image or in the result.
  ///
  /// - Throws: as ``converted(to:policy:)``.
  public func converted(
    to mode: Mode, as videoColor: VideoColor, policy: ConversionPolicy = .refuse
  ) throws(ViewError) -> Image {
    try with(videoColor: videoColor).converted(to: mode, policy: policy)
  }

  /// The pixels with their samples of 16 bits as 8, `v * 255 / 65535` rounded, computed while they are
  /// read.
  ///
  /// - Throws: ``ViewError/noConversion(from:to:)`` for other samples, and for modes of numbers.
  package func narrowedTo8Bits() throws(ViewError) -> Image {
    guard let conversion = Conversion(narrowing: format, palette: palette) else {
      throw .noConversion(from: format, to: mode)
    }
    return appending(.convert(conversion), palette: palette)
  }

  /// Gray as whole numbers of so many bits, white the highest of them, computed while it is read.
  ///
  /// - Throws: ``ViewError/noConversion(from:to:)`` for other modes than `L`.
  package func levels(bitCount: Int) throws(ViewError) -> Image {
    guard let conversion = Conversion(levels: format, bitCount: bitCount) else {
      throw .noConversion(from: format, to: .gray16)
    }
    return appending(.convert(conversion))
  }

  /// The pixels as they are stored, where nothing but their mode is computed; `nil` otherwise.
  package var unconverted: Image? {
    guard stages.count == 1, case .convert = stages[0] else { return nil }
    return Image(
      buffer: buffer, checked: layout, storedFormat: storedFormat, palette: nil, stages: [],
      purpose: purpose, losses: losses, like: self)
  }

  /// Samples spread over 8 bits, computed while they are read: numbers become gray, colors stay colors.
  /// Opacity is not windowed, and padding left out.
  ///
  /// Reading throws ``ViewError/clamped(_:)`` for a sample that is not a number, unless the policy is to
  /// clamp, which makes it black. An infinity is beyond the window, like other numbers.
  /// - Throws: ``ViewError/unsupported(operation:mode:)`` for modes other than gray, `RGB` and numbers;
  ///   ``ViewError/emptyWindow(low:high:)`` unless `low` is below `high` and both are finite.
  public func windowed(
    _ low: Double, _ high: Double, policy: ConversionPolicy = .refuse
  ) throws(ViewError) -> Image {
    if mode == .rgbx { return try converted(to: .rgb).windowed(low, high, policy: policy) }
    let window = Window(low: low, high: high, source: format, opaque: opaque, policy: policy)
    guard let window else {
      let hasWindows = Window(low: 0, high: 1, source: format) != nil
      throw hasWindows
        ? .emptyWindow(low: low, high: high) : .unsupported(operation: "window", mode: mode)
    }
    return appending(.window(window))
  }

  /// The number of full opacity: the largest sample, 1 for floats, and for other numbers the largest one
  /// that is stored.
  private var opaque: Double {
    guard !isDerived, format.isNumberColor, let last = layout.fields.last, last.number != .float
    else { return Conversion.opaque(format.type) }
    return last.range(as: format.type).upperBound
  }

  func appending(_ stage: Stage, palette: Palette? = nil) -> Image {
    let image = Image(
      buffer: buffer, checked: layout, storedFormat: storedFormat, palette: palette,
      stages: stages + [stage], purpose: purpose, losses: losses, like: self)
    guard var metadata, metadata.rescaling != nil else { return image }
    switch stage {
    case .neighborhood, .select: return image
    case .convert: metadata.dropRescaling(isMeant: false)
    case .window, .curve, .rescale: metadata.dropRescaling(isMeant: true)
    }
    return image.attaching(metadata)
  }
}
