// DDS: a texture of Direct3D, uncompressed ("DDS", Direct3D programming guide, Microsoft).
//
//   offset  bytes, numbers little-endian
//        0      4  "DDS "
//        4      4  bytes of the header, 124
//        8      4  which fields count; nobody heeds it
//       12      8  height, width
//       20      4  bytes of a row or of all rows: unreliable, rows are packed
//       24      8  depth of a volume, levels of detail
//       76      4  bytes of the pixel format, 32
//       80      4  0x1 alpha too, 0x2 alpha alone, 0x4 a code, 0x40 colors, 0x20000 gray
//       84      4  code: "DX10", or a number of D3DFORMAT; the others are of blocks
//       88     20  bits of a pixel, masks of red (or gray), green, blue and alpha
//      108      8  capabilities; 0x200 and 0xFC00 in the second: faces of a cube; 0x200000: a volume
//   after the code "DX10":
//      128      4  number of DXGI_FORMAT
//      132     16  dimension, 0x4 for a cube, textures in the array, how alpha is meant
//   from 128 or 148 on the rows of the largest level, then those of the others, for each face and texture;
//   of volumes all slices of the largest level, then those of the others.
//
// Mapped in place; faces, textures and slices are frames, smaller levels are told. Written without those.
// Refused, by name: blocks (BC1 to BC7), video, colors of two bands, formats of which no mode has samples.

import PixelMemory
import PixelViews

extension FileFormat {
  static let dds = FileFormat(
    name: "dds", summary: "texture of Direct3D, uncompressed", suffixes: [".dds"],
    modes: arrayModes, wideModes: [.rgba],
    numberColors: [PixelFormat(.rgb, .f32), PixelFormat(.rgba, .f32)],
    honorsRawmode: true,
    recognize: { $0.starts(with: DDS.magic) },
    describe: DDS.describe,
    prefix: { layout, mode throws(FormatError) in
      layout.bitOffset == 0 ? DDS.header(layout, mode) : nil
    },
    encoding: .plain { image, options throws(FormatError) in
      try DDS.plainFile(image, as: options.rawmode)
    })
}

enum DDS {
  static let name = "dds"
  static let magic: [UInt8] = Array("DDS ".utf8) + [124, 0, 0, 0]

  /// What the headers of a file say.
  private struct Header {
    var width, height, depth, levelCount: Int
    /// Faces of a cube and textures.
    var imageCount = 1
    var pixel: TexturePixel
    var offset: Int
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    let header = try header(&reader)
    var texture = Texture(
      format: name, width: header.width, height: header.height, pixel: header.pixel,
      offset: header.offset)
    let whole = texture.byteCount(levels: 0..<header.levelCount, depth: header.depth)
    // The slices of a volume stand together, those of other images with their levels.
    texture.frameCount = header.depth > 1 ? header.depth : header.imageCount
    texture.frameStep = header.depth > 1 ? texture.byteCount(levels: 0..<1, depth: 1) : whole
    texture.byteCount = whole.flatMap { $0.multiplied(by: header.imageCount) }
    var pixels = try texture.pixels(in: reader.byteCount, options)
    if header.levelCount > 1 { pixels.hideLevels(header.levelCount - 1) }
    return .mapped(pixels)
  }

  private static func header(_ reader: inout HeaderReader) throws(FormatError) -> Header {
    reader.offset = 0
    guard try reader.bytes(magic.count, "\"DDS \"") == magic else {
      throw reader.malformed(at: 0, found: "other bytes", expected: "\"DDS \" and 124")
    }
    var words: [UInt32] = []
    for _ in 0..<30 { words.append(try reader.integer("the header")) }
    let number = { (at: Int) in Int(words[at / 4 - 2]) }
    var masks = [UInt32]()
    for at in [92, 96, 100, 104] { masks.append(words[at / 4 - 2]) }
    let (flags, code) = (number(80), words[84 / 4 - 2])
    let isVolume = number(112) & 0x20_0000 != 0
    var count = number(112) & 0x200 == 0 ? 1 : (number(112) & 0xFC00).nonzeroBitCount
    let pixel: TexturePixel
    if flags & 4 != 0, code == 0x3031_5844 {
      var more: [UInt32] = []
      for _ in 0..<5 { more.append(try reader.integer("the header of DX10")) }
      pixel = try dxgi(Int(more[0]))
      guard let total = max(1, Int(more[3])).multiplied(by: more[2] & 4 == 0 ? 1 : 6) else {
        throw reader.malformed(at: 140, found: "\(more[3]) textures", expected: "fewer")
      }
      count = total
    } else if flags & 4 != 0 {
      pixel = try coded(code)
    } else {
      pixel = try masked(flags, bitCount: number(88), masks)
    }
    let header = Header(
      width: number(16), height: number(12), depth: isVolume ? max(1, number(24)) : 1,
      levelCount: max(1, number(28)), imageCount: max(1, count), pixel: pixel, offset: reader.offset
    )
    guard header.width > 0, header.height > 0 else {
      throw reader.malformed(
        at: 12, found: "\(header.width)x\(header.height)", expected: "at least one pixel")
    }
    guard header.levelCount <= 32 else {
      throw reader.malformed(
        at: 28, found: "\(header.levelCount) levels of detail", expected: "1 to 32")
    }
    return header
  }

  /// Pixels under masks.
  private static func masked(
    _ flags: Int, bitCount: Int, _ masks: [UInt32]
  ) throws(FormatError) -> TexturePixel {
    let hasAlpha = flags & 1 != 0 && masks[3] != 0
    let isGray = flags & 0x2_0000 != 0
    var masks = masks
    // Pillow writes masks of 32 bits for fewer.
    let used = masks[0] | (hasAlpha ? masks[3] : 0)
    if isGray, 8...16 ~= bitCount, used >> UInt32(bitCount) != 0 {
      masks = [hasAlpha || bitCount == 8 ? 0xFF : 0xFFFF, 0, 0, 0xFF00]
    }
    guard isGray || flags & 0x42 != 0 else {
      throw .unsupported(
        format: name,
        feature: flags & 0x20 != 0
          ? "a palette"
          : flags & 0x200 != 0 ? "video" : "pixels of kind 0x\(String(flags, radix: 16))")
    }
    guard [8, 16, 24, 32].contains(bitCount) else {
      throw .malformed(
        format: name, offset: 88, found: "\(bitCount) bits a pixel", expected: "8, 16, 24 or 32")
    }
    if flags & 0x42 == 2 { return try TexturePixel([masks[3]], bitCount, .gray, name) }
    if isGray, !hasAlpha, masks[0] == 0xFFFF, bitCount == 16 {
      return try TexturePixel("I;16", .gray16)
    }
    let mode: Mode = isGray ? hasAlpha ? .grayAlpha : .gray : hasAlpha ? .rgba : .rgb
    let colors = isGray ? Array(masks.prefix(1)) : Array(masks.prefix(3))
    return try TexturePixel(hasAlpha ? colors + [masks[3]] : colors, bitCount, mode, name)
  }

  /// Pixels by a code of four letters, or a number of D3DFORMAT.
  private static func coded(_ code: UInt32) throws(FormatError) -> TexturePixel {
    let known: [UInt32: (String, Mode)] = [
      36: ("RGBA;16L", .rgba), 111: ("F;16F", .float), 113: ("RGBA;16F", .rgba),
      114: ("F;32F", .float), 116: ("RGBA;32F", .rgba),
    ]
    if let (rawmode, mode) = known[code] { return try TexturePixel(rawmode, mode) }
    let letters = String.latin1(code.bytes())
    let blocks = [
      "DXT1": 1, "DXT2": 2, "DXT3": 2, "DXT4": 3, "DXT5": 3, "ATI1": 4, "BC4U": 4, "BC4S": 4,
      "ATI2": 5, "BC5U": 5, "BC5S": 5,
    ]
    if let number = blocks[letters] {
      throw .unsupported(format: name, feature: "BC\(number) (\(letters)) compression")
    }
    throw .unsupported(
      format: name,
      feature: code < 256
        ? "D3DFORMAT \(code)" : "the code \(letters.withoutControls())")
  }

  /// Pixels by a number of DXGI_FORMAT.
  private static func dxgi(_ number: Int) throws(FormatError) -> TexturePixel {
    if let row = TexturePixel.stored.first(where: { $0.dxgi.contains(number) }) {
      return try row.pixel(name)
    }
    let blocks = [70...72, 73...75, 76...78, 79...81, 82...84, 94...96, 97...99]
    if let index = blocks.firstIndex(where: { $0.contains(number) }) {
      throw .unsupported(
        format: name,
        feature: "\(["BC1", "BC2", "BC3", "BC4", "BC5", "BC6H", "BC7"][index]) compression")
    }
    throw .unsupported(format: name, feature: "DXGI_FORMAT \(number)")
  }
}
