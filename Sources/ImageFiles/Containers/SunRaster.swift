// Sun raster file, `.ras`, `.sun` (rasterfile(5) of SunOS).
//
//      offset  bytes, numbers big-endian
//           0      4  59 A6 6A 95
//           4      8  width, height
//          12      4  bits of a pixel: 1, 8, 24 or 32
//          16      4  bytes of the rows; 0 in old files
//          20      4  type: 0 old, 1 standard, 2 run lengths, 3 RGB
//          24      4  color map: 0 none, 1 all reds, all greens, all blues
//          28      4  bytes of the color map
//          32      …  the color map, then rows, each padded to 16 bits
//
// Colors are stored BGR and XBGR, in files of type 3 RGB and XRGB. Of 1 bit, 1 is black. Mapped in place, and
// written as type 1. Refused: run lengths, other types, and color maps that are not colors.

import PixelMemory
import PixelViews

extension FileFormat {
  static let sunRaster = FileFormat(
    name: "sun", summary: "Sun raster file", suffixes: [".ras", ".sun"],
    modes: [.bilevel, .gray, .palette, .rgb], keepsPalette: true,
    unpacking: "`rasttopnm IN > OUT.pnm` unpacks it",
    recognize: { $0.starts(with: SunRaster.magic) },
    describe: SunRaster.describe,
    encoding: .plain { image, _ throws(FormatError) in try SunRaster.plainFile(image) })
}

enum SunRaster {
  static let name = "sun"
  static let magic: [UInt8] = [0x59, 0xA6, 0x6A, 0x95]
  static let headerByteCount = 32

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    try options.checkOnlyFrame(name)
    reader.offset = magic.count
    var numbers: [Int] = []
    for what in ["width", "height", "bits", "bytes", "type", "color map", "its bytes"] {
      numbers.append(Int(try reader.integer(what, bigEndian: true, as: UInt32.self)))
    }
    let (width, height, bits, type) = (numbers[0], numbers[1], numbers[2], numbers[4])
    guard width > 0, height > 0, width <= Int(Int32.max), height <= Int(Int32.max) else {
      throw reader.malformed(
        at: 4, found: "\(width)x\(height)", expected: "1x1 to 2147483647x2147483647")
    }
    guard type != 2 else { throw .unsupported(format: name, feature: "run-length compression") }
    guard [0, 1, 3].contains(type) else {
      throw .unsupported(format: name, feature: "type \(type)")
    }
    let palette = try palette(&reader, kind: numbers[5], byteCount: numbers[6], bits: bits)
    let names: (String, Mode)? =
      switch bits {
      case 1: palette == nil ? ("1;I", .bilevel) : ("P;1", .palette)
      case 8: palette == nil ? ("L", .gray) : ("P", .palette)
      case 24: (type == 3 ? "RGB" : "BGR", .rgb)
      case 32: (type == 3 ? "XRGB" : "XBGR", .rgb)
      default: nil
      }
    guard let names else {
      throw reader.malformed(at: 12, found: "\(bits) bits", expected: "1, 8, 24 or 32 bits a pixel")
    }
    let layout = try Layout.stored(
      as: names.0, names.1, width: width, height: height,
      offset: headerByteCount + numbers[6], alignment: 2)
    // Some writers leave the padding of the last row out.
    do throws(ViewError) { try layout.check(byteCount: reader.byteCount) } catch {
      throw reader.endsEarly(
        at: 4, expected: "\(height) rows of \(layout.stride.bytes) from byte \(layout.offset) on",
        needed: try? layout.byteRange().upperBound)
    }
    var pixels = FileFormat.Pixels(
      layout: layout, format: PixelFormat(names.1), palette: palette,
      notes: palette != nil && bits > 8 ? ["the color map is not applied to colors"] : [])
    if palette != nil, bits > 8 {
      pixels.palette = nil
      pixels.hidden.append("color map")
    }
    let end = (layout.stride * height).added(to: layout.offset) ?? .max
    pixels.trailingByteCount = max(0, reader.byteCount - end)
    return .mapped(pixels)
  }

  private static func palette(
    _ reader: inout HeaderReader, kind: Int, byteCount: Int, bits: Int
  ) throws(FormatError) -> Palette? {
    guard byteCount > 0 else { return nil }
    guard kind == 1 else {
      throw .unsupported(format: name, feature: "a color map of kind \(kind)")
    }
    guard byteCount.isMultiple(of: 3), byteCount <= 768 else {
      throw reader.malformed(
        at: 28, found: "\(byteCount.bytes) of a color map",
        expected: "3 for each of up to 256 colors")
    }
    let planes = try reader.bytes(byteCount, "the color map")
    let count = byteCount / 3
    return Palette(
      rgb: (0..<count).flatMap { [planes[$0], planes[count + $0], planes[2 * count + $0]] })
  }

  static func plainFile(_ image: Image) throws(FormatError) -> PlainFile {
    var colors: [UInt8] = []
    let (rawmode, bits): (String, Int)
    switch image.format {
    case PixelFormat(.bilevel): (rawmode, bits) = ("1;I", 1)
    case PixelFormat(.gray): (rawmode, bits) = ("L", 8)
    case PixelFormat(.rgb): (rawmode, bits) = ("BGR", 24)
    case PixelFormat(.palette):
      guard let palette = image.palette else { throw .view(.paletteMissing(mode: .palette)) }
      (rawmode, bits) = ("P", 8)
      for band in 0..<3 { colors += (0..<palette.count).map { palette.colors[$0 * 4 + band] } }
    default: throw .cannotHold(format: name, image.format)
    }
    let layout = try Layout.stored(
      as: rawmode, image.mode, width: image.width, height: image.height,
      offset: headerByteCount + colors.count, alignment: 2)
    guard let byteCount = layout.stride.multiplied(by: image.height), byteCount <= Int(UInt32.max)
    else {
      throw .tooLarge(
        format: name, found: "\(image.width)x\(image.height)", limit: "\(UInt32.max) bytes")
    }
    var header = magic
    let map = colors.isEmpty ? 0 : 1
    for number in [image.width, image.height, bits, byteCount, 1, map, colors.count] {
      header += number.bytes(4, bigEndian: true)
    }
    return PlainFile(
      header: header + colors, layout: layout, format: image.format,
      lossy: image.palette?.hasAlpha == true && image.mode == .palette ? ["palette alpha"] : [])
  }
}
