import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

/// Files that lose their bytes while they are used, and images larger than any memory.
@Suite struct CutFileTests {
  let directory = TemporaryDirectory()

  private func cut(_ name: String) throws {
    let file = try Syscalls.open(directory.file(name), .writeOnly)
    try Syscalls.setSize(of: file.number, to: 0)
  }

  private func expectCut(_ error: FormatError?, _ what: String) {
    switch error {
    case .memory(.truncated(_, _, found: 0)), .view(.memory(.truncated(_, _, found: 0))),
      .output(.memory(.truncated(_, _, found: 0))):
      break
    default: Issue.record("\(what): \(String(describing: error))")
    }
  }

  static let decoded: [(String, @Sendable () throws -> [UInt8])] = [
    ("png", { try PNGSample(11, 7).encoded() }),
    ("qoi", { try FileFormat.qoi.written(Image(.rgb, "RGB", width: 1, height: 1, [1, 2, 3])) }),
    ("jpeg", { try FileFormat.jpeg.written(Image(.rgb, "RGB", width: 1, height: 1, [1, 2, 3])) }),
    ("pgm", { Array("P2 2 1 10 0\n10".utf8) }),
    ("tga", { TGATests.packets[0].1 }),
    ("tiff", { TIFFDecodingTests.file([(259, 3, [32773])], [8, 1, 2, 3, 4, 5, 6, 7, 8, 9]) }),
    (
      "tiff",
      {
        TIFFDecodingTests.file(
          TIFFDecodingTests.kept[0].1, TIFFDecodingTests.kept[0].2)
      }
    ),
    (
      "bmp",
      {
        BMPTests.header(
          fileSize: 0, offset: 58, width: 3, height: 1, bits: 8, compression: 1, colors: 1)
          + [1, 2, 3, 0, 3, 7, 0, 1]
      }
    ),
  ]

  @Test("A file that is cut while it is decoded is an error", arguments: decoded.indices)
  func decoding(_ index: Int) throws {
    let (name, bytes) = Self.decoded[index]
    let format = try #require(FileFormat.named(name))
    let buffer = try Buffer(
      mapping: try directory.write("in", try bytes()), access: .readOnly)
    var reader = HeaderReader(buffer, format: name)
    let describe = try #require(format.describe)
    guard case .decoded(_, _, let decode) = try describe(&reader, .init()) else {
      Issue.record("\(name) is mapped")
      return
    }
    _ = try decode(buffer, Limits())
    try cut("in")
    let error = #expect(throws: FormatError.self) { try decode(buffer, Limits()) }
    expectCut(error, name)
  }

  @Test(
    "An image of a file that is cut is saved by no format",
    arguments: FileFormat.all.filter(\.isWritten).map(\.name))
  func saving(_ name: String) throws {
    let format = try #require(FileFormat.named(name))
    let mode = try #require(format.modes.last ?? format.wideModes.last)
    // Rows as the file has them, and rows that have to be packed.
    for padding in [0, 8] {
      let rawmode = Rawmode.natural(mode)
      var options = Rawmode.Options()
      options.stride = try #require(rawmode.rowByteCount(width: 512)) + padding
      let layout = try rawmode.layout(width: 512, height: 64, options: options)
      let buffer = try Buffer(
        mapping: try directory.write(
          "in", [UInt8](repeating: 1, count: layout.byteRange().upperBound)), access: .readOnly)
      let image = try Image(buffer: buffer, layout: layout, format: rawmode.storedFormat)
      try cut("in")
      let error = #expect(throws: FormatError.self) {
        try ImageSave(format).run(image, to: SaveTarget.resolve(directory.file("out")))
      }
      expectCut(error, name)
      #expect(directory.names == ["in"])
    }
  }

  @Test("Indices of a file that is cut are saved as no PNG")
  func savingIndices() throws {
    let rawmode = Rawmode.natural(.palette)
    let image = try Image(
      buffer: Buffer(
        mapping: directory.write("in", [UInt8](repeating: 1, count: 64)), access: .readOnly),
      layout: rawmode.layout(width: 8, height: 8), format: PixelFormat(.palette),
      palette: Palette(rgb: [1, 2, 3, 4, 5, 6]))
    try cut("in")
    let error = #expect(throws: FormatError.self) { try image.save(to: directory.file("out.png")) }
    expectCut(error, "png")
  }

  @Test("A device without room is an error, for rows as they are and for packed ones")
  func fullDevice() throws {
    let image = try Image(.rgb, "BGR", width: 1, height: 1, [1, 2, 3])
    let target = try SaveTarget.resolve("/dev/full")
    for rawmode in ["BGR", "RGB"] {
      var save = ImageSave(.raw)
      save.options.rawmode = Rawmode.named(rawmode, mode: .rgb)
      let error = #expect(throws: FormatError.self) { try save.run(image, to: target) }
      guard case .output(.outOfSpace(path: "/dev/full", needed: _)) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test("A device without a disk need not wait for one")
  func durableDevice() throws {
    var save = ImageSave(.raw)
    save.isDurable = true
    let image = try Image(.gray, "L", width: 2, height: 1, [1, 2])
    #expect(try save.run(image, to: SaveTarget.resolve("/dev/null"))?.byteCount == 2)
  }

  @Test("Samples that are no number of the rawmode are refused at their pixel")
  func unfit() throws {
    let image = try Image(
      .integer, "I", width: 2, height: 1, [1, 0, 0, 0, 0, 0, 1, 0])
    let words = try #require(Rawmode.named("I;16", mode: .integer))
    #expect(throws: FormatError.view(.cannotStore(value: 65536, x: 1, y: 0, bitCount: 16))) {
      try FileFormat.raw.written(image, as: words)
    }
  }

  @Test(
    "Bits beyond the last pixel of a row are not saved",
    arguments: [("1", 0xE0), ("1;R", 0x07)] as [(String, UInt8)])
  func unusedBits(_ rawmode: String, _ byte: UInt8) throws {
    let image = try Image(.bilevel, rawmode, width: 3, height: 2, [0xFF, 0xFF])
    let stored = try #require(Rawmode.named(rawmode, mode: .bilevel))
    #expect(try FileFormat.raw.written(image, as: stored) == [byte, byte])
  }

  /// An image of any size, of which all pixels are the same few bytes.
  private func endless(_ format: PixelFormat, _ width: Int, _ height: Int) throws -> Image {
    var layout = try Rawmode.natural(format).layout(width: 1, height: 1)
    (layout.width, layout.height, layout.rowBits, layout.pixelBits) = (width, height, 0, 0)
    return try Image(
      buffer: Buffer(holding: [UInt8](repeating: 0, count: 16)), layout: layout, format: format)
  }

  @Test(
    "An image beyond what a header can say is refused with its size",
    arguments: [
      ("tiff", PixelFormat(.gray), 1 << 32, 1, "4294967296x1"),
      ("tiff", PixelFormat(.gray), 1, 1 << 32, "1x4294967296"),
      ("tga", PixelFormat(.gray), 65536, 1, "65536x1"),
      ("farbfeld", PixelFormat(.rgba, .u16), 1 << 32, 1, "4294967296x1"),
      ("qoi", PixelFormat(.rgb), 1 << 32, 1, "4294967296x1"),
      ("vips", PixelFormat(.gray), 1 << 31, 1, "2147483648x1"),
      ("farbfeld", PixelFormat(.rgba, .u16), (1 << 32) - 1, (1 << 32) - 1, "4294967295x4294967295"),
    ])
  func tooLarge(
    _ name: String, _ format: PixelFormat, _ width: Int, _ height: Int, _ size: String
  ) throws {
    let error = #expect(throws: FormatError.self) {
      try FileFormat.named(name)?.written(endless(format, width, height))
    }
    guard case .tooLarge(name, size, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("Rows of a PNG beyond what 64 bits count are refused before memory is taken")
  func endlessPNG() throws {
    let side = PNGHeader.sideLimit
    let header = PNGHeader(width: side, height: side, bitDepth: 16, colorType: .rgba)
    #expect(header.byteCount == nil)
    let plan = PNGBandPlan(header, effort: .balanced)
    #expect(plan.rowsPerBand == 1 && plan.count == side)
    var block = try Scratch.checked(byteCount: 0)
    let count = try PNGChunkWriter().write(header, into: &block)
    var bytes = unsafe block.bytes.withUnsafeBytes { unsafe Array($0.prefix(count)) }
    bytes += [0, 0, 0, 0] + Array("IDAT".utf8) + [0x35, 0xaf, 0x06, 0x1e]
    let error = #expect(throws: PNGDecodingError<SourceFailure>.self) {
      try PNGDecoder(MemorySource(bytes), byteLimit: .max)
    }
    guard case .png(.tooLarge(byteCount: .max, limit: _))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("PNG has sides of 31 bits and rows of a gigabyte here")
  func longRows() throws {
    #expect(
      throws: FormatError.png(
        .invalidHeader(reason: "2147483648x1 is not from 1x1 to 2147483647x2147483647"))
    ) { try FileFormat.png.written(endless(PixelFormat(.gray), 1 << 31, 1)) }
    #expect(
      throws: FormatError.png(.tooLarge(byteCount: (1 << 30) + 1, limit: 1 << 30))
    ) { try FileFormat.png.written(endless(PixelFormat(.gray), (1 << 30) + 1, 1)) }
  }

  @Test("A picture beyond any memory is refused whatever the limit is")
  func beyondMemory() throws {
    var limits = Limits()
    limits.pixels = .max
    #expect(limits.bytes == .max)
    let side = 2_147_483_647
    #expect(throws: FormatError.view(.overflow(width: side, height: side, stride: 0))) {
      try ShownFile(Array("P3 \(side) \(side) 255\n1".utf8), as: .ppm, limits: limits)
    }
    #expect(throws: FormatError.memory(.outOfMemory(byteCount: side * 3 << 27))) {
      try ShownFile(Array("P3 \(side) \(1 << 27) 255\n1".utf8), as: .ppm, limits: limits)
    }
    var tags = TIFFBytes.tags(1, 1, bits: [16, 16, 16], photometric: 2)
    for tag in [
      (256, 4, [0xFFFF_FFFF]), (257, 4, [0xFFFF_FFFF]), (259, 3, [32773]), (278, 4, [0xFFFF_FFFF]),
      (284, 3, [2]), (273, 4, [0, 0, 0]),
    ] as [TIFFBytes.Tag] {
      tags.removeAll { $0.number == tag.number }
      tags.append(tag)
    }
    let error = #expect(throws: FormatError.self) {
      try ShownFile(TIFFBytes().file(tags, pixels: [0]), as: .tiff, limits: limits)
    }
    guard case .tooLarge("tiff", "4294967295x4294967295", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "The limit counts pixels and bytes",
    arguments: [
      (11, 1, 11, "11x1", "10 pixels, which --limit-pixels raises"),
      (.max, 2, 1, "9223372036854775807x2", "10 pixels, which --limit-pixels raises"),
      (
        5, 2, 81, "5x2, 81 bytes when decoded,", "80 bytes, which --limit-pixels raises too"
      ),
      (5, 2, nil, "5x2", "80 bytes, which --limit-pixels raises too"),
    ] as [(Int, Int, Int?, String, String)])
  func limits(_ width: Int, _ height: Int, _ byteCount: Int?, _ found: String, _ limit: String)
    throws
  {
    var limits = Limits()
    limits.pixels = 10
    try limits.check("x", width: 5, height: 2, byteCount: 80)
    #expect(throws: FormatError.tooLarge(format: "x", found: found, limit: limit)) {
      try limits.check("x", width: width, height: height, byteCount: byteCount)
    }
  }
}
