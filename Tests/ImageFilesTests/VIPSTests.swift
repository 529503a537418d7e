import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

@Suite struct VIPSTests {
  /// The header, as `vips black` and others write it, but for the resolution.
  static func file(
    _ width: Int, _ height: Int, bands: Int, _ format: Int, interpretation: Int = 1,
    coding: Int = 0, bigEndian: Bool = false, _ pixels: [UInt8]
  ) -> [UInt8] {
    let magic: [UInt8] = bigEndian ? [0x08, 0xF2, 0xA6, 0xB6] : [0xB6, 0xA6, 0xF2, 0x08]
    let bits = [8, 8, 16, 16, 32, 32, 32, 64, 64, 128][format]
    let numbers = [
      width, height, bands, bits, format, coding, interpretation, 0x3F80_0000, 0x3F80_0000,
    ]
    let words = numbers.flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * (bigEndian ? 3 - $0 : $0))) }
    }
    return magic + words + [UInt8](repeating: 0, count: 24) + pixels
  }

  static let kept: [(String, [UInt8], PixelFormat, [Double])] = [
    ("bytes", file(2, 1, bands: 1, 0, [1, 2]), PixelFormat(.gray), [1, 2]),
    ("signed bytes", file(1, 1, bands: 1, 1, [255]), PixelFormat(.integer), [-1]),
    ("16 bits", file(1, 1, bands: 1, 2, interpretation: 26, [1, 2]), PixelFormat(.gray16), [513]),
    (
      "16 bits, big-endian", file(1, 1, bands: 1, 2, interpretation: 26, bigEndian: true, [1, 2]),
      PixelFormat(.gray16), [258]
    ),
    ("signed 16 bits", file(1, 1, bands: 1, 3, [254, 255]), PixelFormat(.integer), [-2]),
    (
      "unsigned 32 bits", file(1, 1, bands: 1, 4, [0, 0, 0, 128]), PixelFormat(.integer, .f64),
      [2_147_483_648]
    ),
    ("32 bits", file(1, 1, bands: 1, 5, [255, 255, 255, 255]), PixelFormat(.integer), [-1]),
    ("floats", file(1, 1, bands: 1, 6, [0, 0, 0x80, 0x3F]), PixelFormat(.float), [1]),
    (
      "doubles, big-endian",
      file(1, 1, bands: 1, 8, bigEndian: true, [0x3F, 0xF0, 0, 0, 0, 0, 0, 0]),
      PixelFormat(.float, .f64), [1]
    ),
    ("two bands", file(1, 1, bands: 2, 0, [1, 2]), PixelFormat(.grayAlpha), [1, 2]),
    (
      "three", file(1, 1, bands: 3, 0, interpretation: 22, [1, 2, 3]), PixelFormat(.rgb), [1, 2, 3]
    ),
    ("HSV", file(1, 1, bands: 3, 0, interpretation: 29, [1, 2, 3]), PixelFormat(.hsv), [1, 2, 3]),
    (
      "four", file(1, 1, bands: 4, 0, interpretation: 22, [1, 2, 3, 4]), PixelFormat(.rgba),
      [1, 2, 3, 4]
    ),
    (
      "inks of 16 bits", file(1, 1, bands: 4, 2, interpretation: 15, [1, 0, 2, 0, 3, 0, 4, 0]),
      PixelFormat(.cmyk, .u16), [1, 2, 3, 4]
    ),
  ]

  @Test("Pixels are mapped in place, and written as they stand", arguments: kept)
  func mapped(
    _ name: String, _ file: [UInt8], _ format: PixelFormat, _ samples: [Double]
  ) throws {
    // What libvips adds as XML is not part of the picture.
    let shown = try ShownFile(file + Array("<?xml".utf8), as: .vips)
    #expect(shown.isMapped)
    #expect(shown.image.format == format)
    #expect(try shown.samples() == samples)
    let written = try FileFormat.vips.written(shown.image)
    // But for what the file said about bands that are no colors.
    #expect(written.prefix(28) == file.prefix(28))
    #expect(written.suffix(from: 64) == file.suffix(from: 64))
    let own = try ShownFile(written, as: .vips)
    #expect(own.image.format == format)
    #expect(try own.samples() == samples)
    #expect(try VIPS.plainFile(own.image, as: nil).isAlready(own.image))
  }

  @Test("A written file is the header and the rows")
  func bytes() throws {
    let image = try Image(.rgb, "BGR", width: 1, height: 2, [3, 2, 1, 6, 5, 4])
    #expect(
      try FileFormat.vips.written(image)
        == Self.file(1, 2, bands: 3, 0, interpretation: 22, [1, 2, 3, 4, 5, 6]))
    let numbers = try Image(.integer, "I;16BS", width: 1, height: 1, [255, 254])
    #expect(
      try FileFormat.vips.written(numbers)
        == Self.file(1, 1, bands: 1, 3, bigEndian: true, [255, 254]))
  }

  @Test("A rawmode of whole words is honored")
  func rawmode() throws {
    let image = try Image(.gray16, "I;16", width: 1, height: 1, [1, 2])
    #expect(
      try FileFormat.vips.written(image, as: Rawmode.named("I;16B", mode: .gray16))
        == Self.file(1, 1, bands: 1, 2, interpretation: 26, bigEndian: true, [2, 1]))
    let rawmode = try #require(Rawmode.named("I;12", mode: .gray16))
    #expect(
      throws: FormatError.cannotHoldValue(
        format: "vips", reason: "it has no way to say I;16 stored as I;12")
    ) { try FileFormat.vips.written(image, as: rawmode) }
  }

  @Test("Halves are widened")
  func halves() throws {
    let image = try Image(.float, "F;16F", width: 1, height: 1, [0, 0x3C])
    #expect(
      try FileFormat.vips.written(image) == Self.file(1, 1, bands: 1, 6, [0, 0, 0x80, 0x3F]))
  }

  @Test("Of bands that are no mode the first is shown, and the others are told")
  func bands() throws {
    let shown = try ShownFile(
      Self.file(1, 1, bands: 2, 6, [0, 0, 0x80, 0x3F] + [UInt8](repeating: 0, count: 4)), as: .vips)
    #expect(try shown.samples() == [1])
    #expect(shown.notes == ["1 more band is not shown"])
  }

  @Test("Modes that libvips does not know are refused", arguments: [Mode.bilevel, .palette, .lab])
  func refused(_ mode: Mode) throws {
    let image = try Image(mode, mode.name, width: 1, height: 1, [1, 2, 3], palette: .gray)
    #expect(throws: FormatError.cannotHold(format: "vips", PixelFormat(mode))) {
      try FileFormat.vips.written(image)
    }
  }

  @Test("Complex numbers and packed pixels are refused")
  func unsupported() throws {
    let pixels = [UInt8](repeating: 0, count: 16)
    #expect(throws: FormatError.unsupported(format: "vips", feature: "band format 7")) {
      try ShownFile(Self.file(1, 1, bands: 1, 7, pixels), as: .vips)
    }
    #expect(throws: FormatError.unsupported(format: "vips", feature: "coding 2")) {
      try ShownFile(Self.file(1, 1, bands: 4, 0, coding: 2, pixels), as: .vips)
    }
  }

  @Test("Sizes that cannot be are malformed")
  func malformed() throws {
    let huge = 0xFFFF_FFFF
    #expect(
      throws: FormatError.malformed(
        format: "vips", offset: 4, found: "4294967295x1, 4294967295 bands",
        expected: "rows below 2^60 bytes")
    ) { try ShownFile(Self.file(huge, 1, bands: huge, 8, []), as: .vips) }
    #expect(
      throws: FormatError.malformed(
        format: "vips", offset: 64, found: "64 bytes in the file",
        expected: "1 byte for each of 4294967295x4294967295 pixels")
    ) { try ShownFile(Self.file(huge, huge, bands: 1, 0, []), as: .vips) }
    #expect(
      throws: FormatError.malformed(
        format: "vips", offset: 4, found: "1x0, 1 bands", expected: "at least one sample")
    ) { try ShownFile(Self.file(1, 0, bands: 1, 0, []), as: .vips) }
  }

  @Test("Damage is survived")
  func damage() {
    for (_, file, _, _) in Self.kept { ShownFile.surviveDamage(file, as: .vips) }
  }
}
