import Testing

@testable import PixelViews

@Suite struct WindowTests {
  private func windowed<Sample: BitwiseCopyable>(
    _ samples: [Sample], _ source: PixelFormat, _ low: Double, _ high: Double
  ) throws -> [UInt8] {
    let window = try #require(Window(low: low, high: high, source: source))
    var result = [UInt8](repeating: 0xAA, count: samples.count)
    var span = result.mutableSpan
    // Any samples of UInt8 are bytes, and any bytes such samples.
    var bytes = unsafe span.mutableBytes
    unsafe samples.withUnsafeBytes { raw in
      unsafe window.apply(
        count: samples.count / source.mode.bandCount, from: RawSpan(_unsafeBytes: raw), to: &bytes)
    }
    return result
  }

  @Test func `every type of sample has the same line`() throws {
    let expected: [UInt8] = [0, 0, 0, 51, 128, 255, 255]
    let values = [0, 99, 100, 120, 150, 200, 255]
    #expect(try windowed(values.map(UInt8.init), PixelFormat(.gray), 100, 200) == expected)
    #expect(try windowed(values.map(UInt16.init), PixelFormat(.gray16Big), 100, 200) == expected)
    #expect(try windowed(values.map(UInt16.init), PixelFormat(.gray, .u16), 100, 200) == expected)
    #expect(try windowed(values.map(Int32.init), PixelFormat(.integer), 100, 200) == expected)
    #expect(try windowed(values.map(Float.init), PixelFormat(.float), 100, 200) == expected)
    #expect(try windowed(values.map(Double.init), PixelFormat(.float, .f64), 100, 200) == expected)
    #expect(
      try windowed(values.map(Double.init), PixelFormat(.integer, .f64), 100, 200) == expected)
  }

  @Test func `halves are rounded up`() throws {
    // 510 wide: each odd number is half way between two grays.
    #expect(
      try windowed([1, 3, 5, 507, 509] as [Int32], PixelFormat(.integer), 0, 510)
        == [1, 2, 3, 254, 255])
  }

  @Test func `all 16-bit numbers follow the definition`() throws {
    let all = Array(UInt16.min...UInt16.max)
    let bytes = try windowed(all, PixelFormat(.gray16), 1000.25, 60000.5)
    let expected = all.map { number -> UInt8 in
      let value = Double(number)
      if value <= 1000.25 { return 0 }
      if value >= 60000.5 { return 255 }
      return UInt8(((value - 1000.25) * 255 / (60000.5 - 1000.25)).rounded())
    }
    #expect(bytes == expected)
  }

  @Test func `what is no number is black and what is infinite is at an end`() throws {
    let values: [Float] = [.nan, -.infinity, .infinity, -.greatestFiniteMagnitude, 0]
    #expect(try windowed(values, PixelFormat(.float), -1, 1) == [0, 0, 255, 0, 128])
  }

  @Test func `negative bounds and tiny ranges work`() throws {
    #expect(
      try windowed([-300, -200, -150, -100] as [Int32], PixelFormat(.integer), -200, -100)
        == [0, 0, 128, 255])
    #expect(
      try windowed([0, 5e-13, 1e-12] as [Double], PixelFormat(.float, .f64), 0, 1e-12)
        == [0, 128, 255])
  }

  @Test func `the result is 8-bit gray`() {
    let window = Window(low: 0, high: 1, source: PixelFormat(.float))
    #expect(window?.target == PixelFormat(.gray, .u8))
  }

  @Test func `colors are spread alike, and opacity up to the opaque number`() throws {
    let pixels: [Float] = [-1, 0, 1, 0.5, 3, .infinity, .nan, 1]
    #expect(
      try windowed(pixels, PixelFormat(.rgba, .f32), -1, 1) == [0, 128, 255, 128, 255, 255, 0, 255])
    #expect(try windowed([0, 5, 10] as [Int32], PixelFormat(.rgb, .i32), 0, 10) == [0, 128, 255])
    let whole = Window(low: 0, high: 1, source: PixelFormat(.rgba, .i32), opaque: 127)
    #expect(whole?.limits?.opacity == 0...127)
  }

  @Test(arguments: [Mode.bilevel, .palette, .cmyk, .rgbPremultiplied, .hsv, .lab])
  func `modes of which a window would show no picture are refused`(mode: Mode) {
    #expect(Window(low: 0, high: 1, source: PixelFormat(mode)) == nil)
  }

  @Test(arguments: [
    (1, 1), (2, 1), (.nan, 1), (0, .infinity), (-.infinity, 0), (-1e308, 1e308), (0, 1e307),
  ])
  func `bounds that are no range are refused`(low: Double, high: Double) {
    #expect(Window(low: low, high: high, source: PixelFormat(.float)) == nil)
  }
}
