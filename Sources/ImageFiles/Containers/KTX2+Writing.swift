import PixelViews

extension KTX2 {
  static func plainFile(_ image: Image, as rawmode: Rawmode?) throws(FormatError) -> PlainFile {
    guard FileFormat.ktx2.holds(image.format) else {
      throw .cannotHold(format: name, image.format)
    }
    let stored = rawmode ?? Rawmode.natural(image.format, isBigEndian: false)
    return try PlainFile(image, as: stored, format: name) { header($0, image.mode) }
  }

  /// What makes rows a file when it is put before them; `nil` for rows that it cannot describe.
  static func header(_ layout: Layout, _ mode: Mode) -> [UInt8]? {
    guard layout.isPacked, layout.width <= UInt32.max, layout.height <= UInt32.max,
      let byteCount = (layout.width * layout.pixelBits).inWholeBytes.multiplied(by: layout.height),
      let row = TexturePixel.row(layout, mode), let number = row.vulkan.first
    else { return nil }
    let descriptor = descriptor(layout, mode, isColor: row.typeByteCount == 1 && mode != .integer)
    let start = indexOffset + 24
    let end = start + descriptor.count
    // Levels start on a multiple of a pixel and of 4.
    let pixelByteCount = layout.pixelBits.inWholeBytes
    let unit = pixelByteCount.isMultiple(of: 4) ? pixelByteCount : pixelByteCount * 4
    let offset = (end + unit - 1) / unit * unit
    let numbers = [
      number, row.typeByteCount, layout.width, layout.height, 0, 0, 1, 1, 0, start,
      descriptor.count,
      0, 0,
    ]
    var header = magic + numbers.flatMap { $0.bytes(4) } + [UInt8](repeating: 0, count: 16)
    for number in [offset, byteCount, byteCount] { header += number.bytes(8) }
    header += descriptor
    return header + [UInt8](repeating: 0, count: offset - end)
  }

  /// The basic descriptor of the Khronos Data Format Specification: what the samples of a pixel are.
  private static func descriptor(_ layout: Layout, _ mode: Mode, isColor: Bool) -> [UInt8] {
    let channels = ["R": 0, "G": 1, "B": 2, "A": 15]
    var samples: [(bit: Int, bytes: [UInt8])] = []
    for (index, field) in layout.fields.enumerated() where !field.isConstant {
      let band = mode.bandCount == 1 ? "R" : mode.bands[index]
      let bit = field.bitOffset + field.shift
      // Opacity is never stored by the curve of sRGB.
      var kind = channels[band] ?? 0
      if band == "A", isColor { kind |= 0x10 }
      let limits: (lower: UInt32, upper: UInt32)
      switch field.number {
      case .float:
        kind |= 0xC0
        limits = (Float(-1).bitPattern, Float(1).bitPattern)
      case .signed:
        kind |= 0x40
        limits = (.max, 1)
      case .unsigned:
        let isNumber = mode == .integer || layout.fields.count > 1 && field.bitCount > 16
        limits = (0, isNumber ? 1 : UInt32(truncatingIfNeeded: UInt64.ones(field.bitCount)))
      }
      samples.append(
        (
          bit,
          bit.bytes(2) + [UInt8(field.bitCount - 1), UInt8(kind), 0, 0, 0, 0]
            + limits.lower.bytes() + limits.upper.bytes()
        ))
    }
    let byteCount = 24 + 16 * samples.count
    // Colors of red, green and blue with the primaries of BT.709, by the curve of sRGB or by none.
    let block =
      0.bytes(4) + (2 | byteCount << 16).bytes(4) + [1, 1, isColor ? 2 : 1, 0] + 0.bytes(4)
      + layout.pixelBits.inWholeBytes.bytes(8)
    let sorted = samples.sorted { $0.bit < $1.bit }.flatMap(\.bytes)
    return (byteCount + 4).bytes(4) + block + sorted
  }
}
