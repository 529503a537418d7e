extension Rawmode {
  /// Every rawmode of this build, in the order of the modes. The natural one comes first.
  public static let all: [Rawmode] = {
    let parts = [
      bilevel, gray, indexed, color, colorAlpha, otherColor, derivedColor, numbers, colorNumbers,
      video, sensors,
    ]
    var all: [Rawmode] = []
    // Each process starts with this.
    all.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { all.append(contentsOf: part) }
    for index in all.indices { all[index].addNamesElsewhere() }
    return all
  }()

  /// The rawmode that `name` means, for `mode` or, without one, for the mode it is most used with.
  ///
  /// Names are matched exactly first and then without regard to case.
  /// - Complexity: O(number of rawmodes).
  public static func named(_ name: String, mode: Mode?) -> Rawmode? {
    if mode == nil, let natural = all.first(where: { $0.name == name && $0.mode.name == name }) {
      return natural
    }
    if let mode, let exact = all.first(where: { $0.mode == mode && $0.name == name }) {
      return exact
    }
    let candidates = all.filter { mode == nil || $0.mode == mode }
    let lowered = name.lowercased()
    return candidates.first { $0.name == name }
      ?? candidates.first { $0.aliases.contains(name) }
      ?? candidates.first { $0.aliases.contains { $0.lowercased() == lowered } }
      ?? candidates.first { $0.name.lowercased() == lowered }
  }

  /// The packed natural storage of a mode: what `raw` files of it hold.
  public static func natural(_ mode: Mode) -> Rawmode {
    all.first { $0.mode == mode } ?? Rawmode(mode.name, mode, .elements([], ElementType()))
  }

  /// The packed natural storage of plain samples of a format, 16-bit color in little-endian order.
  public static func natural(_ format: PixelFormat) -> Rawmode {
    guard format.type != format.mode.naturalType else { return natural(format.mode) }
    if format.type == .f64, format.mode.bandCount == 1 {
      return named(format.mode == .float ? "F;64F" : "I;64S", mode: format.mode)
        ?? natural(format.mode)
    }
    return all.first {
      // A word of 10-bit fields decodes to 16-bit samples, too, but cannot hold them all.
      $0.mode == format.mode && $0.type == format.type && $0.remark == nil
        && $0.bitsPerPixel == format.pixelByteCount.inBits
    } ?? natural(format.mode)
  }

  init(
    _ name: String, _ mode: Mode, _ shape: Shape, type: SampleType? = nil, aliases: [String] = [],
    storedMode: Mode? = nil
  ) {
    self.name = name
    self.aliases = aliases
    self.mode = mode
    self.storedMode = storedMode ?? mode
    self.shape = shape
    self.type = type ?? mode.naturalType
  }

  private static func bytes(
    _ name: String, _ mode: Mode, _ bands: [String], aliases: [String] = []
  ) -> Rawmode {
    Rawmode(name, mode, .elements(bands.map { Element(band: $0) }, ElementType()), aliases: aliases)
  }

  private static func inverted(
    _ name: String, _ mode: Mode, _ bands: [String], except: Set<String> = []
  ) -> Rawmode {
    let elements = bands.map { Element(band: $0, isInverted: !except.contains($0)) }
    return Rawmode(name, mode, .elements(elements, ElementType()))
  }

  private static func lines(_ name: String, _ mode: Mode, _ bands: [String]) -> Rawmode {
    Rawmode(name, mode, .lines(bands, ElementType()))
  }

  /// The 16-bit forms of one channel order: `;16L`, `;16B` and `;16N`, as 16-bit samples.
  private static func words(
    _ name: String, _ mode: Mode, _ bands: [String],
    suffixes: [(String, bigEndian: Bool, aliases: [String])]
  ) -> [Rawmode] {
    suffixes.map { suffix in
      Rawmode(
        name + suffix.0, mode,
        .elements(
          bands.map { Element(band: $0) }, ElementType(byteCount: 2, bigEndian: suffix.bigEndian)),
        type: .u16, aliases: suffix.aliases)
    }
  }

  private static func wordSuffixes(
    little: [String] = [], big: [String] = []
  ) -> [(String, bigEndian: Bool, aliases: [String])] {
    [(";16L", false, little), (";16B", true, big), (";16N", false, [])]
  }

  private static func inWord(
    _ name: String, _ mode: Mode, _ byteCount: Int = 2, bigEndian: Bool = false,
    type: SampleType? = nil, aliases: [String] = [], fields: [String: WordField]
  ) -> Rawmode {
    Rawmode(
      name, mode, .fields(byteCount: byteCount, bigEndian: bigEndian, fields), type: type,
      aliases: aliases)
  }

  /// The flags `I`, `R` and `IR` of samples of a few bits.
  private static func bits(
    _ name: String, _ mode: Mode, _ count: Int, aliases: [String] = []
  ) -> [Rawmode] {
    let separator = name.contains(";") ? "" : ";"
    return [
      Rawmode(
        name, mode, .bits(count: count, .mostSignificantFirst, inverted: false), aliases: aliases),
      Rawmode(
        name + separator + "I", mode, .bits(count: count, .mostSignificantFirst, inverted: true),
        aliases: name == "1" ? ["monow", "MINISWHITE"] : []),
      Rawmode(
        name + separator + "R", mode, .bits(count: count, .reversedBytes, inverted: false)),
      Rawmode(
        name + separator + "IR", mode, .bits(count: count, .reversedBytes, inverted: true)),
    ]
  }

  /// Samples of a few bits, the first in the low bits of a byte.
  static func lowFirst(
    _ name: String, _ mode: Mode, _ count: Int, aliases: [String] = []
  ) -> Rawmode {
    Rawmode(
      name, mode, .bits(count: count, .leastSignificantFirst, inverted: false), aliases: aliases)
  }

  // MARK: Black, white, gray and indices

  private static let bilevel: [Rawmode] =
    bits("1", .bilevel, 1, aliases: ["monob"]) + [
      Rawmode(
        "1;8", .bilevel, .elements([Element(band: "1")], ElementType(isNonzero: true)),
        aliases: ["bool"])
    ]

  private static let gray: [Rawmode] =
    [
      bytes(
        "L", .gray, ["L"],
        aliases: [
          "gray", "gray8", "y8", "GREY", "R8", "mono8", "bayer-rggb8", "bayer-bggr8",
          "bayer-grbg8", "bayer-gbrg8",
        ]),
      inverted("L;I", .gray, ["L"]),
      Rawmode("L;R", .gray, .elements([Element(band: "L")], ElementType(order: .reversedBytes))),
    ] + bits("L;2", .gray, 2, aliases: ["gray2"]) + bits("L;4", .gray, 4, aliases: ["gray4"])
    + [lowFirst("L;2P", .gray, 2), lowFirst("L;4P", .gray, 4)]
    + words("L", .gray, ["L"], suffixes: [(";16", false, []), (";16B", true, [])]) + [
      bytes("LA", .grayAlpha, ["L", "A"], aliases: ["ya8", "gray-alpha"]),
      lines("LA;L", .grayAlpha, ["L", "A"]),
    ]
    + words(
      "LA", .grayAlpha, ["L", "A"], suffixes: wordSuffixes(little: ["ya16le"], big: ["ya16be"])) + [
      bytes("La", .grayPremultiplied, ["L", "a"])
    ] + words("La", .grayPremultiplied, ["L", "a"], suffixes: wordSuffixes())

  private static let indexed: [Rawmode] =
    [
      bytes("P", .palette, ["P"], aliases: ["pal8"]),
      bytes("L", .palette, ["P"]),
      Rawmode("P;R", .palette, .elements([Element(band: "P")], ElementType(order: .reversedBytes))),
      bytes("PX", .palette, ["P", "X"]),
      Rawmode("P;2L", .palette, .bitPlanes(count: 2)),
      Rawmode("P;4L", .palette, .bitPlanes(count: 4)),
    ] + bits("P;1", .palette, 1) + bits("P;2", .palette, 2) + bits("P;4", .palette, 4) + [
      lowFirst("P;2P", .palette, 2), lowFirst("P;4P", .palette, 4),
      bytes("PA", .paletteAlpha, ["P", "A"]),
      bytes("LA", .paletteAlpha, ["P", "A"]),
      lines("PA;L", .paletteAlpha, ["P", "A"]),
    ]

  // MARK: Color

  private static let field5 = (
    low: WordField(shift: 0, bitCount: 5), middle: WordField(shift: 5, bitCount: 5),
    high: WordField(shift: 10, bitCount: 5)
  )
  private static let field565 = (
    low: WordField(shift: 0, bitCount: 5), middle: WordField(shift: 5, bitCount: 6),
    high: WordField(shift: 11, bitCount: 5)
  )

  private static let redLow5 = ["R": field5.low, "G": field5.middle, "B": field5.high]
  private static let blueLow5 = ["B": field5.low, "G": field5.middle, "R": field5.high]
  private static let redLow6 = ["R": field565.low, "G": field565.middle, "B": field565.high]
  private static let blueLow6 = ["B": field565.low, "G": field565.middle, "R": field565.high]
  private static let redLow4 = [
    "R": WordField(shift: 0, bitCount: 4), "G": WordField(shift: 4, bitCount: 4),
    "B": WordField(shift: 8, bitCount: 4),
  ]

  private static let redLow121 = [
    "R": WordField(shift: 0, bitCount: 1), "G": WordField(shift: 1, bitCount: 2),
    "B": WordField(shift: 3, bitCount: 1),
  ]
  private static let blueLow121 = [
    "B": WordField(shift: 0, bitCount: 1), "G": WordField(shift: 1, bitCount: 2),
    "R": WordField(shift: 3, bitCount: 1),
  ]

  /// Two pixels in a byte, the first in its high half: fields of 1, 2 and 1 bits from the high end on.
  private static func nibbles(_ name: String, _ bands: [String]) -> Rawmode {
    let runs = zip(bands, [(0, 1), (1, 2), (3, 1)])
    return Rawmode(
      name, .rgb,
      .planes([
        PlaneShape(
          groupBits: 4,
          samples: Dictionary(
            uniqueKeysWithValues: runs.map { band, run in
              (
                band,
                [
                  SampleField(
                    bitOffset: run.0, storage: .bits(.mostSignificantFirst), bitCount: run.1,
                    scaling: .fullRange)
                ]
              )
            }))
      ]))
  }

  /// The words that modes `RGB` and `RGBX` share.
  private static func colorWords(_ mode: Mode) -> [Rawmode] {
    let isPrimary = mode == .rgb
    func names(_ names: String...) -> [String] { isPrimary ? names : [] }
    return [
      inWord("RGB;15", mode, aliases: names("bgr555le", "XB15"), fields: redLow5),
      inWord("BGR;15", mode, aliases: names("rgb555le", "XR15", "RGBP555"), fields: blueLow5),
      inWord("BGR;5", mode, fields: blueLow5),
      inWord("RGB;16", mode, aliases: names("bgr565le", "BG16"), fields: redLow6),
      inWord(
        "BGR;16", mode, aliases: names("rgb565le", "rgb565", "RG16", "RGBP"), fields: blueLow6),
      inWord(
        "RGB565BE", mode, bigEndian: true, aliases: names("rgb565be", "RGBR"), fields: blueLow6),
      inWord(
        "RGB555BE", mode, bigEndian: true, aliases: names("rgb555be", "RGBQ"), fields: blueLow5),
      inWord(
        "BGR565BE", mode, bigEndian: true, aliases: names("bgr565be"), fields: redLow6),
      inWord(
        "BGR555BE", mode, bigEndian: true, aliases: names("bgr555be"), fields: redLow5),
      inWord("RGB;4B", mode, aliases: names("bgr444le"), fields: redLow4),
    ]
  }

  private static func single(
    _ mode: Mode, _ bands: [String], words wordBands: [String] = []
  ) -> [Rawmode] {
    bands.map { bytes($0, mode, [$0]) }
      + wordBands.flatMap { words($0, mode, [$0], suffixes: wordSuffixes()) }
  }

  private static let rgbBits: Rawmode = Rawmode(
    "RGB;R", .rgb,
    .elements(["R", "G", "B"].map { Element(band: $0) }, ElementType(order: .reversedBytes)))

  private static let color: [Rawmode] =
    [
      bytes("RGB", .rgb, ["R", "G", "B"], aliases: ["rgb24", "RGB3", "BG24"]),
      bytes("BGR", .rgb, ["B", "G", "R"], aliases: ["bgr24", "BGR3", "RG24"]),
      bytes("RGBX", .rgb, ["R", "G", "B", "X"], aliases: ["rgb0", "XB24", "RX24"]),
      bytes("BGRX", .rgb, ["B", "G", "R", "X"], aliases: ["bgr0", "XR24", "XRGB8888", "BGR4"]),
      bytes("XRGB", .rgb, ["X", "R", "G", "B"], aliases: ["0rgb", "BX24", "RGB4"]),
      bytes("XBGR", .rgb, ["X", "B", "G", "R"], aliases: ["0bgr"]),
      bytes("BGXR", .rgb, ["B", "G", "X", "R"]),
      bytes("RGBXX", .rgb, ["R", "G", "B", "X", "X"]),
      bytes("RGBXXX", .rgb, ["R", "G", "B", "X", "X", "X"]),
      lines("RGB;L", .rgb, ["R", "G", "B"]),
      lines("RGBX;L", .rgb, ["R", "G", "B", "X"]),
      lines("RGBA;L", .rgb, ["R", "G", "B", "X"]),
      rgbBits,
      inWord("RGBA;15", .rgb, fields: redLow5),
    ] + colorWords(.rgb)
    + words(
      "RGB", .rgb, ["R", "G", "B"], suffixes: wordSuffixes(little: ["rgb48le"], big: ["rgb48be"]))
    + words(
      "BGR", .rgb, ["B", "G", "R"],
      suffixes: [(";16L", false, ["bgr48le"]), (";16B", true, ["bgr48be"])])
    + words("RGBX", .rgb, ["R", "G", "B", "X"], suffixes: wordSuffixes()) + [
      inWord(
        "BGRX;10", .rgb, 4, type: .u16, aliases: ["x2rgb10le", "XR30"],
        fields: [
          "B": WordField(shift: 0, bitCount: 10), "G": WordField(shift: 10, bitCount: 10),
          "R": WordField(shift: 20, bitCount: 10),
        ]),
      inWord(
        "RGBX;10", .rgb, 4, type: .u16, aliases: ["x2bgr10le", "XB30"],
        fields: [
          "R": WordField(shift: 0, bitCount: 10), "G": WordField(shift: 10, bitCount: 10),
          "B": WordField(shift: 20, bitCount: 10),
        ]),
      inWord(
        "RGB332", .rgb, 1, aliases: ["RGB1"],
        fields: [
          "B": WordField(shift: 0, bitCount: 2), "G": WordField(shift: 2, bitCount: 3),
          "R": WordField(shift: 5, bitCount: 3),
        ]),
      inWord(
        "BGR233", .rgb, 1,
        fields: [
          "R": WordField(shift: 0, bitCount: 3), "G": WordField(shift: 3, bitCount: 3),
          "B": WordField(shift: 6, bitCount: 2),
        ]),
      inWord("rgb4_byte", .rgb, 1, fields: blueLow121),
      inWord("bgr4_byte", .rgb, 1, fields: redLow121),
      nibbles("rgb4", ["R", "G", "B"]),
      nibbles("bgr4", ["B", "G", "R"]),
    ] + single(.rgb, ["R", "G", "B"], words: ["R", "G", "B"])

  private static let colorAlpha: [Rawmode] =
    [
      bytes("RGBA", .rgba, ["R", "G", "B", "A"], aliases: ["AB24", "rgba32"]),
      bytes("BGRA", .rgba, ["B", "G", "R", "A"], aliases: ["AR24", "ARGB8888", "bgra32"]),
      bytes("ARGB", .rgba, ["A", "R", "G", "B"], aliases: ["BA24", "argb32"]),
      bytes("ABGR", .rgba, ["A", "B", "G", "R"], aliases: ["RA24", "abgr32"]),
      bytes("BGAR", .rgba, ["B", "G", "A", "R"]),
      bytes("RGBAX", .rgba, ["R", "G", "B", "A", "X"]),
      bytes("RGBAXX", .rgba, ["R", "G", "B", "A", "X", "X"]),
      bytes("BGR", .rgba, ["B", "G", "R"]),
      bytes("LA", .rgba, ["L", "A"]),
      inverted("RGBA;I", .rgba, ["R", "G", "B", "A"], except: ["A"]),
      lines("RGBA;L", .rgba, ["R", "G", "B", "A"]),
      inWord(
        "RGBA;15", .rgba, aliases: ["AB15"],
        fields: redLow5.adding(alpha: WordField(shift: 15, bitCount: 1))),
      inWord(
        "BGRA;15", .rgba, aliases: ["AR15"],
        fields: blueLow5.adding(alpha: WordField(shift: 15, bitCount: 1))),
      inWord(
        "BGRA;15Z", .rgba,
        fields: blueLow5.adding(alpha: WordField(shift: 15, bitCount: 1, isInverted: true))),
      inWord(
        "RGBA;4B", .rgba, fields: redLow4.adding(alpha: WordField(shift: 12, bitCount: 4))),
      inWord(
        "BGRA;10", .rgba, 4, type: .u16, aliases: ["argb2101010", "AR30"],
        fields: [
          "B": WordField(shift: 0, bitCount: 10), "G": WordField(shift: 10, bitCount: 10),
          "R": WordField(shift: 20, bitCount: 10), "A": WordField(shift: 30, bitCount: 2),
        ]),
    ]
    + words(
      "RGBA", .rgba, ["R", "G", "B", "A"],
      suffixes: wordSuffixes(little: ["rgba64le"], big: ["rgba64be"]))
    + words(
      "BGRA", .rgba, ["B", "G", "R", "A"],
      suffixes: [(";16L", false, ["bgra64le"]), (";16B", true, ["bgra64be"])])
    + words("LA", .rgba, ["L", "A"], suffixes: [(";16B", true, [])])
    + single(.rgba, ["R", "G", "B", "A"], words: ["R", "G", "B", "A"]) + [
      bytes("RGBX", .rgbx, ["R", "G", "B", "X"]),
      // As in Pillow, only the natural order keeps the padding as a band.
      bytes("BGRX", .rgbx, ["B", "G", "R", "_"]),
      bytes("XRGB", .rgbx, ["_", "R", "G", "B"]),
      bytes("XBGR", .rgbx, ["_", "B", "G", "R"]),
      bytes("RGBXX", .rgbx, ["R", "G", "B", "X", "_"]),
      bytes("RGBXXX", .rgbx, ["R", "G", "B", "X", "_", "_"]),
      bytes("RGB", .rgbx, ["R", "G", "B"]),
      bytes("BGR", .rgbx, ["B", "G", "R"]),
      lines("RGB;L", .rgbx, ["R", "G", "B"]),
      lines("RGBX;L", .rgbx, ["R", "G", "B", "X"]),
    ] + colorWords(.rgbx) + words("RGBX", .rgbx, ["R", "G", "B", "X"], suffixes: wordSuffixes())
    + words("RGB", .rgbx, ["R", "G", "B"], suffixes: [(";16B", true, [])])
    + single(.rgbx, ["R", "G", "B", "X"])

  /// Premultiplied color shown as plain color, and CMYK shown as RGB: views, but computed ones.
  private static let derivedColor: [Rawmode] =
    ["RGBa", "BGRa", "RGBaX", "RGBaXX", "RGBa;16L", "RGBa;16B", "RGBa;16N"].flatMap {
      derived($0, .rgba, from: .rgbPremultiplied)
    } + derived("CMYK", .rgb, from: .cmyk)

  private static func derived(_ name: String, _ mode: Mode, from stored: Mode) -> [Rawmode] {
    otherColor.filter { $0.name == name && $0.mode == stored }.map {
      Rawmode(name, mode, $0.shape, type: $0.type, storedMode: stored)
    }
  }

  private static let otherColor: [Rawmode] =
    [
      bytes("RGBa", .rgbPremultiplied, ["R", "G", "B", "a"]),
      bytes("BGRa", .rgbPremultiplied, ["B", "G", "R", "a"]),
      bytes("aRGB", .rgbPremultiplied, ["a", "R", "G", "B"]),
      bytes("aBGR", .rgbPremultiplied, ["a", "B", "G", "R"]),
      bytes("RGBaX", .rgbPremultiplied, ["R", "G", "B", "a", "X"]),
      bytes("RGBaXX", .rgbPremultiplied, ["R", "G", "B", "a", "X", "X"]),
      bytes("CMYK", .cmyk, ["C", "M", "Y", "K"]),
      bytes("CMYKX", .cmyk, ["C", "M", "Y", "K", "X"]),
      bytes("CMYKXX", .cmyk, ["C", "M", "Y", "K", "X", "X"]),
      inverted("CMYK;I", .cmyk, ["C", "M", "Y", "K"]),
      lines("CMYK;L", .cmyk, ["C", "M", "Y", "K"]),
    ] + words("RGBa", .rgbPremultiplied, ["R", "G", "B", "a"], suffixes: wordSuffixes())
    + words("CMYK", .cmyk, ["C", "M", "Y", "K"], suffixes: wordSuffixes())
    + single(.cmyk, ["C", "M", "Y", "K"])
    + ["C", "M", "Y", "K"].map { inverted($0 + ";I", .cmyk, [$0]) } + [
      bytes("YCbCr", .ycbcr, ["Y", "Cb", "Cr"]),
      bytes("YCbCrX", .ycbcr, ["Y", "Cb", "Cr", "X"]),
      bytes("YCbCrK", .ycbcr, ["Y", "Cb", "Cr", "K"]),
      lines("YCbCr;L", .ycbcr, ["Y", "Cb", "Cr"]),
    ] + words("YCbCr", .ycbcr, ["Y", "Cb", "Cr"], suffixes: wordSuffixes())
    + single(.ycbcr, ["Y", "Cb", "Cr"]) + [
      bytes("LAB", .lab, ["L", "A", "B"])
    ] + single(.lab, ["L", "A", "B"]) + [
      bytes("HSV", .hsv, ["H", "S", "V"])
    ] + single(.hsv, ["H", "S", "V"])

  // MARK: Numbers

  /// Whole numbers and floats of `mode`, by Pillow's suffixes.
  private static func number(
    _ name: String, _ mode: Mode, _ byteCount: Int, bigEndian: Bool = false,
    _ number: SampleField.Number, aliases: [String] = []
  ) -> Rawmode {
    Rawmode(
      name, mode,
      .elements(
        [Element(band: mode.bands[0])],
        ElementType(byteCount: byteCount, bigEndian: bigEndian, number: number)),
      type: PixelFormat(mode, holding: number, bitCount: byteCount.inBits).type, aliases: aliases)
  }

  private static func wholeNumbers(_ mode: Mode) -> [Rawmode] {
    let m = mode.name
    return [
      number(m + ";8", mode, 1, .unsigned),
      number(m + ";8S", mode, 1, .signed),
      number(m + ";16", mode, 2, .unsigned),
      number(m + ";16B", mode, 2, bigEndian: true, .unsigned),
      number(m + ";16N", mode, 2, .unsigned),
      number(m + ";16S", mode, 2, .signed),
      number(m + ";16BS", mode, 2, bigEndian: true, .signed),
      number(m + ";16NS", mode, 2, .signed),
      number(
        m + ";32", mode, 4, .unsigned, aliases: mode == .integer ? ["uint32"] : []),
      number(m + ";32B", mode, 4, bigEndian: true, .unsigned),
      number(m + ";32N", mode, 4, .unsigned),
      number(m + ";32S", mode, 4, .signed),
      number(m + ";32BS", mode, 4, bigEndian: true, .signed),
      number(m + ";32NS", mode, 4, .signed),
      number(m + ";64", mode, 8, .unsigned),
      number(m + ";64B", mode, 8, bigEndian: true, .unsigned),
      number(m + ";64S", mode, 8, .signed),
      number(m + ";64BS", mode, 8, bigEndian: true, .signed),
    ]
  }

  /// Gray words of which the low bits carry the sample.
  private static func partial(_ bits: Int, bigEndian: Bool) -> Rawmode {
    Rawmode(
      "I;16;\(bits)\(bigEndian ? "B" : "")", .gray16,
      .elements(
        [Element(band: "I")],
        ElementType(byteCount: 2, bigEndian: bigEndian, significantBits: bits)),
      aliases: ["gray\(bits)\(bigEndian ? "be" : "le")"] + (bigEndian ? [] : ["Y\(bits)"]))
  }

  private static func word16(
    _ name: String, _ mode: Mode, bigEndian: Bool = false, aliases: [String] = []
  ) -> Rawmode {
    Rawmode(
      name, mode, .elements([Element(band: "I")], ElementType(byteCount: 2, bigEndian: bigEndian)),
      aliases: aliases)
  }

  private static let numbers: [Rawmode] =
    [number("I", .integer, 4, .signed, aliases: ["i32le", "int32", "32SC1"])]
    + wholeNumbers(.integer)
    + [number("F", .float, 4, .float, aliases: ["grayf32le", "f32le", "float32", "32FC1"])]
    + wholeNumbers(.float) + [
      number("F;16F", .float, 2, .float, aliases: ["f16le", "grayf16le", "float16"]),
      number("F;16BF", .float, 2, bigEndian: true, .float, aliases: ["f16be", "grayf16be"]),
      number("F;32F", .float, 4, .float),
      number("F;32BF", .float, 4, bigEndian: true, .float, aliases: ["grayf32be", "f32be"]),
      number("F;32NF", .float, 4, .float),
      number("F;64F", .float, 8, .float, aliases: ["f64le", "float64", "64FC1"]),
      number("F;64BF", .float, 8, bigEndian: true, .float, aliases: ["f64be"]),
      number("F;64NF", .float, 8, .float),
      word16(
        "I;16", .gray16,
        aliases: [
          "gray16le", "y16", "Y16", "R16", "mono16", "bayer-rggb16le", "bayer-bggr16le",
          "bayer-grbg16le", "bayer-gbrg16le",
        ]),
      word16(
        "I;16B", .gray16, bigEndian: true,
        aliases: [
          "gray16be", "bayer-rggb16be", "bayer-bggr16be", "bayer-grbg16be", "bayer-gbrg16be",
        ]),
      word16("I;16L", .gray16),
      word16("I;16N", .gray16),
      Rawmode(
        "I;12", .gray16, .bits(count: 12, .mostSignificantFirst, inverted: false),
        aliases: ["tiff12"]),
      lowFirst("I;10P", .gray16, 10, aliases: ["mono10p"]),
      lowFirst("I;12P", .gray16, 12, aliases: ["mono12p"]),
    ] + [9, 10, 12, 14].flatMap { [partial($0, bigEndian: false), partial($0, bigEndian: true)] }
    + [
      word16("I;16L", .gray16Little),
      word16("I;16N", .gray16Little),
      word16("I;16B", .gray16Big, bigEndian: true),
      word16("I;16N", .gray16Big),
      word16("I;16N", .gray16Native),
    ]
}

extension [String: Rawmode.WordField] {
  fileprivate func adding(alpha: Rawmode.WordField) -> Self {
    var fields = self
    fields["A"] = alpha
    return fields
  }
}
