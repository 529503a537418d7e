extension Image {
  /// The pixels in another mode, computed while they are read.
  ///
  /// Reading throws ``ViewError/clamped(_:)`` for a sample that the mode cannot hold, unless the policy
  /// is to clamp it, and ``ViewError/noColor(index:x:y:colors:)`` for an index beyond the palette.
  /// - Throws: ``ViewError/noConversion(from:to:)``, ``ViewError/paletteMissing(mode:)``.
  public func converted(
    to mode: Mode, policy: ConversionPolicy = .refuse
  ) throws(ViewError) -> Image {
    if mode == self.mode { return self }
    // A palette would not help where there is no conversion with one.
    let stand = self.mode.isIndexed ? palette ?? .gray : palette
    guard let conversion = Conversion(from: format, to: mode, palette: stand, policy: policy) else {
      throw .noConversion(from: format, to: mode)
    }
    if self.mode.isIndexed && palette == nil { throw .paletteMissing(mode: self.mode) }
    return appending(.convert(conversion), palette: conversion.palette)
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

  /// Numbers spread over 8-bit gray, computed while they are read.
  ///
  /// Reading throws ``ViewError/clamped(_:)`` for a sample that is not a number, unless the policy is to
  /// clamp, which makes it black. An infinity is beyond the window, like other numbers.
  /// - Throws: ``ViewError/unsupported(operation:mode:)`` for modes of several bands;
  ///   ``ViewError/emptyWindow(low:high:)`` unless `low` is below `high` and both are finite.
  public func windowed(
    _ low: Double, _ high: Double, policy: ConversionPolicy = .refuse
  ) throws(ViewError) -> Image {
    guard let window = Window(low: low, high: high, source: format, policy: policy) else {
      let hasWindows = Window(low: 0, high: 1, source: format) != nil
      throw hasWindows
        ? .emptyWindow(low: low, high: high) : .unsupported(operation: "window", mode: mode)
    }
    return appending(.window(window))
  }

  func appending(_ stage: Stage, palette: Palette? = nil) -> Image {
    Image(
      buffer: buffer, checked: layout, storedFormat: storedFormat, palette: palette,
      stages: stages + [stage], purpose: purpose, losses: losses, like: self)
  }
}
