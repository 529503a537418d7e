import PixelViews
import Testing

@testable import ImageFiles

@Suite struct PNGFormatTests {
  static func written(_ image: Image, bits: Int? = nil) throws -> [UInt8] {
    let directory = TemporaryDirectory()
    var options = FileFormat.EncodeOptions()
    options.bits = bits
    var output = try OutputFile(try SaveTarget.resolve(directory.file("out")), reserving: nil)
    try PNG.encode(FileFormat.png.prepare(image), options, to: &output)
    try output.commit()
    return try directory.contents("out")
  }

  @Test(
    "Each mode has its color type and bit depth, and comes back",
    arguments: [
      (Mode.bilevel, "1", [0x80], 0, 1, Mode.bilevel), (.gray, "L", [7], 0, 8, .gray),
      (.gray, "L;16", [1, 2], 0, 16, .gray16), (.gray16, "I;16", [1, 2], 0, 16, .gray16),
      (.gray16Big, "I;16B", [1, 2], 0, 16, .gray16), (.grayAlpha, "LA", [1, 2], 4, 8, .grayAlpha),
      (.grayAlpha, "LA;16L", [1, 2, 3, 4], 4, 16, .grayAlpha),
      (.rgb, "BGR", [1, 2, 3], 2, 8, .rgb), (.rgbx, "RGBX", [1, 2, 3, 4], 2, 8, .rgb),
      (.rgb, "RGB;16L", [1, 2, 3, 4, 5, 6], 2, 16, .rgb),
      (.rgba, "RGBA", [1, 2, 3, 4], 6, 8, .rgba),
      (.rgba, "RGBA;16B", [1, 2, 3, 4, 5, 6, 7, 8], 6, 16, .rgba),
    ] as [(Mode, String, [UInt8], UInt8, UInt8, Mode)])
  func modes(
    _ mode: Mode, _ rawmode: String, _ bytes: [UInt8], _ colorType: UInt8, _ depth: UInt8,
    _ opened: Mode
  ) throws {
    let image = try Image(mode, rawmode, width: 1, height: 1, bytes)
    let file = try Self.written(image)
    #expect(Array(file[24...25]) == [depth, colorType])
    let shown = try ShownFile(file, as: .png)
    #expect(!shown.isMapped)
    #expect(shown.image.mode == opened)
    #expect(try shown.samples() == FileFormat.png.prepare(image).samples())
  }

  @Test("Indices keep their colors and their alpha")
  func palette() throws {
    let colors = try #require(Palette(rgba: [1, 2, 3, 4, 5, 6, 7, 255]))
    let image = try Image(.palette, "P", width: 2, height: 1, [1, 0], palette: colors)
    let file = try Self.written(image)
    #expect(Array(file[24...25]) == [8, 3])
    let shown = try ShownFile(file, as: .png)
    #expect(shown.image.palette == colors)
    #expect(try shown.samples() == [1, 0])
  }

  @Test("An index without a color is refused, with its place")
  func missingColor() throws {
    let colors = try #require(Palette(rgb: [1, 2, 3]))
    let image = try Image(.palette, "P", width: 1, height: 2, [0, 1], palette: colors)
    #expect(
      throws: FormatError.cannotHoldValue(
        format: "png", reason: "pixel 0,1 has index 1, the palette 1 colors")
    ) { try Self.written(image) }
    #expect(throws: FormatError.view(.paletteMissing(mode: .palette))) {
      try Self.written(image.with(palette: nil))
    }
  }

  @Test(
    "Few bits hold what they can hold exactly",
    arguments: [
      (1, [0, 255, 255, 0, 255]), (2, [0, 85, 170, 255, 85]), (4, [0, 17, 34, 255, 238]),
      (8, [0, 1, 2, 3, 4]),
    ] as [(Int, [UInt8])])
  func fewBits(_ bits: Int, _ samples: [UInt8]) throws {
    let image = try Image(.gray, "L", width: 5, height: 1, samples)
    let file = try Self.written(image, bits: bits)
    #expect(file[24] == bits)
    let shown = try ShownFile(file, as: .png)
    #expect(try shown.samples() == samples.map(Double.init))
  }

  @Test("Few bits hold no sample between theirs, and no index beyond", arguments: [1, 2, 4])
  func tooFewBits(_ bits: Int) throws {
    #expect(throws: FormatError.self) {
      try Self.written(try Image(.gray, "L", width: 1, height: 1, [254]), bits: bits)
    }
    let most = UInt8(1 << bits)
    let fits = try Image(.palette, "P", width: 1, height: 1, [most - 1], palette: .gray)
    #expect(try ShownFile(Self.written(fits, bits: bits), as: .png).samples() == [Double(most - 1)])
    #expect(throws: FormatError.self) {
      let image = try Image(.palette, "P", width: 1, height: 1, [most], palette: .gray)
      _ = try Self.written(image, bits: bits)
    }
  }

  @Test("Bits that a mode cannot have are refused")
  func wrongBits() throws {
    let image = try Image(.rgb, "RGB", width: 1, height: 1, [1, 2, 3])
    #expect(
      throws: FormatError.cannotStoreBits(
        format: "png", found: 4, PixelFormat(.rgb), allowed: [8])
    ) { try Self.written(image, bits: 4) }
  }

  @Test("A decoded image is held to the limits")
  func limits() throws {
    let file = try Self.written(
      try Image(.gray, "L", width: 4, height: 4, [UInt8](repeating: 0, count: 16)))
    var limits = Limits()
    limits.pixels = 15
    #expect(throws: FormatError.self) { try ShownFile(file, as: .png, limits: limits) }
    limits.pixels = 16
    #expect(try ShownFile(file, as: .png, limits: limits).samples().count == 16)
  }
}
