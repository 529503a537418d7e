import Testing

@testable import PixelViews

@Suite struct ConversionTests {
  private func convert<Source: BitwiseCopyable, Target: BitwiseCopyable>(
    _ pixels: [Source], _ source: PixelFormat, to mode: Mode, as type: Target.Type,
    palette: Palette? = nil
  ) throws -> [Target] {
    let conversion = try #require(Conversion(from: source, to: mode, palette: palette))
    let row = unsafe pixels.withUnsafeBytes { unsafe Array($0) }
    return samples(of: converted(row, by: conversion))
  }

  private func samples<Sample: BitwiseCopyable>(of bytes: [UInt8]) -> [Sample] {
    unsafe bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: MemoryLayout<Sample>.stride).map {
        unsafe bytes.loadUnaligned(fromByteOffset: $0, as: Sample.self)
      }
    }
  }

  @Test(arguments: [
    (Mode.gray, Mode.gray, SampleType.u16), (.gray, .rgb, .u16), (.rgb, .rgba, .u16),
    (.rgba, .grayAlpha, .u16), (.rgbx, .rgb, .u16), (.grayAlpha, .rgbx, .u16),
    (.rgbPremultiplied, .rgba, .u16), (.rgbPremultiplied, .rgb, .u16),
    (.rgba, .rgbPremultiplied, .u16), (.grayPremultiplied, .grayAlpha, .u16),
    (.grayPremultiplied, .rgba, .u16), (.gray, .rgbPremultiplied, .u16),
    (.gray, .gray16Big, .u16), (.gray, .integer, .i32), (.rgb, .float, .f32),
    (.rgb, .bilevel, .u8), (.rgb, .cmyk, .u8), (.rgba, .hsv, .u8),
    (.gray, .palette, .u8), (.cmyk, .rgb, .u8), (.cmyk, .cmyk, .u8), (.ycbcr, .gray, .u8),
  ])
  func `16-bit samples stay wide where the target can hold them`(
    source: Mode, target: Mode, type: SampleType
  ) throws {
    let conversion = try #require(
      Conversion(from: PixelFormat(source, .u16), to: target, palette: nil))
    #expect(conversion.target == PixelFormat(target, type))
  }

  @Test func `16-bit samples keep their values among wide modes`() throws {
    let gray: [UInt16] = [0, 1, 0x1234, 65535]
    let wide = PixelFormat(.gray, .u16)
    #expect(try convert(gray, wide, to: .integer, as: Int32.self) == [0, 1, 0x1234, 65535])
    #expect(try convert(gray, wide, to: .float, as: Float.self) == [0, 1, 0x1234, 65535])
    #expect(try convert(gray, wide, to: .gray16Big, as: UInt16.self) == gray)
    #expect(
      try convert(gray, wide, to: .grayAlpha, as: UInt16.self)
        == [0, 65535, 1, 65535, 0x1234, 65535, 65535, 65535])
    let colors: [UInt16] = [65535, 0, 0, 7, 0, 65535, 0, 8, 0, 0, 65535, 9, 257, 257, 257, 65535]
    let rgba = PixelFormat(.rgba, .u16)
    let luma: [UInt16] = [19595, 38469, 7471, 257]
    #expect(try convert(colors, rgba, to: .gray, as: UInt16.self) == luma)
    #expect(try convert(colors, rgba, to: .gray16, as: UInt16.self) == luma)
    #expect(try convert(colors, rgba, to: .integer, as: Int32.self) == [19595, 38469, 7471, 257])
    #expect(
      try convert(colors, rgba, to: .grayAlpha, as: UInt16.self)
        == [19595, 7, 38469, 8, 7471, 9, 257, 65535])
    #expect(
      try convert(colors, rgba, to: .rgb, as: UInt16.self)
        == [65535, 0, 0, 0, 65535, 0, 0, 0, 65535, 257, 257, 257])
  }

  /// What each 16-bit mode makes of one pixel. The luma is Pillow's for 8 bits, `L24` in
  /// libImaging/Convert.c, (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16, by hand: for 10000, 20000,
  /// 30000 it is (195950000 + 769400000 + 224130000 + 32768) >> 16 = 18150.
  @Test(
    arguments: [
      (Mode.gray, [4660], Mode.grayAlpha, [4660, 65535]),
      (.gray, [4660], .rgb, [4660, 4660, 4660]),
      (.gray, [4660], .rgba, [4660, 4660, 4660, 65535]),
      (.gray, [4660], .rgbx, [4660, 4660, 4660, 65535]),
      (.grayAlpha, [4660, 9], .gray, [4660]), (.grayAlpha, [4660, 9], .rgb, [4660, 4660, 4660]),
      (.grayAlpha, [4660, 9], .rgba, [4660, 4660, 4660, 9]),
      (.grayAlpha, [4660, 9], .rgbx, [4660, 4660, 4660, 9]),
      (.rgb, [10000, 20000, 30000], .gray, [18150]),
      (.rgb, [10000, 20000, 30000], .gray16, [18150]),
      (.rgb, [10000, 20000, 30000], .grayAlpha, [18150, 65535]),
      (.rgb, [10000, 20000, 30000], .rgba, [10000, 20000, 30000, 65535]),
      (.rgb, [10000, 20000, 30000], .rgbx, [10000, 20000, 30000, 65535]),
      (.rgba, [10000, 20000, 30000, 9], .gray, [18150]),
      (.rgba, [10000, 20000, 30000, 9], .grayAlpha, [18150, 9]),
      (.rgba, [10000, 20000, 30000, 9], .rgb, [10000, 20000, 30000]),
      // Padding is full, as Pillow has it.
      (.rgba, [10000, 20000, 30000, 9], .rgbx, [10000, 20000, 30000, 65535]),
      (.rgbx, [10000, 20000, 30000, 9], .rgb, [10000, 20000, 30000]),
      (.rgbx, [10000, 20000, 30000, 9], .gray, [18150]),
      (.rgba, [10000, 20000, 65535, 30000], .rgbPremultiplied, [4578, 9155, 30000, 30000]),
      (.rgbPremultiplied, [4578, 9155, 30000, 30000], .rgba, [10000, 19999, 65535, 30000]),
      (.rgbPremultiplied, [4578, 9155, 30001, 30000], .rgb, [10000, 19999, 65535]),
      (.grayAlpha, [20000, 30000], .grayPremultiplied, [9155, 30000]),
      (.grayPremultiplied, [9155, 30000], .grayAlpha, [19999, 30000]),
      // Where there is no opacity the color is left alone, as Pillow has it.
      (.grayPremultiplied, [9155, 0], .grayAlpha, [9155, 0]),
    ] as [(Mode, [UInt16], Mode, [UInt16])])
  func `16-bit pixels become other modes as 8-bit ones do`(
    source: Mode, pixel: [UInt16], target: Mode, expected: [UInt16]
  ) throws {
    let twice = try convert(
      pixel + pixel, PixelFormat(source, .u16), to: target, as: UInt16.self)
    #expect(twice == expected + expected)
  }

  @Test func `an integer of a float that is no number is 0`() throws {
    let values: [Double] = [.nan, .infinity, -.infinity, 1.9, -1.9]
    #expect(
      try convert(values, PixelFormat(.integer, .f64), to: .integer, as: Int32.self)
        == [0, .max, .min, 1, -1])
  }

  @Test func `16-bit samples come to 8 bits by rounding`() throws {
    let inks = try convert(
      [0, 128, 129, 65535] as [UInt16], PixelFormat(.cmyk, .u16), to: .cmyk, as: UInt8.self)
    #expect(inks == [0, 0, 1, 255])
    // Every value, against the definition.
    let all = Array(UInt16.min...UInt16.max)
    let bytes = try convert(all, PixelFormat(.cmyk, .u16), to: .cmyk, as: UInt8.self)
    #expect(zip(all, bytes).allSatisfy { $1 == UInt8((Double($0) * 255 / 65535).rounded()) })
  }

  @Test func `16-bit gray is black or white by its upper half`() throws {
    let pixels: [UInt16] = [0, 32767, 32768, 65535]
    #expect(
      try convert(pixels, PixelFormat(.gray, .u16), to: .bilevel, as: UInt8.self)
        == [0, 0, 255, 255])
  }

  @Test(arguments: [Mode.gray16, .gray16Little, .gray16Big, .gray16Native])
  func `the names of 16-bit gray convert into each other unchanged`(source: Mode) throws {
    for target in Mode.allCases where target.isGray16 {
      let pixels: [UInt16] = [0, 255, 256, 65535]
      #expect(try convert(pixels, PixelFormat(source), to: target, as: UInt16.self) == pixels)
    }
  }

  @Test func `wide numbers are clipped to what the target holds`() throws {
    let integers = PixelFormat(.integer, .f64)
    let values: [Double] = [-3e9, -1, 0, 254, 300, 70000, 4_294_967_295]
    #expect(
      try convert(values, integers, to: .integer, as: Int32.self)
        == [.min, -1, 0, 254, 300, 70000, .max])
    #expect(
      try convert(values, integers, to: .gray, as: UInt8.self) == [0, 0, 0, 254] + [255, 255, 255])
    #expect(
      try convert(values, integers, to: .gray16, as: UInt16.self)
        == [0, 0, 0, 254, 300, 65535, 65535])
    #expect(try convert(values, integers, to: .float, as: Float.self).last == 4_294_967_296)
    let fractions = PixelFormat(.float, .f64)
    let floats: [Double] = [-.infinity, -0.5, 127.999_999_999, 128, 1000.5, .nan, 1e300]
    #expect(
      try convert(floats, fractions, to: .gray, as: UInt8.self) == [0, 0, 127, 128, 255, 0, 255])
    #expect(
      try convert(floats, fractions, to: .gray16, as: UInt16.self)
        == [0, 0, 127, 128, 1000, 0, 65535])
    #expect(
      try convert(floats, fractions, to: .bilevel, as: UInt8.self)
        == [0, 0, 0, 255, 255, 0, 255])
    #expect(
      try convert(floats, fractions, to: .integer, as: Int32.self)
        == [.min, 0, 127, 128, 1000, 0, .max])
    #expect(
      try convert(floats, fractions, to: .float, as: Float.self).map(\.bitPattern)
        == floats.map { Float($0).bitPattern })
  }

  @Test func `more than Pillow: premultiplied modes are reached without losing opacity`() throws {
    let half: [UInt8] = [100, 128]
    let gray = PixelFormat(.grayAlpha)
    #expect(
      try convert(half, gray, to: .rgbPremultiplied, as: UInt8.self) == [50, 50, 50, 128])
    #expect(
      try convert([50, 128] as [UInt8], PixelFormat(.grayPremultiplied), to: .rgba, as: UInt8.self)
        == [99, 99, 99, 128])
    let palette = Palette(rgba: [100, 100, 100, 128])
    #expect(
      try convert(
        [0, 1] as [UInt8], PixelFormat(.palette), to: .grayPremultiplied, as: UInt8.self,
        palette: palette)
        == [50, 128, 0, 255])
    #expect(
      try convert([200 as Int32], PixelFormat(.integer), to: .grayPremultiplied, as: UInt8.self)
        == [200, 255])
    #expect(
      try convert(
        [0, 1] as [UInt8], PixelFormat(.palette), to: .gray16, as: UInt16.self, palette: palette)
        == [100, 0])
  }

  @Test(arguments: [
    (Mode.rgba, Mode.rgb, true), (.rgba, .grayAlpha, false), (.rgba, .rgbPremultiplied, false),
    (.grayAlpha, .rgbx, true), (.grayAlpha, .rgba, false), (.rgb, .gray, false),
    (.rgbPremultiplied, .grayAlpha, true), (.rgba, .grayPremultiplied, true),
    (.grayPremultiplied, .rgbPremultiplied, false), (.paletteAlpha, .rgba, false),
    (.paletteAlpha, .rgbPremultiplied, true), (.paletteAlpha, .palette, true),
    (.palette, .rgb, true), (.palette, .paletteAlpha, false), (.gray, .gray, false),
  ])
  func `losing opacity is told`(source: Mode, target: Mode, drops: Bool) throws {
    let palette = Palette(rgba: [1, 2, 3, 4])
    let conversion = try #require(
      Conversion(from: PixelFormat(source), to: target, palette: palette))
    #expect(conversion.dropsAlpha == drops)
  }

  @Test func `an opaque palette loses no opacity`() throws {
    let conversion = try #require(
      Conversion(from: PixelFormat(.palette), to: .rgb, palette: Palette(rgb: [1, 2, 3])))
    #expect(!conversion.dropsAlpha)
  }

  @Test func `indices keep their palette and gray gets a ramp`() throws {
    let palette = try #require(Palette(rgba: [9, 8, 7, 6]))
    let indices = [0, 5, 255] as [UInt8]
    let both = try #require(
      Conversion(from: PixelFormat(.palette), to: .paletteAlpha, palette: palette))
    #expect(both.palette == palette)
    #expect(converted(indices, by: both) == [0, 6, 5, 255, 255, 255])
    let gray = try #require(Conversion(from: PixelFormat(.gray), to: .palette, palette: nil))
    #expect(gray.palette == .gray)
    #expect(converted(indices, by: gray) == indices)
    let color = try #require(Conversion(from: PixelFormat(.palette), to: .rgb, palette: palette))
    #expect(color.palette == nil)
  }

  @Test(arguments: [[], [1, 2, 3], [UInt8](repeating: 0, count: 1028)] as [[UInt8]])
  func `a palette has 1 to 256 whole colors`(bytes: [UInt8]) {
    #expect(Palette(rgba: bytes) == nil)
    #expect(Palette(rgb: Array(bytes.prefix(2)) + bytes) == nil || bytes.count == 1028)
  }

  @Test(arguments: [
    (PixelFormat(.palette), Mode.rgb), (PixelFormat(.paletteAlpha), .palette),
    (PixelFormat(.palette, .u16), .rgb), (PixelFormat(.cmyk, .f32), .gray),
    (PixelFormat(.gray, .i32), .rgb), (PixelFormat(.integer, .u8), .gray),
    (PixelFormat(.gray16, .i32), .gray), (PixelFormat(.lab, .u16), .rgb),
  ])
  func `what has no meaning is refused`(source: PixelFormat, target: Mode) {
    let palette = source.type == .u8 ? nil : Palette.gray
    #expect(Conversion(from: source, to: target, palette: palette) == nil)
  }

  @Test(arguments: [
    (Mode.rgb, Mode.gray), (.rgb, .rgba), (.rgba, .rgb), (.gray, .rgb), (.cmyk, .gray),
    (.palette, .rgb), (.grayPremultiplied, .rgbPremultiplied), (.rgb, .rgb),
  ])
  func `rows of every length are converted whole and nothing beside them is touched`(
    source: Mode, target: Mode
  ) throws {
    let conversion = try #require(
      Conversion(from: PixelFormat(source), to: target, palette: .gray))
    let (step, stride) = (conversion.source.pixelByteCount, conversion.target.pixelByteCount)
    let row = (0..<2050 * step).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 8) }
    for count in [0, 1, 2, 3, 15, 16, 17, 511, 512, 513, 1024, 1025, 2049] {
      let pixels = Array(row.prefix(count * step))
      let each = pixels.indices.filter { $0.isMultiple(of: step) }.flatMap {
        converted(Array(pixels[$0..<$0 + step]), by: conversion)
      }
      var result = [UInt8](repeating: 0xAA, count: count * stride + 8)
      var samples = result.mutableSpan
      // Any samples of UInt8 are bytes, and any bytes such samples.
      var bytes = unsafe samples.mutableBytes
      unsafe conversion.apply(count: count, from: pixels.span.bytes, to: &bytes)
      #expect(result == each + [UInt8](repeating: 0xAA, count: 8), "\(count) pixels")
    }
  }
}
