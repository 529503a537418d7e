import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

@Suite struct NetpbmTests {
  @Test(
    "A header of text, then rows without padding",
    arguments: [
      ("pbm", Mode.bilevel, "1", 9, [0x80, 0x80], "P4\n9 1\n", [0x7F, 0x00]),
      ("pgm", .gray, "L", 2, [1, 2], "P5\n2 1\n255\n", [1, 2]),
      ("pgm", .gray16, "I;16", 1, [1, 2], "P5\n1 1\n65535\n", [2, 1]),
      ("pgm", .gray16Big, "I;16B", 1, [1, 2], "P5\n1 1\n65535\n", [1, 2]),
      ("pgm", .gray, "L;16", 1, [1, 2], "P5\n1 1\n65535\n", [2, 1]),
      ("ppm", .rgb, "BGR", 1, [1, 2, 3], "P6\n1 1\n255\n", [3, 2, 1]),
      ("ppm", .rgbx, "RGBX", 1, [1, 2, 3, 4], "P6\n1 1\n255\n", [1, 2, 3]),
      ("ppm", .rgb, "RGB;16L", 1, [1, 2, 3, 4, 5, 6], "P6\n1 1\n65535\n", [2, 1, 4, 3, 6, 5]),
      ("pnm", .bilevel, "1", 1, [0x80], "P4\n1 1\n", [0]),
      ("pnm", .gray, "L", 1, [7], "P5\n1 1\n255\n", [7]),
      ("pnm", .rgb, "RGB", 1, [1, 2, 3], "P6\n1 1\n255\n", [1, 2, 3]),
    ] as [(String, Mode, String, Int, [UInt8], String, [UInt8])])
  func written(
    _ name: String, _ mode: Mode, _ rawmode: String, _ width: Int, _ bytes: [UInt8],
    _ header: String, _ rows: [UInt8]
  ) throws {
    let format = try #require(FileFormat.named(name))
    let image = try Image(mode, rawmode, width: width, height: 1, bytes)
    #expect(try format.written(image) == Array(header.utf8) + rows)
  }

  @Test(
    "A PAM file names its tuples",
    arguments: [
      (Mode.bilevel, "1", [0x80], "DEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE", [1]),
      (.gray, "L", [7], "DEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE", [7]),
      (.gray16, "I;16", [1, 2], "DEPTH 1\nMAXVAL 65535\nTUPLTYPE GRAYSCALE", [2, 1]),
      (.gray, "L;16", [1, 2], "DEPTH 1\nMAXVAL 65535\nTUPLTYPE GRAYSCALE", [2, 1]),
      (.grayAlpha, "LA", [7, 8], "DEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA", [7, 8]),
      (.rgb, "RGB", [1, 2, 3], "DEPTH 3\nMAXVAL 255\nTUPLTYPE RGB", [1, 2, 3]),
      (.rgba, "ABGR", [4, 3, 2, 1], "DEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA", [1, 2, 3, 4]),
      (.cmyk, "CMYK", [1, 2, 3, 4], "DEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK", [1, 2, 3, 4]),
    ] as [(Mode, String, [UInt8], String, [UInt8])])
  func pam(
    _ mode: Mode, _ rawmode: String, _ bytes: [UInt8], _ words: String, _ row: [UInt8]
  ) throws {
    let image = try Image(mode, rawmode, width: 1, height: 1, bytes)
    let header = "P7\nWIDTH 1\nHEIGHT 1\n\(words)\nENDHDR\n"
    let file = Array(header.utf8) + row
    #expect(try FileFormat.pam.written(image) == file)
    let shown = try ShownFile(file, as: .pam)
    #expect(shown.isMapped)
    #expect(try shown.samples() == image.samples())
    #expect(try Netpbm.arbitraryMap(for: shown.image).isAlready(shown.image))
  }

  @Test(
    "Modes that would have to be changed are refused",
    arguments: [
      ("pgm", Mode.integer), ("pgm", .bilevel), ("ppm", .rgba), ("pam", .palette), ("pbm", .gray),
      ("pnm", .rgba), ("pnm", .float),
    ])
  func refused(_ name: String, _ mode: Mode) throws {
    let format = try #require(FileFormat.named(name))
    let image = try Image(mode, mode.name, width: 1, height: 1, [0, 0, 0, 0])
    #expect(throws: FormatError.cannotHold(format: name, PixelFormat(mode))) {
      try format.written(image)
    }
  }

  @Test(
    "Rows of full range are mapped, others are decoded",
    arguments: [
      ("P5 2 1 255\n\u{1}\u{2}", true, PixelFormat(.gray), [1, 2]),
      ("P5\n# c\n2\t1 # d\n255 \u{1}\u{2}", true, PixelFormat(.gray), [1, 2]),
      ("P5\n2#3 1\n1\r255\n\u{1}\u{2}", true, PixelFormat(.gray), [1, 2]),
      ("P5 1 1 65535\n\u{1}\u{2}", true, PixelFormat(.gray16), [258]),
      ("P6 1 1 65535\n\0\u{1}\0\u{2}\0\u{3}", true, PixelFormat(.rgb, .u16), [1, 2, 3]),
      ("P4 2 1\n@", true, PixelFormat(.bilevel), [255, 0]),
      ("P5 3 1 2\n\0\u{1}\u{2}", false, PixelFormat(.gray), [0, 128, 255]),
      ("P5 2 1 1000\n\0\u{1}\u{3}\u{e8}", false, PixelFormat(.gray16), [66, 65535]),
      ("P6 1 1 3\n\0\u{1}\u{3}", false, PixelFormat(.rgb), [0, 85, 255]),
      ("P1 4 1 01 1#0\n0", false, PixelFormat(.bilevel), [255, 0, 0, 255]),
      ("P2 2 1 10 0\n10", false, PixelFormat(.gray), [0, 255]),
      ("P3 1 1 65535 1 2 65535 ", false, PixelFormat(.rgb, .u16), [1, 2, 65535]),
    ] as [(String, Bool, PixelFormat, [Double])])
  func read(_ text: String, _ isMapped: Bool, _ format: PixelFormat, _ samples: [Double]) throws {
    let shown = try ShownFile(text.unicodeScalars.map { UInt8($0.value) }, as: .pnm)
    #expect(shown.isMapped == isMapped)
    #expect(shown.image.format == format)
    #expect(try shown.samples() == samples)
  }

  @Test(
    "The tuple type of a PAM decides, and without one the depth",
    arguments: [
      ("DEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\n", 1, PixelFormat(.bilevel)),
      ("DEPTH 1\nMAXVAL 1\nTUPLTYPE GRAYSCALE\n", 1, PixelFormat(.gray)),
      ("DEPTH 2\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE_ALPHA\n", 2, PixelFormat(.grayAlpha)),
      ("TUPLTYPE GRAYSCALE_ALPHA\nDEPTH 2\nMAXVAL 65535\n", 4, PixelFormat(.grayAlpha, .u16)),
      ("MAXVAL 255\n# c\n\nDEPTH 4\nTUPLTYPE CMYK\n", 4, PixelFormat(.cmyk)),
      ("MAXVAL 255\nDEPTH 5\nTUPLTYPE CMYK_ALPHA\n", 5, PixelFormat(.cmyk)),
      ("MAXVAL 255\nDEPTH 3\n", 3, PixelFormat(.rgb)),
      ("MAXVAL 65535\nDEPTH 1\n", 2, PixelFormat(.gray16)),
    ])
  func tupleTypes(_ lines: String, _ pixelByteCount: Int, _ format: PixelFormat) throws {
    let header = Array("P7\nWIDTH 2\nHEIGHT 1\n\(lines)ENDHDR\n".utf8)
    let file = header + (0..<2 * pixelByteCount).map { UInt8($0 % 2) }
    let shown = try ShownFile(file, as: .pam)
    #expect(shown.image.format == format)
    #expect(shown.notes.isEmpty == (pixelByteCount != 5))
  }

  @Test("Samples that the tuple type does not have are left out")
  func moreSamples() throws {
    let header = "P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 15\nTUPLTYPE RGB\nENDHDR\n"
    let file = Array(header.utf8) + [1, 2, 3, 9, 15, 0, 5, 9]
    let shown = try ShownFile(file, as: .pam)
    #expect(!shown.isMapped)
    // 255 / 15 = 17.
    #expect(try shown.samples() == [17, 34, 51, 255, 0, 85])
  }

  @Test("A comment of a PAM may be long, a line may not")
  func longLines() throws {
    let long = String(repeating: "x", count: 300)
    let rest = "WIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nENDHDR\n\u{7}"
    #expect(try ShownFile(Array("P7\n#\(long)\n\(rest)".utf8), as: .pam).samples() == [7])
    #expect(
      throws: FormatError.malformed(
        format: "pam", offset: 3, found: "more than 255 bytes", expected: "a line")
    ) { try ShownFile(Array("P7\n\(long)\n\(rest)".utf8), as: .pam) }
    #expect(
      throws: FormatError.malformed(
        format: "pgm", offset: 3, found: "more than 64 bytes", expected: "the width")
    ) { try ShownFile(Array("P5 \(long) 1 255\n".utf8), as: .pgm) }
  }

  @Test("White space after the last image is no image and no rest")
  func whiteSpaceAtEnd() throws {
    let shown = try ShownFile(Array("P5 1 1 255\nA\n \n".utf8), as: .pgm)
    #expect(shown.frameCount == 1 && shown.notes.isEmpty)
    #expect(try shown.samples() == [65])
  }

  @Test(
    "Tuples that cannot be are refused",
    arguments: [
      (
        "DEPTH 2\nTUPLTYPE RGB",
        FormatError.malformed(
          format: "pam", offset: 0, found: "DEPTH 2", expected: "3 samples for RGB")
      ),
      (
        "DEPTH 5\nTUPLTYPE SPECTRUM",
        .unsupported(format: "pam", feature: "5 samples a pixel of type \"SPECTRUM\"")
      ),
      (
        "DEPTH 2147483647\nTUPLTYPE RGB",
        .tooLarge(
          format: "pam", found: "2147483647 pixels of 2147483647 samples",
          limit: "9223372036854775807 bits")
      ),
    ])
  func refusedTuples(_ words: String, _ error: FormatError) {
    let header = "P7\nWIDTH 2147483647\nHEIGHT 1\nMAXVAL 65535\n\(words)\nENDHDR\n"
    #expect(throws: error) { try ShownFile(Array(header.utf8), as: .pam) }
  }

  @Test(
    "What no header may say is malformed, at its byte",
    arguments: [
      ("P5 0 1 255\n", 3, "\"0\"", "the width, 1 to 2147483647"),
      ("P5 1 -1 255\n", 5, "\"-1\"", "the height, 1 to 2147483647"),
      ("P5 1 1 65536\n", 7, "\"65536\"", "the maxval, 1 to 65535"),
      ("P5 1 1 99999999999999999999\n", 7, "\"99999999999999999999\"", "the maxval, 1 to 65535"),
      ("P5 1", 4, "0 bytes to the end", "the width, 1 byte"),
      ("P9 1 1\n", 0, "[\"50\", \"39\"]", "\"P1\" to \"P7\""),
      ("P51 1 255\n", 2, "49", "white space"),
      ("P5 1 1 10\n\u{b}", 10, "11", "at most 10"),
      ("P2 1 1 10\nx", 10, "byte 120", "a decimal digit"),
      ("P1 1 1\n2", 7, "byte 50", "\"0\" or \"1\""),
      ("P2 2 2 10\n1 2", 10, "3 bytes to the end", "at least 4 for the rows"),
    ])
  func malformed(_ text: String, _ offset: Int, _ found: String, _ expected: String) {
    #expect(
      throws: FormatError.malformed(
        format: "pnm", offset: offset, found: found, expected: expected)
    ) { try ShownFile(text.unicodeScalars.map { UInt8($0.value) }, as: .pnm) }
  }

  @Test("Images follow each other, of any kind; the last is -1")
  func frames() throws {
    let file = Array("P5 1 1 255\nAP6 1 1 255\nBCD\nP4 1 1\n@".utf8)
    for (frame, samples) in [(0, [65]), (1, [66, 67, 68]), (2, [255]), (-1, [255]), (-3, [65])] {
      let shown = try ShownFile(file, as: .pnm, frame: frame)
      #expect(shown.frameCount == 3)
      #expect(try shown.samples() == samples.map(Double.init))
    }
    for frame in [3, -4] {
      #expect(throws: FormatError.noFrame(format: "pnm", frame: frame, count: 3)) {
        try ShownFile(file, as: .pnm, frame: frame)
      }
    }
    let shown = try ShownFile(Array("P5 1 1 255\nAjunk".utf8), as: .pgm)
    #expect(shown.trailingByteCount == 4)
  }

  @Test("Each format knows its own files, and only those")
  func recognized() {
    for (text, name) in [
      ("P1 1", "pbm"), ("P4\n1", "pbm"), ("P2 1", "pgm"), ("P5#c", "pgm"), ("P3 1", "ppm"),
      ("P6 1", "ppm"), ("P7\nW", "pam"), ("Pf\n1", "pfm"),
    ] {
      let owners = FileFormat.all.filter { $0.recognize?(Array(text.utf8)) == true }
      #expect(owners.map(\.name) == [name])
    }
  }

  @Test("Floats are stored from the lowest row up, little-endian")
  func pfm() throws {
    let image = try Image(
      .float, "F", width: 1, height: 2, [0, 0, 128, 63, 0, 0, 0, 64])
    let file = Array("Pf\n1 2\n-1.0\n".utf8) + [0, 0, 0, 64, 0, 0, 128, 63]
    #expect(try FileFormat.pfm.written(image) == file)
    #expect(try ShownFile(file, as: .pfm).samples() == [1, 2])
    let big = Array("Pf\n1 2\n2.5\n".utf8) + [64, 0, 0, 0, 63, 128, 0, 0]
    let shown = try ShownFile(big, as: .pfm)
    #expect(shown.isMapped)
    #expect(shown.notes == ["scale factor 2.5 is not applied"])
    #expect(try shown.samples() == [1, 2])
  }

  @Test("A PFM of colors has three floats a pixel")
  func colorPFM() throws {
    let big = Array("PF\n1 1\n1.0\n".utf8) + [64, 0, 0, 0, 63, 128, 0, 0, 0, 0, 0, 0]
    let shown = try ShownFile(big, as: .pfm)
    #expect(shown.isMapped)
    #expect(shown.image.format == PixelFormat(.rgb, .f32))
    #expect(try shown.samples() == [2, 1, 0])
  }

  @Test("Scales without a sign are refused")
  func refusedPFM() {
    for scale in ["0", "nan", "x", "inf"] {
      #expect(
        throws: FormatError.malformed(
          format: "pfm", offset: 7, found: scale, expected: "a scale that is not 0")
      ) { try ShownFile(Array("Pf\n1 1\n\(scale)\n".utf8), as: .pfm) }
    }
  }

  @Test(
    "Damage never traps",
    arguments: [
      "P5 2 2 255\nABCD", "P6 1 1 65535\nABCDEF", "P2 2 2 20\n1 2 3 4", "P1 3 1\n0 1 0",
      "P7\nWIDTH 2\nHEIGHT 1\nDEPTH 2\nMAXVAL 7\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n\u{1}\u{2}\u{3}\u{7}",
      "P5 1 1 9\n1P5 1 1 9\n2",
    ])
  func damage(_ text: String) {
    ShownFile.surviveDamage(Array(text.utf8), as: .pnm)
  }

  @Test("Damaged floats never trap")
  func damagedFloats() {
    ShownFile.surviveDamage(Array("Pf\n1 2\n-1.0\nABCDEFGH".utf8), as: .pfm)
  }
}
