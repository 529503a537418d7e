// raw: the rows and nothing else.
//
// Rows are packed and stand in the image's natural layout, or in that of a rawmode of its mode. There
// is no header, so nothing is recognized or described: `imgtool frombuffer` reads such files.
//
// Refused: rawmodes for samples of another width, and those that can only be read.
import PixelViews

extension FileFormat {
  static let raw = FileFormat(
    name: "raw", summary: "pixels without a header", suffixes: [".raw", ".bin"],
    modes: Mode.allCases, wideModes: [.gray, .grayAlpha, .rgb, .rgba, .rgbx, .cmyk, .ycbcr],
    numberColors: PixelFormat.numberColors, honorsRawmode: true, keepsNumbers: true,
    encoding: .plain { image, options throws(FormatError) in
      try Raw.file(for: image, as: options.rawmode)
    })
}

enum Raw {
  static func file(for image: Image, as rawmode: Rawmode?) throws(FormatError) -> PlainFile {
    let rawmode = rawmode ?? Rawmode.natural(image.format)
    let isSameMode =
      rawmode.mode == image.mode || rawmode.mode.isGray16 && image.mode.isGray16
    if image.mode == .rgb, rawmode.isDerived, let color = rawmode.videoColor {
      return try video(of: image, as: rawmode, color)
    }
    // Other pixels that are computed from what is stored have no way back.
    guard !rawmode.isDerived, isSameMode, rawmode.type == image.format.type else {
      throw .cannotStoreAs(rawmode, image.format)
    }
    let layout = try rawmode.stored(width: image.width, height: image.height)
    guard layout.isWritable || layout.fields.contains(where: \.isConstant) else {
      throw .cannotStoreAs(rawmode, image.format)
    }
    var file = PlainFile(
      header: [], layout: layout, format: image.format, lossy: losses(image, layout))
    if layout.grid != nil { file.frameByteCount = try rawmode.frameByteCount(of: image) }
    return file
  }

  /// Color as the video that the image came from, or as that of 601 in the limited range.
  private static func video(
    of image: Image, as rawmode: Rawmode, _ color: VideoColor
  ) throws(FormatError) -> PlainFile {
    let layout = try rawmode.stored(width: image.width, height: image.height)
    var file = PlainFile(
      header: [], layout: layout, format: rawmode.storedFormat,
      lossy: image.format.type == .u16 ? [.precision(bits: color.bitDepth)] : [])
    file.frameByteCount = try rawmode.frameByteCount(of: image)
    file.videoColor = VideoColor(
      image.videoColor?.matrix ?? color.matrix, image.videoColor?.range ?? color.range,
      bitDepth: color.bitDepth)
    return file
  }

  /// What of the pixels the storage does not keep.
  private static func losses(_ image: Image, _ layout: Layout) -> [Loss] {
    var losses: [Loss] = []
    for (band, field) in zip(image.mode.bands, layout.fields) where field.isConstant {
      losses.append(Loss(band == "A" ? "alpha" : "band \(band)"))
    }
    let isStoredSo =
      !image.isDerived && image.layout.grid == layout.grid && image.layout.fields == layout.fields
    if let bits = layout.roundedBitCount(image.format), !isStoredSo {
      losses.append(.precision(bits: bits))
    }
    if image.mode.isIndexed, image.palette?.isGrayRamp != true { losses.append("palette") }
    return losses
  }
}
