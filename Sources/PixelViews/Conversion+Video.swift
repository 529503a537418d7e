/// The `YCbCr` of video, by ITU-R BT.601, BT.709 and BT.2020 as H.273 writes them.
extension Conversion {
  /// The steps between `YCbCr` of video and any other mode, joined to one.
  static func videoRoute(
    from source: PixelFormat, to mode: Mode, as video: VideoColor, palette: Palette?
  ) -> Step? {
    switch (source.mode == .ycbcr, mode == .ycbcr) {
    case (true, false):
      guard source == video.format else { return nil }
      let first = mode.hasColor && !mode.isIndexed ? videoToRGB(video) : videoToGray(video)
      let isWide = first.target.type == .u16 && wideModes.contains(mode)
      let last = PixelFormat(mode, isWide ? .u16 : nil).withOneGray16
      return first.target == last ? first : route(from: first.target, to: last).map(first.then)
    case (false, true):
      let isWide = source.type == .u16 && wideModes.contains(source.mode)
      let rgb = PixelFormat(.rgb, isWide ? .u16 : nil)
      let last = videoFromRGB(rgb, video)
      if source == rgb { return last }
      return route(from: source.withOneGray16, to: rgb, palette: palette)?.then(last)
    default: return nil
    }
  }

  private static func videoToRGB(_ video: VideoColor) -> Step {
    if video.bitDepth == 8 {
      let tables = ByteColorTables(ColorMatrix(toRGB: 255, from: video), beginsLong: false)
      return Step(.ycbcr, .rgb) { tables.apply(count: $0, from: $1, to: &$2) }
    }
    return Step(
      video.format, PixelFormat(.rgb, .u16),
      kernel: ColorMatrix(toRGB: 65535, from: video).kernel(
        UInt16.self, UInt16.self, highest: 65535))
  }

  private static func videoFromRGB(_ rgb: PixelFormat, _ video: VideoColor) -> Step {
    let matrix = ColorMatrix(fromRGB: rgb.type == .u8 ? 255 : 65535, to: video)
    let highest = 1 << video.bitDepth - 1
    let kernel: Kernel
    switch (rgb.type, video.format.type) {
    case (.u8, .u8):
      let tables = ByteColorTables(matrix, beginsLong: true)
      kernel = { tables.apply(count: $0, from: $1, to: &$2) }
    case (.u8, _): kernel = matrix.kernel(UInt8.self, UInt16.self, highest: highest)
    case (_, .u8): kernel = matrix.kernel(UInt16.self, UInt8.self, highest: highest)
    default: kernel = matrix.kernel(UInt16.self, UInt16.self, highest: highest)
    }
    return Step(rgb, video.format, kernel: kernel)
  }

  private static func videoToGray(_ video: VideoColor) -> Step {
    let isByte = video.bitDepth == 8
    let row = ColorMatrix(toGray: isByte ? 255 : 65535, from: video).rows[0]
    if isByte {
      let grays = (0..<256).map { UInt8(clamping: row($0, 0, 0)) }
      return Step(.ycbcr, .gray) {
        let grays = grays.span
        $2.map(count: $0, from: $1) { (pixel: Triple<UInt8>) in grays[Int(pixel.x)] }
      }
    }
    return Step(video.format, PixelFormat(.gray, .u16)) {
      $2.map(count: $0, from: $1) { (pixel: Triple<UInt16>) in
        UInt16(clamping: row(Int(pixel.x), 0, 0))
      }
    }
  }
}
