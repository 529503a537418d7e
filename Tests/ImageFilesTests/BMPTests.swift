import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

@Suite struct BMPTests {
  /// A file header and a header of 40 bytes, little-endian, as one list of numbers.
  static func header(
    fileSize: UInt32, offset: UInt32, size: UInt32 = 40, width: Int32, height: Int32, bits: UInt16,
    compression: UInt32 = 0, rows: UInt32 = 0, colors: UInt32 = 0, resolution: UInt32 = 3780
  ) -> [UInt8] {
    var bytes: [UInt8] = [0x42, 0x4D]
    for number in [fileSize, 0, offset, size] { bytes.append(word: number) }
    bytes.append(word: UInt32(bitPattern: width))
    bytes.append(word: UInt32(bitPattern: height))
    bytes.append(word: UInt16(1))
    bytes.append(word: bits)
    for number in [compression, rows, resolution, resolution, colors, colors] {
      bytes.append(word: number)
    }
    return bytes
  }

  static let grayRamp: [UInt8] = (0..<256).flatMap { [UInt8($0), UInt8($0), UInt8($0), 0] }

  @Test("Rows are written from the lowest up, padded to four bytes, as Pillow writes them")
  func color() throws {
    let image = try Image(.rgb, "RGB", width: 1, height: 2, [1, 2, 3, 4, 5, 6])
    let file =
      Self.header(fileSize: 62, offset: 54, width: 1, height: 2, bits: 24, rows: 8)
      + [6, 5, 4, 0, 3, 2, 1, 0]
    #expect(try FileFormat.bmp.written(image) == file)
    let shown = try ShownFile(file, as: .bmp)
    #expect(shown.isMapped)
    #expect(try shown.samples() == [1, 2, 3, 4, 5, 6])
    #expect(try BMP.file(for: shown.image).isAlready(shown.image))
  }

  @Test("Gray has a ramp of 256 colors, and is gray again when it is opened")
  func gray() throws {
    let image = try Image(.gray, "L", width: 2, height: 1, [7, 8])
    let file =
      Self.header(
        fileSize: 1082, offset: 1078, width: 2, height: 1, bits: 8, rows: 4, colors: 256)
      + Self.grayRamp + [7, 8, 0, 0]
    #expect(try FileFormat.bmp.written(image) == file)
    #expect(try ShownFile(file, as: .bmp).image.format == PixelFormat(.gray))
  }

  @Test("Black and white has two colors, and bits from the highest on")
  func bilevel() throws {
    let image = try Image(.bilevel, "1", width: 9, height: 1, [0b1010_0000, 0b1111_1111])
    let file =
      Self.header(fileSize: 66, offset: 62, width: 9, height: 1, bits: 1, rows: 4, colors: 2)
      + [0, 0, 0, 0, 255, 255, 255, 0, 0b1010_0000, 0b1000_0000, 0, 0]
    #expect(try FileFormat.bmp.written(image) == file)
    let shown = try ShownFile(file, as: .bmp)
    #expect(shown.image.format == PixelFormat(.bilevel))
    #expect(try shown.samples() == [255, 0, 255, 0, 0, 0, 0, 0, 255])
  }

  @Test("Indices keep their colors; the alpha of a color is reported as lost")
  func palette() throws {
    let colors = try #require(Palette(rgba: [1, 2, 3, 255, 4, 5, 6, 9]))
    let image = try Image(.palette, "P", width: 1, height: 1, [1], palette: colors)
    let file =
      Self.header(fileSize: 66, offset: 62, width: 1, height: 1, bits: 8, rows: 4, colors: 2)
      + [3, 2, 1, 0, 6, 5, 4, 0, 1, 0, 0, 0]
    #expect(try FileFormat.bmp.written(image) == file)
    #expect(try BMP.file(for: image).lossy == ["palette alpha"])
    #expect(try ShownFile(file, as: .bmp).image.palette?.rgb == [1, 2, 3, 4, 5, 6])
    #expect(throws: FormatError.view(.paletteMissing(mode: .palette))) {
      try FileFormat.bmp.written(image.with(palette: nil))
    }
  }

  @Test("Alpha has a mask of its own in a header of 108 bytes")
  func alpha() throws {
    let image = try Image(.rgba, "RGBA", width: 1, height: 1, [1, 2, 3, 4])
    let file = try FileFormat.bmp.written(image)
    let start = Self.header(
      fileSize: 126, offset: 122, size: 108, width: 1, height: 1, bits: 32, compression: 3,
      rows: 4)
    #expect(Array(file.prefix(54)) == start)
    #expect(
      Array(file[54..<74])
        == [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255] + Array("BGRs".utf8))
    #expect(file.suffix(4) == [3, 2, 1, 4])
    let shown = try ShownFile(file, as: .bmp)
    #expect(shown.image.format == PixelFormat(.rgba))
    #expect(try shown.samples() == [1, 2, 3, 4])
    #expect(shown.image.readOnlyReason == nil)
  }

  @Test("A file that 32 bits cannot count is refused with the arithmetic")
  func tooLarge() throws {
    // All pixels are one byte.
    let layout = Layout(
      width: 1 << 16, height: 1 << 16, rowBits: 0, pixelBits: 0, fields: [.byte(at: 0)])
    let image = try Image(
      buffer: Buffer(holding: [0]), layout: layout, format: PixelFormat(.gray))
    #expect(
      throws: FormatError.tooLarge(
        format: "bmp", found: "65536x65536 L needs 1078 + 65536 * 65536 = 4294968374 bytes",
        limit: "4294967295 bytes and 2147483647 pixels a side")
    ) { try BMP.file(for: image) }
  }

  @Test(
    "Masks become fields, wide ones samples of 16 bits",
    arguments: [
      (16, [0xF800, 0x07E0, 0x001F, 0], [0x1F, 0x08], PixelFormat(.rgb), [8, 0, 255]),
      (16, [0x0F00, 0x00F0, 0x000F, 0xF000], [0x21, 0x43], PixelFormat(.rgba), [51, 34, 17, 68]),
      (
        32, [0xFFE0_0000, 0x001F_FC00, 0x0000_03FF, 0], [0xFF, 3, 0, 0], PixelFormat(.rgb, .u16),
        [0, 0, 65535]
      ),
      (
        32, [0xFF, 0xFF00, 0xFF_0000, 0xFF00_0000], [1, 2, 3, 4], PixelFormat(.rgba), [1, 2, 3, 4]
      ),
      (32, [0, 0, 0, 0], [1, 2, 3, 4], PixelFormat(.rgba), [3, 2, 1, 4]),
      (24, [0xFF, 0xFF00, 0xFF_0000, 0], [1, 2, 3, 0], PixelFormat(.rgb), [1, 2, 3]),
    ] as [(UInt16, [UInt32], [UInt8], PixelFormat, [Double])])
  func masks(
    _ bits: UInt16, _ masks: [UInt32], _ row: [UInt8], _ format: PixelFormat, _ samples: [Double]
  ) throws {
    var file = Self.header(
      fileSize: 0, offset: 70, size: 56, width: 1, height: -1, bits: bits, compression: 3)
    for mask in masks { file.append(word: mask) }
    file += bits == 16 ? row + [0, 0] : row
    let shown = try ShownFile(file, as: .bmp)
    #expect(shown.isMapped)
    #expect(shown.image.format == format)
    #expect(try shown.samples() == samples)
  }

  @Test(
    "What has no layout is refused by name",
    arguments: [
      (0x0F0F, 3, 16, "the mask 0xf0f, which is not one run of at most 16 bits"),
      (0x1_0000, 3, 16, "the mask 0x10000, which is not one run of at most 16 bits"),
      (0x0F, 3, 24, "masks of parts of bytes in 24 bits a pixel"),
      (0, 4, 24, "a JPEG file inside"), (0, 5, 24, "a PNG file inside"), (0, 9, 8, "compression 9"),
      (0, 0, 3, "3 bits a pixel"),
    ] as [(UInt32, UInt32, UInt16, String)])
  func refused(_ mask: UInt32, _ compression: UInt32, _ bits: UInt16, _ feature: String) {
    var file = Self.header(
      fileSize: 0, offset: 66, width: 1, height: 1, bits: bits, compression: compression)
    for mask in [mask, 1, 2] as [UInt32] { file.append(word: mask) }
    #expect(throws: FormatError.unsupported(format: "bmp", feature: feature)) {
      try ShownFile(file + [0, 0, 0, 0], as: .bmp)
    }
  }

  @Test("A header of OS/2 has sizes of two bytes and colors of three")
  func core() throws {
    let file: [UInt8] =
      [0x42, 0x4D, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0, 12, 0, 0, 0, 2, 0, 1, 0, 1, 0, 4, 0]
      + [1, 2, 3, 4, 5, 6] + [0x10, 0, 0, 0]
    let shown = try ShownFile(file, as: .bmp)
    #expect(shown.isMapped)
    // No number of colors is given: the table of 16 goes on where the row stands already.
    #expect(shown.image.palette?.rgb == [3, 2, 1, 6, 5, 4, 0, 0, 16])
    #expect(try shown.samples() == [1, 0])
  }

  @Test(
    "Run lengths are decoded",
    arguments: [
      (1, 8, [2, 7, 1, 9, 0, 0, 3, 5, 0, 1], [5, 5, 5, 7, 7, 9]),
      (1, 8, [0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 1, 0, 1, 8, 0, 1], [0, 8, 0, 1, 2, 3]),
      (1, 8, [1, 4, 0, 2, 1, 1, 1, 6], [0, 0, 6, 4, 0, 0]),
      (2, 4, [3, 0x12, 0, 0, 0, 3, 0x34, 0x50, 0, 1], [3, 4, 5, 1, 2, 1]),
      // A run longer than its row.
      (1, 8, [9, 7, 0, 1], [0, 0, 0, 7, 7, 7]),
    ] as [(UInt32, UInt16, [UInt8], [Double])])
  func runLengths(
    _ compression: UInt32, _ bits: UInt16, _ runs: [UInt8], _ samples: [Double]
  ) throws {
    var file = Self.header(
      fileSize: 0, offset: 58, width: 3, height: 2, bits: bits, compression: compression, colors: 1)
    file += [1, 2, 3, 0] + runs
    let shown = try ShownFile(file, as: .bmp)
    #expect(!shown.isMapped)
    #expect(shown.image.mode == .palette)
    #expect(try shown.samples() == samples)
  }

  @Test("Run lengths of grays are gray, as mapped rows of them are")
  func grayRunLengths() throws {
    let file =
      Self.header(
        fileSize: 0, offset: 1078, width: 3, height: 1, bits: 8, compression: 1, colors: 256)
      + Self.grayRamp + [2, 7, 1, 9, 0, 1]
    let shown = try ShownFile(file, as: .bmp)
    #expect(!shown.isMapped)
    #expect(shown.image.format == PixelFormat(.gray) && shown.image.palette == nil)
    #expect(try shown.samples() == [7, 7, 9])
  }

  @Test("Runs that end too early are malformed, where they end")
  func missingRuns() throws {
    let file =
      Self.header(
        fileSize: 0, offset: 58, width: 3, height: 2, bits: 8, compression: 1, colors: 1)
      + [1, 2, 3, 0, 2, 7]
    #expect(
      throws: FormatError.malformed(
        format: "bmp", offset: 60, found: "0 bytes to the end", expected: "a run, 1 byte")
    ) { try ShownFile(file, as: .bmp) }
  }

  @Test("A decoded image is held to the limits")
  func limits() throws {
    let file =
      Self.header(
        fileSize: 0, offset: 58, width: 1 << 20, height: 1 << 20, bits: 8, compression: 1, colors: 1
      )
      + [1, 2, 3, 0, 0, 1]
    #expect(
      throws: FormatError.tooLarge(
        format: "bmp", found: "1048576x1048576",
        limit: "1073741824 pixels, which --limit-pixels raises")
    ) { try ShownFile(file, as: .bmp) }
  }

  @Test("Damage never traps", arguments: [24, 8, 1, 16, 32])
  func damage(_ bits: UInt16) throws {
    var file = Self.header(
      fileSize: 0, offset: 70, size: 56, width: 3, height: 2, bits: bits,
      compression: bits > 8 && bits != 24 ? 3 : 0, colors: 2)
    for mask in [0x7C00, 0x3E0, 0x1F, 0x8000] as [UInt32] { file.append(word: mask) }
    ShownFile.surviveDamage(file + [UInt8](repeating: 0x5A, count: 32), as: .bmp)
  }

  @Test("Damaged runs never trap")
  func damagedRuns() throws {
    let file =
      Self.header(
        fileSize: 0, offset: 58, width: 3, height: 2, bits: 8, compression: 1, colors: 1)
      + [1, 2, 3, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 1, 0, 1, 8, 0, 1]
    ShownFile.surviveDamage(file, as: .bmp)
  }
}
