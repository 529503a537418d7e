// Truevision TGA, versions 1 and 2 ("TGA File Format Specification", Truevision, 1991).
//
//      offset  bytes, numbers little-endian
//           0      1  bytes of the identification
//           1      1  1: a color map follows; 0: none
//           2      1  1 indices, 2 colors, 3 gray; 9, 10, 11: the same in packets
//           3      2  first entry of the color map
//           5      2  entries of the color map
//           7      1  bits of an entry: 15, 16, 24, 32
//           8      4  position on the screen
//          12      2  width
//          14      2  height
//          16      1  bits of a pixel
//          17      1  bits 0-3 bits of alpha; 4 columns from right to left; 5 rows from top to bottom
//          18         identification, color map, pixels; version 2: an extension and a footer
//
//   bits   8  index, or gray                   16  gray and alpha (type 3)
//         15  blue in bits 0-4, green, red     16  the same, and alpha in bit 15 if byte 17 says so
//         24  blue, green, red                 32  blue, green, red, alpha
//   a packet: n < 128 and n + 1 pixels, or n >= 128 and one pixel to repeat n - 127 times
//
// Pixels that are not in packets are mapped in place. Rows go up unless bit 5 is set; files are
// written as the image's rows go, with the footer of version 2. A set bit 15 is opaque, as for GIMP
// and ImageMagick; Pillow reads it the other way round. The alpha of 32 bits counts whatever byte 17
// says, for many writers forget it there. Byte 494 of the extension decides: 0 to 2 no alpha, 3 alpha,
// 4 premultiplied. Without it alpha that is 0 in all pixels is none. What is not alpha stays in the file
// as padding; files with alpha are written with an extension that says 3. Refused: interleaved rows,
// indices of 16 bits, bitmaps. TGA has no signature: only a header without a contradiction is recognized.

import PixelMemory
import PixelViews

enum TGA {
  static let footer: [UInt8] =
    [UInt8](repeating: 0, count: 8) + Array("TRUEVISION-XFILE.\0".utf8)
  static let extensionByteCount = 495

  /// The fixed part of a file's start.
  struct Header: Hashable, Sendable {
    var identificationByteCount = 0
    var hasColorMap = false
    /// Without the bit for packets.
    var kind = Kind.colors
    var isCompressed = false
    var firstEntry = 0
    var entryCount = 0
    var entryBits = 0
    var width: Int
    var height: Int
    var bits: Int
    var alphaBits = 0
    var isMirrored = false
    var isTopDown = false
    var isInterleaved = false

    enum Kind: UInt8, Sendable {
      case indices = 1
      case colors = 2
      case gray = 3
    }
  }
}

extension FileFormat {
  static let tga = FileFormat(
    name: "tga", summary: "Truevision TGA", suffixes: [".tga"],
    modes: [.gray, .grayAlpha, .palette, .rgb, .rgba],
    keepsPalette: true,
    recognize: { prefix in TGA.Header(prefix)?.isConsistent == true },
    isUnmistakable: { _ in false },
    describe: TGA.describe,
    encoding: .plain { image, _ throws(FormatError) in try TGA.plainFile(image) })
}

extension TGA.Header {
  static let byteCount = 18

  /// The header in a file's first bytes; `nil` when they are too few or of no known type.
  init?(_ bytes: [UInt8]) {
    func number(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
    guard bytes.count >= TGA.Header.byteCount, bytes[1] <= 1, bytes[2] & ~8 == bytes[2] & 3,
      let kind = Kind(rawValue: bytes[2] & 3)
    else { return nil }
    self.init(
      identificationByteCount: Int(bytes[0]), hasColorMap: bytes[1] == 1, kind: kind,
      isCompressed: bytes[2] & 8 != 0, firstEntry: number(3), entryCount: number(5),
      entryBits: Int(bytes[7]), width: number(12), height: number(14), bits: Int(bytes[16]),
      alphaBits: Int(bytes[17] & 15), isMirrored: bytes[17] & 16 != 0,
      isTopDown: bytes[17] & 32 != 0, isInterleaved: bytes[17] & 192 != 0)
  }

  var bytes: [UInt8] {
    func number(_ value: Int) -> [UInt8] {
      [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }
    let start = [UInt8(identificationByteCount), hasColorMap ? 1 : 0, kind.rawValue]
    let map = number(firstEntry) + number(entryCount) + [UInt8(entryBits)]
    let size = number(0) + number(0) + number(width) + number(height)
    return start + map + size + [UInt8(bits), UInt8(alphaBits) | (isTopDown ? 32 : 0)]
  }

  var pixelByteCount: Int { bits.inBytesRoundedUp }
  var rowByteCount: Int { width * pixelByteCount }

  /// The bytes of the color map.
  var mapByteCount: Int { hasColorMap ? entryCount * entryBits.inBytesRoundedUp : 0 }

  /// Where the pixels start.
  var pixelOffset: Int { TGA.Header.byteCount + identificationByteCount + mapByteCount }

  /// Whether all fields agree with each other: bytes at random hardly ever do.
  var isConsistent: Bool {
    guard width > 0, height > 0, !isInterleaved, hasColorMap || kind != .indices else {
      return false
    }
    let isMapSound =
      hasColorMap
      ? [15, 16, 24, 32].contains(entryBits) && entryCount > 0
        && firstEntry + entryCount <= (kind == .indices && bits == 16 ? 1 << 16 : 256)
      // Programs leave the size of a map that they do not write.
      : firstEntry == 0 && entryCount <= 256 && entryBits <= 32
    let isDepthKnown =
      switch kind {
      // Indices of 16 bits are refused by their name.
      case .indices: bits == 8 || bits == 16
      case .gray: bits == 8 || bits == 16
      case .colors: [15, 16, 24, 32].contains(bits)
      }
    return isMapSound && isDepthKnown && alphaBits <= 8
  }
}
