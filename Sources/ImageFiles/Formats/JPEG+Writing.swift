import CShims
import PixelMemory
import PixelViews

extension JPEG {
  /// Writes an image, a band of rows at a time.
  ///
  /// - Complexity: O(pixels), on one thread: each block depends on the one before.
  static func encode(
    _ image: Image, _ options: FileFormat.EncodeOptions, to output: inout OutputFile
  ) throws(FormatError) {
    guard FileFormat.jpeg.holds(image.format) else {
      throw .cannotHold(format: name, image.format)
    }
    try check(image, options)
    let settings = settings(image, options)
    let layout = try Layout.stored(
      as: rawmode(image.mode), image.mode, width: image.width, height: image.height, offset: 0)
    let encoder = RowEncoder(image: image, layout: layout, format: image.format)
    let rowByteCount = encoder.rowByteCount
    let writer = try JPEGWriter()
    try writer.start(settings, image.metadata.map(segments) ?? [], to: &output)
    var workspace = Workspace()
    var band = Scratch()
    let rowsPerBand = max(1, min(image.height, encodedByteCount / rowByteCount))
    try band.resize(rowsPerBand * rowByteCount)
    var row = 0
    while row < image.height {
      let count = min(rowsPerBand, image.height - row)
      do throws(ViewError) {
        var bytes = band.mutableBytes
        var part = bytes._mutatingExtracting(first: count * rowByteCount)
        try encoder.encode(rows: row..<row + count, into: &part, workspace: &workspace)
      } catch { throw .view(error) }
      try writer.write(band, count, rowByteCount: rowByteCount, to: &output)
      row += count
    }
    try writer.end(to: &output)
  }

  /// What is read at once, small enough for a processor's cache.
  private static let encodedByteCount = 256 << 10

  /// Looks whether an image and the choices for it go together.
  ///
  /// - Throws: ``FormatError/tooLarge(format:found:limit:)``,
  ///   ``FormatError/cannotHoldValue(format:reason:)``.
  static func check(
    _ image: Image, _ options: FileFormat.EncodeOptions
  ) throws(FormatError) {
    let limit = Int(IMGTOOL_JPEG_SIDE_LIMIT)
    guard image.width <= limit, image.height <= limit else {
      throw .tooLarge(
        format: name, found: "\(image.width)x\(image.height)", limit: "\(limit)x\(limit)")
    }
    if let subsampling = options.subsampling, image.mode == .gray || image.mode == .cmyk {
      throw .cannotHoldValue(
        format: name,
        reason:
          "mode \(image.mode.name) has no chroma to share, and subsampling \(subsampling.rawValue) is for that"
      )
    }
  }

  private static func settings(
    _ image: Image, _ options: FileFormat.EncodeOptions
  ) -> imgtool_jpeg_settings {
    let quality = options.quality ?? defaultQuality
    let subsampling = options.subsampling ?? (quality < defaultQuality ? .blocks : .none)
    var settings = imgtool_jpeg_settings()
    settings.width = UInt32(image.width)
    settings.height = UInt32(image.height)
    settings.component_count = UInt8(image.mode.bandCount)
    settings.quality = UInt8(quality)
    settings.chroma_columns = subsampling == .none ? 1 : 2
    settings.chroma_rows = subsampling == .blocks ? 2 : 1
    if let density = image.metadata?.density?.jfifNumbers {
      settings.has_density = true
      (settings.density_unit, settings.density_x, settings.density_y) = density
    }
    return settings
  }
}
