import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

@Suite struct QOITests {
  static let end: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1]

  static func file(_ width: UInt8, _ height: UInt8, _ channels: UInt8, _ chunks: [UInt8]) -> [UInt8]
  {
    [0x71, 0x6F, 0x69, 0x66, 0, 0, 0, width, 0, 0, 0, height, channels, 0] + chunks + end
  }

  /// Pixels and the chunks that the reference encoder makes of them.
  static let pictures: [(String, UInt8, [UInt8], [UInt8])] = [
    ("black at the start is a run", 3, [0, 0, 0], [0xC0]),
    ("small differences, also through zero", 3, [255, 1, 254], [0x40 | 1 << 4 | 3 << 2]),
    ("differences from green", 3, [20, 24, 31], [0x80 | 56, 0x4F]),
    ("the least red and the most blue beside green", 3, [248, 0, 7], [0x80 | 32, 0x0F]),
    ("less red, or more blue", 3, [247, 0, 0, 247, 0, 8], [0xFE, 247, 0, 0, 0xFE, 247, 0, 8]),
    ("the most red and the least blue beside green", 3, [7, 0, 248], [0x80 | 32, 0xF0]),
    ("more red, or less blue", 3, [8, 0, 0, 8, 0, 247], [0xFE, 8, 0, 0, 0xFE, 8, 0, 247]),
    ("the least green", 3, [224, 224, 224], [0x80, 0x88]),
    ("the most green", 3, [31, 31, 31], [0xBF, 0x88]),
    ("less green", 3, [223, 223, 223], [0xFE, 223, 223, 223]),
    ("more green", 3, [32, 32, 32], [0xFE, 32, 32, 32]),
    ("a color of its own", 3, [128, 0, 0], [0xFE, 128, 0, 0]),
    ("alpha of its own", 4, [1, 2, 3, 4], [0xFF, 1, 2, 3, 4]),
    (
      "a pixel seen before", 3, [128, 0, 0, 0, 127, 0, 128, 0, 0],
      [0xFE, 128, 0, 0, 0xFE, 0, 127, 0, 53]
    ),
    (
      "transparent black is in the table from the start", 4, [0, 0, 0, 0, 0, 0, 0, 255],
      [0x00, 0xFF, 0, 0, 0, 255]
    ),
    ("the longest run", 3, [UInt8](repeating: 0, count: 3 * 63), [0xFD, 0xC0]),
    (
      "a run ends before another color", 3, [0, 0, 0, 0, 0, 0, 1, 1, 1],
      [0xC1, 0x40 | 3 << 4 | 3 << 2 | 3]
    ),
  ]

  @Test("Chunks and pixels", arguments: pictures)
  func chunks(_ name: String, _ channels: UInt8, _ pixels: [UInt8], _ chunks: [UInt8]) throws {
    let width = pixels.count / Int(channels)
    let file = Self.file(UInt8(width), 1, channels, chunks)
    let mode: Mode = channels == 3 ? .rgb : .rgba
    let image = try Image(mode, mode.name, width: width, height: 1, pixels)
    #expect(try FileFormat.qoi.written(image) == file)
    let shown = try ShownFile(file, as: .qoi)
    #expect(!shown.isMapped)
    #expect(shown.image.format == PixelFormat(mode))
    #expect(try shown.samples() == pixels.map(Double.init))
  }

  @Test(
    "A picture comes back, whatever its bands", arguments: [(Mode.rgb, 300, 1200), (.rgba, 7, 5)])
  func roundTrip(_ mode: Mode, _ width: Int, _ height: Int) throws {
    var state: UInt32 = 1
    let bytes = (0..<width * height * mode.bandCount).map { index -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      // Runs, repetitions, small and large steps.
      return index / 4096 % 2 == 0 ? UInt8(state >> 30) : UInt8(state >> 24)
    }
    let image = try Image(mode, mode.name, width: width, height: height, bytes)
    let file = try FileFormat.qoi.written(image)
    #expect(try ShownFile(file, as: .qoi).samples() == bytes.map(Double.init))
  }

  @Test("Other modes are refused", arguments: [Mode.gray, .cmyk, .palette])
  func refused(_ mode: Mode) throws {
    let image = try Image(mode, mode.name, width: 1, height: 1, [1, 2, 3, 4], palette: .gray)
    #expect(throws: FormatError.cannotHold(format: "qoi", PixelFormat(mode))) {
      try FileFormat.qoi.written(image)
    }
  }

  @Test(
    "A header that cannot be is malformed",
    arguments: [
      (0, UInt8(0x51), 0, "[81, 111, 105, 102]", "\"qoif\""),
      (7, 0, 4, "0x1", "at least one pixel"), (12, 2, 12, "2", "3 or 4 channels"),
      (13, 2, 13, "2", "color space 0 or 1"),
    ])
  func malformed(
    _ index: Int, _ value: UInt8, _ offset: Int, _ found: String, _ expected: String
  ) throws {
    var file = Self.file(1, 1, 3, [0xC0])
    file[index] = value
    #expect(
      throws: FormatError.malformed(format: "qoi", offset: offset, found: found, expected: expected)
    ) { try ShownFile(file, as: .qoi) }
  }

  @Test("Chunks that end too early are malformed")
  func short() throws {
    #expect(
      throws: FormatError.malformed(
        format: "qoi", offset: 15, found: "the end of the chunks",
        expected: "a chunk for the next pixel")
    ) { try ShownFile(Self.file(3, 1, 3, [0xC1]), as: .qoi) }
  }

  @Test("A picture far larger than its file is a lie, and one beyond the limits too large")
  func sizes() throws {
    var file = Self.file(1, 1, 3, [0xC0])
    file[6] = 255
    #expect(
      throws: FormatError.malformed(
        format: "qoi", offset: 14, found: "1 byte of chunks",
        expected: "at least 1052 for 65281x1 pixels")
    ) { try ShownFile(file, as: .qoi) }
    file.replaceSubrange(4..<12, with: [UInt8](repeating: 255, count: 8))
    #expect(
      throws: FormatError.view(.overflow(width: 4_294_967_295, height: 4_294_967_295, stride: 0))
    ) { try ShownFile(file, as: .qoi) }
    file.replaceSubrange(4..<12, with: [0, 0, 255, 255, 0, 0, 255, 255])
    #expect(
      throws: FormatError.tooLarge(
        format: "qoi", found: "65535x65535",
        limit: "1073741824 pixels, which --limit-pixels raises")
    ) { try ShownFile(file, as: .qoi) }
  }

  @Test("There is one frame")
  func frame() throws {
    #expect(throws: FormatError.noFrame(format: "qoi", frame: 1, count: 1)) {
      try ShownFile(Self.file(1, 1, 3, [0xC0]), as: .qoi, frame: 1)
    }
  }

  @Test("Damage is survived", arguments: pictures)
  func damage(_ name: String, _ channels: UInt8, _ pixels: [UInt8], _ chunks: [UInt8]) {
    let width = UInt8(pixels.count / Int(channels))
    ShownFile.surviveDamage(Self.file(width, 1, channels, chunks), as: .qoi)
  }
}
