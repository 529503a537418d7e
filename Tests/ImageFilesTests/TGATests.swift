import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

@Suite struct TGATests {
  /// A header without identification and color map.
  static func header(
    _ kind: UInt8, _ width: UInt8, _ height: UInt8, bits: UInt8, _ descriptor: UInt8 = 32
  ) -> [UInt8] {
    [0, 0, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, width, 0, height, 0, bits, descriptor]
  }

  static let kept: [(String, [UInt8], PixelFormat, [Double])] = [
    ("gray", header(3, 2, 1, bits: 8) + [1, 2], PixelFormat(.gray), [1, 2]),
    ("rows upwards", header(3, 1, 2, bits: 8, 0) + [1, 2], PixelFormat(.gray), [2, 1]),
    ("columns leftwards", header(3, 2, 1, bits: 8, 48) + [1, 2], PixelFormat(.gray), [2, 1]),
    ("both", header(3, 2, 2, bits: 8, 16) + [1, 2, 3, 4], PixelFormat(.gray), [4, 3, 2, 1]),
    ("gray and alpha", header(3, 1, 1, bits: 16, 40) + [1, 2], PixelFormat(.grayAlpha), [1, 2]),
    ("colors", header(2, 1, 1, bits: 24) + [3, 2, 1], PixelFormat(.rgb), [1, 2, 3]),
    ("alpha", header(2, 1, 1, bits: 32, 40) + [3, 2, 1, 4], PixelFormat(.rgba), [1, 2, 3, 4]),
    (
      "alpha that nobody announced", header(2, 1, 1, bits: 32) + [3, 2, 1, 4], PixelFormat(.rgba),
      [1, 2, 3, 4]
    ),
    ("5 bits", header(2, 1, 1, bits: 16) + [0x1F, 0xFC], PixelFormat(.rgb), [255, 0, 255]),
    ("15 bits", header(2, 1, 1, bits: 15) + [0xE0, 0x03], PixelFormat(.rgb), [0, 255, 0]),
    (
      "5 bits and alpha", header(2, 2, 1, bits: 16, 33) + [0, 0x80, 0, 0], PixelFormat(.rgba),
      [0, 0, 0, 255, 0, 0, 0, 0]
    ),
    (
      "an identification", [3] + header(3, 1, 1, bits: 8).dropFirst() + [9, 9, 9, 5],
      PixelFormat(.gray), [5]
    ),
  ]

  static let packets: [(String, [UInt8], [Double])] = [
    ("a literal and a run", header(11, 5, 1, bits: 8) + [1, 1, 2, 0x82, 3], [1, 2, 3, 3, 3]),
    ("a packet across rows", header(11, 2, 2, bits: 8, 0) + [0x80, 1, 2, 2, 3, 4], [3, 4, 1, 2]),
    (
      "colors", header(10, 2, 2, bits: 24) + [0x83, 3, 2, 1],
      [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]
    ),
  ]

  @Test("Any number of bits of alpha up to eight is known, whatever the pixels have")
  func alphaBits() {
    for (bits, isKnown) in [(0, true), (8, true), (4, true), (9, false)] as [(UInt8, Bool)] {
      let header = Self.header(3, 1, 1, bits: 8, 32 | bits)
      #expect(FileFormat.tga.recognize?(header) == isKnown)
    }
  }

  @Test("Indices without colors are saved with a ramp of grays")
  func noPalette() throws {
    let image = try Image(.palette, "P", width: 2, height: 1, [3, 200])
    let shown = try ShownFile(FileFormat.tga.written(image), as: .tga)
    #expect(shown.image.palette == .gray)
    #expect(try shown.samples() == [3, 200])
  }

  @Test("Pixels are mapped in place", arguments: kept)
  func mapped(
    _ name: String, _ file: [UInt8], _ format: PixelFormat, _ samples: [Double]
  ) throws {
    let shown = try ShownFile(file, as: .tga)
    #expect(shown.isMapped)
    #expect(shown.image.format == format)
    #expect(try shown.samples() == samples)
  }

  @Test("Packets are unpacked", arguments: packets)
  func unpacked(_ name: String, _ file: [UInt8], _ samples: [Double]) throws {
    let shown = try ShownFile(file, as: .tga)
    #expect(!shown.isMapped)
    #expect(try shown.samples() == samples)
  }

  @Test(
    "A color map has entries of many sizes, and may start late",
    arguments: [
      (UInt8(24), [3, 2, 1, 6, 5, 4], [1, 2, 3, 255, 4, 5, 6, 255]),
      (32, [3, 2, 1, 7, 6, 5, 4, 8], [1, 2, 3, 7, 4, 5, 6, 8]),
      (16, [0x00, 0x7C, 0x1F, 0x80], [255, 0, 0, 255, 0, 0, 255, 255]),
      (15, [0xE0, 0x03, 0, 0], [0, 255, 0, 255, 0, 0, 0, 255]),
    ] as [(UInt8, [UInt8], [UInt8])])
  func palette(_ bits: UInt8, _ map: [UInt8], _ colors: [UInt8]) throws {
    let file: [UInt8] =
      [0, 1, 1, 1, 0, 2, 0, bits, 0, 0, 0, 0, 2, 0, 1, 0, 8, 32] + map + [1, 2]
    let shown = try ShownFile(file, as: .tga)
    #expect(shown.image.format == PixelFormat(.palette))
    #expect(shown.image.palette?.colors == [0, 0, 0, 255] + colors)
    #expect(try shown.samples() == [1, 2])
  }

  @Test(
    "An extension may say that alpha means nothing, or that colors are multiplied by it",
    arguments: [(UInt8(0), Mode.rgb), (3, .rgba), (4, .rgbPremultiplied)])
  func attributes(_ type: UInt8, _ mode: Mode) throws {
    let pixels = Self.header(2, 1, 1, bits: 32, 40) + [3, 2, 1, 4]
    let footer = [UInt8(pixels.count), 0, 0, 0] + TGA.footer.dropFirst(4)
    let file = pixels + [UInt8](repeating: 0, count: 494) + [type] + footer
    #expect(try ShownFile(file, as: .tga).image.mode == mode)
  }

  static let written: [(Mode, String, [UInt8], [UInt8])] = [
    (.gray, "L", [1, 2], header(3, 1, 2, bits: 8) + [1, 2]),
    (.grayAlpha, "LA", [1, 2, 3, 4], header(3, 1, 2, bits: 16, 40) + [1, 2, 3, 4]),
    (.rgb, "RGB", [1, 2, 3, 4, 5, 6], header(2, 1, 2, bits: 24) + [3, 2, 1, 6, 5, 4]),
    (
      .rgba, "BGRA", [1, 2, 3, 4, 5, 6, 7, 8],
      header(2, 1, 2, bits: 32, 40) + [1, 2, 3, 4, 5, 6, 7, 8]
    ),
    (
      .palette, "P", [0, 1],
      [0, 1, 1, 0, 0, 2, 0, 24, 0, 0, 0, 0, 1, 0, 2, 0, 8, 32, 3, 2, 1, 6, 5, 4, 0, 1]
    ),
    (.rgbx, "RGBX", [1, 2, 3, 9, 4, 5, 6, 9], header(2, 1, 2, bits: 24) + [3, 2, 1, 6, 5, 4]),
  ]

  /// A footer, and before it where there is alpha an extension of type 3, which says so.
  private static func trailer(after file: [UInt8], _ mode: Mode) -> [UInt8] {
    guard mode.alphaBand != nil else { return TGA.footer }
    let area = [0xEF, 1] + [UInt8](repeating: 0, count: 492) + [3]
    return area + [UInt8(file.count), 0, 0, 0] + TGA.footer.dropFirst(4)
  }

  @Test("Files are written without packets, and are their own flush", arguments: written)
  func write(_ mode: Mode, _ rawmode: String, _ bytes: [UInt8], _ file: [UInt8]) throws {
    let palette = mode == .palette ? Palette(rgb: [1, 2, 3, 4, 5, 6]) : nil
    let image = try Image(mode, rawmode, width: 1, height: 2, bytes, palette: palette)
    let written = try FileFormat.tga.written(image)
    #expect(written == file + Self.trailer(after: file, mode))
    let shown = try ShownFile(written, as: .tga)
    #expect(shown.image.palette == palette)
    #expect(try TGA.plainFile(shown.image).isAlready(shown.image))
  }

  @Test("Rows that go up in the buffer go up in the file")
  func upwards() throws {
    let shown = try ShownFile(Self.header(3, 1, 2, bits: 8, 0) + [1, 2] + TGA.footer, as: .tga)
    #expect(
      try FileFormat.tga.written(shown.image)
        == Self.header(3, 1, 2, bits: 8, 0) + [1, 2] + TGA.footer)
  }

  @Test("A palette with alpha keeps it")
  func paletteAlpha() throws {
    let palette = Palette(rgba: [1, 2, 3, 4])
    let image = try Image(.palette, "P", width: 1, height: 1, [0], palette: palette)
    #expect(try ShownFile(FileFormat.tga.written(image), as: .tga).image.palette == palette)
  }

  @Test("Sides above 65535 are refused")
  func tooLarge() throws {
    let bytes = [UInt8](repeating: 0, count: 65536)
    let image = try Image(.gray, "L", width: 65536, height: 1, bytes)
    #expect(
      throws: FormatError.tooLarge(format: "tga", found: "65536x1", limit: "65535x65535")
    ) { try FileFormat.tga.written(image) }
  }

  @Test("Every header without a contradiction is recognized, and no other")
  func recognized() throws {
    let recognize = try #require(FileFormat.tga.recognize)
    for (name, file, _, _) in Self.kept { #expect(recognize(file), "\(name)") }
    for (name, file, _) in Self.packets { #expect(recognize(file), "\(name)") }
    let sound = Self.header(2, 1, 1, bits: 24)
    for (index, value) in [
      (1, 2), (1, 1), (2, 0), (2, 4), (2, 1), (2, 34), (3, 1), (6, 2), (7, 33), (12, 0), (14, 0),
      (16, 8), (16, 12), (17, 9), (17, 64), (17, 128),
    ] as [(Int, UInt8)] {
      var broken = sound
      broken[index] = value
      #expect(!recognize(broken), "byte \(index) is \(value)")
    }
    #expect(!recognize(Array(sound.dropLast())))
    // What is said of a color map that is not there counts for nothing.
    for (index, value) in [(5, 1), (7, 24)] as [(Int, UInt8)] {
      var known = sound
      known[index] = value
      #expect(recognize(known))
    }
    for (bits, isSound) in [(UInt8(24), true), (12, false)] {
      let indices: [UInt8] = [0, 1, 1, 0, 0, 2, 0, bits, 0, 0, 0, 0, 1, 0, 1, 0, 8, 32]
      #expect(recognize(indices) == isSound)
    }
  }

  @Test(
    "What is not read is refused",
    arguments: [
      (header(2, 1, 1, bits: 24, 64), "interleaved rows"),
      (header(3, 1, 1, bits: 1), "1 bits a pixel in an image of gray"),
      (header(2, 1, 1, bits: 8), "8 bits a pixel in an image of colors"),
    ])
  func unsupported(_ file: [UInt8], _ feature: String) throws {
    #expect(throws: FormatError.unsupported(format: "tga", feature: feature)) {
      try ShownFile(file + [0, 0, 0, 0], as: .tga)
    }
  }

  @Test("Pixels or packets that end too early are malformed")
  func short() throws {
    #expect(
      throws: FormatError.malformed(
        format: "tga", offset: 18, found: "20 bytes in the file",
        expected: "1x1 pixels, 21 bytes in all: 1 byte is missing")
    ) { try ShownFile(Self.header(2, 1, 1, bits: 24) + [1, 2], as: .tga) }
    #expect(
      throws: FormatError.malformed(
        format: "tga", offset: 20, found: "the end of the file", expected: "more packets")
    ) { try ShownFile(Self.header(11, 3, 1, bits: 8) + [0x81, 1], as: .tga) }
    #expect(
      throws: FormatError.malformed(
        format: "tga", offset: 18, found: "1 byte of packets", expected: "packets for 3x1 pixels")
    ) { try ShownFile(Self.header(11, 3, 1, bits: 8) + [0x81], as: .tga) }
  }

  @Test("Damage is survived")
  func damage() {
    for (_, file, _, _) in Self.kept { ShownFile.surviveDamage(file, as: .tga) }
    for (_, file, _) in Self.packets { ShownFile.surviveDamage(file, as: .tga) }
    for (_, _, _, file) in Self.written { ShownFile.surviveDamage(file + TGA.footer, as: .tga) }
  }
}
