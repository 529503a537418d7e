import PixelViews

extension Metadata.Profile {
  /// What the header of an ICC profile (ICC.1, 7.2) has up to its end.
  private static let headerByteCount = 128

  /// The whole profile; `nil` when it is damaged or beyond the limit.
  package var plain: [UInt8]? {
    isDeflated ? ZlibBytes.inflate(bytes, limit: Metadata.itemByteLimit, whole: true) : bytes
  }

  /// The zlib stream of the profile.
  var deflated: [UInt8]? { isDeflated ? bytes : ZlibBytes.deflate(bytes) }

  /// The kind of colors that it is for, as its header says: "RGB", "GRAY", "CMYK" …
  package var space: String? {
    let count = Metadata.Profile.headerByteCount
    let header =
      isDeflated ? ZlibBytes.inflate(bytes, limit: count, whole: false) : Array(bytes.prefix(count))
    guard let header, header.count == count, header[36..<40] == [0x61, 0x63, 0x73, 0x70] else {
      return nil
    }
    return String.latin1(header[16..<20].filter { $0 != 0x20 })
  }

  /// What the profile calls itself; its name in the file where it has none.
  package var description: String {
    guard let plain, let tag = tag("desc", in: plain) else { return name }
    let text: String
    switch tag.prefix(4) {
    case [0x64, 0x65, 0x73, 0x63]:
      guard let count = number(tag, at: 8), count <= tag.count - 12 else { return name }
      text = .latin1(tag.dropFirst(12).prefix(count).prefix { $0 != 0 })
    case [0x6D, 0x6C, 0x75, 0x63]:
      guard let count = number(tag, at: 20), let start = number(tag, at: 24),
        start <= tag.count, count <= tag.count - start
      else { return name }
      let bytes = Array(tag.dropFirst(start).prefix(count))
      let words = stride(from: 0, to: bytes.count - 1, by: 2).map {
        UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
      }
      text = String(decoding: words, as: UTF16.self)
    default: return name
    }
    return text.isEmpty ? name : text
  }

  /// The bytes of a tag.
  private func tag(_ name: String, in profile: [UInt8]) -> [UInt8]? {
    guard let count = number(profile, at: 128), count <= 256 else { return nil }
    for entry in stride(from: 132, to: 132 + 12 * count, by: 12) {
      guard let start = number(profile, at: entry + 4), let count = number(profile, at: entry + 8)
      else { return nil }
      guard profile[entry..<entry + 4].elementsEqual(name.utf8) else { continue }
      guard start <= profile.count, count <= profile.count - start else { return nil }
      return Array(profile[start..<start + count])
    }
    return nil
  }

  private func number(_ bytes: [UInt8], at offset: Int) -> Int? {
    guard offset <= bytes.count - 4 else { return nil }
    return bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  /// Whether the profile is for the colors of a mode, or says nothing of what it is for.
  func fits(_ mode: Mode) -> Bool {
    guard let space else { return true }
    switch mode {
    case .bilevel, .gray, .grayAlpha, .grayPremultiplied, .gray16, .gray16Little, .gray16Big,
      .gray16Native, .integer, .float:
      return space == "GRAY"
    case .palette, .paletteAlpha, .rgb, .rgba, .rgbx, .rgbPremultiplied: return space == "RGB"
    case .cmyk: return space == "CMYK"
    case .ycbcr: return space == "YCbr" || space == "RGB"
    case .lab: return space == "Lab"
    case .hsv: return space == "HSV"
    }
  }
}
