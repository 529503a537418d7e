// XWD: a window or screen of X11, as xwd writes it and as Xvfb keeps it in a file (X11/XWDFile.h).
//
//   offset  bytes, numbers big-endian (of little-endian files, which no program at hand writes, nothing
//           is known)
//        0      4  bytes of the header, with the name
//        4      4  version, 7
//        8      4  0 XYBitmap, 1 XYPixmap, 2 ZPixmap
//       12      4  depth: the bits of a pixel that mean something
//       16      8  width, height
//       24      4  bits to skip in each row of a bitmap
//       28      4  order of bytes in pixels: 0 little-endian, 1 big-endian
//       32      4  bits in a unit of a bitmap
//       36      4  order of bits in it, as that of bytes
//       40      4  bits that rows are padded to
//       44      4  bits of a pixel: 1, 4, 8, 16, 24 or 32
//       48      4  bytes from a row to the next
//       52      4  0 StaticGray, 1 GrayScale, 2 StaticColor, 3 PseudoColor, 4 TrueColor, 5 DirectColor
//       56     12  masks of red, green and blue
//       68      4  bits of a color
//       72      4  entries of the color map
//       76      4  entries in the file
//       80     20  size, place and border of the window
//      100         its name, and a zero
//   then the colors: 4 bytes index, 2 each of red, green and blue, 2 bytes flags; then the rows.
//
// Mapped in place and written, with rows from the top. Where all bits of a pixel mean something, those of
// no color are alpha. Gray without colors counts from black; one bit without colors is black
// where it is set, as for ffmpeg. The name is the text Title. Refused: planes of bits (XYPixmap), bits in words of the
// other order, color maps for more than 8 bits.

import PixelMemory
import PixelViews

extension FileFormat {
  static let xwd = FileFormat(
    name: "xwd", summary: "window or screen of X11", suffixes: [".xwd"],
    modes: [.bilevel, .gray, .palette, .rgb, .rgba], honorsRawmode: true, keepsPalette: true,
    recognize: XWD.recognize,
    describe: XWD.describe,
    prefix: { layout, mode throws(FormatError) in
      guard !mode.isIndexed, layout.bitOffset == 0 else { return nil }
      return XWD.header(layout, mode, palette: nil, title: nil)
    },
    metadata: MetadataPlaces(holds: XWD.holds),
    encoding: .plain { image, options throws(FormatError) in
      try XWD.plainFile(image, as: options.rawmode)
    })
}

enum XWD {
  static let name = "xwd"
  static let headerByteCount = 100
  static let colorByteCount = 12

  enum Visual: Int { case staticGray, grayScale, staticColor, pseudoColor, trueColor, directColor }

  @Sendable static func recognize(_ prefix: [UInt8]) -> Bool {
    guard prefix.count >= 56 else { return false }
    let word = { (at: Int) in prefix[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    return (headerByteCount..<1 << 16).contains(word(0)) && word(4) == 7 && word(8) <= 2
      && 1...32 ~= word(12) && word(28) <= 1 && word(36) <= 1 && word(52) <= 5
  }

  /// A pixel's place in a row, and what it means.
  private struct Pixel {
    var fields: [SampleField]
    var format: PixelFormat
    var palette: Palette?

    init(_ fields: [SampleField], _ format: PixelFormat, _ palette: Palette? = nil) {
      self.fields = fields
      self.format = format
      self.palette = palette
    }

    init(_ rawmode: String, _ mode: Mode, _ palette: Palette? = nil) throws(FormatError) {
      let one = try Layout.stored(as: rawmode, mode, width: 1, height: 1, offset: 0)
      self.init(one.fields, PixelFormat(mode), palette)
    }
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    try options.checkOnlyFrame(name)
    let header = try Header(&reader)
    let title = try reader.bytes(header.byteCount - headerByteCount, "the name of the window")
    let offset = header.byteCount + header.colorCount * colorByteCount
    let pixel = try pixel(header, &reader)
    guard let bitOffset = offset.checkedInBits, let rowBits = header.stride.checkedInBits,
      let end = header.stride.multiplied(by: header.height)?.added(to: offset),
      end <= reader.byteCount
    else {
      throw reader.endsEarly(
        at: 16, expected: "\(header.height) rows of \(header.stride.bytes) from byte \(offset) on",
        needed: header.stride.multiplied(by: header.height)?.added(to: offset))
    }
    var pixels = FileFormat.Pixels(
      layout: Layout(
        width: header.width, height: header.height, bitOffset: bitOffset, rowBits: rowBits,
        pixelBits: header.bitsPerPixel, fields: pixel.fields),
      format: pixel.format, palette: pixel.palette)
    pixels.trailingByteCount = reader.byteCount - end
    if header.visual == .directColor {
      pixels.notes.append("the color map of DirectColor is not applied to the samples")
      pixels.hidden.append("color map")
    }
    let text = String.latin1(title.prefix { $0 != 0 })
    if !text.isEmpty, !isMadeUp(text) {
      pixels.metadata = Metadata(format: pixel.format)
      pixels.metadata?.add(.text(titleKey, text))
    }
    return .mapped(pixels)
  }

  static let titleKey = "Title"

  /// Whether a name is what programs write where there is none, as for a screen.
  private static func isMadeUp(_ title: String) -> Bool {
    ["xwdump", "lavcxwdenc"].contains(title) || title.hasPrefix("Xvfb ")
  }

  @Sendable static func holds(_ chunk: Metadata.Chunk) -> Bool {
    guard chunk.keyword == titleKey, let title = chunk.value, let bytes = title.latin1 else {
      return false
    }
    return 1...255 ~= bytes.count && !bytes.contains(0) && !isMadeUp(title)
  }

  private static func pixel(
    _ header: Header, _ reader: inout HeaderReader
  ) throws(FormatError) -> Pixel {
    switch header.visual {
    case .trueColor, .directColor:
      guard header.bitsPerPixel >= 8, header.format == 2 else {
        throw .unsupported(format: name, feature: "colors in \(header.bitsPerPixel) bits")
      }
      var masked = MaskedPixels(
        masks: header.masks, bitCount: header.bitsPerPixel, isBigEndian: header.isBigEndian)
      let rest = header.masks.reduce(UInt32(truncatingIfNeeded: UInt64.ones(header.depth))) {
        $0 & ~$1
      }
      if header.depth == header.bitsPerPixel, rest != 0 { masked.masks.append(rest) }
      let mode: Mode = masked.masks.count == 4 ? .rgba : .rgb
      return Pixel(try masked.fields(name), PixelFormat(mode, masked.type))
    case .staticGray, .grayScale, .staticColor, .pseudoColor:
      guard header.bitsPerPixel <= 8 else {
        throw .unsupported(
          format: name, feature: "a color map for \(header.bitsPerPixel) bits a pixel")
      }
      let palette = try palette(header, &reader)
      switch header.bitsPerPixel {
      case 1: return try bit(header, palette)
      case 4 where palette != nil:
        return try Pixel(header.isBigEndian ? "P;4" : "P;4P", .palette, palette)
      case 4: return try Pixel(header.isBigEndian ? "L;4" : "L;4P", .gray)
      default:
        if let palette, header.depth < 8 || !BMP.isGray(palette) {
          return try Pixel("P", .palette, palette)
        }
        var pixel = try Pixel("L", .gray)
        if header.depth < 8 {
          pixel.fields[0].bitCount = header.depth
          pixel.fields[0].scaling = .fullRange
        }
        return pixel
      }
    }
  }

  private static func bit(_ header: Header, _ palette: Palette?) throws(FormatError) -> Pixel {
    let flag = header.countsFromHighest ? "" : "R"
    switch palette?.rgb {
    case [0, 0, 0, 255, 255, 255]: return try Pixel(flag.isEmpty ? "1" : "1;R", .bilevel)
    case nil, [255, 255, 255, 0, 0, 0]: return try Pixel("1;I" + flag, .bilevel)
    default:
      var pixel = try Pixel("P;1", .palette, palette)
      if !header.countsFromHighest { pixel.fields[0].storage = .bits(.leastSignificantFirst) }
      return pixel
    }
  }

  /// The colors behind the pixels; `nil` for gray without any.
  private static func palette(
    _ header: Header, _ reader: inout HeaderReader
  ) throws(FormatError) -> Palette? {
    guard header.colorCount > 0 else {
      if header.visual == .staticGray || header.visual == .grayScale { return nil }
      throw reader.malformed(at: 76, found: "no colors", expected: "those of the color map")
    }
    let limit = 1 << header.depth
    var rgb = [UInt8](repeating: 0, count: limit * 3)
    var count = 0
    reader.offset = header.byteCount
    for _ in 0..<min(header.colorCount, limit) {
      let entry = try reader.bytes(colorByteCount, "a color")
      let index = entry[..<4].reduce(0) { $0 << 8 | Int($1) }
      guard index < limit else { continue }
      for band in 0..<3 { rgb[index * 3 + band] = entry[4 + band * 2] }
      count = max(count, index + 1)
    }
    return Palette(rgb: Array(rgb.prefix(max(1, count) * 3)))
  }
}
