// farbfeld (tools.suckless.org/farbfeld, farbfeld(5)).
//
//      offset  bytes, numbers big-endian
//           0      8  "farbfeld"
//           8      4  width
//          12      4  height
//          16      8  for each pixel: red, green, blue, alpha, 2 bytes each
//
// Mapped in place, and written as it stands in memory. It holds samples of 16 bits alone, so a save
// widens L, LA, RGB, RGBX and RGBA of 8 bits, and says so. Refused: other modes, which have no such
// pixels without a choice.

import PixelMemory
import PixelViews

extension FileFormat {
  static let farbfeld = FileFormat(
    name: "farbfeld", summary: "farbfeld, RGBA of 16 bits", suffixes: [".ff"],
    modes: [], wideModes: [.rgba],
    recognize: { $0.starts(with: Farbfeld.magic) },
    describe: Farbfeld.describe,
    encoding: .plain { image, _ throws(FormatError) in try Farbfeld.plainFile(image) })
}

enum Farbfeld {
  static let magic = Array("farbfeld".utf8)
  static let headerByteCount = 16
  static let pixelByteCount = 8

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    try options.checkOnlyFrame("farbfeld")
    reader.offset = 0
    let found = try reader.bytes(8, "\"farbfeld\"")
    guard found == magic else {
      throw reader.malformed(at: 0, found: "\(found)", expected: "\"farbfeld\"")
    }
    let width = Int(try reader.integer("width", bigEndian: true, as: UInt32.self))
    let height = Int(try reader.integer("height", bigEndian: true, as: UInt32.self))
    guard width > 0, height > 0 else {
      throw reader.malformed(at: 8, found: "\(width)x\(height)", expected: "at least one pixel")
    }
    let layout = layout(width: width, height: height)
    do throws(ViewError) { try layout.check(byteCount: reader.byteCount) } catch {
      throw reader.endsEarly(
        at: headerByteCount, expected: "8 bytes for each of \(width)x\(height) pixels",
        needed: try? layout.byteRange().upperBound)
    }
    var pixels = FileFormat.Pixels(layout: layout, format: PixelFormat(.rgba, .u16))
    pixels.endFile(reader)
    return .mapped(pixels)
  }

  static func plainFile(_ image: Image) throws(FormatError) -> PlainFile {
    guard image.format == PixelFormat(.rgba, .u16) else {
      throw .cannotHold(format: "farbfeld", image.format)
    }
    guard image.width <= Int(UInt32.max), image.height <= Int(UInt32.max),
      image.width.multiplied(by: pixelByteCount)?.multiplied(by: image.height)?.checkedInBits != nil
    else {
      throw .tooLarge(
        format: "farbfeld", found: "\(image.width)x\(image.height)", limit: "4294967295x4294967295")
    }
    var header = magic
    for size in [image.width, image.height] {
      header += size.bytes(4, bigEndian: true)
    }
    return PlainFile(
      header: header, layout: layout(width: image.width, height: image.height),
      format: image.format)
  }

  private static func layout(width: Int, height: Int) -> Layout {
    Layout(
      width: width, height: height, offset: headerByteCount, stride: width * pixelByteCount,
      pixelStride: pixelByteCount,
      fields: (0..<4).map { SampleField.word(at: $0 * 2, byteCount: 2, bigEndian: true) })
  }
}
