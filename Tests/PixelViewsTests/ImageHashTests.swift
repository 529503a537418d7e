import PixelMemory
import Testing

@testable import PixelViews

@Suite struct ImageHashTests {
  @Test func `the fixture is whole`() {
    #expect(MadeImage.all.count == 18)
    #expect(MadeImage.all.flatMap(\.bands).count == 36)
  }

  @Test(arguments: MadeImage.all)
  func `the hash is what hashlib computes, for every number of threads`(made: MadeImage) throws {
    let image = try made.image(of: made.plainBytes())
    for threads in [1, 2, 3, 8] {
      #expect(try image.hash(threads: threads).text == made.hash, "\(threads) threads")
    }
  }

  static let size = (width: 37, height: 23)

  /// An image of the same made-up colors in the layout that a rawmode and options say.
  static func picture(
    _ rawmode: String, mode: Mode, bands: [Int], options: Rawmode.Options = Rawmode.Options()
  ) throws -> Image {
    let rawmode = try #require(Rawmode.named(rawmode, mode: mode))
    let layout = try rawmode.layout(width: size.width, height: size.height, options: options)
    let buffer = try Buffer(allocating: try layout.byteRange().upperBound + 7)
    let image = try Image(buffer: buffer, layout: layout, format: rawmode.storedFormat)
    let top: Double = rawmode.type == .u16 ? 257 : 1
    for y in 0..<size.height {
      for x in 0..<size.width {
        let color = [x * 5 % 256, y * 9 % 256, x * y % 256, (x + y) * 3 % 256, 255]
        try image.put(x: x, y: y, Pixel(bands.map { Double(color[$0]) * top }))
      }
    }
    return image
  }

  @Test func `RGBA has one hash in every layout`() throws {
    let expected = try Self.picture("RGBA", mode: .rgba, bands: [0, 1, 2, 3]).hash(threads: 1)
    var options = Rawmode.Options()
    options.offset = 5
    options.stride = 37 * 4 + 11
    var others: [Image] = []
    for name in ["RGBA", "BGRA", "ARGB", "ABGR"] {
      others.append(
        try Self.picture(name, mode: .rgba, bands: [0, 1, 2, 3], options: options))
    }
    options.bottomUp = true
    others.append(try Self.picture("BGRA", mode: .rgba, bands: [0, 1, 2, 3], options: options))
    for interleave in [Rawmode.Interleave.line, .plane] {
      var options = Rawmode.Options()
      options.interleave = interleave
      others.append(try Self.picture("RGBA", mode: .rgba, bands: [0, 1, 2, 3], options: options))
    }
    for (index, image) in others.enumerated() {
      #expect(try image.hash(threads: 2) == expected, "layout \(index)")
      #expect(
        try image.reoriented(.half).reoriented(.half).hash(threads: 3) == expected,
        "layout \(index), turned twice")
      #expect(
        try image.reoriented(.quarter).hash(threads: 1) != expected, "layout \(index), turned")
    }
  }

  @Test func `padding is no picture and the byte order no part of it`() throws {
    let color = try Self.picture("RGB", mode: .rgb, bands: [0, 1, 2]).hash(threads: 1)
    for (name, bands) in [
      ("RGBX", [0, 1, 2, 3]), ("RGBX", [0, 1, 2, 0]), ("BGRX", [0, 1, 2, 4]),
    ] {
      #expect(try Self.picture(name, mode: .rgbx, bands: bands).hash(threads: 2) == color)
    }
    let gray = try Self.picture("I;16", mode: .gray16, bands: [2]).hash(threads: 1)
    for mode in [Mode.gray16Little, .gray16Big, .gray16Native] {
      #expect(try Self.picture(mode.name, mode: mode, bands: [2]).hash(threads: 2) == gray)
    }
  }

  @Test func `a derived image has the hash of what it shows`() throws {
    let image = try Self.picture("BGRA", mode: .rgba, bands: [0, 1, 2, 3])
    let color = try Self.picture("RGB", mode: .rgb, bands: [0, 1, 2]).hash(threads: 1)
    #expect(try image.converted(to: .rgb).hash(threads: 2) == color)
    #expect(try image.converted(to: .rgbx).hash(threads: 2) == color)
  }

  @Test func `indices are hashed as the colors behind them, where there are colors`() throws {
    let indices: [UInt8] = [0, 1, 2, 1]
    let rgb = try #require(Palette(rgb: [9, 8, 7, 60, 50, 40, 1, 2, 3]))
    let rgba = try #require(Palette(rgba: [9, 8, 7, 255, 60, 50, 40, 0, 1, 2, 3, 255]))
    let indexed = try Image.plain(indices, PixelFormat(.palette), width: 2, height: 2)
    let colors = try Image.plain(
      [9, 8, 7, 60, 50, 40, 1, 2, 3, 60, 50, 40], PixelFormat(.rgb), width: 2, height: 2)
    let withAlpha = try Image.plain(
      [9, 8, 7, 255, 60, 50, 40, 0, 1, 2, 3, 255, 60, 50, 40, 0], PixelFormat(.rgba), width: 2,
      height: 2)
    #expect(try indexed.with(palette: rgb).hash(threads: 1) == colors.hash(threads: 1))
    #expect(try indexed.with(palette: rgba).hash(threads: 1) == withAlpha.hash(threads: 1))
    // hashlib: SHA-256 of "imgtool-pixels-1\nP u8 2x2\n" and the digest of 00 01 02 01.
    #expect(
      try indexed.hash(threads: 1).text
        == "55866c45c4d6acdfbea01cc33d1df0e1bbdc946ae7225b8ad0cdf4c5e954e3f2")
    let pairs = try Image.plain(
      [0, 255, 1, 0, 2, 255, 1, 0], PixelFormat(.paletteAlpha), width: 2, height: 2, palette: rgb)
    #expect(try pairs.hash(threads: 1) == withAlpha.hash(threads: 1))
  }

  @Test func `black and white are bytes of 0 and 255`() throws {
    // 5 pixels and 3 bits of padding a row; in the second the padding is set.
    let bits = try Image.plain(
      [0b1011_0000, 0b0100_1000], PixelFormat(.bilevel), width: 5, height: 2)
    let padded = try Image.plain(
      [0b1011_0111, 0b0100_1101], PixelFormat(.bilevel), width: 5, height: 2)
    // hashlib: "imgtool-pixels-1\n1 u8 5x2\n" and the digest of the ten bytes.
    #expect(
      try bits.hash(threads: 1).text
        == "775d2257caffda43189818acae0c7861c0473da8ac10f143276dd62e283ca144")
    #expect(try padded.hash(threads: 2) == bits.hash(threads: 1))
  }

  @Test func `mode, type and size are hashed with the bytes`() throws {
    let bytes = [UInt8](repeating: 7, count: 24)
    let formats = [
      PixelFormat(.gray), PixelFormat(.hsv), PixelFormat(.rgb), PixelFormat(.ycbcr),
      PixelFormat(.rgba), PixelFormat(.cmyk), PixelFormat(.gray16), PixelFormat(.integer),
      PixelFormat(.float), PixelFormat(.rgb, .u16), PixelFormat(.float, .f64),
    ]
    var hashes: Set<ImageHash> = []
    for format in formats {
      let count = 24 / format.pixelByteCount
      for height in [1, 2] where count.isMultiple(of: height) {
        hashes.insert(
          try Image.plain(bytes, format, width: count / height, height: height).hash(threads: 1))
      }
    }
    #expect(hashes.count == formats.count * 2 - 1)
  }
}
