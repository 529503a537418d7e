import PixelMemory
import PixelViews

extension TGA {
  /// What the samples mean that may be alpha.
  enum Alpha: Sendable { case none, straight, premultiplied }

  /// What is alpha in a file, and what to tell about it: what the extension of version 2 says. Where
  /// it says nothing, alpha that is 0 in all pixels is none, for nobody draws an invisible picture.
  ///
  /// - Complexity: O(1) with an extension, else O(pixels up to the first that is not invisible).
  static func alpha(
    _ reader: inout HeaderReader, _ header: Header, _ storage: Storage, _ limits: Limits
  ) throws(FormatError) -> (Alpha, notes: [String]) {
    guard storage.hasAlpha || storage.palette?.hasAlpha == true else { return (.none, []) }
    switch try attributes(&reader) {
    case 0, 1, 2: return (.none, [])
    case 3: return (.straight, [])
    case 4: return (.premultiplied, [])
    default: break
    }
    if let palette = storage.palette {
      return palette.alpha.allSatisfy { $0 == 0 }
        ? (.none, ["alpha is 0 in all colors, so it is ignored"]) : (.straight, [])
    }
    return try hasAlpha(reader.buffer, header, limits)
      ? (.straight, []) : (.none, ["alpha is 0 in all pixels, so it is ignored"])
  }

  /// What the extension of a file of version 2 says about alpha (field 24): 0 there is none, 1 and 2
  /// it is undefined, 3 it is alpha, 4 colors are multiplied by it; `nil` without an extension.
  private static func attributes(_ reader: inout HeaderReader) throws(FormatError) -> UInt8? {
    guard let start = try extensionStart(&reader) else { return nil }
    reader.offset = start + extensionByteCount - 1
    return try reader.byte("attributes type")
  }

  /// Where the footer of version 2 stands: at the end of the file, or before bytes that somebody has
  /// put after it. Only the last bytes are looked at.
  static func footerStart(_ reader: inout HeaderReader) throws(FormatError) -> Int? {
    let mark = footer[8...]
    let count = min(1 << 12, reader.byteCount - Header.byteCount)
    guard count >= footer.count else { return nil }
    reader.offset = reader.byteCount - count
    let bytes = try reader.bytes(count, "footer")
    let places = stride(from: count - footer.count, through: 0, by: -1)
    let found = places.first { bytes[$0 + 8..<$0 + footer.count].elementsEqual(mark) }
    return found.map { reader.byteCount - count + $0 }
  }

  /// Where the extension of a file of version 2 stands.
  static func extensionStart(_ reader: inout HeaderReader) throws(FormatError) -> Int? {
    guard let place = try footerStart(&reader) else { return nil }
    reader.offset = place
    let bytes = try reader.bytes(footer.count, "footer")
    let start = (0..<4).reduce(0) { $0 | Int(bytes[$1]) << $1.inBits }
    guard start >= Header.byteCount, start <= place - extensionByteCount
    else { return nil }
    return start
  }

  /// Whether a pixel is not invisible. Damaged packets are left to who decodes them.
  private static func hasAlpha(
    _ buffer: Buffer, _ header: Header, _ limits: Limits
  ) throws(FormatError) -> Bool {
    let mask: UInt64 =
      switch (header.kind, header.bits) {
      case (.colors, 32): 0xFF00_0000_FF00_0000
      case (.colors, _): 0x8000_8000_8000_8000
      default: 0xFF00_FF00_FF00_FF00
      }
    var found = false
    if header.isCompressed {
      guard header.width * header.height <= limits.pixels else { return true }
      do throws(FormatError) {
        try unpackRows(buffer, header) { _, row in
          found = row.hasBits(of: mask)
          return !found
        }
      } catch {
        if case .malformed = error { return true }
        throw error
      }
      return found
    }
    let byteCount = header.rowByteCount * header.height
    var input = CompressedInput(buffer, header.pixelOffset..<header.pixelOffset + byteCount)
    while !found, try input.fill() {
      input.withPiece { (piece: RawSpan) in
        found = piece.hasBits(of: mask)
        return piece.byteCount
      }
    }
    return found
  }
}

extension RawSpan {
  /// Whether one of the bits is set that a mask has for each eight bytes.
  fileprivate func hasBits(of mask: UInt64) -> Bool {
    let wordCount = byteCount / 8
    for index in 0..<wordCount {
      let word: UInt64 = sample(index)
      if word.littleEndian & mask != 0 { return true }
    }
    return (wordCount * 8..<byteCount).contains { index in
      UInt64(sample(index, as: UInt8.self)) & mask >> UInt64(index % 8 * 8) & 0xFF != 0
    }
  }
}

extension Mode {
  /// The mode of the same colors with another meaning of alpha.
  func with(_ alpha: TGA.Alpha) -> Mode {
    switch (self, alpha) {
    case (.rgba, .none): .rgb
    case (.rgba, .premultiplied): .rgbPremultiplied
    case (.grayAlpha, .none): .gray
    case (.grayAlpha, .premultiplied): .grayPremultiplied
    default: self
    }
  }
}

extension Palette {
  /// The same colors without transparency.
  var opaque: Palette? { Palette(rgb: rgb) }
}
