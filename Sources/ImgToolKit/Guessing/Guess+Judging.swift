import PixelViews

extension Guess {
  /// Whether both are the same command line.
  func isSame(as other: Guess) -> Bool {
    (width, height, rawmode, mode) == (other.width, other.height, other.rawmode, other.mode)
      && (offset, stride, storage.interleave, frameCount, mosaic)
        == (other.offset, other.stride, other.storage.interleave, other.frameCount, other.mosaic)
  }

  /// Whether a rawmode names the same storage, or one that the bytes cannot tell from it.
  func accepts(_ hinted: Rawmode) -> Bool {
    guard grouped == nil, storage.interleave == .pixel,
      hinted.bitsPerPixel * storage.pixelCount == storage.byteCount.inBits || hinted.name == rawmode
    else { return false }
    let isBigEndian =
      hinted.name.hasSuffix("B") || hinted.name.hasSuffix("BE") || hinted.name.hasSuffix("BF")
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
    case .float(let bigEndian, _): return hinted.mode == .float && isBigEndian == bigEndian
    case .integer: return hinted.mode == .integer
    case .luma2, .mipi: return hinted.name == rawmode
    case .pair(let isWide):
      return hinted.mode.bandCount == 1 && hinted.type == (isWide ? .u16 : .u8)
    }
  }
}
