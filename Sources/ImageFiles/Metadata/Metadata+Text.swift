import PixelViews

extension Metadata {
  /// The key that PNG has for XMP packets.
  package static let xmpKey = "XML:com.adobe.xmp"
}

extension Metadata.Chunk {
  /// A text; in Latin-1 where it is, else in UTF-8.
  package static func text(_ key: String, _ value: String) -> Metadata.Chunk {
    let name = (key.latin1 ?? Array("Text".utf8)).prefix(79)
    if key != Metadata.xmpKey, let bytes = value.latin1, !bytes.contains(0) {
      return Metadata.Chunk("tEXt", name + [0] + bytes)
    }
    return Metadata.Chunk("iTXt", name + [0, 0, 0, 0, 0] + Array(value.utf8))
  }

  /// Whether it says of video what is not news elsewhere: that a thing is not known, or that chroma is
  /// shared without a word on where it was measured.
  var isUnknown: Bool {
    guard let key = keyword.flatMap({ Metadata.VideoKey(rawValue: $0) }) else { return false }
    if let unknown = key.unknown { return value == unknown }
    return !["420mpeg2", "420paldv"].contains(value)
  }

  /// A gamma of 1.
  static let linear = Metadata.Chunk("gAMA", [0, 1, 0x86, 0xA0])

  /// The value of a text; `nil` for other chunks, and for text that is damaged or beyond the limit.
  package var value: String? {
    guard keyword != nil, let end = bytes.firstIndex(of: 0) else { return nil }
    let rest = bytes[(end + 1)...]
    switch name {
    case "tEXt": return .latin1(rest)
    case "zTXt": return rest.first == 0 ? inflated(rest.dropFirst()).map { .latin1($0) } : nil
    default:
      // Whether it is compressed and how, then the language and the translated key.
      guard rest.count >= 2, let packing = rest.first else { return nil }
      var text = rest.dropFirst(2)
      for _ in 0..<2 {
        guard let end = text.firstIndex(of: 0) else { return nil }
        text = text[(end + 1)...]
      }
      let utf8 = packing == 0 ? Array(text) : inflated(text)
      return utf8.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// What a text says of its language and of its key in that, as nouns.
  var untranslated: [String] {
    guard name == "iTXt", let keyword, let end = bytes.firstIndex(of: 0) else { return [] }
    let parts = bytes[(end + 1)...].dropFirst(2).split(
      separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return [] }
    return zip(["language", "translated key"], parts).filter { !$1.isEmpty }.map {
      "\($0.0) of text \(keyword)"
    }
  }

  private func inflated(_ stream: ArraySlice<UInt8>) -> [UInt8]? {
    if stream.isEmpty { return nil }
    return ZlibBytes.inflate(Array(stream), limit: Metadata.itemByteLimit, whole: true)
  }

  /// The big-endian numbers of 32 bits that a chunk starts with.
  package func words(_ count: Int) -> [UInt32]? {
    guard bytes.count >= 4 * count else { return nil }
    return (0..<count).map { index in
      bytes[4 * index..<4 * index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
  }
}

extension Metadata {
  /// The exponent between samples and light; `nil` where none is said.
  package var gamma: Double? {
    chunk("gAMA")?.words(1).map { Double($0[0]) / 100_000 }
  }

  /// How sRGB is meant to be shown, 0 to 3.
  package var intent: Int? { chunk("sRGB")?.bytes.first.map(Int.init) }

  /// White, red, green and blue in CIE x and y.
  package var chromaticities: [Double]? {
    chunk("cHRM")?.words(8)?.map { Double($0) / 100_000 }
  }
}
