import PixelMemory
import Testing

@testable import PixelViews

/// Views whose pixels are computed, and views of such views.
@Suite struct DerivedViewTests {
  private func samples(_ image: Image) throws -> [Double] {
    try (0..<image.width).flatMap { try image.pixel(x: $0, y: 0).samples }
  }

  @Test func `a band of computed pixels is computed too`() throws {
    let palette = try #require(Palette(rgba: [9, 8, 7, 6, 50, 60, 70, 255]))
    let image = try Image.plain(
      [0, 1], PixelFormat(.palette), width: 2, height: 1, palette: palette)
    let colors = try image.converted(to: .rgba)
    #expect(colors.stages.map(\.format) == [PixelFormat(.rgba)])
    let green = try colors.band(1)
    #expect(green.format == PixelFormat(.gray) && green.isDerived)
    #expect(green.stages.last?.format == PixelFormat(.gray))
    #expect(try samples(green) == [8, 60])
    // Tied to the buffer: another index is another color.
    try image.put(x: 0, y: 0, Pixel([1]))
    #expect(try samples(green) == [60, 60])
    #expect(try samples(colors.selecting(bands: [2, 3], as: .grayAlpha)) == [70, 255, 70, 255])
  }

  @Test func `a band of computed 16-bit pixels keeps its 16 bits`() throws {
    let image = try Image.plain(
      [0x34, 0x12, 0xFF, 0xFF], PixelFormat(.gray, .u16), width: 2, height: 1)
    let blue = try image.converted(to: .rgb).band(2)
    #expect(blue.format == PixelFormat(.gray16))
    #expect(try samples(blue) == [0x1234, 65535])
  }

  @Test(arguments: [
    (PixelFormat(.bilevel), Mode.bilevel), (PixelFormat(.gray), .gray), (PixelFormat(.rgb), .gray),
    (PixelFormat(.rgb, .u16), .gray16), (PixelFormat(.gray16Big), .gray16),
    (PixelFormat(.integer), .integer), (PixelFormat(.integer, .f64), .integer),
    (PixelFormat(.float), .float), (PixelFormat(.float, .f64), .float),
  ])
  func `a band is gray, or a number where its samples are`(format: PixelFormat, band: Mode) throws {
    let image = try Image.plain(
      [UInt8](repeating: 0, count: 8), format, width: 1, height: 1)
    #expect(try image.band(0).format == PixelFormat(band, format.type))
  }

  @Test(arguments: [
    (PixelFormat(.gray), Mode.rgb, 0.0, 255.0), (PixelFormat(.gray, .u16), .rgb, 0, 65535),
    (PixelFormat(.gray), .integer, -0x1p31, 0x1p31 - 1),
    (PixelFormat(.gray), .float, -.infinity, .infinity),
  ])
  func `computed samples have the range of their type`(
    format: PixelFormat, mode: Mode, lowest: Double, highest: Double
  ) throws {
    let image = try Image.plain([1, 0], format, width: 1, height: 1).converted(to: mode)
    #expect(image.range(band: 0) == lowest...highest)
  }

  @Test func `a picture stands for computed 16-bit gray as for stored`() throws {
    let stored = try Image.plain([0x34, 0x12], PixelFormat(.gray, .u16), width: 1, height: 1)
    let computed = try stored.converted(to: .rgb).converted(to: .gray)
    #expect(computed.format == PixelFormat(.gray, .u16))
    for image in [stored, computed] {
      let canonical = try image.canonical()
      #expect(canonical.format == PixelFormat(.gray16))
      #expect(try samples(canonical) == [0x1234])
    }
  }

  @Test(arguments: [Mode.palette, .paletteAlpha])
  func `indices without colors are not converted`(mode: Mode) throws {
    let image = try Image.plain([0, 1], PixelFormat(mode), width: 1, height: 1)
    #expect(throws: ViewError.paletteMissing(mode: mode)) { try image.converted(to: .rgb) }
    #expect(try image.canonical().format == PixelFormat(mode))
  }

  @Test func `a view of bands without bytes shows their one value`() throws {
    // Pillow: Image.frombytes("RGB", (2, 1), bytes([5, 6]), "raw", "R") has a green of 0, and
    // Image.frombytes("RGBA", (1, 1), bytes([1, 2, 3]), "raw", "BGR") an alpha of 255.
    let red = try #require(Rawmode.named("R", mode: .rgb))
    let colors = try Image(
      buffer: .holding([5, 6]), layout: red.layout(width: 2, height: 1), format: red.storedFormat)
    let bgr = try #require(Rawmode.named("BGR", mode: .rgba))
    let opaque = try Image(
      buffer: .holding([1, 2, 3]), layout: bgr.layout(width: 1, height: 1),
      format: bgr.storedFormat)
    for (image, band, value) in [(colors, 1, 0.0), (opaque, 3, 255)] {
      let view = try image.band(band)
      #expect(view.byteRange.isEmpty)
      #expect(view.readOnlyReason == .layout)
      #expect(view.layout.rowByteCount == 0)
      // The memory for the answer is used memory, so that a value which is not written shows.
      var workspace = Workspace()
      var bytes = [UInt8](repeating: 0xAA, count: view.width)
      var samples = bytes.mutableSpan
      // Any samples of UInt8 are bytes, and any bytes such samples.
      var plain = unsafe samples.mutableBytes
      try view.read(view.bounds, into: &plain, workspace: &workspace)
      #expect(bytes == [UInt8](repeating: UInt8(value), count: view.width))
    }
  }
}
