import PixelViews

extension BMP {
  /// How rows are stored.
  enum Compression: UInt32 {
    case none = 0
    case rle8 = 1
    case rle4 = 2
    case masks = 3
    case jpeg = 4
    case png = 5
    case masksWithAlpha = 6
  }

  /// What the headers of a file say.
  struct Header: Hashable, Sendable {
    var width = 0
    var height = 0
    var isTopDown = false
    var bitsPerPixel = 0
    var compression = Compression.none
    /// Red, green, blue and alpha.
    var masks: [UInt32] = []
    /// The entries of the palette, blue, green, red; `nil` for files of more than 8 bits.
    var palette: Palette?
    /// Where the rows start.
    var offset = 0
    /// What the file says beside its pixels; the format is known later.
    var density: Metadata.Density?
    var profile: Metadata.Profile?
    /// Where an embedded profile ends.
    var profileEnd = 0
    /// The bytes of run lengths, where the header says it.
    var packedByteCount = 0
    var losses: [String] = []

    /// The bytes from one row to the next; they fit because a width has 31 bits.
    var stride: Int { (width * bitsPerPixel + 31) / 32 * 4 }
  }

  /// Reads the headers and the palette.
  ///
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)``,
  ///   ``FormatError/unsupported(format:feature:)``.
  static func header(_ reader: inout HeaderReader) throws(FormatError) -> Header {
    guard try reader.bytes(2, "\"BM\"") == [0x42, 0x4D] else {
      throw reader.malformed(at: 0, found: "other bytes", expected: "\"BM\"")
    }
    // The file's size is wrong in many files, and nobody needs it.
    _ = try reader.bytes(8, "the file header")
    let rowsOffset = Int(try reader.integer("the offset of the rows", as: UInt32.self))
    let size = Int(try reader.integer("the size of the header", as: UInt32.self))
    let headerEnd = fileHeaderByteCount + size
    guard size == 12 || (16...64).contains(size) || size == 108 || size == 124 else {
      throw .unsupported(format: name, feature: "a header of \(size.bytes)")
    }
    var info = HeaderReader(reader.buffer, format: name, offset: reader.offset)
    reader.offset += size - 4
    var header = Header()
    var colorCount = 0
    if size == 12 {
      header.width = Int(try info.integer("the width", as: UInt16.self))
      header.height = Int(try info.integer("the height", as: UInt16.self))
    } else {
      header.width = Int(Int32(bitPattern: try info.integer("the width")))
      let height = Int(Int32(bitPattern: try info.integer("the height")))
      header.height = abs(height)
      header.isTopDown = height < 0
    }
    guard header.width > 0, header.height > 0 else {
      throw reader.malformed(
        at: 18, found: "\(header.width)x\(header.height)", expected: "at least one pixel")
    }
    _ = try info.bytes(2, "the planes")
    header.bitsPerPixel = Int(try info.integer("the bits a pixel", as: UInt16.self))
    guard [1, 2, 4, 8, 16, 24, 32].contains(header.bitsPerPixel) else {
      throw .unsupported(format: name, feature: "\(header.bitsPerPixel) bits a pixel")
    }
    // Headers of OS/2 may end after any field; what is missing is 0.
    if size >= 20 { header.compression = try compression(&info, size: size) }
    if size >= 36 {
      info.offset = fileHeaderByteCount + 20
      header.packedByteCount = Int(try info.integer("the size of the rows", as: UInt32.self))
      let x: UInt32 = try info.integer("the density")
      let y: UInt32 = try info.integer("the density")
      if x > 0, y > 0, x <= UInt32(Int32.max), y <= UInt32(Int32.max) {
        header.density = Metadata.Density(x: .init(x), y: .init(y), unit: .meter)
      }
      colorCount = Int(try info.integer("the number of colors", as: UInt32.self))
    }
    if header.compression == .masks || header.compression == .masksWithAlpha {
      try readMasks(&header, size: size, &reader)
    }
    if size >= 108 { try readColorSpace(&header, size: size, info) }
    guard rowsOffset == 0 || rowsOffset >= headerEnd else {
      throw reader.malformed(
        at: 10, found: "rows from byte \(rowsOffset)",
        expected: "rows after the header, which ends at \(headerEnd)")
    }
    // Rows from where the colors start come after them, as for Pillow.
    let isUnsaid =
      rowsOffset == 0 || header.bitsPerPixel <= 8 && rowsOffset == headerEnd
    try readPalette(
      &header, colorCount: colorCount, entryByteCount: size == 12 ? 3 : 4,
      rowsOffset: isUnsaid ? nil : rowsOffset, &reader)
    header.offset = isUnsaid ? reader.offset : rowsOffset
    return header
  }

  /// What the larger headers say of colors. sRGB, which they all say, says nothing.
  private static func readColorSpace(
    _ header: inout Header, size: Int, _ info: HeaderReader
  ) throws(FormatError) {
    var info = info
    info.offset = fileHeaderByteCount + 56
    let space: UInt32 = try info.integer("the color space")
    switch space {
    case 0:
      if try info.bytes(48, "the primaries").contains(where: { $0 != 0 }) {
        header.losses.append("chromaticities and gamma")
      }
    case linkedProfile: header.losses.append("linked color profile")
    case embeddedProfile where size >= 124:
      info.offset = fileHeaderByteCount + 112
      let start = Int(try info.integer("the place of the color profile", as: UInt32.self))
      let byteCount = Int(try info.integer("the size of the color profile", as: UInt32.self))
      info.offset = fileHeaderByteCount + start
      guard byteCount > 0, byteCount <= Metadata.itemByteLimit,
        let bytes = try? info.bytes(byteCount, "the color profile")
      else {
        header.losses.append("color profile (damaged or beyond a limit)")
        return
      }
      header.profile = Metadata.Profile(name: "ICC profile", bytes: bytes, isDeflated: false)
      header.profileEnd = info.offset
    default: break
    }
  }

  /// "LINK" and "MBED".
  private static let linkedProfile: UInt32 = 0x4C49_4E4B
  static let embeddedProfile: UInt32 = 0x4D42_4544

  private static func compression(
    _ info: inout HeaderReader, size: Int
  ) throws(FormatError) -> Compression {
    let number = try info.integer("the compression", as: UInt32.self)
    // Between 52 and 56 bytes, or 40, lie the headers of Windows; the others are those of OS/2.
    let isOS2 = ![40, 52, 56, 108, 124].contains(size)
    if isOS2, number == 3 || number == 4 {
      throw .unsupported(
        format: name, feature: number == 3 ? "Huffman coding" : "run lengths of 24-bit pixels")
    }
    guard let compression = Compression(rawValue: number) else {
      throw .unsupported(format: name, feature: "compression \(number)")
    }
    switch compression {
    case .jpeg: throw .unsupported(format: name, feature: "a JPEG file inside")
    case .png: throw .unsupported(format: name, feature: "a PNG file inside")
    default: return compression
    }
  }

  private static func readMasks(
    _ header: inout Header, size: Int, _ reader: inout HeaderReader
  ) throws(FormatError) {
    guard header.bitsPerPixel >= 16 else {
      throw reader.malformed(
        at: 30, found: "masks for \(header.bitsPerPixel) bits a pixel", expected: "16 bits or more")
    }
    // Up to 40 bytes the masks follow the header, later they are in it at the same place.
    var masks = HeaderReader(reader.buffer, format: name, offset: fileHeaderByteCount + 40)
    let hasAlpha = size >= 56 || header.compression == .masksWithAlpha
    for _ in 0..<(hasAlpha ? 4 : 3) { header.masks.append(try masks.integer("a mask")) }
    if !hasAlpha { header.masks.append(0) }
    reader.offset = max(reader.offset, masks.offset)
  }

  private static func readPalette(
    _ header: inout Header, colorCount: Int, entryByteCount: Int, rowsOffset: Int?,
    _ reader: inout HeaderReader
  ) throws(FormatError) {
    guard header.bitsPerPixel <= 8 else { return }
    let most = 1 << header.bitsPerPixel
    let start = reader.offset
    var count = min(colorCount == 0 ? most : colorCount, 256)
    let end = start + count * entryByteCount
    if let rowsOffset, rowsOffset < end {
      guard colorCount == 0 || colorCount > most else {
        throw reader.malformed(
          at: 10, found: "rows from byte \(rowsOffset), inside of the colors",
          expected: "rows after the \(count) colors, which end at \(end)")
      }
      // Where no number of colors is given, or one that cannot be, the colors may run into the rows,
      // and there is no more of them than the file holds.
      count = min(count, (reader.byteCount - start) / entryByteCount)
    }
    let bytes = try reader.bytes(count * entryByteCount, "the palette")
    let rgb = (0..<min(count, most)).flatMap { index in
      (0..<3).map { bytes[index * entryByteCount + 2 - $0] }
    }
    header.palette = Palette(rgb: rgb)
  }
}
