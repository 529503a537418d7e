import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

@Suite struct NPYTests {
  /// A file of version 1.0 without padding.
  static func file(_ dictionary: String, _ samples: [UInt8]) -> [UInt8] {
    var bytes = NPY.magic + [1, 0]
    bytes.append(word: UInt16(dictionary.utf8.count))
    return bytes + Array(dictionary.utf8) + samples
  }

  static func file(
    _ descr: String, _ shape: String, fortran: Bool = false, _ samples: [UInt8]
  ) -> [UInt8] {
    file(
      "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (\(shape)), }\n",
      samples)
  }

  @Test("The bytes are those of numpy.save")
  func header() throws {
    // np.save(f, np.zeros((5, 7), "u1")), of NumPy 2.
    let text =
      "{'descr': '|u1', 'fortran_order': False, 'shape': (5, 7), }"
      + String(repeating: " ", count: 58) + "\n"
    let header = NPY.header(descr: "|u1", shape: "5, 7", firstAxis: 5)
    #expect(header == [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(text.utf8))
    #expect(header.count == 128)
  }

  @Test(
    "Each mode has the type and the shape that NumPy gives it",
    arguments: [
      (Mode.bilevel, "1", [0x80], "|b1", "1, 2", [1, 0]),
      (.gray, "L", [1, 2], "|u1", "1, 2", [1, 2]),
      (.gray, "L;I", [1, 2], "|u1", "1, 2", [254, 253]),
      (.gray16, "I;16", [1, 2, 3, 4], "<u2", "1, 2", [1, 2, 3, 4]),
      (.gray16Native, "I;16N", [1, 2, 3, 4], "<u2", "1, 2", [1, 2, 3, 4]),
      (.gray16Big, "I;16B", [1, 2, 3, 4], ">u2", "1, 2", [1, 2, 3, 4]),
      (.integer, "I;16BS", [0xFF, 0xFE, 0, 1], "<i4", "1, 2", [254, 255, 255, 255, 1, 0, 0, 0]),
      (.grayAlpha, "LA", [1, 2, 3, 4], "|u1", "1, 2, 2", [1, 2, 3, 4]),
      (.rgb, "BGR", [1, 2, 3, 4, 5, 6], "|u1", "1, 2, 3", [3, 2, 1, 6, 5, 4]),
      (
        .rgb, "RGB;16B", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6], "<u2", "1, 2, 3",
        [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0]
      ),
    ] as [(Mode, String, [UInt8], String, String, [UInt8])])
  func written(
    _ mode: Mode, _ rawmode: String, _ bytes: [UInt8], _ descr: String, _ shape: String,
    _ samples: [UInt8]
  ) throws {
    let image = try Image(mode, rawmode, width: 2, height: 1, bytes)
    let file = NPY.header(descr: descr, shape: shape, firstAxis: 1) + samples
    #expect(try FileFormat.npy.written(image) == file)
    let shown = try ShownFile(file, as: .npy)
    #expect(shown.isMapped)
    #expect(try shown.samples() == image.samples())
    #expect(try NPY.file(for: shown.image).isAlready(shown.image))
  }

  @Test("A boolean is written as 0 or 1, whatever it was stored as")
  func booleans() throws {
    let image = try Image(.bilevel, "1;8", width: 3, height: 1, [0, 255, 7])
    #expect(try FileFormat.npy.written(image).suffix(3) == [0, 1, 1])
  }

  @Test("Indices without their colors are reported")
  func lossy() throws {
    let colors = try #require(Palette(rgb: [1, 2, 3]))
    let image = try Image(.palette, "P", width: 1, height: 1, [0], palette: colors)
    #expect(try NPY.file(for: image).lossy == ["palette"])
    #expect(try NPY.file(for: image.with(palette: .gray)).lossy == [])
  }

  @Test("A type without a byte order is of this machine's, and none at all is unknown")
  func noOrder() throws {
    #expect(try ShownFile(Self.file("u1", "1, 2", [3, 4]), as: .npy).samples() == [3, 4])
    #expect(throws: FormatError.unsupported(format: "npy", feature: "the type ''")) {
      try ShownFile(Self.file("", "1, 2", [3, 4]), as: .npy)
    }
  }

  @Test("A last frame that starts beyond what 64 bits count in bits is refused")
  func farFrame() throws {
    // 2^60 - 1 frames of a byte; the header before them makes the last one begin too late.
    let file = Self.file("|u1", "1152921504606846975, 1, 1, 1", [1])
    #expect(try ShownFile(file, as: .npy, frame: 0).samples() == [1])
    #expect(
      throws: FormatError.tooLarge(
        format: "npy", found: "[1152921504606846975, 1, 1, 1]", limit: "1152921504606846975 bytes")
    ) { try ShownFile(file, as: .npy, frame: -1) }
  }

  @Test(
    "Every type of numbers is mapped in place",
    arguments: [
      ("|b1", [0, 2], PixelFormat(.bilevel), [0, 255]),
      ("|i1", [255, 2], PixelFormat(.integer), [-1, 2]),
      ("<u2", [1, 2, 3, 4], PixelFormat(.gray16), [513, 1027]),
      (">u2", [1, 2, 3, 4], PixelFormat(.gray16Big), [258, 772]),
      ("<i2", [254, 255, 1, 0], PixelFormat(.integer), [-2, 1]),
      (">i2", [255, 254, 0, 1], PixelFormat(.integer), [-2, 1]),
      ("<u4", [0, 0, 0, 128, 1, 0, 0, 0], PixelFormat(.integer, .f64), [2_147_483_648, 1]),
      (">i4", [255, 255, 255, 255, 0, 0, 0, 1], PixelFormat(.integer), [-1, 1]),
      (
        "<i8", [255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0],
        PixelFormat(.integer, .f64), [-1, 1]
      ),
      (
        ">u8", [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2], PixelFormat(.integer, .f64),
        [1, 2]
      ),
      ("<f2", [0, 60, 0, 64], PixelFormat(.float), [1, 2]),
      (">f4", [63, 128, 0, 0, 64, 0, 0, 0], PixelFormat(.float), [1, 2]),
      (
        "<f8", [0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 0, 64], PixelFormat(.float, .f64),
        [1, 2]
      ),
    ] as [(String, [UInt8], PixelFormat, [Double])])
  func types(
    _ descr: String, _ bytes: [UInt8], _ format: PixelFormat, _ samples: [Double]
  ) throws {
    let shown = try ShownFile(Self.file(descr, "1, 2", bytes), as: .npy)
    #expect(shown.isMapped)
    #expect(shown.image.format == format)
    #expect(try shown.samples() == samples)
  }

  @Test(
    "Axes are found in either order",
    arguments: [
      ("2, 3", false, Mode.gray, 1, 0, [0, 1, 2, 3, 4, 5]),
      ("2, 3", true, .gray, 1, 0, [0, 2, 4, 1, 3, 5]),
      ("1, 2, 3", false, .rgb, 1, 0, [0, 1, 2, 3, 4, 5]),
      ("1, 2, 3", true, .rgb, 1, 0, [0, 2, 4, 1, 3, 5]),
      ("2, 1, 5", false, .grayAlpha, 1, 0, [0, 5, 1, 6, 2, 7, 3, 8, 4, 9]),
      ("6, 1, 5", false, .gray, 6, 1, [5, 6, 7, 8, 9]),
      ("2, 1, 2, 3", false, .rgb, 2, 1, [6, 7, 8, 9, 10, 11]),
      (
        "2, 3, 1, 5", false, .rgb, 2, -1,
        [15, 20, 25, 16, 21, 26, 17, 22, 27, 18, 23, 28, 19, 24, 29]
      ),
      ("2, 3, 1", false, .gray, 1, 0, [0, 1, 2, 3, 4, 5]),
    ] as [(String, Bool, Mode, Int, Int, [Double])])
  func axes(
    _ shape: String, _ fortran: Bool, _ mode: Mode, _ frameCount: Int, _ frame: Int,
    _ samples: [Double]
  ) throws {
    let file = Self.file("|u1", shape, fortran: fortran, (0..<30).map { $0 })
    let shown = try ShownFile(file, as: .npy, frame: frame)
    #expect(shown.isMapped)
    #expect(shown.image.mode == mode)
    #expect(shown.frameCount == frameCount)
    #expect(try shown.samples() == samples)
    #expect(throws: FormatError.noFrame(format: "npy", frame: frameCount, count: frameCount)) {
      try ShownFile(file, as: .npy, frame: frameCount)
    }
  }

  @Test("Bands that no mode has together are frames")
  func bandsAsFrames() throws {
    let file = Self.file("|i1", "1, 2, 2", [1, 2, 3, 4])
    let shown = try ShownFile(file, as: .npy, frame: 1)
    #expect(shown.frameCount == 2)
    #expect(try shown.samples() == [2, 4])
    #expect(shown.notes == ["no mode has 2 samples of type '|i1'; each is a frame"])
  }

  @Test("The dictionary may be written in other ways")
  func dictionaries() throws {
    for text in [
      "{'shape': (1, 1), 'fortran_order': False, 'descr': '|u1'}",
      "{\"descr\":\"|u1\",\"fortran_order\":False,\"shape\":(1,1,),}",
      " { 'descr' : '|u1' , 'fortran_order' : False , 'shape' : ( 1L , 1L ) , } \n",
    ] {
      #expect(try ShownFile(Self.file(text, [9]), as: .npy).samples() == [9])
    }
    let second = NPY.magic + [2, 0, 58, 0, 0, 0]
    let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1)}\n"
    #expect(try ShownFile(second + Array(text.utf8) + [9], as: .npy).samples() == [9])
  }

  @Test(
    "What is no array of numbers is refused by name",
    arguments: [
      ("'|O'", "pickled Python objects (type '|O')"), ("'<c8'", "complex numbers (type '<c8')"),
      ("'<U3'", "text (type '<U3')"), ("'<M8[s]'", "dates and times (type '<M8[s]')"),
      ("'|V8'", "a structure or untyped bytes (type '|V8')"),
      ("[('a', '<i4')]", "a structured type"), ("('<i4', (2,))", "a type of subarrays"),
      ("'<f16'", "the type '<f16'"), ("''", "the type ''"),
    ])
  func refusedTypes(_ descr: String, _ feature: String) {
    let text = "{'descr': \(descr), 'fortran_order': False, 'shape': (1, 1), }"
    #expect(throws: FormatError.unsupported(format: "npy", feature: feature)) {
      try ShownFile(Self.file(text, [0]), as: .npy)
    }
  }

  @Test(
    "Shapes that are no images are refused",
    arguments: [
      ("4,", "shape (4,)", "2 to 4 axes are needed"),
      ("", "shape ()", "2 to 4 axes are needed"),
      ("1, 1, 1, 1, 1", "shape (1, 1, 1, 1, 1)", "2 to 4 axes are needed"),
      ("0, 3", "shape (0, 3)", "no axis may be 0"),
      ("5, 6, 7, 8", "shape (5, 6, 7, 8)", "an axis of 1 to 4 bands is needed"),
    ])
  func refusedShapes(_ shape: String, _ found: String, _ expected: String) {
    #expect(throws: FormatError.notAnImage(format: "npy", found: found, expected: expected)) {
      try ShownFile(Self.file("|u1", shape, [0]), as: .npy)
    }
  }

  @Test("Products that overflow are refused")
  func overflow() {
    let side = "3037000500"
    #expect(
      throws: FormatError.tooLarge(
        format: "npy", found: "shape (\(side), \(side))", limit: "\(Int.max / 8) bytes")
    ) { try ShownFile(Self.file("<f8", "\(side), \(side)", [0]), as: .npy) }
  }

  @Test(
    "What is no literal of Python is malformed, at its byte",
    arguments: [
      ("x", 10, "'x'", "'{'"),
      ("{'descr': 3}", 20, "'3}'", "a type"),
      ("{'a': 3}", 11, "'a'", "'descr', 'fortran_order' and 'shape', once each"),
      ("{'shape': (a)}", 21, "'a)}'", "a size"),
      ("{'shape': (99999999999999999999)}", 21, "'9999999999999999'", "a size"),
      ("{'fortran_order': 1}", 28, "'1}'", "True or False"),
      ("{'shape': (1,)}", 25, "the end of the header", "'descr', 'fortran_order' and 'shape'"),
      ("{'descr': 'a\\'b'}", 20, "''a\\'b'}'", "a string without escapes"),
    ])
  func malformed(_ text: String, _ offset: Int, _ found: String, _ expected: String) {
    #expect(
      throws: FormatError.malformed(
        format: "npy", offset: offset, found: found, expected: expected)
    ) { try ShownFile(Self.file(text, [0]), as: .npy) }
  }

  @Test("Damage never traps")
  func damage() {
    ShownFile.surviveDamage(
      Self.file("<u2", "2, 2, 3", fortran: true, [UInt8](repeating: 1, count: 24)), as: .npy)
  }
}
