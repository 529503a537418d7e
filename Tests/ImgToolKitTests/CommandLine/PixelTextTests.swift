import PixelViews
import Testing

@testable import ImgToolKit

@Suite struct PixelTextTests {
  @Test(
    "A pixel is a sample for each band, or a color",
    arguments: [
      (PixelFormat(.gray), "128", "[128.0]"), (PixelFormat(.gray), "0x80", "[128.0]"),
      (PixelFormat(.float), "0.5", "[0.5]"), (PixelFormat(.float), "-1e3", "[-1000.0]"),
      (PixelFormat(.rgb), "255,0,0", "[255.0, 0.0, 0.0]"),
      (PixelFormat(.rgb), "#ff8000", "[255.0, 128.0, 0.0]"),
      (PixelFormat(.rgb, .u16), "#ff8000", "[65535.0, 32896.0, 0.0]"),
      (PixelFormat(.rgb, .u16), "65535,1,0", "[65535.0, 1.0, 0.0]"),
      (PixelFormat(.rgba), "#ff8000", "[255.0, 128.0, 0.0, 255.0]"),
      (PixelFormat(.rgba), "#ff800040", "[255.0, 128.0, 0.0, 64.0]"),
      (PixelFormat(.rgba, .u16), "#FF800040", "[65535.0, 32896.0, 0.0, 16448.0]"),
      // What a mode can hold is not asked here.
      (PixelFormat(.gray), "300", "[300.0]"), (PixelFormat(.gray), "nan", "[nan]"),
      (
        PixelFormat(.gray), "1,2",
        "--put: \"1,2\" has 2 samples, mode L has 1 (L)"
      ),
      (
        PixelFormat(.rgb), "7",
        "--put: \"7\" has 1 sample, mode RGB has 3 (R,G,B)"
      ),
      (PixelFormat(.rgb), "1,,3", "--put is \"\"; a number is expected"),
      (PixelFormat(.rgb), "1,2,x", "--put is \"x\"; a number is expected"),
      (PixelFormat(.rgb), "", "--put: \"\" has 1 sample, mode RGB has 3 (R,G,B)"),
      (PixelFormat(.rgb), "#ff80", "--put: #ff80 has alpha, mode RGB has none"),
      (PixelFormat(.rgb), "#ff", "--put is \"#ff\"; #rgb, #rrggbb or #rrggbbaa is expected"),
      (
        PixelFormat(.rgb), "#ff80004",
        "--put is \"#ff80004\"; #rgb, #rrggbb or #rrggbbaa is expected"
      ),
      (PixelFormat(.rgb), "#ff800040", "--put: #ff800040 has alpha, mode RGB has none"),
      (
        PixelFormat(.gray), "#ffffff",
        "--put is \"#ffffff\"; #rrggbb is for red, green and blue, this image is L"
      ),
      (
        PixelFormat(.cmyk), "#ffffff",
        "--put is \"#ffffff\"; #rrggbb is for red, green and blue, this image is CMYK"
      ),
    ] as [(PixelFormat, String, String)])
  func reading(_ format: PixelFormat, _ text: String, _ expected: String) {
    let found = outcome { () throws(ToolError) in
      try PixelText.pixel(text, for: format, "--put").samples
    }
    #expect(found == expected)
  }

  @Test(
    "Samples are written as they are read again, and as numbers of JSON",
    arguments: [
      (PixelFormat(.rgb), [255, 0, 7], "255,0,7", "[255,0,7]"),
      (PixelFormat(.integer), [-5], "-5", "[-5]"),
      (PixelFormat(.float), [0.5], "0.5", "[0.5]"), (PixelFormat(.float), [3], "3", "[3]"),
      // The shortest text that is the same 32-bit float again.
      (PixelFormat(.float), [Double(Float(0.1))], "0.1", "[0.10000000149011612]"),
      (PixelFormat(.float, .f64), [0.1], "0.1", "[0.1]"),
      (PixelFormat(.float), [.nan], "nan", "[\"nan\"]"),
      (PixelFormat(.float), [.infinity], "inf", "[\"inf\"]"),
      (PixelFormat(.float), [1e30], "1e+30", "[1e+30]"),
    ] as [(PixelFormat, [Double], String, String)])
  func writing(
    _ format: PixelFormat, _ samples: [Double], _ text: String, _ json: String
  ) throws {
    #expect(PixelText.text(Pixel(samples), format: format) == text)
    #expect(PixelText.json(Pixel(samples), format: format).text == json)
    let again = try PixelText.pixel(text, for: format, "--put").samples
    #expect(
      again.map { format.type == .f32 ? Double(Float($0)) : $0 }.map(\.bitPattern)
        == samples.map { format.type == .f32 ? Double(Float($0)) : $0 }.map(\.bitPattern))
  }
}
