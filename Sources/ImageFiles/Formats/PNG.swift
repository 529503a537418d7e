// PNG: Portable Network Graphics, a stream of checked chunks.
//
//   89 "PNG" 0D 0A 1A 0A, then chunks: length, name, bytes, CRC-32
//   IHDR    width, height, bit depth, color type, interlace
//   PLTE    red, green, blue of up to 256 colors; tRNS their alpha, or the one transparent color
//   IDAT …  filtered rows, deflated
//   IEND
//
// Specification: ISO/IEC 15948, W3C PNG (third edition). Color types and bit depths of the modes:
//
//   1 gray, 1 bit   L gray, 8 (or --bits 1, 2, 4)   L of 16 bits, I;16 gray, 16   LA 4: 8, 16
//   P palette, 8 (or --bits 1, 2, 4)                RGB 2: 8, 16                  RGBA 6: 8, 16
//
// Other chunks are kept as they are, from a PNG file to the next; iCCP, pHYs, cHRM, tIME and text have
// their places in other formats. What is unknown is kept if its name says that it bears other rows.
//
// Read into private memory, because the rows are compressed: everything that libpng reads. A
// transparent color becomes alpha.
//
// A file that ends too early is an error; with --salvage its whole rows are read, and the others are
// zeros. Of interlaced rows it is the pixels: those of the rows of a pass that are there.
//
// Refused: indices without a color, and values that --bits cannot hold exactly.
import PixelMemory
import PixelViews

extension FileFormat {
  static let png = FileFormat(
    name: "png", summary: "Portable Network Graphics, compressed", suffixes: [".png"],
    modes: [.bilevel, .gray, .grayAlpha, .palette, .rgb, .rgba, .gray16],
    wideModes: [.gray, .grayAlpha, .rgb, .rgba], honorsLevel: true, honorsBits: true,
    keepsPalette: true,
    recognize: { $0.starts(with: PNG.signature) },
    describe: { reader, options throws(FormatError) in
      try options.checkOnlyFrame(PNG.name)
      let decoder = try PNG.decoder(reader.buffer, salvages: options.salvages)
      var pixels = try PNG.pixels(decoder.rowHeader)
      let scan = try PNGScan(
        reader.buffer, decoder.header, format: pixels.format, isWhole: options.readsAll)
      pixels.metadata = scan.metadata
      pixels.trailingByteCount = scan.trailingByteCount
      if scan.animationCount > 0 {
        pixels.notes.append(
          "the file is an animation of \(scan.animationCount) frames; only its still picture is read"
        )
        pixels.hidden.append("frames of the animation")
      }
      return .decoded(pixels, reason: "the rows are compressed") {
        buffer, limits throws(FormatError) in
        try PNG.decode(buffer, limits, options)
      }
    },
    metadata: .png,
    encoding: .stream { image, options, output throws(FormatError) in
      try PNG.encode(image, options, to: &output)
    })
}

enum PNG {
  static let name = "png"
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// A decoder that has read all before the rows.
  ///
  /// - Parameter salvages: whether what is there of a file that ends too early is read.
  static func decoder(
    _ buffer: Buffer, salvages: Bool
  ) throws(FormatError) -> PNGDecoder<BufferSource> {
    do throws(PNGDecodingError<MemoryError>) {
      return try start(buffer, salvages: salvages)
    } catch { throw FormatError(error) }
  }

  static func start(
    _ buffer: Buffer, salvages: Bool = false
  ) throws(PNGDecodingError<MemoryError>) -> PNGDecoder<BufferSource> {
    try PNGDecoder(
      BufferSource(buffer), expandsColorKey: true, byteLimit: .max, salvages: salvages)
  }

  /// The rows, and what the whole file says beside them.
  static func decode(
    _ buffer: Buffer, _ limits: Limits, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Decoded {
    let salvages = options.salvages
    let decoder = try decoder(buffer, salvages: salvages)
    let header = decoder.rowHeader
    try limits.check(
      name, width: header.width, height: header.height, byteCount: header.byteCount)
    var rows: Buffer
    var losses: [Loss] = []
    do throws(PNGDecodingError<MemoryError>) {
      let quick = PNGQuickReader(decoder.header, rowHeader: header)
      if let late = try lateRows(buffer, decoder, options) {
        rows = late
      } else if let found = quick?.rows(of: buffer, threads: options.threads) {
        rows = found
      } else {
        rows = try decoder.readImage()
      }
    } catch {
      let error = FormatError(error)
      guard salvages, error.isSalvageable else { throw error }
      (rows, losses) = try salvage(buffer)
    }
    let format = try pixels(header).format
    let scan = try PNGScan(buffer, decoder.header, format: format, isWhole: true)
    var decoded = FileFormat.Decoded(
      buffer: rows, metadata: scan.metadata, trailingByteCount: scan.trailingByteCount)
    decoded.losses = losses
    return decoded
  }

  /// Rows that are decoded once to find damage, and again when they are asked for; `nil` where they are not
  /// so many that this is worth the time.
  private static func lateRows(
    _ buffer: Buffer, _ decoder: PNGDecoder<BufferSource>, _ options: FileFormat.DescribeOptions
  ) throws(PNGDecodingError<MemoryError>) -> Buffer? {
    guard options.decodesLate, !options.salvages, !decoder.rowHeader.isInterlaced,
      let byteCount = decoder.rowHeader.byteCount, byteCount > lateByteCount
    else { return nil }
    let maker = PNGRowMaker(buffer, decoder)
    try maker.check()
    do throws(MemoryError) { return try Buffer(filling: byteCount, by: maker) } catch {
      throw .memory(error)
    }
  }

  /// Images of more bytes are decoded row by row, in less memory than this.
  private static let lateByteCount = 256 << 20

  /// What is there of the rows of a file that ends too early, and what is not.
  private static func salvage(_ buffer: Buffer) throws(FormatError) -> (Buffer, [Loss]) {
    let decoder = try decoder(buffer, salvages: true)
    do throws(PNGDecodingError<MemoryError>) { return try decoder.salvageImage() } catch {
      throw FormatError(error)
    }
  }

  /// What decoded rows are.
  static func pixels(_ header: PNGHeader) throws(FormatError) -> FileFormat.Pixels {
    let (mode, rawmode) = storage(header)
    return FileFormat.Pixels(
      layout: try Layout.stored(
        as: rawmode, mode, width: header.width, height: header.height, offset: 0),
      format: PixelFormat(mode, header.bitDepth == 16 ? .u16 : .u8), palette: header.palette)
  }

  /// The mode of decoded rows, and how they hold it.
  private static func storage(_ header: PNGHeader) -> (Mode, rawmode: String) {
    func color(_ mode: Mode) -> (Mode, rawmode: String) {
      let format = PixelFormat(mode, header.bitDepth == 16 ? .u16 : .u8)
      return (mode, Rawmode.natural(format, isBigEndian: true).name)
    }
    switch (header.colorType, header.bitDepth) {
    case (.gray, 1): return (.bilevel, "1")
    case (.gray, 8): return (.gray, "L")
    case (.gray, 16): return (.gray16, "I;16B")
    case (.gray, let depth): return (.gray, "L;\(depth)")
    case (.palette, 8): return (.palette, "P")
    case (.palette, let depth): return (.palette, "P;\(depth)")
    case (.grayAlpha, _): return color(.grayAlpha)
    case (.rgb, _): return color(.rgb)
    case (.rgba, _): return color(.rgba)
    }
  }
}

extension FormatError {
  init(_ error: PNGDecodingError<MemoryError>) {
    switch error {
    case .source(let error), .memory(let error): self = .memory(error)
    case .png(let error): self = .png(error)
    }
  }
}
