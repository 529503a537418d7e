// raw: the rows and nothing else.
//
// Rows are packed, or padded to a stride, and stand in the image's natural layout, or in that of a
// rawmode of its mode. The rawmodes of video take every picture (see Raw+Storing.swift). There is no
// header, so nothing is recognized or described: `imgtool frombuffer` reads such files.
//
// Refused: rawmodes for samples of another width, and those that can only be read.
import PixelViews

extension FileFormat {
  static let raw = FileFormat(
    name: "raw", summary: "pixels without a header", suffixes: [".raw", ".bin"],
    modes: Mode.allCases, wideModes: [.gray, .grayAlpha, .rgb, .rgba, .rgbx, .cmyk, .ycbcr],
    numberColors: PixelFormat.numberColors, honorsRawmode: true, honorsStride: true,
    keepsNumbers: true, joining: .files,
    encoding: .plain { image, options throws(FormatError) in
      try Raw.file(for: image, as: options.rawmode, stride: options.stride)
    })
}

enum Raw {
  static func file(
    for image: Image, as rawmode: Rawmode?, stride: Int? = nil
  ) throws(FormatError) -> PlainFile {
    let rawmode = rawmode ?? Rawmode.natural(image.format)
    let isSameMode =
      rawmode.storedMode == image.mode || rawmode.mode.isGray16 && image.mode.isGray16
    // Pixels that are computed from what is stored have no way back, but for those of video.
    guard !rawmode.isDerived || rawmode.isVideo, isSameMode, rawmode.type == image.format.type
    else { throw .cannotStoreAs(rawmode, image.format) }
    var options = Rawmode.Options()
    options.stride = stride
    let layout = try rawmode.stored(width: image.width, height: image.height, options)
    guard layout.isWritable || layout.fields.contains(where: \.isConstant) else {
      throw .cannotStoreAs(rawmode, image.format)
    }
    var file = PlainFile(
      header: [], layout: layout, format: image.format, lossy: losses(image, layout))
    if layout.grid != nil || rawmode.hasPlanes && rawmode.planeCount > 1 {
      file.frameByteCount = try rawmode.frameByteCount(of: image, options)
    }
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
