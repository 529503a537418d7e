import PixelViews
import Testing

@testable import ImageFiles

@Suite struct RawTests {
  static func rawmode(_ name: String, _ mode: Mode) throws -> Rawmode {
    try #require(Rawmode.named(name, mode: mode))
  }

  @Test(
    "Rows are packed in the natural layout, whatever they were",
    arguments: [
      (Mode.rgb, "BGRX", [3, 2, 1, 9], [1, 2, 3]),
      (.gray16Big, "I;16B", [1, 2], [1, 2]),
      (.rgba, "RGBA;16B", [0, 1, 0, 2, 0, 3, 0, 4], [1, 0, 2, 0, 3, 0, 4, 0]),
      (.bilevel, "1;8", [7], [0x80]),
      (.float, "F;64BF", [63, 240, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 240, 63]),
    ] as [(Mode, String, [UInt8], [UInt8])])
  func natural(_ mode: Mode, _ rawmode: String, _ bytes: [UInt8], _ expected: [UInt8]) throws {
    let image = try Image(mode, rawmode, width: 1, height: 1, bytes)
    #expect(try FileFormat.raw.written(image) == expected)
    #expect(try Raw.file(for: image, as: nil).lossy == [])
  }

  @Test(
    "--as stores the pixels as another rawmode, and what it drops is reported",
    arguments: [
      (Mode.rgb, "BGR", [1, 2, 3], [3, 2, 1], []),
      (.rgb, "BGRX", [1, 2, 3], [3, 2, 1, 0], []),
      (.rgb, "BGR;16", [255, 0, 0], [0, 0xF8], ["precision"]),
      (.rgb, "G", [1, 2, 3], [2], ["band R", "band B"]),
      (.rgba, "BGR", [1, 2, 3, 4], [3, 2, 1], ["alpha"]),
      (.gray16, "I;16B", [1, 2], [2, 1], []),
      (.bilevel, "1;8", [0x80], [1], []),
      (.gray, "L;4", [0xFF], [0xF0], ["precision"]),
    ] as [(Mode, String, [UInt8], [UInt8], [String])])
  func stored(
    _ mode: Mode, _ rawmode: String, _ bytes: [UInt8], _ expected: [UInt8], _ lossy: [String]
  ) throws {
    let image = try Image(mode, Rawmode.natural(mode).name, width: 1, height: 1, bytes)
    let stored = try Self.rawmode(rawmode, mode)
    #expect(try FileFormat.raw.written(image, as: stored) == expected)
    #expect(try Raw.file(for: image, as: stored).lossy.map(\.name) == lossy)
  }

  @Test("Bits that carry no sample are zero")
  func unusedBits() throws {
    let image = try Image(.gray16, "I;16;10", width: 2, height: 1, [0xFF, 0xFF, 0, 0xFC])
    let stored = try Self.rawmode("I;16;10", .gray16)
    #expect(try FileFormat.raw.written(image, as: stored) == [0xFF, 3, 0, 0])
  }

  @Test(
    "A rawmode for other samples is refused",
    arguments: [(Mode.rgb, "RGB;16L"), (.gray, "L;16"), (.rgba, "LA")])
  func refused(_ mode: Mode, _ rawmode: String) throws {
    let image = try Image(mode, mode.name, width: 1, height: 1, [1, 2, 3, 4])
    let stored = try Self.rawmode(rawmode, mode)
    #expect(throws: FormatError.cannotStoreAs(stored, PixelFormat(mode))) {
      try FileFormat.raw.written(image, as: stored)
    }
  }

  @Test("16-bit gray is stored under each of its names")
  func gray16() throws {
    let image = try Image(.gray16Big, "I;16B", width: 1, height: 1, [1, 2])
    #expect(try FileFormat.raw.written(image, as: Self.rawmode("I;16", .gray16)) == [2, 1])
  }

  @Test("Pixels that are computed when they are read are not stored")
  func computed() throws {
    let image = try Image(.rgba, "RGBA", width: 1, height: 1, [1, 2, 3, 4])
    let stored = try Self.rawmode("RGBa", .rgba)
    #expect(throws: FormatError.cannotStoreAs(stored, PixelFormat(.rgba))) {
      try FileFormat.raw.written(image, as: stored)
    }
  }

  @Test("The pixels of a mode of another name are refused")
  func otherMode() throws {
    let image = try Image(.rgb, "RGB", width: 1, height: 1, [1, 2, 3])
    let stored = try Self.rawmode("L", .gray)
    #expect(throws: FormatError.cannotStoreAs(stored, PixelFormat(.rgb))) {
      try FileFormat.raw.written(image, as: stored)
    }
  }
}
