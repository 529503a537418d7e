import PixelMemory
import Testing

@testable import PixelViews

/// What is rounded or masked is told.
@Suite struct LossTests {
  private func image(
    _ mode: Mode, _ rawmode: String, width: Int, height: Int = 1, _ bytes: [UInt8],
    justifiedToTop: Bool = false
  ) throws -> Image {
    let rawmode = try #require(Rawmode.named(rawmode, mode: mode))
    var options = Rawmode.Options()
    options.justifiedToTop = justifiedToTop
    return try Image(
      buffer: .holding(bytes),
      layout: rawmode.layout(width: width, height: height, options: options),
      format: rawmode.storedFormat)
  }

  private func told(_ image: Image) -> [String] { image.takeLosses().map(\.description) }

  @Test(
    arguments: [
      (
        Mode.rgb, "BGR;16", 2, [37, 37, 37],
        "band R of pixel 1,0 is stored as 32 in place of 37"
      ),
      (.rgb, "BGR;16", 2, [32, 36, 41], nil),
      (.gray, "L;4", 1, [79], "band L of pixel 1,0 is stored as 85 in place of 79"),
      (.gray, "L;4", 1, [85], nil),
      (.float, "F;16F", 2, [2049], "band F of pixel 1,0 is stored as 2048 in place of 2049"),
      (.float, "F;16F", 2, [0.1], "band F of pixel 1,0 is stored as 0.099975586 in place of 0.1"),
      (.float, "F;16F", 2, [.nan], nil),
      (
        .float, "F", 4, [16_777_217],
        "band F of pixel 1,0 is stored as 16777216 in place of 16777217"
      ),
      // The nearest to a decimal fraction is what a float is.
      (.float, "F", 4, [0.1], nil), (.integer, "I", 4, [16_777_217], nil),
      (.gray, "L", 1, [37], nil),
    ] as [(Mode, String, Int, [Double], String?)])
  func `an edit that the storage does not hold is rounded, and told`(
    mode: Mode, rawmode: String, byteCount: Int, value: [Double], expected: String?
  ) throws {
    let image = try image(mode, rawmode, width: 2, [UInt8](repeating: 0, count: 2 * byteCount))
    try image.put(x: 1, y: 0, Pixel(value))
    #expect(told(image) == (expected.map { ["\($0): samples are rounded"] } ?? []))
    #expect(told(image).isEmpty, "it is told once")
    // The short way to a pixel leaves those to the long one.
    let access = try #require(PixelAccess(image))
    var samples = SIMD4<Double>()
    for (band, sample) in value.enumerated() { samples[band] = sample }
    if expected != nil { #expect(try !access.put(x: 1, y: 0, samples)) }
  }

  @Test func `the first place of an edit of many pixels is told, whatever the threads`() throws {
    let bytes = [UInt8](repeating: 0, count: 600 * 600 * 2)
    for threads in [1, 4] {
      let page = try image(.rgb, "BGR;16", width: 600, height: 600, bytes)
      var colors = [UInt8](repeating: 255, count: 600 * 600 * 3)
      colors[(599 * 600 + 1) * 3] = 1
      colors[(300 * 600 + 7) * 3 + 1] = 2
      let picture = try Image.plain(colors, PixelFormat(.rgb), width: 600, height: 600)
      try page.paste(picture, x: 0, y: 0, threads: threads)
      #expect(
        told(page) == [
          "band G of pixel 7,300 is stored as 0 in place of 2: samples are rounded"
        ])
    }
  }

  @Test func `bands of unlike widths lose by a swap, and nothing by being mirrored or inverted`()
    throws
  {
    let image = try image(.rgb, "BGR;16", width: 2, [0x21, 0x43, 0x65, 0x87])
    try image.flip(.horizontal, threads: 1)
    try image.invert(threads: 1)
    try image.invert(threads: 1)
    #expect(told(image).isEmpty)
    try image.swapBands(0, 1, threads: 1)
    #expect(image.takeLosses().map(\.name) == ["precision"])
  }

  @Test func `a sum that would be rounded is refused, and nothing is changed`() throws {
    let image = try image(.rgb, "BGR;16", width: 2, [0, 0, 0, 0])
    #expect(throws: ViewError.doesNotFit(value: 3, x: 0, y: 0, bits: 5, nearest: 0)) {
      try image.add(3, threads: 1)
    }
    #expect(try image.pixel(x: 0, y: 0).samples == [0, 0, 0])
    let gray = try self.image(.gray, "L;4", width: 2, [0x12])
    try gray.add(17, threads: 1)
    #expect(try gray.pixel(x: 1, y: 0).samples == [51])
  }

  @Test(
    arguments: [
      (
        Mode.gray16, "I;16;10", false, [0xFF, 3, 0, 4, 0xFF, 0xFF],
        "pixel 1,0 is stored as 0x0400: bits above the tenth are set, and masked"
      ),
      (
        .gray16, "I;16;12B", false, [0x0F, 0xFF, 0x0F, 0xFF, 0x80, 1],
        "pixel 2,0 is stored as 0x8001: bits above the twelfth are set, and masked"
      ),
      (
        .gray16, "I;16;10", true, [0xC0, 0xFF, 0xC1, 0xFF, 0, 0],
        "pixel 1,0 is stored as 0xffc1: bits below the highest 10 are set, and masked"
      ),
      (.gray16, "I;16;10", false, [0xFF, 3, 0xFF, 3, 0, 0], nil),
      // What is called X is no sample of anybody.
      (.rgb, "BGR;15", false, [0, 0x80, 0, 0x80, 0, 0x80], nil),
    ] as [(Mode, String, Bool, [UInt8], String?)])
  func `bits beside those of the samples are told once, when they are read`(
    mode: Mode, rawmode: String, justifiedToTop: Bool, bytes: [UInt8], expected: String?
  ) throws {
    let image = try image(mode, rawmode, width: 3, bytes, justifiedToTop: justifiedToTop)
    #expect(told(image).isEmpty)
    let view = image.reoriented(.horizontal)
    _ = try image.hash(threads: 2)
    #expect(told(image) == (expected.map { [$0] } ?? []))
    _ = try view.hash(threads: 1)
    #expect(told(view).isEmpty)
  }

  @Test func `samples of ten bits are spread to the nearest of 16`() throws {
    let words = (0..<UInt32(1024)).flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }
    let image = try image(.rgb, "BGRX;10", width: 1024, words)
    let narrow = try image.narrowedTo8Bits()
    for x in 0..<1024 {
      #expect(try image.pixel(x: x, y: 0).samples[2] == (Double(x) * 65535 / 1023).rounded())
      #expect(try narrow.pixel(x: x, y: 0).samples[2] == (Double(x) * 255 / 1023).rounded())
    }
  }
}
