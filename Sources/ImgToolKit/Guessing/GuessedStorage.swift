import PixelViews

/// A way to store pixels that a guess tries, and how its bytes become numbers that change slowly in
/// pictures.
struct GuessedStorage: Sendable {
  let mode: Mode
  let rawmode: String
  /// The bytes of a pixel.
  let byteCount: Int
  /// What the numbers of a pixel are.
  let kind: Kind
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
  }

  /// Everything that is tried where rows are stored pixel by pixel.
  static let all: [GuessedStorage] = [
    GuessedStorage(mode: .gray, rawmode: "L", byteCount: 1, kind: .byte),
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
  ]

  /// Colors in three planes; a pixel is the bytes at one place of each.
  static let planes = GuessedStorage(
    mode: .rgb, rawmode: "RGB", byteCount: 3, kind: .color(first: 0, alpha: nil), interleave: .plane
  )

  /// The numbers of a pixel.
  var channelCount: Int {
    switch kind {
    case .byte, .word, .integer: 1
    case .float(_, let byBytes): byBytes ? 4 : 1
    case .grayAlpha: 2
    case .packed565: 3
    case .doubled(let colors): colors ? 3 : 1
    case .color(_, let alpha): alpha == nil ? 3 : 4
    case .wideColor(_, let hasAlpha): hasAlpha ? 4 : 3
    }
  }

  /// The numbers of the pixel whose bytes start at `at`: green or gray first, and of red and blue
  /// their distance from green, which is small in most pictures.
  func numbers(_ bytes: RawSpan, at: Int) -> SIMD4<Int> {
    func byte(_ index: Int) -> Int { Int(bytes.sample(at + index, as: UInt8.self)) }
    func word(_ index: Int, _ bigEndian: Bool) -> Int {
      bigEndian ? byte(index) << 8 | byte(index + 1) : byte(index) | byte(index + 1) << 8
    }
    func color(_ red: Int, _ green: Int, _ blue: Int, _ alpha: Int = 0) -> SIMD4<Int> {
      SIMD4(green, red - green, blue - green, alpha)
    }
    switch kind {
    case .byte: return SIMD4(byte(0), 0, 0, 0)
    case .word(let bigEndian): return SIMD4(word(0, bigEndian), 0, 0, 0)
    case .packed565(let bigEndian):
      let bits = word(0, bigEndian)
      let green = bits >> 5 & 63
      return SIMD4(green, bits >> 11 - green >> 1, bits & 31 - green >> 1, 0)
    case .grayAlpha: return SIMD4(byte(0), byte(1), 0, 0)
    case .color(let first, let alpha):
      return color(byte(first), byte(first + 1), byte(first + 2), alpha.map(byte) ?? 0)
    case .wideColor(let big, let hasAlpha):
      return color(word(0, big), word(2, big), word(4, big), hasAlpha ? word(6, big) : 0)
    case .doubled(let colors):
      return colors ? color(byte(0), byte(2), byte(4)) : SIMD4(byte(0), 0, 0, 0)
    case .float(_, byBytes: true): return SIMD4(byte(0), byte(1), byte(2), byte(3))
    case .float(bigEndian: true, _): return SIMD4(word(0, true) << 16 | word(2, true), 0, 0, 0)
    case .float, .integer: return SIMD4(word(0, false) | word(2, false) << 16, 0, 0, 0)
    }
  }
}

extension GuessedStorage {
  /// Bits a byte that speak for a storage before any byte is looked at: where two fit as well, the
  /// one with more bytes a pixel hardly does so by chance.
  var bonus: Double {
    switch kind {
    case .byte: 0
    case .float: 0.6
    case .doubled: 0.14
    default: 0.04
    }
  }

  /// Whether it is of floats, which not all bytes can be.
  var isFloat: Bool { mode == .float }

  /// Whether files without any other evidence are worth trying so.
  var isCommon: Bool { ["L", "RGB", "RGBA", "I;16"].contains(rawmode) && bonus < 0.1 }
}
