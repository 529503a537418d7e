import PixelViews

extension XWD {
  private static func rawmode(_ mode: Mode) -> String? {
    switch mode {
    case .bilevel: "1"
    case .gray: "L"
    case .palette: "P"
    case .rgb: "BGRX"
    case .rgba: "BGRA"
    default: nil
    }
  }

  static func plainFile(_ image: Image, as rawmode: Rawmode?) throws(FormatError) -> PlainFile {
    guard let name = rawmode?.name ?? self.rawmode(image.mode),
      let stored = Rawmode.named(name, mode: image.mode), stored.type == image.format.type
    else {
      if let rawmode { throw .cannotStoreAs(rawmode, image.format) }
      throw .cannotHold(format: self.name, image.format)
    }
    if image.mode == .palette, image.palette == nil {
      throw .view(.paletteMissing(mode: .palette))
    }
    let title = image.metadata?.chunks.first(where: holds)?.value?.latin1
    var file = try PlainFile(image, as: stored, format: self.name) {
      header($0, image.mode, palette: image.palette, title: title)
    }
    if image.palette?.hasAlpha == true { file.lossy = ["palette alpha"] }
    return file
  }

  /// What makes rows a file when it is put before them; `nil` for rows that it cannot describe.
  static func header(
    _ layout: Layout, _ mode: Mode, palette: Palette?, title: [UInt8]?
  ) -> [UInt8]? {
    let least = (layout.width * layout.pixelBits).inBytesRoundedUp
    let stride = layout.height > 1 ? layout.stride : least
    guard layout.grid == nil, layout.height == 1 || layout.rowBits.isWholeBytes,
      layout.pixelBits > 0, stride >= least, stride <= UInt32.max, layout.width <= UInt32.max,
      layout.height <= UInt32.max, let field = layout.fields.first
    else { return nil }
    var (depth, order, masks, colors) = (layout.pixelBits, 0, [UInt32](), [UInt8]())
    let visual: Visual
    switch mode {
    case .bilevel:
      guard case .bits(let bits) = field.storage, depth == 1 else { return nil }
      order = bits == .mostSignificantFirst ? 1 : 0
      colors = field.flippedBits == 0 ? [0, 0, 0, 255, 255, 255] : [255, 255, 255, 0, 0, 0]
      visual = .staticGray
    case .gray, .palette:
      guard field.isWholeBytes, field == .byte(at: 0), depth == 8 else { return nil }
      colors = (mode == .gray ? Palette.gray : palette ?? .gray).rgb
      // Gray goes with its colors, as more programs read those.
      visual = .pseudoColor
    case .rgb, .rgba:
      guard let masked = MaskedPixels(layout).flatMap({ sayable($0, hasAlpha: mode == .rgba) })
      else { return nil }
      if mode == .rgb { depth = 32 - masked.used.leadingZeroBitCount }
      order = masked.isBigEndian ? 1 : 0
      masks = Array(masked.masks.prefix(3))
      visual = .trueColor
    default: return nil
    }
    let name = (title ?? []) + [0]
    let unit = layout.pixelBits == 1 ? 8 : 32
    let padding = [32, 16].first { stride.isMultiple(of: $0.inWholeBytes) } ?? 8
    let count = colors.count / 3
    let numbers = [
      headerByteCount + name.count, 7, 2, depth, layout.width, layout.height, 0, order, unit, order,
      padding, layout.pixelBits, stride, visual.rawValue,
    ]
    let masksOrNone = masks.isEmpty ? [0, 0, 0] : masks.map(Int.init)
    let window = [8, count == 0 ? 256 : count, count, layout.width, layout.height, 0, 0, 0]
    var header = (numbers + masksOrNone + window).flatMap { $0.bytes(4, bigEndian: true) } + name
    for index in 0..<count {
      header += index.bytes(4, bigEndian: true)
      for value in colors[index * 3..<index * 3 + 3] { header += [value, value] }
      header += [7, 0]
    }
    return header
  }

  /// The masks in an order in which the other bits are alpha, or above all colors, or none at all.
  private static func sayable(_ masked: MaskedPixels, hasAlpha: Bool) -> MaskedPixels? {
    [masked, masked.swapped].compactMap(\.self).first {
      $0.used == UInt64.ones($0.bitCount)
        || !hasAlpha && 32 - $0.used.leadingZeroBitCount < $0.bitCount
    }
  }
}

extension MaskedPixels {
  /// The bits of all bands.
  fileprivate var used: UInt32 { masks.reduce(0, |) }
}
