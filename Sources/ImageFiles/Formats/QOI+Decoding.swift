import PixelMemory
import PixelViews

extension QOI {
  @Sendable static func describe(
    _ header: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    try options.checkOnlyFrame("qoi")
    let magic = try header.bytes(4, "\"qoif\"")
    guard magic == QOI.magic else {
      throw header.malformed(at: 0, found: "\(magic)", expected: "\"qoif\"")
    }
    let width = Int(try header.integer("width", bigEndian: true, as: UInt32.self))
    let height = Int(try header.integer("height", bigEndian: true, as: UInt32.self))
    guard width > 0, height > 0 else {
      throw header.malformed(at: 4, found: "\(width)x\(height)", expected: "at least one pixel")
    }
    let channels = try header.byte("channels")
    guard channels == 3 || channels == 4 else {
      throw header.malformed(at: 12, found: "\(channels)", expected: "3 or 4 channels")
    }
    let colorspace = try header.byte("color space")
    guard colorspace <= 1 else {
      throw header.malformed(at: 13, found: "\(colorspace)", expected: "color space 0 or 1")
    }
    let mode: Mode = channels == 4 ? .rgba : .rgb
    var pixels = FileFormat.Pixels(
      layout: try Rawmode.natural(mode).stored(width: width, height: height),
      format: PixelFormat(mode))
    if colorspace == 1 {
      var metadata = Metadata(format: pixels.format)
      metadata.add(.linear)
      pixels.metadata = metadata
    }
    if options.findsEnd {
      let end = try end(header.buffer, pixelCount: width.multiplied(by: height) ?? .max)
      pixels.trailingByteCount = max(0, header.byteCount - end)
    }
    return .decoded(pixels, reason: "QOI is compressed") { buffer, limits throws(FormatError) in
      let (rows, end) = try decode(
        buffer, width: width, height: height, channels: mode.bandCount, limits: limits)
      return FileFormat.Decoded(buffer: rows, trailingByteCount: max(0, buffer.byteCount - end))
    }
  }

  /// The bytes between the header and the end marker.
  private static func chunks(_ buffer: Buffer) -> Range<Int> {
    headerByteCount..<max(headerByteCount, buffer.byteCount - end.count)
  }

  /// Where the file's end marker ends, found by the lengths of the chunks.
  private static func end(_ buffer: Buffer, pixelCount: Int) throws(FormatError) -> Int {
    var input = CompressedInput(buffer, chunks(buffer))
    var missing = pixelCount
    while missing > 0 {
      let tag = try QOIDecoder.next(&input)
      let more =
        switch tag {
        case 0xFE: 3
        case 0xFF: 4
        case 0x80..<0xC0: 1
        default: 0
        }
      for _ in 0..<more { _ = try QOIDecoder.next(&input) }
      missing -= (0xC0..<0xFE).contains(tag) ? Int(tag & 63) + 1 : 1
    }
    return input.position + end.count
  }

  /// The pixels, and where the file's end marker ends.
  private static func decode(
    _ buffer: Buffer, width: Int, height: Int, channels: Int, limits: Limits
  ) throws(FormatError) -> (rows: Buffer, end: Int) {
    let rowByteCount = width * channels
    let byteCount = rowByteCount.multiplied(by: height) ?? .max
    try limits.check("qoi", width: width, height: height, byteCount: byteCount)
    let pixelCount = width * height
    let chunks = chunks(buffer)
    guard pixelCount / longestRun <= chunks.count else {
      throw .malformed(
        format: "qoi", offset: headerByteCount, found: "\(chunks.count.bytes) of chunks",
        expected: "at least \(pixelCount / longestRun) for \(width)x\(height) pixels")
    }
    let target = try Buffer.zeroed(byteCount: byteCount)
    var input = CompressedInput(buffer, chunks)
    var decoder = QOIDecoder()
    var row = Scratch()
    try row.resize(rowByteCount)
    for y in 0..<height {
      do {
        var bytes = row.mutableBytes
        try decoder.decode(width, channels, &input, to: &bytes)
      }
      try target.store(Block(offset: y * rowByteCount, byteCount: rowByteCount), from: row.bytes)
    }
    return (target, input.position + QOI.end.count)
  }
}

/// Turns chunks into pixels.
struct QOIDecoder {
  private var state = QOIState()
  private var runCount = 0

  /// Decodes the next `count` pixels of 3 or 4 channels.
  ///
  /// - Throws: `FormatError.malformed` when the chunks end before.
  mutating func decode(
    _ count: Int, _ channels: Int, _ input: inout CompressedInput, to target: inout MutableRawSpan
  ) throws(FormatError) {
    for index in 0..<count {
      if runCount > 0 { runCount -= 1 } else { try decodeChunk(&input) }
      let pixel = state.pixel
      if channels == 4 {
        target.setSample(index, to: pixel.littleEndian)
      } else {
        for band in 0..<3 {
          target.setSample(
            index * 3 + band, to: UInt8(truncatingIfNeeded: pixel >> UInt32(band.inBits)))
        }
      }
    }
  }

  private mutating func decodeChunk(_ input: inout CompressedInput) throws(FormatError) {
    let tag = UInt32(try QOIDecoder.next(&input))
    switch (tag >> 6, tag) {
    case (_, 0xFE):
      state.pixel = state.pixel & 0xFF00_0000 | (try color(&input))
    case (_, 0xFF):
      let color = try color(&input)
      state.pixel = color | UInt32(try QOIDecoder.next(&input)) << 24
    case (0, _):
      state.pixel = state[Int(tag)]
    case (1, _):
      add(tag >> 4 & 3 &- 2, tag >> 2 & 3 &- 2, tag & 3 &- 2)
    case (2, _):
      let green = tag & 63 &- 32
      let others = UInt32(try QOIDecoder.next(&input))
      add(green &+ others >> 4 &- 8, green, green &+ others & 15 &- 8)
    default:
      runCount = Int(tag & 63)
    }
    state[state.place] = state.pixel
  }

  /// Adds differences to red, green and blue, each modulo 256.
  private mutating func add(_ red: UInt32, _ green: UInt32, _ blue: UInt32) {
    let pixel = state.pixel
    let newRed = (pixel &+ red) & 255
    let newGreen = (pixel >> 8 &+ green) & 255
    let newBlue = (pixel >> 16 &+ blue) & 255
    state.pixel = pixel & 0xFF00_0000 | newBlue << 16 | newGreen << 8 | newRed
  }

  private func color(_ input: inout CompressedInput) throws(FormatError) -> UInt32 {
    let red = UInt32(try QOIDecoder.next(&input))
    let green = UInt32(try QOIDecoder.next(&input))
    return red | green << 8 | UInt32(try QOIDecoder.next(&input)) << 16
  }

  fileprivate static func next(_ input: inout CompressedInput) throws(FormatError) -> UInt8 {
    guard let byte = try input.byte() else {
      throw .malformed(
        format: "qoi", offset: input.position, found: "the end of the chunks",
        expected: "a chunk for the next pixel")
    }
    return byte
  }
}
