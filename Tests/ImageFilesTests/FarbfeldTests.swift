import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

@Suite struct FarbfeldTests {
  static func file(_ width: UInt8, _ height: UInt8, _ pixels: [UInt8]) -> [UInt8] {
    Array("farbfeld".utf8) + [0, 0, 0, width, 0, 0, 0, height] + pixels
  }

  @Test("Samples of 16 bits are mapped in place, and written as they stand")
  func mapped() throws {
    let file = Self.file(1, 2, (0..<16).map { $0 })
    let shown = try ShownFile(file, as: .farbfeld)
    #expect(shown.isMapped)
    #expect(shown.image.format == PixelFormat(.rgba, .u16))
    #expect(
      try shown.samples() == [0x0001, 0x0203, 0x0405, 0x0607, 0x0809, 0x0A0B, 0x0C0D, 0x0E0F])
    #expect(try FileFormat.farbfeld.written(shown.image) == file)
    #expect(try Farbfeld.plainFile(shown.image).isAlready(shown.image))
  }

  @Test(
    "Other samples are widened exactly, and what has no alpha is opaque",
    arguments: [
      (Mode.rgba, "RGBA", [1, 2, 255, 0], [1, 1, 2, 2, 255, 255, 0, 0]),
      (.rgb, "BGR", [3, 2, 1], [1, 1, 2, 2, 3, 3, 255, 255]),
      (.rgbx, "RGBX", [1, 2, 3, 9], [1, 1, 2, 2, 3, 3, 255, 255]),
      (.gray, "L", [7], [7, 7, 7, 7, 7, 7, 255, 255]),
      (.grayAlpha, "LA", [7, 8], [7, 7, 7, 7, 7, 7, 8, 8]),
      (.rgba, "RGBA;16L", [1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 4, 3, 6, 5, 8, 7]),
      (.rgb, "RGB;16B", [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 255, 255]),
    ] as [(Mode, String, [UInt8], [UInt8])])
  func widened(_ mode: Mode, _ rawmode: String, _ bytes: [UInt8], _ pixels: [UInt8]) throws {
    let image = try Image(mode, rawmode, width: 1, height: 1, bytes)
    #expect(try FileFormat.farbfeld.written(image) == Self.file(1, 1, pixels))
  }

  @Test("Modes without such pixels are refused", arguments: [Mode.cmyk, .float, .palette])
  func refused(_ mode: Mode) throws {
    let image = try Image(mode, mode.name, width: 1, height: 1, [1, 2, 3, 4])
    #expect(throws: FormatError.cannotHold(format: "farbfeld", PixelFormat(mode))) {
      try FileFormat.farbfeld.written(image)
    }
  }

  @Test("A file that is too short, or has no pixel, is malformed")
  func malformed() throws {
    #expect(
      throws: FormatError.malformed(
        format: "farbfeld", offset: 16, found: "23 bytes in the file",
        expected: "8 bytes for each of 1x1 pixels, 24 bytes in all: 1 byte is missing")
    ) { try ShownFile(Self.file(1, 1, [1, 2, 3, 4, 5, 6, 7]), as: .farbfeld) }
    #expect(
      throws: FormatError.malformed(
        format: "farbfeld", offset: 8, found: "0x1", expected: "at least one pixel")
    ) { try ShownFile(Self.file(0, 1, []), as: .farbfeld) }
    var huge = Self.file(1, 1, [])
    huge.replaceSubrange(8..<16, with: [UInt8](repeating: 255, count: 8))
    #expect(
      throws: FormatError.malformed(
        format: "farbfeld", offset: 16, found: "16 bytes in the file",
        expected: "8 bytes for each of 4294967295x4294967295 pixels")
    ) { try ShownFile(huge, as: .farbfeld) }
  }

  @Test("Damage is survived")
  func damage() {
    ShownFile.surviveDamage(Self.file(1, 2, (0..<16).map { $0 }), as: .farbfeld)
  }
}
