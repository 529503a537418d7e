import PixelMemory
import PixelViews

/// How a mode is stored in elements of some number type: what arrays of other libraries are.
struct ElementLayout {
  let rawmode: Rawmode
  let format: PixelFormat

  /// - Throws: ``Refusal`` when the mode has no such samples.
  init(_ mode: Mode, _ type: ArrayElement) throws(Refusal) {
    guard let found = Rawmode.storing(mode, in: type) else {
      throw Refusal(
        "mode \(mode.name) has no \(type.kind) samples of \(type.byteCount) bytes, little-endian")
    }
    rawmode = found
    format = found.storedFormat
  }

  /// The layout with exact strides, from the first byte of a buffer on.
  ///
  /// - Precondition: strides and sizes are below 2⁵⁶.
  func layout(
    width: Int, height: Int, offset: Int = 0, rowStride: Int, pixelStride: Int, bandStride: Int
  ) throws(Refusal) -> Layout {
    let layout = try viewing { () throws(ViewError) in
      var layout = try rawmode.layout(width: 1, height: 1)
      for band in layout.fields.indices {
        layout.fields[band].offset = band * bandStride
      }
      layout.width = width
      layout.height = height
      layout.offset = offset
      layout.stride = rowStride
      layout.pixelStride = pixelStride
      try layout.validate(as: format)
      return layout
    }
    return layout
  }

  /// The image; indices are shown as their own grays.
  func image(on buffer: Buffer, _ layout: Layout) throws(Refusal) -> Image {
    try viewing { () throws(ViewError) in
      try Image(
        buffer: buffer, layout: layout, format: format,
        palette: format.mode.isIndexed ? .gray : nil)
    }
  }
}
