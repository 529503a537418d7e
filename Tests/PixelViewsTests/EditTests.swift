import PixelMemory
import Testing

@testable import PixelViews

/// What an edit leaves in the buffer, and what it refuses.
@Suite struct EditTests {
  /// A row of pixels of a rawmode.
  private func row(
    _ mode: Mode, _ rawmode: String, width: Int, _ bytes: [UInt8], palette: Palette? = nil
  ) throws -> Image {
    let rawmode = try #require(Rawmode.named(rawmode, mode: mode))
    return try Image(
      buffer: .holding(bytes), layout: rawmode.layout(width: width, height: 1),
      format: rawmode.storedFormat, palette: palette)
  }

  private func samples(_ image: Image) throws -> [Double] {
    try (0..<image.height).flatMap { y in
      try (0..<image.width).flatMap { x in try image.pixel(x: x, y: y).samples }
    }
  }

  @Test(
    arguments: [
      (Mode.gray, "L;16", 2, [0, 0, 0x34, 0x12], [65535, 60875]),
      (.gray16, "I;16;10", 2, [0, 0, 0xFF, 3], [1023, 0]),
      (.grayAlpha, "LA;16L", 1, [1, 0, 2, 0], [65534, 2]),
      (.rgba, "RGBA;16B", 1, [0, 1, 0, 2, 0, 3, 0, 4], [65534, 65533, 65532, 4]),
      (.rgbx, "RGBX;16L", 1, [1, 0, 2, 0, 3, 0, 4, 0], [65534, 65533, 65532, 4]),
      (.grayAlpha, "LA", 1, [1, 2], [254, 2]),
      (.rgba, "RGBA", 1, [1, 2, 3, 4], [254, 253, 252, 4]),
      (.cmyk, "CMYK", 1, [1, 2, 3, 4], [254, 253, 252, 251]),
    ] as [(Mode, String, Int, [UInt8], [Double])])
  func `inverted is the distance from the largest color, and opacity stays`(
    mode: Mode, rawmode: String, width: Int, bytes: [UInt8], expected: [Double]
  ) throws {
    let image = try row(mode, rawmode, width: width, bytes)
    try image.invert(threads: 1)
    #expect(try samples(image) == expected)
  }

  @Test(arguments: [
    (Mode.integer, "I"), (.float, "F"), (.rgbPremultiplied, "RGBa"), (.grayPremultiplied, "La"),
    (.palette, "P"), (.paletteAlpha, "PA"),
  ])
  func `what has no opposite is not inverted`(mode: Mode, rawmode: String) throws {
    let image = try row(mode, rawmode, width: 1, [1, 2, 3, 4], palette: .gray)
    let before = try samples(image)
    #expect(throws: ViewError.unsupported(operation: "invert", mode: mode)) {
      try image.invert(threads: 1)
    }
    #expect(try samples(image) == before)
  }

  @Test(
    arguments: [
      (Mode.grayAlpha, "LA;16L", [1, 2, 3, 4], 0, 1, [0x403, 0x201]),
      (.rgba, "BGRA;16B", [0, 3, 0, 2, 0, 1, 0, 9], 0, 3, [9, 2, 3, 1]),
      (.rgb, "RGB", [1, 2, 3], 0, 2, [3, 2, 1]),
      // One band with itself, in samples of 4 and of 8 bytes.
      (.integer, "I", [1, 2, 0, 0], 0, 0, [513]),
      (.float, "F;64F", [0, 0, 0, 0, 0, 0, 0xF0, 0x3F], 0, 0, [1]),
    ] as [(Mode, String, [UInt8], Int, Int, [Double])])
  func `two bands change places in samples of every size`(
    mode: Mode, rawmode: String, bytes: [UInt8], first: Int, second: Int, expected: [Double]
  ) throws {
    let image = try row(mode, rawmode, width: 1, bytes)
    try image.swapBands(first, second, threads: 1)
    #expect(try samples(image) == expected)
  }

  @Test func `a number is added to doubles as to all others`() throws {
    let image = try row(.float, "F;64F", width: 1, [0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    try image.add(-0.25, threads: 1)
    #expect(try samples(image) == [0.75])
    let bits = try row(.bilevel, "1", width: 8, [0x80])
    #expect(throws: ViewError.unsupported(operation: "add", mode: .bilevel)) {
      try bits.add(1, threads: 1)
    }
  }

  /// An image cannot be edited: because of its buffer, its pixels or its layout.
  static let locked: [(ViewError.ReadOnlyReason, @Sendable () throws -> Image)] = [
    (
      .buffer,
      {
        let memory = TestMemory([1, 2, 3, 4])
        let layout = try Rawmode.natural(.gray).layout(width: 2, height: 2)
        return try Image(
          buffer: memory.buffer(.readOnly), layout: layout, format: PixelFormat(.gray))
      }
    ),
    (
      .derived,
      {
        try Image.plain([1, 2, 3, 4], PixelFormat(.gray), width: 2, height: 2).converted(to: .rgb)
      }
    ),
    (
      .layout,
      {
        var layout = try Rawmode.natural(.gray).layout(width: 2, height: 2)
        layout.pixelBits = 4
        layout.fields[0] = SampleField(
          bitOffset: 0, storage: .bits(.mostSignificantFirst), bitCount: 8)
        return try Image(
          buffer: .holding([1, 2, 3, 4]), layout: layout, format: PixelFormat(.gray))
      }
    ),
  ]

  @Test(arguments: locked.indices)
  func `an image that cannot be edited refuses each edit alike`(index: Int) throws {
    let (reason, make) = Self.locked[index]
    let image = try make()
    let pixel = Pixel([Double](repeating: 9, count: image.mode.bandCount))
    let plain = [UInt8](repeating: 9, count: 64)
    var workspace = Workspace()
    let refused = ViewError.readOnly(reason)
    #expect(image.readOnlyReason == reason)
    #expect(throws: refused) { try image.put(x: 0, y: 0, pixel) }
    #expect(throws: refused) { try image.fill(image.bounds, with: pixel, threads: 1) }
    #expect(throws: refused) { try image.flip(.horizontal, threads: 1) }
    #expect(throws: refused) { try image.invert(threads: 1) }
    #expect(throws: refused) { try image.add(1, threads: 1) }
    #expect(throws: refused) { try image.swapBands(0, 0, threads: 1) }
    #expect(throws: refused) { try image.paste(image, x: 0, y: 0, threads: 1) }
    // Any samples of UInt8 are bytes.
    #expect(throws: refused) {
      unsafe try image.write(image.bounds, from: plain.span.bytes, workspace: &workspace)
    }
  }

  @Test(arguments: [
    Rectangle(x: 0, y: 0, width: 3, height: 1), Rectangle(x: -1, y: 0, width: 1, height: 1),
    Rectangle(x: 0, y: 1, width: 1, height: 1), Rectangle(x: 0, y: 0, width: 0, height: 1),
    Rectangle(x: .max, y: 0, width: 1, height: 1), Rectangle(x: 1, y: 0, width: .max, height: 1),
  ])
  func `a rectangle that is not inside is not filled`(rectangle: Rectangle) throws {
    let image = try row(.gray, "L", width: 2, [1, 2])
    #expect(throws: ViewError.outside(rectangle, width: 2, height: 1)) {
      try image.fill(rectangle, with: Pixel([9]), threads: 1)
    }
    #expect(try samples(image) == [1, 2])
  }

  @Test func `a mirror of one column or one row is the image itself`() throws {
    let image = try Image.plain([1, 2, 3], PixelFormat(.gray), width: 1, height: 3)
    try image.flip(.horizontal, threads: 1)
    #expect(try samples(image) == [1, 2, 3])
    try image.reoriented(.quarter).flip(.vertical, threads: 1)
    #expect(try samples(image) == [1, 2, 3])
    try image.flip(.vertical, threads: 1)
    #expect(try samples(image) == [3, 2, 1])
  }

  @Test func `a part of an image is pasted beside itself`() throws {
    let image = try row(.gray, "L", width: 4, [1, 2, 3, 4])
    let left = try image.cropped(to: Rectangle(x: 0, y: 0, width: 2, height: 1))
    try image.paste(left, x: 2, y: 0, threads: 4)
    #expect(try samples(image) == [1, 2, 1, 2])
  }

  @Test(
    arguments: [
      // The band, what is pasted, and the numbers that the storage has for it.
      (Mode.integer, "I;16", [70000], "I", 70000, 0, 65535),
      (.integer, "I;16", [-1], "I", -1, 0, 65535),
      (.integer, "I;16S", [40000], "I", 40000, -32768, 32767),
      (.integer, "I;8S", [-129], "I", -129, -128, 127),
      (.float, "F;16", [0.5], "F", 0.5, 0, 65535),
      (.float, "F;16", [-1], "F", -1, 0, 65535),
      (.float, "F;8S", [128], "F", 128, -128, 127),
      // Bands without bytes keep their one value.
      (.rgb, "R", [9, 1, 0], "G", 1, 0, 0),
      (.rgb, "B", [0, 1, 9], "G", 1, 0, 0),
      (.rgbx, "RGB;15", [8, 8, 8, 7], "X", 7, 255, 255),
    ] as [(Mode, String, [Double], String, Double, Double, Double)])
  func `pasted samples that the storage cannot hold are named`(
    mode: Mode, rawmode: String, pixel: [Double], band: String, value: Double, lowest: Double,
    highest: Double
  ) throws {
    let target = try row(mode, rawmode, width: 1, [0, 0, 0, 0])
    let source = try row(mode, mode.name, width: 1, [0, 0, 0, 0])
    try source.put(x: 0, y: 0, Pixel(pixel))
    let before = try samples(target)
    #expect(
      throws: ViewError.sampleOutOfRange(
        value: value, band: band, lowest: lowest, highest: highest)
    ) { try target.paste(source, x: 0, y: 0, threads: 1) }
    #expect(try samples(target) == before)
  }

  @Test func `what is no number is put where fractions are, and nowhere else`() throws {
    let floats = try row(.float, "F", width: 1, [0, 0, 0, 0])
    try floats.put(x: 0, y: 0, Pixel([.nan]))
    #expect(try floats.pixel(x: 0, y: 0).samples[0].isNaN)
    let bytes = try row(.gray, "L", width: 1, [7])
    #expect(throws: ViewError.self) { try bytes.put(x: 0, y: 0, Pixel([.nan])) }
    #expect(throws: ViewError.sampleOutOfRange(value: 1.5, band: "L", lowest: 0, highest: 255)) {
      try bytes.put(x: 0, y: 0, Pixel([1.5]))
    }
    #expect(try samples(bytes) == [7])
  }

  /// Plain bytes go straight to the buffer; swapped ones and bits pass through private memory.
  static let stored = [(Mode.gray, "L", 64), (.gray16, "I;16B", 32), (.bilevel, "1", 9)]

  /// An image of 512 rows of a file that has lost its bytes.
  private func cutImage(
    _ mode: Mode, _ rawmode: String, width: Int, _ access: Access
  ) throws -> (MappedFile, Image) {
    let file = try MappedFile(byteCount: 1 << 16)
    let rawmode = try #require(Rawmode.named(rawmode, mode: mode))
    let image = try Image(
      buffer: Buffer(mapping: file.path, access: access),
      layout: rawmode.layout(width: width, height: 512), format: rawmode.storedFormat)
    try file.setSize(0)
    return (file, image)
  }

  @Test(arguments: [Access.readOnly, .readWrite], stored)
  func `a file cut below its rows is an error of reading`(
    access: Access, stored: (mode: Mode, rawmode: String, width: Int)
  ) throws {
    let (file, image) = try cutImage(stored.mode, stored.rawmode, width: stored.width, access)
    try expectCut(file) { () throws(ViewError) in _ = try image.pixel(x: 0, y: 511) }
  }

  @Test(arguments: stored)
  func `a file cut below its rows is an error of writing`(
    mode: Mode, rawmode: String, width: Int
  ) throws {
    let (file, image) = try cutImage(mode, rawmode, width: width, .readWrite)
    try expectCut(file) { () throws(ViewError) in try image.put(x: 0, y: 511, Pixel([0])) }
  }

  private func expectCut(_ file: MappedFile, _ body: () throws(ViewError) -> Void) throws {
    let error = try #require(throws: ViewError.self) { try body() }
    guard case .memory(.truncated(file.path, _, found: 0)) = error else {
      Issue.record("\(error) is not the error of a cut file")
      return
    }
  }
}
