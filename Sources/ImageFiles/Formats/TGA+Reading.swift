import PixelMemory
import PixelViews

extension TGA {
  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    try options.checkOnlyFrame("tga")
    reader.offset = 0
    let bytes = try reader.bytes(Header.byteCount, "header")
    guard let header = Header(bytes) else {
      throw reader.malformed(
        at: 1, found: "color map \(bytes[1]), type \(bytes[2])",
        expected: "color map 0 or 1, type 1, 2, 3, 9, 10 or 11")
    }
    guard header.width > 0, header.height > 0 else {
      throw reader.malformed(
        at: 12, found: "\(header.width)x\(header.height)", expected: "at least one pixel")
    }
    guard !header.isInterleaved else {
      throw .unsupported(format: "tga", feature: "interleaved rows")
    }
    let storage = try storage(&reader, header)
    let isPlain = !header.isCompressed
    var layout = try layout(header, storage.rawmode, offset: isPlain ? header.pixelOffset : 0)
    if isPlain {
      do throws(ViewError) { try layout.check(byteCount: reader.byteCount) } catch {
        throw reader.endsEarly(
          at: header.pixelOffset, expected: "\(header.width)x\(header.height) pixels",
          needed: try? layout.byteRange().upperBound)
      }
    }
    let (alpha, notes) = try alpha(&reader, header, storage, options.limits)
    // Samples that are not alpha stay between the pixels, as padding.
    if storage.hasAlpha, alpha == .none { layout.fields.removeLast() }
    let format = PixelFormat(storage.rawmode.mode.with(alpha))
    let palette = alpha == .none ? storage.palette?.opaque : storage.palette
    var pixels = FileFormat.Pixels(
      layout: layout, format: format, palette: palette, notes: notes,
      metadata: try metadata(&reader, header, format))
    if isPlain {
      let end = header.pixelOffset + header.rowByteCount * header.height
      pixels.trailingByteCount = try trailingByteCount(&reader, rowsEnd: end)
    } else if options.findsEnd {
      let end = try unpackRows(reader.buffer, header) { _, _ in true }
      pixels.trailingByteCount = try trailingByteCount(&reader, rowsEnd: end)
    }
    guard header.isCompressed else { return .mapped(pixels) }
    return .decoded(pixels, reason: "the pixels are in packets") {
      buffer, limits throws(FormatError) in try unpack(buffer, header, limits: limits)
    }
  }

  /// The bytes after the rows or, where one follows, the footer of version 2.
  private static func trailingByteCount(
    _ reader: inout HeaderReader, rowsEnd: Int
  ) throws(FormatError) -> Int {
    let footerEnd = try footerStart(&reader).map { $0 + footer.count } ?? 0
    return max(0, reader.byteCount - max(rowsEnd, footerEnd))
  }

  private static func layout(
    _ header: Header, _ rawmode: Rawmode, offset: Int
  ) throws(FormatError) -> Layout {
    var options = Rawmode.Options()
    options.offset = offset
    options.bottomUp = !header.isTopDown
    let layout = try rawmode.stored(width: header.width, height: header.height, options)
    return header.isMirrored ? layout.reoriented(.horizontal) : layout
  }

  /// How the pixels are stored, the samples counted that may be alpha.
  struct Storage {
    var rawmode: Rawmode
    var palette: Palette?
    var hasAlpha: Bool { rawmode.mode.alphaBand != nil }
  }

  private static func storage(
    _ reader: inout HeaderReader, _ header: Header
  ) throws(FormatError) -> Storage {
    let names: (String, Mode)? =
      switch (header.kind, header.bits) {
      case (.indices, 8) where header.hasColorMap: ("P", .palette)
      case (.gray, 8): ("L", .gray)
      case (.gray, 16): ("LA", .grayAlpha)
      case (.colors, 15): ("BGR;15", .rgb)
      case (.colors, 16): header.alphaBits == 0 ? ("BGR;15", .rgb) : ("BGRA;15", .rgba)
      case (.colors, 24): ("BGR", .rgb)
      case (.colors, 32): ("BGRA", .rgba)
      default: nil
      }
    guard header.kind != .indices || header.bits != 16 else {
      throw .unsupported(format: "tga", feature: "indices of 16 bits")
    }
    let palette = try palette(&reader, header)
    guard let names, let rawmode = Rawmode.named(names.0, mode: names.1) else {
      throw .unsupported(
        format: "tga", feature: "\(header.bits) bits a pixel in an image of \(header.kind)")
    }
    return Storage(rawmode: rawmode, palette: palette)
  }

  private static func palette(
    _ reader: inout HeaderReader, _ header: Header
  ) throws(FormatError) -> Palette? {
    guard header.kind == .indices else { return nil }
    guard header.hasColorMap, header.entryCount > 0 else {
      throw reader.malformed(at: 1, found: "no color map", expected: "one for indices")
    }
    reader.offset = Header.byteCount + header.identificationByteCount
    var colors = [UInt8]()
    for _ in 0..<min(header.firstEntry, 256) { colors += [0, 0, 0, 255] }
    for _ in header
      .firstEntry..<max(header.firstEntry, min(256, header.firstEntry + header.entryCount))
    {
      switch header.entryBits {
      case 15, 16:
        let word = Int(try reader.integer("color", as: UInt16.self))
        for shift in [10, 5, 0] { colors.append(UInt8((word >> shift & 31) * 255 / 31)) }
        colors.append(255)
      case 24, 32:
        let color = try reader.bytes(header.entryBits.inWholeBytes, "color")
        colors += [color[2], color[1], color[0], color.count == 4 ? color[3] : 255]
      default:
        throw reader.malformed(
          at: 7, found: "\(header.entryBits) bits a color", expected: "15, 16, 24 or 32")
      }
    }
    return Palette(rgba: colors)
  }

  /// The pixels of all packets, in memory.
  private static func unpack(
    _ source: Buffer, _ header: Header, limits: Limits
  ) throws(FormatError) -> FileFormat.Decoded {
    let rowByteCount = header.rowByteCount
    try limits.check(
      "tga", width: header.width, height: header.height, byteCount: rowByteCount * header.height)
    let target = try Buffer.zeroed(byteCount: rowByteCount * header.height)
    let end = try unpackRows(source, header) { y, row throws(FormatError) in
      try target.store(Block(offset: y * rowByteCount, byteCount: rowByteCount), from: row)
      return true
    }
    var reader = HeaderReader(source, format: "tga")
    return FileFormat.Decoded(
      buffer: target, trailingByteCount: try trailingByteCount(&reader, rowsEnd: end))
  }

  /// Unpacks row after row, as long as `body` wants more of them.
  ///
  /// - Returns: where the packets end that were unpacked.
  @discardableResult
  static func unpackRows(
    _ source: Buffer, _ header: Header,
    _ body: (_ y: Int, RawSpan) throws(FormatError) -> Bool
  ) throws(FormatError) -> Int {
    let packets = header.pixelOffset..<max(header.pixelOffset, source.byteCount)
    // Sizes of 16 bits: no product overflows.
    let pixelCount = header.width * header.height
    guard (pixelCount + 127) / 128 * (1 + header.pixelByteCount) <= packets.count else {
      throw .malformed(
        format: "tga", offset: header.pixelOffset, found: "\(packets.count.bytes) of packets",
        expected: "packets for \(header.width)x\(header.height) pixels")
    }
    var input = CompressedInput(source, packets)
    var decoder = TGADecoder(pixelByteCount: header.pixelByteCount)
    var row = Scratch()
    try row.resize(header.rowByteCount)
    for y in 0..<header.height {
      do {
        var bytes = row.mutableBytes
        try decoder.decode(header.width, &input, to: &bytes)
      }
      guard try body(y, row.bytes) else { break }
    }
    return input.position
  }
}

/// Turns packets into pixels; a packet may go on in the next row.
private struct TGADecoder {
  let pixelByteCount: Int
  private var literalCount = 0
  private var repeatCount = 0
  private var pixel: UInt32 = 0

  init(pixelByteCount: Int) { self.pixelByteCount = pixelByteCount }

  mutating func decode(
    _ count: Int, _ input: inout CompressedInput, to target: inout MutableRawSpan
  ) throws(FormatError) {
    for index in 0..<count {
      if literalCount == 0 && repeatCount == 0 {
        let control = Int(try byte(&input))
        if control < 128 {
          literalCount = control + 1
        } else {
          repeatCount = control - 127
          pixel = try color(&input)
        }
      }
      if literalCount > 0 {
        literalCount -= 1
        pixel = try color(&input)
      } else {
        repeatCount -= 1
      }
      for byte in 0..<pixelByteCount {
        target.setSample(
          index * pixelByteCount + byte,
          to: UInt8(truncatingIfNeeded: pixel >> UInt32(byte.inBits)))
      }
    }
  }

  private func color(_ input: inout CompressedInput) throws(FormatError) -> UInt32 {
    var color: UInt32 = 0
    for index in 0..<pixelByteCount { color |= UInt32(try byte(&input)) << UInt32(index.inBits) }
    return color
  }

  private func byte(_ input: inout CompressedInput) throws(FormatError) -> UInt8 {
    guard let byte = try input.byte() else {
      throw .malformed(
        format: "tga", offset: input.position, found: "the end of the file",
        expected: "more packets")
    }
    return byte
  }
}
