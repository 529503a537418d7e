// BMP: a device-independent bitmap of Windows, or of OS/2, with a file header.
//
//   offset  bytes
//        0      2  "BM"
//        2      4  size of the file
//        6      4  0
//       10      4  offset of the first stored row; 0 or that of the palette: after the palette
//       14      4  size of the info header: 12 (OS/2 1), 16 to 64 (OS/2 2), 40, 52, 56, 108 or 124
//       18      4  width                        } two bytes each
//       22      4  height, negative: top-down   } in a header of 12
//       26      2  planes, 1
//       28      2  bits a pixel: 1, 2, 4, 8, 16, 24 or 32
//       30      4  compression: 0 none, 1 RLE8, 2 RLE4, 3 masks, 6 masks with alpha
//       34      4  bytes of the rows
//       38      8  pixels a meter, across and down
//       46      8  colors in the palette, important colors
//       54     16  masks of red, green, blue and alpha (3 of them after a header of 40)
//       70     52  color space, in headers of 108 and more
//      122     16  intent, place and size of a color profile after the rows, in a header of 124
//   then the palette, blue, green, red and a zero (no zero after a header of 12), then the rows, the
//   lowest first, each padded to 4 bytes. All numbers are little-endian.
//
// Specification: "Bitmap Storage", Microsoft, wingdi.h. Pillow writes the modes 1, L, P and RGB to
// the same bytes; it writes RGBA without masks and then reads no alpha from it, so RGBA gets a header
// of 108 bytes with masks here.
//
// Refused: JPEG and PNG inside, the Huffman and 24-bit run lengths of OS/2, masks with gaps.
import PixelViews

extension FileFormat {
  static let bmp = FileFormat(
    name: "bmp", summary: "Windows bitmap, uncompressed", suffixes: [".bmp"],
    modes: [.bilevel, .gray, .palette, .rgb, .rgba],
    keepsPalette: true,
    recognize: { $0.starts(with: [0x42, 0x4D]) && $0.count >= 18 },
    isUnmistakable: { prefix in
      prefix[6..<10].allSatisfy { $0 == 0 } && prefix[15..<18].allSatisfy { $0 == 0 }
    },
    describe: { reader, options throws(FormatError) in
      try BMP.describe(&reader, options)
    },
    metadata: MetadataPlaces(holdsProfile: true, holdsDensity: true),
    encoding: .plain { image, _ throws(FormatError) in try BMP.file(for: image) })
}

enum BMP {
  static let name = "bmp"
  static let fileHeaderByteCount = 14

  /// How the pixels of a mode are stored.
  private struct Storage {
    var rawmode: String
    var bitsPerPixel: Int
    /// Blue, green, red, zero.
    var palette: [UInt8] = []
    var hasMasks = false
  }

  private static func storage(for image: Image) throws(FormatError) -> Storage {
    switch image.mode {
    case .bilevel:
      return Storage(rawmode: "1", bitsPerPixel: 1, palette: [0, 0, 0, 0, 255, 255, 255, 0])
    case .gray: return Storage(rawmode: "L", bitsPerPixel: 8, palette: entries(.gray))
    case .palette:
      guard let palette = image.palette else { throw .view(.paletteMissing(mode: .palette)) }
      return Storage(rawmode: "P", bitsPerPixel: 8, palette: entries(palette))
    case .rgb: return Storage(rawmode: "BGR", bitsPerPixel: 24)
    case .rgba: return Storage(rawmode: "BGRA", bitsPerPixel: 32, hasMasks: true)
    default: throw .cannotHold(format: name, image.format)
    }
  }

  private static func entries(_ palette: Palette) -> [UInt8] {
    let colors = palette.colors
    var entries: [UInt8] = []
    for start in stride(from: 0, to: colors.count, by: 4) {
      entries += colors[start..<start + 3].reversed()
      entries.append(0)
    }
    return entries
  }

  /// The file that an image becomes.
  ///
  /// - Throws: ``FormatError/tooLarge(format:found:limit:)`` when 32 bits cannot count the bytes;
  ///   ``FormatError/view(_:)`` for indices without a palette.
  static func file(for image: Image) throws(FormatError) -> PlainFile {
    let storage = try storage(for: image)
    let profile = image.metadata?.profile?.plain ?? []
    let infoByteCount = profile.isEmpty ? storage.hasMasks ? 108 : 40 : 124
    let offset = fileHeaderByteCount + infoByteCount + storage.palette.count
    let layout = try Layout.stored(
      as: storage.rawmode, image.mode, width: image.width, height: image.height, offset: offset,
      alignment: 4, bottomUp: true)
    let stride = -layout.stride
    let rowsByteCount = stride.multiplied(by: image.height) ?? .max
    let rowsEnd = rowsByteCount.added(to: offset) ?? .max
    let fileByteCount = rowsEnd.added(to: profile.count) ?? .max
    guard let size = UInt32(exactly: fileByteCount), image.width <= Int(Int32.max),
      image.height <= Int(Int32.max)
    else {
      throw .tooLarge(
        format: name,
        found: "\(image.width)x\(image.height) \(image.mode.name) needs "
          + "\(offset) + \(image.height) * \(stride) = \(fileByteCount) bytes",
        limit: "\(UInt32.max) bytes and 2147483647 pixels a side")
    }
    var header: [UInt8] = [0x42, 0x4D]
    header.append(word: size)
    header.append(word: UInt32(0))
    header.append(word: UInt32(offset))
    header.append(word: UInt32(infoByteCount))
    header.append(word: UInt32(image.width))
    header.append(word: UInt32(image.height))
    header.append(word: UInt16(1))
    header.append(word: UInt16(storage.bitsPerPixel))
    header.append(word: UInt32(storage.hasMasks ? 3 : 0))
    header.append(word: UInt32(rowsByteCount))
    // 96 dots an inch, as Pillow has it.
    let density = image.metadata?.density?.pngNumbers
    header.append(word: density?.x ?? 3780)
    header.append(word: density?.y ?? 3780)
    for _ in 0..<2 { header.append(word: UInt32(storage.palette.count / 4)) }
    if infoByteCount > 40 {
      appendColorSpace(storage, hasProfile: !profile.isEmpty, to: &header)
    }
    if !profile.isEmpty {
      header.append(word: perceptual)
      header.append(word: UInt32(rowsEnd - fileHeaderByteCount))
      header.append(word: UInt32(profile.count))
      header.append(word: UInt32(0))
    }
    header += storage.palette
    return PlainFile(
      header: header, layout: layout, format: image.format, trailer: profile,
      lossy: image.mode == .palette && image.palette?.hasAlpha == true ? ["palette alpha"] : [])
  }

  /// How colors that do not fit are meant to be changed: `LCS_GM_IMAGES`.
  private static let perceptual: UInt32 = 4

  /// What a header of 108 bytes has after its first 40: masks, and sRGB or a profile, without end
  /// points.
  private static func appendColorSpace(
    _ storage: Storage, hasProfile: Bool, to header: inout [UInt8]
  ) {
    for mask: UInt32 in [0x00FF_0000, 0x0000_FF00, 0x0000_00FF, 0xFF00_0000] {
      header.append(word: storage.hasMasks ? mask : 0)
    }
    header.append(word: hasProfile ? embeddedProfile : 0x7352_4742)
    header += [UInt8](repeating: 0, count: 48)
  }
}
