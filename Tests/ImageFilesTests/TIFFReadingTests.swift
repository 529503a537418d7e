import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

@Suite struct TIFFReadingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var width = 2
    var height = 1
    var bits: [Int]
    var photometric = 1
    var others: [(number: Int, type: Int, values: [Int])] = []
    var bigEndian = false
    var pixels: [UInt8]
    var format: PixelFormat
    var samples: [Double]

    init(
      _ name: String, _ width: Int = 2, _ height: Int = 1, bits: [Int], _ photometric: Int = 1,
      _ others: [(number: Int, type: Int, values: [Int])] = [], bigEndian: Bool = false,
      pixels: [UInt8], _ format: PixelFormat, _ samples: [Double]
    ) {
      testDescription = name
      self.width = width
      self.height = height
      self.bits = bits
      self.photometric = photometric
      self.others = others
      self.bigEndian = bigEndian
      self.pixels = pixels
      self.format = format
      self.samples = samples
    }

    func file(isBig: Bool = false) -> [UInt8] {
      var tags = TIFFBytes.tags(width, height, bits: bits, photometric: photometric)
      for other in others {
        tags.removeAll { $0.number == other.number }
        tags.append(other)
      }
      return TIFFBytes(bigEndian: bigEndian, isBig: isBig).file(tags, pixels: pixels)
    }
  }

  static let signed: (number: Int, type: Int, values: [Int]) = (339, 3, [2])
  static let float: (number: Int, type: Int, values: [Int]) = (339, 3, [3])

  static let cases: [Case] = [
    Case("bits, 0 is white", bits: [1], 0, pixels: [0x40], PixelFormat(.bilevel), [255, 0]),
    Case("bits, 0 is black", bits: [1], pixels: [0x40], PixelFormat(.bilevel), [0, 255]),
    Case(
      "bits from the right", bits: [1], 1, [(266, 3, [2])], pixels: [0x02], PixelFormat(.bilevel),
      [0, 255]),
    Case("2 bits", bits: [2], pixels: [0x1F], PixelFormat(.gray), [0, 85]),
    Case("4 bits, 0 is white", bits: [4], 0, pixels: [0x1F], PixelFormat(.gray), [238, 0]),
    Case("bytes, 0 is white", bits: [8], 0, pixels: [1, 2], PixelFormat(.gray), [254, 253]),
    Case(
      "12 bits", bits: [12], pixels: [0x12, 0x34, 0x56], PixelFormat(.gray16), [0x123, 0x456]),
    Case(
      "12 bits, 0 is white, 2 rows", 1, 2, bits: [12], 0, pixels: [0xFF, 0xF0, 0, 0],
      PixelFormat(.gray16), [0, 4095]),
    Case("16 bits", bits: [16], pixels: [1, 2, 3, 4], PixelFormat(.gray16), [0x201, 0x403]),
    Case(
      "16 bits, big-endian", bits: [16], bigEndian: true, pixels: [1, 2, 3, 4],
      PixelFormat(.gray16Big), [0x102, 0x304]),
    Case(
      "signed bytes", bits: [8], 1, [signed], pixels: [0x80, 5], PixelFormat(.integer), [-128, 5]),
    Case(
      "signed 16 bits, big-endian", bits: [16], 1, [signed], bigEndian: true,
      pixels: [0xFF, 0xFE, 0, 5], PixelFormat(.integer), [-2, 5]),
    Case(
      "24 bits", 1, bits: [24], pixels: [1, 0, 2], PixelFormat(.integer), [0x010002]),
    Case(
      "unsigned 32 bits keep their range", 1, bits: [32], pixels: [0, 0, 0, 0x80],
      PixelFormat(.integer, .f64), [2_147_483_648]),
    Case(
      "signed 32 bits", 1, bits: [32], 1, [signed], pixels: [0xFF, 0xFF, 0xFF, 0xFF],
      PixelFormat(.integer), [-1]),
    Case(
      "halves", bits: [16], 1, [float], pixels: [0, 0x3C, 0, 0xC0], PixelFormat(.float), [1, -2]),
    Case(
      "floats, big-endian", 1, bits: [32], 1, [float], bigEndian: true, pixels: [0x3F, 0x80, 0, 0],
      PixelFormat(.float), [1]),
    Case(
      "doubles", 1, bits: [64], 1, [float], pixels: [0, 0, 0, 0, 0, 0, 0xF0, 0x3F],
      PixelFormat(.float, .f64), [1]),
    Case(
      "gray and alpha", 1, bits: [8, 8], 1, [(338, 3, [2])], pixels: [7, 9],
      PixelFormat(.grayAlpha), [7, 9]),
    Case(
      "gray multiplied by alpha", 1, bits: [8, 8], 1, [(338, 3, [1])], pixels: [7, 9],
      PixelFormat(.grayPremultiplied), [7, 9]),
    Case(
      "gray and something else", bits: [8, 8], 1, [(338, 3, [0])], pixels: [7, 9, 8, 9],
      PixelFormat(.gray), [7, 8]),
    Case(
      "64 bits, 0 is white", 1, bits: [64], 0, pixels: [0xFE] + [UInt8](repeating: 0xFF, count: 7),
      PixelFormat(.integer, .f64), [1]),
    Case(
      "signed 64 bits", 1, bits: [64], 1, [signed],
      pixels: [0xFE] + [UInt8](repeating: 0xFF, count: 7), PixelFormat(.integer, .f64), [-2]),
    Case(
      "signed bytes that say 0 is white stay as they are", bits: [8], 0, [signed],
      pixels: [0x80, 5], PixelFormat(.integer), [-128, 5]),
    Case("luma alone", bits: [8], 6, pixels: [7, 9], PixelFormat(.gray), [7, 9]),
    Case("colors", 1, bits: [8, 8, 8], 2, pixels: [1, 2, 3], PixelFormat(.rgb), [1, 2, 3]),
    Case(
      "colors of 4 bits", 1, bits: [4, 4, 4], 2, pixels: [0x1F, 0x00], PixelFormat(.rgb),
      [17, 255, 0]),
    Case(
      "colors of 16 bits", 1, bits: [16, 16, 16], 2, pixels: [1, 0, 2, 0, 3, 1],
      PixelFormat(.rgb, .u16), [1, 2, 259]),
    Case(
      "colors of 12 bits are spread", 1, bits: [12, 12, 12], 2, pixels: [0xFF, 0xF0, 0x01, 0, 0],
      PixelFormat(.rgb, .u16), [65535, 16, 0]),
    Case(
      "colors and a sample of no meaning", 1, bits: [8, 8, 8, 8], 2, [(338, 3, [0])],
      pixels: [1, 2, 3, 4], PixelFormat(.rgbx), [1, 2, 3, 4]),
    Case(
      "colors multiplied by alpha", 1, bits: [8, 8, 8, 8], 2, [(338, 3, [1])],
      pixels: [1, 2, 3, 4], PixelFormat(.rgbPremultiplied), [1, 2, 3, 4]),
    Case(
      "a fourth sample without a word is alpha", 1, bits: [8, 8, 8, 8], 2, pixels: [1, 2, 3, 4],
      PixelFormat(.rgba), [1, 2, 3, 4]),
    Case(
      "colors, alpha and one more", 1, bits: [8, 8, 8, 8, 8], 2, [(338, 3, [2, 0])],
      pixels: [1, 2, 3, 4, 5], PixelFormat(.rgba), [1, 2, 3, 4]),
    Case(
      "inks", 1, bits: [8, 8, 8, 8], 5, pixels: [1, 2, 3, 4], PixelFormat(.cmyk), [1, 2, 3, 4]),
    Case(
      "YCbCr", 1, bits: [8, 8, 8], 6, [(530, 3, [1, 1])], pixels: [1, 2, 3], PixelFormat(.ycbcr),
      [1, 2, 3]),
    Case(
      "CIE L*a*b*", 1, bits: [8, 8, 8], 8, pixels: [1, 0, 0xFF], PixelFormat(.lab), [1, 128, 127]),
    Case(
      "planes", bits: [8, 8, 8], 2, [(284, 3, [2]), (273, 4, [0, 2, 4])],
      pixels: [1, 2, 3, 4, 5, 6], PixelFormat(.rgb), [1, 3, 5, 2, 4, 6]),
    Case(
      "planes at any distance", bits: [8, 8, 8], 2, [(284, 3, [2]), (273, 4, [7, 0, 3])],
      pixels: [3, 4, 0, 5, 6, 0, 0, 1, 2], PixelFormat(.rgb), [1, 3, 5, 2, 4, 6]),
    Case(
      "strips that follow each other", 1, 3, bits: [8], 1, [(278, 3, [2]), (273, 4, [1, 3])],
      pixels: [0, 1, 2, 3], PixelFormat(.gray), [1, 2, 3]),
    Case(
      "strips of one row at a distance", 1, 3, bits: [8], 1,
      [(278, 3, [1]), (273, 4, [0, 2, 4])], pixels: [1, 0, 2, 0, 3], PixelFormat(.gray), [1, 2, 3]),
    Case(
      "strips of one row from the bottom up", 1, 3, bits: [8], 1,
      [(278, 3, [1]), (273, 4, [2, 1, 0])], pixels: [1, 2, 3], PixelFormat(.gray), [3, 2, 1]),
  ]

  @Test("Pixels stand in the file as its tags say", arguments: cases)
  func mapped(_ test: Case) throws {
    for isBig in [false, true] {
      let shown = try ShownFile(test.file(isBig: isBig), as: .tiff)
      #expect(shown.isMapped)
      #expect(shown.image.format == test.format)
      #expect(shown.image.width == test.width && shown.image.height == test.height)
      #expect(try shown.samples() == test.samples)
    }
  }

  @Test(
    "What the view does not show is noted",
    arguments: [
      ([(32997, 4, [5])], "the page is 5 slices deep; the first is shown"),
      (
        [(262, 3, [0]), (339, 3, [2])],
        "the numbers are shown as they are, though 0 stands for white"
      ),
    ] as [([TIFFBytes.Tag], String)])
  func notes(_ others: [TIFFBytes.Tag], _ note: String) throws {
    let tags = TIFFBytes.tags(1, 1, bits: [8], photometric: 1)
      .filter { tag in !others.contains { $0.number == tag.number } }
    let shown = try ShownFile(TIFFBytes().file(tags + others, pixels: [1]), as: .tiff)
    #expect(shown.notes == [note])
  }

  @Test("Indices have the high bytes of the color map as their colors")
  func palette() throws {
    let map = [0x1234, 0xFFFF, 0x00FF, 0x5600, 0x0100, 0x7F7F]
    let tags = TIFFBytes.tags(2, 1, bits: [1], photometric: 3, (320, 3, map))
    let shown = try ShownFile(TIFFBytes().file(tags, pixels: [0x40]), as: .tiff)
    #expect(shown.image.format == PixelFormat(.palette))
    #expect(shown.image.palette?.colors == [0x12, 0, 1, 255, 0xFF, 0x56, 0x7F, 255])
    #expect(try shown.samples() == [0, 1])
  }

  @Test(
    "An orientation is a view",
    arguments: zip(
      1...8,
      [
        [1, 2, 3, 4, 5, 6], [3, 2, 1, 6, 5, 4], [6, 5, 4, 3, 2, 1], [4, 5, 6, 1, 2, 3],
        [1, 4, 2, 5, 3, 6], [4, 1, 5, 2, 6, 3], [6, 3, 5, 2, 4, 1], [3, 6, 2, 5, 1, 4],
      ] as [[Double]]))
  func orientation(_ value: Int, _ samples: [Double]) throws {
    let tags = TIFFBytes.tags(3, 2, bits: [8], photometric: 1, (274, 3, [value]))
    let shown = try ShownFile(TIFFBytes().file(tags, pixels: [1, 2, 3, 4, 5, 6]), as: .tiff)
    #expect(shown.isMapped)
    #expect(try shown.samples() == samples)
    #expect(shown.image.width == (value < 5 ? 3 : 2))
  }

  @Test("Every page is a frame, the last one too")
  func pages() throws {
    let pages = (0..<3).map { page in
      (tags: TIFFBytes.tags(1, 1, bits: [8], photometric: 1), pixels: [UInt8(page)])
    }
    let file = TIFFBytes().file(pages: pages)
    for (frame, sample) in [(0, 0), (2, 2), (-1, 2), (-3, 0)] as [(Int, Double)] {
      let shown = try ShownFile(file, as: .tiff, frame: frame)
      #expect(shown.frameCount == 3)
      #expect(try shown.samples() == [sample])
    }
    for frame in [3, -4] {
      #expect(throws: FormatError.noFrame(format: "tiff", frame: frame, count: 3)) {
        try ShownFile(file, as: .tiff, frame: frame)
      }
    }
  }

  @Test(
    "A link in a circle or into nothing hides the pages behind it only", arguments: [8, 99_999])
  func brokenLink(_ link: Int) throws {
    let tags = TIFFBytes.tags(1, 1, bits: [8], photometric: 1)
    var file = TIFFBytes().file(pages: [(tags, [42])], lastLink: link)
    if link == 8 {
      // The first directory itself.
      file.replaceSubrange(file.count - 4..<file.count, with: file[4..<8])
    }
    let shown = try ShownFile(file, as: .tiff)
    #expect(try shown.samples() == [42])
    #expect(shown.notes == ["the link from page 0 to the next is broken"])
    #expect(throws: FormatError.self) { try ShownFile(file, as: .tiff, frame: 1) }
    #expect(throws: FormatError.self) { try ShownFile(file, as: .tiff, frame: -1) }
  }

  @Test("A link in a circle is told at its place, of 4 bytes or of 8", arguments: [false, true])
  func circle(isBig: Bool) throws {
    let kind = TIFFBytes(isBig: isBig)
    let tags = TIFFBytes.tags(1, 1, bits: [8], photometric: 1)
    let whole = kind.file(pages: [(tags, [42])])
    let first = kind.firstPixel + 1
    let file = kind.file(pages: [(tags, [42])], lastLink: first)
    #expect(
      throws: FormatError.malformed(
        format: "tiff", offset: whole.count - (isBig ? 8 : 4),
        found: "directory \(first) a second time",
        expected: "a directory that was not seen, or 0")
    ) { try ShownFile(file, as: .tiff, frame: 1) }
  }

  @Test("A number of 64 bits beyond what can be counted is malformed")
  func hugeNumber() throws {
    let tags = TIFFBytes.tags(1, 1, bits: [8], photometric: 1).filter { $0.number != 256 }
    let file = TIFFBytes(isBig: true).file(tags + [(256, 16, [-1])], pixels: [1])
    let error = #expect(throws: FormatError.self) { try ShownFile(file, as: .tiff) }
    guard case .malformed("tiff", _, "18446744073709551615", "a number below 2^63") = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
