import PixelViews

/// A way to store pixels that a guess tries, and how its bytes become numbers that change slowly in
/// pictures.
struct GuessedStorage: Sendable {
  let mode: Mode
  let rawmode: String
  /// The bytes of a group of pixels.
  let byteCount: Int
  /// What the numbers of a group are.
  let kind: Kind
  /// The pixels that share a group's bytes.
  var pixelCount = 1
  /// How many rows up the row stands that is like this one.
  var rowStep = 1
  var interleave = Rawmode.Interleave.pixel

  enum Kind: Sendable {
    /// One byte.
    case byte
    /// One word of the pixel's bytes.
    case word(bigEndian: Bool)
    /// Red, green and blue in a word of 5, 6 and 5 bits, and whether the word is big-endian.
    case packed565(bigEndian: Bool)
    /// Gray, then alpha.
    case grayAlpha
    /// Three colors from a byte on, and the byte of alpha.
    case color(first: Int, alpha: Int?)
    /// Three colors of two bytes each, and perhaps alpha.
    case wideColor(bigEndian: Bool, hasAlpha: Bool)
    /// 8 bits that became 16 by doubling: one such number, or three.
    case doubled(colors: Bool)
    /// One float, as a whole number or byte by byte: the one tells smooth floats, the other those that
    /// were levels.
    case float(bigEndian: Bool, byBytes: Bool)
    /// One whole number of 4 bytes.
    case integer
    /// Two luma samples with a sample of each chroma.
    case luma2(first: Int)
    /// Cb and Cr, or two colors of a sensor's row, each a byte or a word.
    case pair(wide: Bool)
    /// 10 or 12 bits that are packed as MIPI has it, of one color or, where rows alternate, of two.
    case mipi(bits: Int, isMosaic: Bool)
  }

  /// Everything that is tried where rows are stored pixel by pixel.
  static let all: [GuessedStorage] = [
    gray,
    GuessedStorage(mode: .gray16, rawmode: "I;16", byteCount: 2, kind: .word(bigEndian: false)),
    GuessedStorage(mode: .gray16, rawmode: "I;16B", byteCount: 2, kind: .word(bigEndian: true)),
    GuessedStorage(mode: .gray16, rawmode: "I;16", byteCount: 2, kind: .doubled(colors: false)),
    GuessedStorage(mode: .grayAlpha, rawmode: "LA", byteCount: 2, kind: .grayAlpha),
    GuessedStorage(mode: .rgb, rawmode: "BGR;16", byteCount: 2, kind: .packed565(bigEndian: false)),
    GuessedStorage(
      mode: .rgb, rawmode: "RGB565BE", byteCount: 2, kind: .packed565(bigEndian: true)),
    GuessedStorage(mode: .rgb, rawmode: "RGB", byteCount: 3, kind: .color(first: 0, alpha: nil)),
    GuessedStorage(mode: .rgba, rawmode: "RGBA", byteCount: 4, kind: .color(first: 0, alpha: 3)),
    GuessedStorage(mode: .rgba, rawmode: "ARGB", byteCount: 4, kind: .color(first: 1, alpha: 0)),
    GuessedStorage(
      mode: .float, rawmode: "F", byteCount: 4, kind: .float(bigEndian: false, byBytes: false)),
    GuessedStorage(
      mode: .float, rawmode: "F", byteCount: 4, kind: .float(bigEndian: false, byBytes: true)),
    GuessedStorage(
      mode: .float, rawmode: "F;32BF", byteCount: 4, kind: .float(bigEndian: true, byBytes: false)),
    GuessedStorage(
      mode: .float, rawmode: "F;32BF", byteCount: 4, kind: .float(bigEndian: true, byBytes: true)),
    GuessedStorage(mode: .integer, rawmode: "I", byteCount: 4, kind: .integer),
    GuessedStorage(
      mode: .rgb, rawmode: "RGB;16L", byteCount: 6,
      kind: .wideColor(bigEndian: false, hasAlpha: false)),
    GuessedStorage(
      mode: .rgb, rawmode: "RGB;16B", byteCount: 6,
      kind: .wideColor(bigEndian: true, hasAlpha: false)),
    GuessedStorage(mode: .rgb, rawmode: "RGB;16L", byteCount: 6, kind: .doubled(colors: true)),
    GuessedStorage(
      mode: .rgba, rawmode: "RGBA;16L", byteCount: 8,
      kind: .wideColor(bigEndian: false, hasAlpha: true)),
    GuessedStorage(
      mode: .rgba, rawmode: "RGBA;16B", byteCount: 8,
      kind: .wideColor(bigEndian: true, hasAlpha: true)),
    GuessedStorage(
      mode: .rgb, rawmode: "yuyv", byteCount: 4, kind: .luma2(first: 0), pixelCount: 2),
    GuessedStorage(
      mode: .rgb, rawmode: "uyvy", byteCount: 4, kind: .luma2(first: 1), pixelCount: 2),
    GuessedStorage(
      mode: .gray, rawmode: "L", byteCount: 2, kind: .pair(wide: false), pixelCount: 2, rowStep: 2),
    GuessedStorage(
      mode: .gray16, rawmode: "I;16", byteCount: 4, kind: .pair(wide: true), pixelCount: 2,
      rowStep: 2),
    GuessedStorage(
      mode: .gray16, rawmode: "raw10", byteCount: 5, kind: .mipi(bits: 10, isMosaic: false),
      pixelCount: 4),
    GuessedStorage(
      mode: .gray16, rawmode: "raw10", byteCount: 5, kind: .mipi(bits: 10, isMosaic: true),
      pixelCount: 4, rowStep: 2),
    GuessedStorage(
      mode: .gray16, rawmode: "raw12", byteCount: 3, kind: .mipi(bits: 12, isMosaic: false),
      pixelCount: 2),
    GuessedStorage(
      mode: .gray16, rawmode: "raw12", byteCount: 3, kind: .mipi(bits: 12, isMosaic: true),
      pixelCount: 2, rowStep: 2),
  ]

  static let gray = GuessedStorage(mode: .gray, rawmode: "L", byteCount: 1, kind: .byte)

  /// Chroma that stands in pairs, in rows of its own.
  static let chroma = GuessedStorage(
    mode: .grayAlpha, rawmode: "LA", byteCount: 2, kind: .pair(wide: false), pixelCount: 1)

  /// Colors in three planes; a pixel is the bytes at one place of each.
  static let planes = GuessedStorage(
    mode: .rgb, rawmode: "RGB", byteCount: 3, kind: .color(first: 0, alpha: nil), interleave: .plane
  )

  /// The numbers of a group.
  var channelCount: Int {
    switch kind {
    case .byte, .word, .integer: 1
    case .float(_, let byBytes): byBytes ? 4 : 1
    case .grayAlpha, .pair: 2
    case .packed565: 3
    case .doubled(let colors): colors ? 3 : 1
    case .color(_, let alpha): alpha == nil ? 3 : 4
    case .wideColor(_, let hasAlpha): hasAlpha ? 4 : 3
    case .luma2: 4
    case .mipi(let bits, _): bits == 10 ? 4 : 2
    }
  }

  /// The numbers of the group whose bytes start at `at`: of colors green first.
  @inline(__always)
  func numbers(_ bytes: RawSpan, at: Int) -> SIMD4<Int32> {
    func byte(_ index: Int) -> Int32 { Int32(bytes.sample(at + index, as: UInt8.self)) }
    func word(_ index: Int, _ bigEndian: Bool) -> Int32 {
      bigEndian ? byte(index) << 8 | byte(index + 1) : byte(index) | byte(index + 1) << 8
    }
    func color(_ red: Int32, _ green: Int32, _ blue: Int32, _ alpha: Int32 = 0) -> SIMD4<Int32> {
      SIMD4(green, red, blue, alpha)
    }
    switch kind {
    case .byte: return SIMD4(byte(0), 0, 0, 0)
    case .word(let bigEndian): return SIMD4(word(0, bigEndian), 0, 0, 0)
    case .packed565(let bigEndian):
      let bits = word(0, bigEndian)
      return SIMD4(bits >> 5 & 63, bits >> 10 & 62, bits << 1 & 62, 0)
    case .grayAlpha, .pair(wide: false): return SIMD4(byte(0), byte(1), 0, 0)
    case .pair(wide: true): return SIMD4(word(0, false), word(2, false), 0, 0)
    case .color(let first, let alpha):
      return color(byte(first), byte(first + 1), byte(first + 2), alpha.map(byte) ?? 0)
    case .wideColor(let big, let hasAlpha):
      return color(word(0, big), word(2, big), word(4, big), hasAlpha ? word(6, big) : 0)
    case .doubled(let colors):
      return colors ? color(byte(0), byte(2), byte(4)) : SIMD4(byte(0), 0, 0, 0)
    case .float(_, byBytes: true): return SIMD4(byte(0), byte(1), byte(2), byte(3))
    case .float(bigEndian: true, _):
      return SIMD4((word(0, true) << 16 | word(2, true)) >> 2, 0, 0, 0)
    // Two bits less let differences fit; they are the ones that matter least.
    case .float, .integer: return SIMD4((word(0, false) | word(2, false) << 16) >> 2, 0, 0, 0)
    case .luma2(let first):
      return SIMD4(byte(first), byte(first + 2), byte(1 - first), byte(3 - first))
    case .mipi(bits: 10, _):
      let low = byte(4)
      return SIMD4(
        byte(0) << 2 | low & 3, byte(1) << 2 | low >> 2 & 3, byte(2) << 2 | low >> 4 & 3,
        byte(3) << 2 | low >> 6)
    case .mipi:
      let low = byte(2)
      return SIMD4(byte(0) << 4 | low & 15, byte(1) << 4 | low >> 4, 0, 0)
    }
  }

  /// The numbers to the left of those of a group, which is behind `previous`.
  @inline(__always)
  func left(_ here: SIMD4<Int32>, behind previous: SIMD4<Int32>) -> SIMD4<Int32> {
    switch kind {
    case .luma2: SIMD4(previous[1], here[0], previous[2], previous[3])
    case .mipi(bits: 10, isMosaic: false): SIMD4(previous[3], here[0], here[1], here[2])
    case .mipi(bits: 10, isMosaic: true): SIMD4(previous[2], previous[3], here[0], here[1])
    case .mipi(_, isMosaic: false): SIMD4(previous[1], here[0], 0, 0)
    default: previous
    }
  }
}

extension GuessedStorage {
  /// How much less likely than gray, RGB and RGBA files are, in bits, before a byte is looked at.
  var rarity: Double {
    switch kind {
    case .byte, .color(_, alpha: nil), .color(0, _): 0
    case .word(bigEndian: false), .float(bigEndian: false, _): 1
    case .luma2, .word, .packed565(bigEndian: false), .color, .mipi(bits: 10, isMosaic: false): 2
    case .grayAlpha, .wideColor(bigEndian: false, _), .mipi: 4
    case .packed565, .wideColor, .float, .integer, .pair: 4
    case .doubled: 5
    }
  }

  /// Whether the numbers are colors, which rise and fall together in most pictures.
  var isColor: Bool {
    switch kind {
    case .color, .wideColor, .doubled(colors: true), .packed565: true
    default: false
    }
  }

  /// What speaks for a storage whose bytes pass its test, which few others do, in bits a byte.
  var bonus: Double {
    switch kind {
    case .float: 0.6
    case .doubled: 0.14
    default: 0
    }
  }

  /// Whether colors are often stored as planes of it.
  var isPlanar: Bool {
    switch kind {
    case .byte, .float(bigEndian: false, _): true
    default: false
    }
  }

  /// Whether it is of floats, which not all bytes can be.
  var isFloat: Bool { mode == .float }

  /// Whether it is a sensor's, whose neighbors in a row have seen other colors.
  var isMosaic: Bool {
    switch kind {
    case .pair: rowStep == 2
    case .mipi(_, let isMosaic): isMosaic
    default: false
    }
  }

  /// Whether samples share bytes.
  var isPacked: Bool { if case .mipi = kind { true } else { false } }

  /// The bytes of a group that say where it is in a picture: of words, the higher ones.
  var tellingBytes: Range<Int> {
    switch kind {
    case .word(bigEndian: true), .packed565(bigEndian: true): 0..<1
    case .grayAlpha: 0..<1
    case .word, .packed565: 1..<2
    case .float(bigEndian: true, _): 0..<2
    case .float, .integer: 2..<4
    case .pair(wide: true): 1..<2
    case .color(let first, .some): first..<first + 3
    case .luma2(let first): first..<first + 1
    case .mipi(let bits, _): 0..<(bits == 10 ? 4 : 2)
    case .wideColor(let bigEndian, _): bigEndian ? 0..<1 : 1..<2
    default: 0..<byteCount
    }
  }

  /// Whether files without any other evidence are worth trying so.
  var isCommon: Bool { ["L", "RGB", "RGBA", "I;16"].contains(rawmode) && bonus == 0 && !isMosaic }
}
