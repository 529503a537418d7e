import PixelMemory
import PixelViews

/// How a mode is stored in elements of some number type: what arrays of other libraries are.
struct ElementLayout {
  let rawmode: Rawmode
  let format: PixelFormat

  /// - Throws: ``Refusal`` when the mode has no such samples.
  init(_ mode: Mode, kind: ArrayView.Kind, byteCount: Int) throws(Refusal) {
    let found = Rawmode.all.first { rawmode in
      guard rawmode.mode == mode, !rawmode.isDerived,
        rawmode.bitsPerPixel == (mode.bandCount * byteCount).inBits,
        let fields = try? rawmode.layout(width: 1, height: 1).fields,
        let natural = try? Rawmode.natural(rawmode.storedFormat).layout(width: 1, height: 1).fields
      else { return false }
      return zip(fields, natural).enumerated().allSatisfy { band, pair in
        pair.0.isWholeElement && pair.0.bitOffset == (band * byteCount).inBits
          && pair.0.storage == .word(byteCount: byteCount, bigEndian: false)
          && ArrayView.Kind(pair.0) == kind
          && pair.0.flippedBits == pair.1.flippedBits
      }
    }
    guard let found else {
      throw Refusal(
        "mode \(mode.name) has no \(kind) samples of \(byteCount) bytes, little-endian")
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

extension ArrayView.Kind {
  /// The kind of the elements that a field is stored in.
  init?(_ field: SampleField) {
    switch (field.scaling, field.number) {
    case (.nonzero, _): self = .boolean
    case (.none, .unsigned): self = .unsigned
    case (.none, .signed): self = .signed
    case (.none, .float): self = .float
    case (.fullRange, _): return nil
    }
  }
}
