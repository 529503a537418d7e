import PixelViews
import Testing

@testable import ImageFiles

@Suite struct SidecarHeaderTests {
  private func stored(
    _ mode: Mode, _ rawmode: String, width: Int = 2, height: Int = 2,
    _ change: (inout Rawmode.Options) -> Void = { _ in }
  ) throws -> Layout {
    var options = Rawmode.Options()
    change(&options)
    return try #require(Rawmode.named(rawmode, mode: mode))
      .layout(width: width, height: height, options: options)
  }

  @Test(
    "A virtual raster says what GDAL calls each band",
    arguments: [
      // The names of GDALGetColorInterpretationName, gdal.h.
      (Mode.gray, "L", ["Gray"]), (.grayAlpha, "LA", ["Gray", "Alpha"]),
      (.palette, "P", ["Palette"]), (.paletteAlpha, "PA", ["Palette", "Alpha"]),
      (.rgb, "RGB", ["Red", "Green", "Blue"]),
      (.rgba, "RGBA", ["Red", "Green", "Blue", "Alpha"]),
      (.rgbx, "RGBX", ["Red", "Green", "Blue", "Undefined"]),
      (.cmyk, "CMYK", ["Cyan", "Magenta", "Yellow", "Black"]),
      (.hsv, "HSV", ["Hue", "Saturation", "Lightness"]),
      (.ycbcr, "YCbCr", ["YCbCr_Y", "YCbCr_Cb", "YCbCr_Cr"]),
      (.integer, "I", ["Gray"]),
    ] as [(Mode, String, [String])])
  func interpretations(_ mode: Mode, _ rawmode: String, _ names: [String]) throws {
    let text = try SidecarHeader.vrt.text(stored(mode, rawmode), mode, file: "a.raw")
    let found = text.split(separator: "\n").filter { $0.contains("<ColorInterp>") }
    #expect(found == names.map { "    <ColorInterp>\($0)</ColorInterp>" })
  }

  @Test("A band of which GDAL has no name is undefined")
  func undefined() throws {
    var layout = try stored(.rgb, "RGB")
    layout.fields.reverse()
    let text = try SidecarHeader.vrt.text(layout, .lab, file: "/a&b.raw")
    #expect(text.contains("<ColorInterp>Undefined</ColorInterp>"))
    #expect(text.contains("<SourceFilename relativeToVRT=\"0\">/a&amp;b.raw</SourceFilename>"))
  }

  @Test(
    "NRRD has kinds for some colors, and an axis of the bands where they stand",
    arguments: [
      (Mode.rgb, "RGB", Rawmode.Interleave.pixel, "RGB-color domain domain", "3 2 4"),
      (.rgba, "RGBA", .pixel, "RGBA-color domain domain", "4 2 4"),
      (.hsv, "HSV", .pixel, "HSV-color domain domain", "3 2 4"),
      (.cmyk, "CMYK", .pixel, "vector domain domain", "4 2 4"),
      (.rgb, "RGB", .line, "domain RGB-color domain", "2 3 4"),
      (.rgb, "RGB", .plane, "domain domain RGB-color", "2 4 3"),
      (.gray, "L", .pixel, "domain domain", "2 4"),
    ])
  func kinds(
    _ mode: Mode, _ rawmode: String, _ interleave: Rawmode.Interleave, _ kinds: String,
    _ sizes: String
  ) throws {
    let layout = try stored(mode, rawmode, height: 4) { $0.interleave = interleave }
    let text = try SidecarHeader.nrrd.text(layout, mode, file: "a.raw")
    #expect(text.contains("\nkinds: \(kinds)\n"))
    #expect(text.contains("\nsizes: \(sizes)\n"))
  }

  @Test(
    "What is no box of whole samples is refused with the reason",
    arguments: [
      (Mode.gray, "L;4", "band L is 4 bits, not whole bytes"),
      (.gray, "L;I", "band L is stored inverted"), (.rgb, "R", "band G has no bytes"),
      (.rgb, "BGR;16", "band R is 5 bits, not whole bytes"),
    ])
  func noWords(_ mode: Mode, _ rawmode: String, _ reason: String) throws {
    let layout = try stored(mode, rawmode)
    #expect(throws: FormatError.cannotHoldValue(format: "envi", reason: reason)) {
      try SidecarHeader.envi.text(layout, mode, file: "a")
    }
  }

  /// A layout of gray bytes in other steps than a box has.
  static let steps: [(width: Int, height: Int, row: Int, pixel: Int, reason: String?)] = [
    (2, 2, 2, 1, nil),
    (2, 2, 2, -1, "pixels are stored right to left"),
    (1, 2, 1, -1, nil),
    (2, 2, -2, 1, "rows are stored bottom-up"),
    (2, 2, 3, 1, "rows are 3 bytes apart, packed ones 2"),
    (2, 1, 3, 1, nil),
  ]

  @Test("Only packed rows are a box", arguments: steps.indices)
  func packedRows(_ index: Int) throws {
    let step = Self.steps[index]
    let layout = Layout(
      width: step.width, height: step.height, bitOffset: 64, rowBits: step.row * 8,
      pixelBits: step.pixel * 8, fields: [.byte(at: 0)])
    guard let reason = step.reason else {
      let text = try SidecarHeader.envi.text(layout, .gray, file: "a")
      #expect(text.contains("header offset = 8\n"))
      return
    }
    #expect(throws: FormatError.cannotHoldValue(format: "envi", reason: reason)) {
      try SidecarHeader.envi.text(layout, .gray, file: "a")
    }
  }

  @Test("Bands of several types, or at odd places, are refused")
  func oddBands() throws {
    var mixed = try stored(.grayAlpha, "LA;16L")
    mixed.fields[1] = .byte(at: 2)
    #expect(
      throws: FormatError.cannotHoldValue(
        format: "vrt", reason: "the bands are of different types")
    ) { try SidecarHeader.vrt.text(mixed, .grayAlpha, file: "a") }

    // Samples of 2 bytes, 3 bytes apart.
    let odd = Layout(
      width: 2, height: 2, rowBits: 48, pixelBits: 24,
      fields: [.word(at: 0, byteCount: 2, bigEndian: false)])
    #expect(
      throws: FormatError.cannotHoldValue(
        format: "envi", reason: "pixels are 3 bytes apart, samples have 2")
    ) { try SidecarHeader.envi.text(odd, .gray16, file: "a") }

    // Lines of bands with a gap behind them.
    var lines = try stored(.rgb, "RGB") { $0.interleave = .line }
    lines.rowBits += 8
    #expect(
      throws: FormatError.cannotHoldValue(
        format: "envi", reason: "rows are 7 bytes apart, packed ones 2")
    ) { try SidecarHeader.envi.text(lines, .rgb, file: "a") }
  }

  @Test("A raw file differs from a file with a header by planes alone")
  func interleave() throws {
    // Of one pixel, planes are bytes side by side with others between them.
    let file = try stored(.rgb, "RGB", width: 1, height: 1) { $0.offset = 10 }
    var raw = try stored(.rgb, "RGB", width: 1, height: 1)
    #expect(
      LayoutDifference.all(raw: raw, file: file, headerByteCount: 10, bands: ["R", "G", "B"]) == [])
    raw.fields[1].bitOffset = 32
    raw.fields[2].bitOffset = 64
    #expect(
      LayoutDifference.all(raw: raw, file: file, headerByteCount: 10, bands: ["R", "G", "B"])
        == [.interleave])
    // Two bytes further.
    raw.bitOffset = 16
    #expect(
      LayoutDifference.all(raw: raw, file: file, headerByteCount: 10, bands: ["R", "G", "B"])
        == [.interleave, .offset(2)])
  }
}
