import PixelMemory
import PixelViews

extension BMP {
  static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    try options.checkOnlyFrame(name)
    let header = try header(&reader)
    switch header.compression {
    case .rle4, .rle8:
      guard header.bitsPerPixel == (header.compression == .rle4 ? 4 : 8) else {
        throw reader.malformed(
          at: 28, found: "run lengths of \(header.bitsPerPixel) bits a pixel",
          expected: header.compression == .rle4 ? "4 bits" : "8 bits")
      }
      let rawmode = runLengthRawmode(header)
      var pixels = FileFormat.Pixels(
        layout: try rawmode.stored(width: header.width, height: header.height),
        format: PixelFormat(rawmode.mode),
        palette: rawmode.mode.isIndexed ? header.palette : nil,
        metadata: metadata(header, PixelFormat(rawmode.mode)))
      if options.findsEnd {
        pixels.trailingByteCount =
          try decodeRunLengths(header, reader.buffer, options.limits, isKept: false)
          .trailingByteCount
      }
      return .decoded(pixels, reason: "the rows are run lengths") {
        buffer, limits throws(FormatError) in try decodeRunLengths(header, buffer, limits)
      }
    default: break
    }
    let stored = try pixels(header)
    var layout = stored.layout
    layout.width = header.width
    layout.height = header.height
    layout.offset = header.offset
    layout.stride = header.stride
    if !header.isTopDown { layout = try layout.checked().reoriented(.vertical) }
    var shown = FileFormat.Pixels(
      layout: layout, format: stored.format, palette: stored.palette,
      metadata: metadata(header, stored.format))
    if let byteCount = header.stride.multiplied(by: header.height),
      let end = byteCount.added(to: header.offset)
    {
      shown.trailingByteCount = max(0, reader.byteCount - max(end, header.profileEnd))
    }
    return .mapped(shown)
  }

  private static func metadata(_ header: Header, _ format: PixelFormat) -> Metadata? {
    var metadata = Metadata(format: format)
    metadata.density = header.density
    metadata.profile = header.profile
    metadata.losses = header.losses
    return metadata.isEmpty ? nil : metadata
  }

  /// A pixel's place in a row, and what it means.
  private struct Pixels {
    /// A layout of one pixel.
    var layout: Layout
    var format: PixelFormat
    var palette: Palette?

    init(_ rawmode: String, _ mode: Mode, palette: Palette? = nil) throws(FormatError) {
      layout = try Layout.stored(as: rawmode, mode, width: 1, height: 1, offset: 0)
      format = PixelFormat(mode)
      self.palette = palette
    }

    init(fields: [SampleField], bitsPerPixel: Int, format: PixelFormat) {
      layout = Layout(
        width: 1, height: 1, rowBits: bitsPerPixel, pixelBits: bitsPerPixel, fields: fields)
      self.format = format
    }
  }

  private static func pixels(_ header: Header) throws(FormatError) -> Pixels {
    if !header.masks.isEmpty { return try masked(header) }
    switch header.bitsPerPixel {
    case 1 where header.palette?.rgb == [0, 0, 0, 255, 255, 255]:
      return try Pixels("1", .bilevel)
    case 8 where header.palette.map(isGray) == true: return try Pixels("L", .gray)
    case 8: return try Pixels("P", .palette, palette: header.palette)
    case 1, 2, 4:
      return try Pixels("P;\(header.bitsPerPixel)", .palette, palette: header.palette)
    case 16: return try Pixels("BGR;15", .rgb)
    case 24: return try Pixels("BGR", .rgb)
    default: return try Pixels("BGRX", .rgb)
    }
  }

  /// Whether each color is its index. Pillow drops such palettes, too.
  static func isGray(_ palette: Palette) -> Bool {
    palette.count > 2 && palette == Palette.gray.prefix(palette.count)
  }

  private static func masked(_ header: Header) throws(FormatError) -> Pixels {
    // Some programs write no masks at all for what is blue, green, red and alpha.
    if header.bitsPerPixel == 32, header.masks.allSatisfy({ $0 == 0 }) {
      return try Pixels("BGRA", .rgba)
    }
    let mode: Mode = header.masks[3] == 0 ? .rgb : .rgba
    let masked = MaskedPixels(
      masks: Array(header.masks.prefix(mode.bandCount)), bitCount: header.bitsPerPixel)
    return Pixels(
      fields: try masked.fields(name), bitsPerPixel: header.bitsPerPixel,
      format: PixelFormat(mode, masked.type))
  }
}
