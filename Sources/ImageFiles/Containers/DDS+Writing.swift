import PixelViews

extension DDS {
  static func plainFile(_ image: Image, as rawmode: Rawmode?) throws(FormatError) -> PlainFile {
    guard FileFormat.dds.holds(image.format) else {
      throw .cannotHold(format: name, image.format)
    }
    // Blue first is what all readers know.
    let usual: [Mode: String] = [.rgb: "BGR", .rgba: "BGRA"]
    let natural =
      (image.format.type == .u8 ? usual[image.mode] : nil).flatMap {
        Rawmode.named($0, mode: image.mode)
      } ?? Rawmode.natural(image.format, isBigEndian: false)
    return try PlainFile(image, as: rawmode ?? natural, format: name) { header($0, image.mode) }
  }

  /// What makes rows a file when it is put before them; `nil` for rows that it cannot describe.
  static func header(_ layout: Layout, _ mode: Mode) -> [UInt8]? {
    guard layout.isPacked, layout.width <= UInt32.max, layout.height <= UInt32.max,
      case let stride = (layout.width * layout.pixelBits).inWholeBytes, stride <= UInt32.max
    else { return nil }
    let row = TexturePixel.row(layout, mode).flatMap { $0.dxgi.isEmpty ? nil : $0 }
    let masked = MaskedPixels(layout).flatMap { $0.type == .u8 || row == nil ? $0 : nil }
    let modes: [Mode: Int] = [.gray: 0x2_0000, .grayAlpha: 0x2_0001, .rgb: 0x40, .rgba: 0x41]
    var pixel = [32, 4, 0x3031_5844, 0, 0, 0, 0, 0]
    if let masked, let kind = modes[mode] {
      var masks = masked.masks.map(Int.init)
      if mode == .grayAlpha { masks.insert(contentsOf: [0, 0], at: 1) }
      pixel = [32, kind, 0, masked.bitCount] + masks
      pixel += [Int](repeating: 0, count: 8 - pixel.count)
    } else if row == nil {
      return nil
    }
    // The sizes, the pitch and the pixel format count; it is a texture.
    var numbers = [124, 0x100F, layout.height, layout.width, stride, 0, 1]
    numbers += [Int](repeating: 0, count: 11) + pixel + [0x1000, 0, 0, 0, 0]
    if pixel[1] == 4, let row { numbers += [row.dxgi[0], 3, 0, 1, 0] }
    return Array(magic.prefix(4)) + numbers.flatMap { $0.bytes(4) }
  }
}
