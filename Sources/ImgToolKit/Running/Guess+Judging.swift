import PixelViews

extension Guess {
  /// Whether both are the same command line.
  func isSame(as other: Guess) -> Bool {
    (width, height, rawmode, mode) == (other.width, other.height, other.rawmode, other.mode)
      && (offset, stride, storage.interleave)
        == (other.offset, other.stride, other.storage.interleave)
  }

  /// Whether a rawmode names the same storage, or one that the bytes cannot tell from it.
  func accepts(_ hinted: Rawmode) -> Bool {
    guard hinted.bitsPerPixel == storage.byteCount.inBits, storage.interleave == .pixel else {
      return false
    }
    let isBigEndian = hinted.name.hasSuffix("B") || hinted.name.hasSuffix("BE")
    switch storage.kind {
    case .byte: return hinted.mode.bandCount == 1
    case .word(let bigEndian):
      return hinted.mode.bandCount == 1 && hinted.type == .u16 && isBigEndian == bigEndian
    case .doubled(let colors): return hinted.type == .u16 && colors == (hinted.mode.bandCount > 1)
    case .packed565(let bigEndian): return hinted.mode == .rgb && isBigEndian == bigEndian
    case .grayAlpha: return hinted.mode.bandCount == 2
    case .color(let first, let alpha):
      guard hinted.mode.bandCount > 2, hinted.type == .u8 else { return false }
      let startsWithAlpha = hinted.name.hasPrefix("A") || hinted.name.hasPrefix("X")
      return alpha == nil || startsWithAlpha == (first == 1)
    case .wideColor(let bigEndian, _):
      return hinted.mode.bandCount > 2 && hinted.type == .u16 && isBigEndian == bigEndian
    case .float: return hinted.mode == .float
    case .integer: return hinted.mode == .integer
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

  /// Whether files without any other evidence are worth trying so.
  var isCommon: Bool { ["L", "RGB", "RGBA", "I;16"].contains(rawmode) && bonus < 0.1 }
}

extension Double {
  /// The number with some digits after the point.
  func text(_ digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((self * Double(scale)).rounded())
    let rest = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: digits - rest.count) + rest
  }

  /// `abs(log2(self))`, between powers of two by a straight line.
  var magnitudeOfLogarithm: Double {
    let larger = self < 1 ? 1 / self : self
    return Double(larger.exponent) + larger.significand - 1
  }

  /// `2^-self`, between whole exponents by a straight line, for a number that is not negative.
  var negativePowerOfTwo: Double {
    let whole = Int(Swift.min(self, 1000))
    return Double(sign: .plus, exponent: -whole, significand: 1 - (self - Double(whole)) / 2)
  }
}
