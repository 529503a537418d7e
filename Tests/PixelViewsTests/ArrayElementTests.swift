import Testing

@testable import PixelViews

@Suite("Elements of arrays: which arrays are which modes")
struct ArrayElementTests {
  @Test("The elements of a rawmode are the words of its layout")
  func elementsOfRawmodes() throws {
    var count = 0
    for rawmode in Rawmode.all {
      guard let type = rawmode.arrayElement else { continue }
      let fields = try rawmode.layout(width: 1, height: 1).fields
      for (band, field) in fields.enumerated() {
        #expect(ArrayElement(field) == type, "\(rawmode.name) of \(rawmode.mode.name)")
        #expect(field.bitOffset == band * type.byteCount * 8, "\(rawmode.name)")
      }
      #expect(type.isStored)
      count += 1
    }
    #expect(count > 80)
  }

  @Test("Every mode is an array in each of its sample types")
  func arraysOfModes() {
    var count = 0
    for mode in Mode.allCases {
      for type in SampleType.allCases where mode.hasSamples(of: type) {
        let rawmode = Rawmode.array(PixelFormat(mode, type))
        #expect(rawmode.storedFormat == PixelFormat(mode, type))
        #expect(rawmode.arrayElement != nil, "\(mode.name) \(type)")
        count += 1
      }
    }
    #expect(count == 37)
  }

  @Test(
    "Numbers are shown in the narrowest mode that holds them",
    arguments: [
      (SampleField.Number.unsigned, 1, false, PixelFormat(.bilevel)),
      (.unsigned, 8, false, PixelFormat(.gray)), (.unsigned, 12, true, PixelFormat(.gray16)),
      (.unsigned, 16, true, PixelFormat(.gray16Big)), (.unsigned, 31, false, PixelFormat(.integer)),
      (.unsigned, 32, false, PixelFormat(.integer, .f64)),
      (.signed, 32, false, PixelFormat(.integer)),
      (.signed, 33, false, PixelFormat(.integer, .f64)),
      (.float, 16, false, PixelFormat(.float)), (.float, 64, false, PixelFormat(.float, .f64)),
    ])
  func numbers(number: SampleField.Number, bits: Int, isBig: Bool, format: PixelFormat) {
    #expect(PixelFormat(showing: number, bitCount: bits, isBigEndian: isBig) == format)
  }

  @Test(
    "As many ones as are asked for",
    arguments: [(0, 0), (1, 1), (8, 255), (64, .max)] as [(Int, UInt64)])
  func ones(count: Int, number: UInt64) {
    #expect(UInt64.ones(count) == number)
  }
}
