import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

@Suite struct TIFFWritingTests {
  @Test("A file is a header, one directory and the rows")
  func bytes() throws {
    let image = try Image(.rgb, "BGR", width: 1, height: 2, [3, 2, 1, 6, 5, 4])
    let entry = { (tag: UInt8, second: UInt8, type: UInt8, count: UInt8, value: UInt8) in
      [tag, second, type, 0, count, 0, 0, 0, value, 0, 0, 0] as [UInt8]
    }
    let start: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 10, 0]
    let size = entry(0, 1, 4, 1, 1) + entry(1, 1, 4, 1, 2)
    // Three sizes of samples do not fit the entry and stand behind the directory, at 134.
    let samples = entry(2, 1, 3, 3, 134) + entry(3, 1, 3, 1, 1) + entry(6, 1, 3, 1, 2)
    let strip = entry(17, 1, 4, 1, 144) + entry(21, 1, 3, 1, 3) + entry(22, 1, 4, 1, 2)
    let end = entry(23, 1, 4, 1, 6) + entry(28, 1, 3, 1, 1) + [0, 0, 0, 0]
    let outside: [UInt8] = [8, 0, 8, 0, 8, 0, 0, 0, 0, 0]
    let pixels: [UInt8] = [1, 2, 3, 4, 5, 6]
    #expect(
      try FileFormat.tiff.written(image)
        == start + size + samples + strip + end + outside + pixels)
  }

  static let stored: [(Mode, String, PixelFormat)] = [
    (.bilevel, "1", PixelFormat(.bilevel)), (.gray, "L", PixelFormat(.gray)),
    (.grayAlpha, "LA", PixelFormat(.grayAlpha)),
    (.grayPremultiplied, "La", PixelFormat(.grayPremultiplied)),
    (.palette, "P", PixelFormat(.palette)), (.paletteAlpha, "PA", PixelFormat(.paletteAlpha)),
    (.rgb, "RGB", PixelFormat(.rgb)), (.rgba, "BGRA", PixelFormat(.rgba)),
    (.rgbx, "RGBX", PixelFormat(.rgbx)),
    (.rgbPremultiplied, "RGBa", PixelFormat(.rgbPremultiplied)),
    (.cmyk, "CMYK;I", PixelFormat(.cmyk)), (.ycbcr, "YCbCr", PixelFormat(.ycbcr)),
    (.lab, "LAB", PixelFormat(.lab)), (.integer, "I", PixelFormat(.integer)),
    (.integer, "I;16BS", PixelFormat(.integer)), (.integer, "I;32", PixelFormat(.integer, .f64)),
    (.gray16, "I;16", PixelFormat(.gray16)), (.gray16, "I;12", PixelFormat(.gray16)),
    (.gray16Native, "I;16N", PixelFormat(.gray16)), (.gray16Big, "I;16B", PixelFormat(.gray16Big)),
    (.gray, "L;16", PixelFormat(.gray16)), (.rgb, "RGB;16B", PixelFormat(.rgb, .u16)),
    (.rgba, "RGBA;16L", PixelFormat(.rgba, .u16)), (.cmyk, "CMYK;16L", PixelFormat(.cmyk, .u16)),
    (.grayAlpha, "LA;16B", PixelFormat(.grayAlpha, .u16)),
  ]

  @Test("What is written is mapped again, with the same samples", arguments: stored)
  func roundTrip(_ mode: Mode, _ rawmode: String, _ read: PixelFormat) throws {
    let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    let image = try Image(
      mode, rawmode, width: 5, height: 3, bytes, palette: mode.isIndexed ? .gray : nil)
    let file = try FileFormat.tiff.written(image)
    let shown = try ShownFile(file, as: .tiff)
    #expect(shown.isMapped)
    #expect(shown.image.format == read)
    #expect(shown.image.palette == (mode.isIndexed ? .gray : nil))
    #expect(try shown.samples() == image.samples())

    // Written once more, it is the same file, which a save onto it may then flush.
    #expect(try FileFormat.tiff.written(shown.image) == file)
    let same = try TIFF.plainFile(shown.image, FileFormat.EncodeOptions())
    #expect(try same.isAlready(shown.image))
  }

  @Test("Floats of all sizes keep their values; halves are widened for other programs")
  func floats() throws {
    let halves = try Image(.float, "F;16F", width: 2, height: 1, [0, 0x3C, 0, 0xC0])
    let doubles = try Image(.float, "F;64BF", width: 1, height: 1, [0x3F, 0xF0, 0, 0, 0, 0, 0, 0])
    for (image, samples, type) in [(halves, [1, -2], .f32), (doubles, [1.0], .f64)]
      as [(Image, [Double], SampleType)]
    {
      let shown = try ShownFile(FileFormat.tiff.written(image), as: .tiff)
      #expect(try shown.samples() == samples)
      #expect(shown.image.format == PixelFormat(.float, type))
      #expect(shown.image.layout.fields[0].bitCount == type.byteCount * 8)
    }
  }

  @Test("Words that stand in the buffer in the other byte order stay so")
  func byteOrder() throws {
    let image = try Image(.gray16, "I;16B", width: 2, height: 1, [1, 2, 3, 4])
    let file = try FileFormat.tiff.written(image)
    #expect(file.prefix(4) == [0x4D, 0x4D, 0, 42])
    #expect(file.suffix(4) == [1, 2, 3, 4])
    // A derived image has no bytes of its own, and is written little-endian.
    let derived = try FileFormat.tiff.written(image.converted(to: .integer))
    #expect(derived.prefix(4) == [0x49, 0x49, 42, 0])
    #expect(derived.suffix(8) == [2, 1, 0, 0, 4, 3, 0, 0])
  }

  @Test(
    "A rawmode that tags can say is honored",
    arguments: [
      (Mode.bilevel, "1;I", [UInt8(0x80)]), (.gray, "L;4", [0x24]), (.gray, "L;I", [0xDD, 0xBB]),
      (.gray16, "I;16B", [0, 0x22, 0, 0x44]), (.gray16, "I;12", [0x02, 0x20, 0x44]),
      (.palette, "P;1", [0]), (.integer, "I;16S", [0x22, 0, 0x44, 0]),
      (.float, "F;16F", [0x40, 0x50, 0x40, 0x54]),
    ])
  func rawmode(_ mode: Mode, _ name: String, _ pixels: [UInt8]) throws {
    let values: [Double] =
      mode == .bilevel ? [0, 255] : mode == .palette ? [0, 0] : [0x22, 0x44]
    let source =
      switch mode {
      case .bilevel: "1;8"
      case .integer: "I;8"
      case .float: "F;8"
      case .gray16: "I;16"
      default: "L"
      }
    let bytes = values.flatMap { value -> [UInt8] in
      mode == .gray16 ? [UInt8(value), 0] : [UInt8(value)]
    }
    let image = try Image(
      mode, source, width: 2, height: 1, bytes, palette: mode == .palette ? .gray : nil)
    let file = try FileFormat.tiff.written(image, as: Rawmode.named(name, mode: mode))
    #expect(Array(file.suffix(pixels.count)) == pixels)
    let shown = try ShownFile(file, as: .tiff)
    #expect(shown.isMapped)
    #expect(try shown.samples() == values)
  }

  @Test("A rawmode without tags is refused", arguments: [(Mode.rgb, "BGR"), (.rgb, "BGR;16")])
  func noTags(_ mode: Mode, _ name: String) throws {
    let image = try Image(.rgb, "RGB", width: 1, height: 1, [1, 2, 3])
    let rawmode = try #require(Rawmode.named(name, mode: mode))
    #expect(
      throws: FormatError.cannotHoldValue(
        format: "tiff", reason: "it has no tags for RGB stored as \(name)")
    ) { try FileFormat.tiff.written(image, as: rawmode) }
  }

  @Test("HSV is refused")
  func hsv() throws {
    let image = try Image(.hsv, "HSV", width: 1, height: 1, [1, 2, 3])
    #expect(throws: FormatError.cannotHold(format: "tiff", PixelFormat(.hsv))) {
      try FileFormat.tiff.written(image)
    }
  }

  @Test("Bits from the right say so in tag 266")
  func fillOrder() throws {
    let image = try Image(.bilevel, "1", width: 3, height: 1, [0xA0])
    let rawmode = try #require(Rawmode.named("1;R", mode: .bilevel))
    let file = try FileFormat.tiff.written(image, as: rawmode)
    #expect(file.last == 0x05)
    // Tag 266, type 3, one value: 2.
    let entry: [UInt8] = [0x0A, 1, 3, 0, 1, 0, 0, 0, 2, 0]
    #expect(file.indices.contains { file[$0...].starts(with: entry) })
    #expect(try ShownFile(file, as: .tiff).samples() == [255, 0, 255])
  }

  @Test("Indices without colors are saved with a ramp of grays")
  func noPalette() throws {
    let image = try Image(.palette, "P", width: 2, height: 1, [3, 200])
    let shown = try ShownFile(FileFormat.tiff.written(image), as: .tiff)
    #expect(shown.image.palette == .gray)
    #expect(try shown.samples() == [3, 200])
  }

  @Test("A color map spreads bytes over 16 bits, all red ones first")
  func colorMap() throws {
    let palette = Palette(rgb: [0, 128, 255])
    let image = try Image(.palette, "P", width: 1, height: 1, [0], palette: palette)
    let file = try FileFormat.tiff.written(image, as: Rawmode.named("P;1", mode: .palette))
    // Behind the header and eleven entries.
    #expect(file[146..<158] == [0, 0, 0, 0, 0x80, 0x80, 0, 0, 0xFF, 0xFF, 0, 0])
  }

  @Test("The alpha of a palette is said to be lost")
  func paletteAlpha() throws {
    let palette = Palette(rgba: [1, 2, 3, 4])
    let image = try Image(.palette, "P", width: 1, height: 1, [0], palette: palette)
    #expect(try TIFF.plainFile(image, FileFormat.EncodeOptions()).lossy == ["palette alpha"])
  }

  @Test("Above 4 GiB a file is a BigTIFF", arguments: [(65536, false), (65537, true)])
  func big(height: Int, isBig: Bool) throws {
    let directory = TemporaryDirectory()
    let path = try directory.write("sparse", [])
    let file = try Syscalls.open(path, .writeOnly)
    try Syscalls.setSize(of: file.number, to: 65536 * 65537)
    let buffer = try Buffer(mapping: path, access: .readOnly)
    // Just below and above: the header must fit, too.
    let layout = try Rawmode.natural(.gray).layout(width: isBig ? 65536 : 65000, height: height)
    let image = try Image(buffer: buffer, layout: layout, format: PixelFormat(.gray))
    let plain = try TIFF.plainFile(image, FileFormat.EncodeOptions())
    #expect(plain.header.prefix(4) == [0x49, 0x49, isBig ? 43 : 42, 0])
    #expect(plain.layout.bitOffset == plain.header.count * 8)
  }
}
