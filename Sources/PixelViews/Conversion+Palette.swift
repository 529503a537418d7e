/// Modes `P` and `PA`: what the mode behind the indices would convert to is worked out once for each
/// of the 256 indices, and pixels are looked up.
extension Conversion {
  /// The step from `P` or `PA` to any format.
  static func indexedStep(
    from source: PixelFormat, to target: PixelFormat, palette: Palette
  ) -> Step? {
    guard source == PixelFormat(source.mode) else { return nil }
    return source.mode == .palette
      ? plainIndexStep(to: target, palette) : alphaIndexStep(to: target, palette)
  }

  /// From `P`. Opacity is the palette's.
  private static func plainIndexStep(to target: PixelFormat, _ palette: Palette) -> Step? {
    let quads = padded(palette)
    let table: [UInt8]
    switch target.mode {
    case .paletteAlpha: table = (0..<256).flatMap { [UInt8($0), quads[$0 * 4 + 3]] }
    // Pillow lets the padding have the opacity.
    case .rgba, .rgbx: table = quads
    default:
      // Pillow's own way from RGBA to La would lose the opacity on it.
      let colors =
        target.mode != .grayPremultiplied
        ? converted(quads, .rgba, to: target)
        : converted(quads, .rgba, to: PixelFormat(.grayAlpha)).flatMap {
          converted($0, .grayAlpha, to: target)
        }
      guard let colors else { return nil }
      table = colors
    }
    var step: Step
    let source = PixelFormat(.palette)
    switch target.pixelByteCount {
    case 1: step = lookUp(source, target, table, as: UInt8.self)
    case 2: step = lookUp(source, target, table, as: UInt16.self)
    case 3: step = lookUp(source, target, table, as: Triple<UInt8>.self)
    default: step = lookUp(source, target, table, as: UInt32.self)
    }
    step.dropsAlpha = palette.hasAlpha && target.mode.alphaBand == nil
    return step
  }

  /// From `PA`. Opacity is the pixel's; where Pillow goes through RGB, it is lost.
  private static func alphaIndexStep(to target: PixelFormat, _ palette: Palette) -> Step? {
    let source = PixelFormat(.paletteAlpha)
    let opaque = padded(palette).enumerated().map { $0 % 4 == 3 ? 255 : $1 }
    switch target.mode {
    case .palette:
      return Step(source, target) { $2.map(count: $0, from: $1) { (pixel: Pair) in pixel.x } }
    case .paletteAlpha: return nil
    case .grayAlpha:
      return converted(opaque, .rgba, to: target).map { table in
        let entries: [Pair] = elements(of: table)
        return Step(source, target) { count, from, to in
          let entries = entries.span
          to.map(count: count, from: from) { (pixel: Pair) in
            Pair(entries[Int(pixel.x)].x, pixel.y)
          }
        }
      }
    case .rgba, .rgbx:
      let entries: [Quad] = elements(of: opaque)
      return Step(source, target) { count, from, to in
        let entries = entries.span
        to.map(count: count, from: from) { (pixel: Pair) in
          Quad(word: entries[Int(pixel.x)].word & 0x00ff_ffff | UInt32(pixel.y) << 24)
        }
      }
    default:
      guard let palette = Palette(rgba: opaque),
        let next = plainIndexStep(to: target, palette)
      else { return nil }
      return Step(.paletteAlpha, .palette) {
        $2.map(count: $0, from: $1) { (pixel: Pair) in pixel.x }
      }.then(next)
    }
  }

  @inline(__always)
  private static func lookUp<Entry: BitwiseCopyable & Sendable>(
    _ source: PixelFormat, _ target: PixelFormat, _ table: [UInt8], as type: Entry.Type
  ) -> Step {
    let entries: [Entry] = elements(of: table)
    return Step(source, target) { count, from, to in
      let entries = entries.span
      to.map(count: count, from: from) { (index: UInt8) in entries[Int(index)] }
    }
  }

  private static func elements<Element: BitwiseCopyable>(of table: [UInt8]) -> [Element] {
    // Any samples of UInt8 are bytes.
    let bytes = unsafe table.span.bytes
    return (0..<256).map { bytes.sample($0) }
  }

  /// The quadruples of all 256 entries; those that the palette does not have are black.
  private static func padded(_ palette: Palette) -> [UInt8] {
    var quads = palette.colors
    while quads.count < 1024 { quads += [0, 0, 0, 255] }
    return quads
  }

  /// 256 pixels in another format.
  private static func converted(_ pixels: [UInt8], _ mode: Mode, to target: PixelFormat) -> [UInt8]?
  {
    guard let step = route(from: PixelFormat(mode), to: target) else { return nil }
    var table = [UInt8](repeating: 0, count: 256 * target.pixelByteCount)
    var samples = table.mutableSpan
    // Any samples of UInt8 are bytes, and any bytes such samples.
    var bytes = unsafe samples.mutableBytes
    unsafe step.kernel(256, pixels.span.bytes, &bytes)
    return table
  }
}
