import PixelMemory
import PixelViews

extension TGA {
  /// A file without packets, its rows in the image's direction.
  static func plainFile(_ image: Image) throws(FormatError) -> PlainFile {
    let limit = Int(UInt16.max)
    guard image.width <= limit, image.height <= limit else {
      throw .tooLarge(
        format: "tga", found: "\(image.width)x\(image.height)", limit: "\(limit)x\(limit)")
    }
    var header = Header(width: image.width, height: image.height, bits: 8)
    // Rows that already go up, as in files of this format, can then stay where they are.
    header.isTopDown = image.isDerived || image.layout.rowBits > 0
    var colors: [UInt8] = []
    let name: String
    switch image.format {
    case PixelFormat(.gray): (name, header.kind) = ("L", .gray)
    case PixelFormat(.grayAlpha):
      (name, header.kind, header.bits, header.alphaBits) = ("LA", .gray, 16, 8)
    case PixelFormat(.palette):
      (name, header.kind, header.hasColorMap) = ("P", .indices, true)
      let palette = image.palette ?? .gray
      header.entryCount = palette.count
      header.entryBits = palette.hasAlpha ? 32 : 24
      for index in 0..<palette.count {
        let color = palette.colors[index * 4..<index * 4 + 4]
        colors += color.prefix(3).reversed()
        if palette.hasAlpha { colors += color.suffix(1) }
      }
    case PixelFormat(.rgb): (name, header.bits) = ("BGR", 24)
    case PixelFormat(.rgba): (name, header.bits, header.alphaBits) = ("BGRA", 32, 8)
    default: throw .cannotHold(format: "tga", image.format)
    }
    guard let rawmode = Rawmode.named(name, mode: image.mode) else {
      throw .cannotHold(format: "tga", image.format)
    }
    var options = Rawmode.Options()
    options.offset = header.pixelOffset
    options.bottomUp = !header.isTopDown
    let layout = try rawmode.stored(width: image.width, height: image.height, options)
    var file = PlainFile(
      header: header.bytes + colors, layout: layout, format: image.format, trailer: footer)
    let hasAlpha = image.mode.alphaBand != nil || image.palette?.hasAlpha == true
    if hasAlpha, let place = UInt32(exactly: file.header.count + file.pixelByteCount) {
      file.trailer = alphaTrailer(at: place)
    }
    return file
  }

  /// An extension that says that there is alpha, and a footer that says where the extension is:
  /// without it alpha that is 0 everywhere would be taken for none.
  private static func alphaTrailer(at place: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(word: UInt16(extensionByteCount))
    bytes += [UInt8](repeating: 0, count: extensionByteCount - 3) + [3]
    bytes.append(word: place)
    return bytes + footer.dropFirst(4)
  }
}
