// KTX 2.0: a texture of Vulkan, uncompressed (KTX File Format Specification, version 2.0, Khronos).
//
//   offset  bytes, numbers little-endian
//        0     12  AB "KTX 20" BB 0D 0A 1A 0A
//       12      4  number of VkFormat
//       16      4  bytes of a component, or of a packed pixel
//       20     12  width, height, depth; 0 where there is no such axis
//       32     12  layers (0: no array), faces (1 or 6), levels of detail (0: one, to be made)
//       44      4  compression of the levels; 0 none, 1 BasisLZ, 2 Zstandard, 3 ZLIB
//       48     16  place and bytes of the descriptor of the format, and of the keys and values
//       64     16  the same, 8 bytes each, of what all levels share
//       80     24  for each level, the largest first: place, bytes, bytes without compression
//   A level has the rows of slice after slice of face after face of layer after layer, without padding.
//   Keys and values: 4 bytes length, key, 0, value, padded to 4. KTXorientation "rd" means columns to the
//   right and rows down; "ru" and "ld" are honored.
//
// Mapped in place; layers, faces and slices are frames, smaller levels are told. Written with one level.
// Refused, by name: levels that are compressed, blocks (BC, ETC2, ASTC), two bands.

import PixelMemory
import PixelViews

extension FileFormat {
  static let ktx2 = FileFormat(
    name: "ktx2", summary: "texture of Vulkan, KTX 2.0, uncompressed", suffixes: [".ktx2"],
    modes: [
      .gray, .rgb, .rgba, .integer, .float, .gray16, .gray16Little, .gray16Big, .gray16Native,
    ],
    wideModes: [.rgb, .rgba], numberColors: KTX2.numberColors, honorsRawmode: true,
    keepsNumbers: true,
    recognize: { $0.starts(with: KTX2.magic) },
    describe: KTX2.describe,
    prefix: { layout, mode throws(FormatError) in
      layout.bitOffset == 0 ? KTX2.header(layout, mode) : nil
    },
    encoding: .plain { image, options throws(FormatError) in
      try KTX2.plainFile(image, as: options.rawmode)
    })
}

enum KTX2 {
  static let name = "ktx2"
  static let magic: [UInt8] = [0xAB] + Array("KTX 20".utf8) + [0xBB, 0x0D, 0x0A, 0x1A, 0x0A]
  static let indexOffset = 80
  private static let levelEntryByteCount = 24
  static let numberColors = PixelFormat.numberColors.filter { format in
    TexturePixel.stored.contains { row in
      !row.vulkan.isEmpty && row.mode == format.mode && (try? row.pixel(""))?.format == format
    }
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    reader.offset = 0
    guard try reader.bytes(magic.count, "the identifier") == magic else {
      throw reader.malformed(at: 0, found: "other bytes", expected: "\"KTX 20\" in its frame")
    }
    var words: [Int] = []
    for _ in 0..<13 { words.append(Int(try reader.integer("the header", as: UInt32.self))) }
    _ = try reader.bytes(16, "what levels share")
    if words[8] != 0 {
      let known = ["", "BasisLZ", "Zstandard", "ZLIB"]
      throw .unsupported(
        format: name,
        feature: known.indices.contains(words[8])
          ? "\(known[words[8]]) compression" : "scheme \(words[8]) of compression")
    }
    let pixel = try pixel(words[0])
    let (depth, layers, faces, levels) = (
      max(1, words[4]), max(1, words[5]), words[6], max(1, words[7])
    )
    guard words[2] > 0, faces == 1 || faces == 6, levels <= 32 else {
      throw reader.malformed(
        at: 20, found: "width \(words[2]), \(faces) faces, \(levels) levels",
        expected: "at least one pixel, 1 or 6 faces, 32 levels at most")
    }
    var texture = Texture(
      format: name, width: words[2], height: max(1, words[3]), pixel: pixel, offset: 0)
    let values = try values(&reader, at: words[11], byteCount: words[12])
    let headers = [9, 11].map { words[$0]..<words[$0] + words[$0 + 1] }
    let ends = try levelEnds(&reader, levels, headers, &texture)
    texture.frameStep = texture.byteCount(levels: 0..<1, depth: 1)
    guard let count = depth.multiplied(by: layers)?.multiplied(by: faces) else {
      throw .tooLarge(
        format: name, found: "\(layers) layers of \(depth)", limit: "\(Int.max) images")
    }
    texture.frameCount = count
    texture.byteCount = texture.frameStep?.multiplied(by: count)
    guard texture.byteCount == ends.byteCount else {
      throw reader.malformed(
        at: indexOffset + 8, found: "\(ends.byteCount.bytes) in the largest level",
        expected:
          "those of \(count) x \(texture.width)x\(texture.height), \(pixel.bitCount) bits a pixel")
    }
    var pixels = try texture.pixels(in: reader.byteCount, options)
    let keysEnd = words[11] + words[12]
    pixels.trailingByteCount = max(0, reader.byteCount - max(ends.last, keysEnd))
    say(values, of: &pixels)
    if levels > 1 { pixels.hideLevels(levels - 1) }
    return .mapped(pixels)
  }

  private static func pixel(_ number: Int) throws(FormatError) -> TexturePixel {
    if let row = TexturePixel.stored.first(where: { $0.vulkan.contains(number) }) {
      return try row.pixel(name)
    }
    let blocks: [(ClosedRange<Int>, String)] = [
      (131...146, "BC"), (147...156, "ETC2"), (157...184, "ASTC"),
      (1_000_054_000...1_000_054_007, "PVRTC"), (1_000_066_000...1_000_066_013, "ASTC"),
    ]
    if let found = blocks.first(where: { $0.0.contains(number) }) {
      throw .unsupported(format: name, feature: "\(found.1) compression")
    }
    throw .unsupported(
      format: name,
      feature: number == 0 ? "a format that only its descriptor says" : "VkFormat \(number)")
  }

  /// Where the largest level starts, and the bytes up to which levels reach.
  ///
  /// - Parameter headers: where the descriptor of the format, and keys and values stand.
  private static func levelEnds(
    _ reader: inout HeaderReader, _ count: Int, _ headers: [Range<Int>], _ texture: inout Texture
  ) throws(FormatError) -> (byteCount: Int, last: Int) {
    var (first, last) = (0, 0)
    let indexEnd = indexOffset + count * levelEntryByteCount
    reader.offset = indexOffset
    for level in 0..<count {
      let at = reader.offset
      let numbers: [UInt64] = try [
        reader.integer("a level"), reader.integer("a level"), reader.integer("a level"),
      ]
      guard let offset = Int(exactly: numbers[0]), let byteCount = Int(exactly: numbers[1]),
        let end = offset.added(to: byteCount), end <= reader.byteCount, offset >= indexEnd
      else {
        throw reader.malformed(
          at: at, found: "a level of \(numbers[1]) bytes from byte \(numbers[0]) on",
          expected: "one in the bytes \(indexEnd) to \(reader.byteCount) of the file")
      }
      if let header = headers.first(where: { $0.overlaps(offset..<end) }) {
        throw reader.malformed(
          at: at, found: "a level of \(byteCount.bytes) from byte \(offset) on",
          expected: "one apart from bytes \(header.lowerBound) to \(header.upperBound), which "
            + "describe it")
      }
      if level == 0 { (texture.offset, first) = (offset, byteCount) }
      last = max(last, end)
    }
    return (first, last)
  }

  /// The keys and values.
  private static func values(
    _ reader: inout HeaderReader, at start: Int, byteCount: Int
  ) throws(FormatError) -> [(key: String, value: String)] {
    guard byteCount <= HeaderReader.textByteCount, start + byteCount <= reader.byteCount else {
      throw reader.malformed(
        at: 56, found: "\(byteCount.bytes) of keys from byte \(start) on",
        expected: "at most a mebibyte, in the \(reader.byteCount) bytes of the file")
    }
    var found: [(key: String, value: String)] = []
    reader.offset = start
    let end = start + byteCount
    while end - reader.offset >= 4 {
      let count = Int(try reader.integer("the length of a key and value", as: UInt32.self))
      guard count <= end - reader.offset else {
        throw reader.malformed(
          at: reader.offset - 4, found: "a key and value of \(count.bytes)",
          expected: "\(end - reader.offset) at most")
      }
      let parts = try reader.bytes(count, "a key and value").split(
        separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? parts[1].prefix { $0 != 0 } : []
      found.append((FileName.text(parts.first ?? []), FileName.text(value)))
      reader.offset += (4 - count % 4) % 4
    }
    return found
  }

  private static let orientationKey = "KTXorientation"

  /// Turns the pixels as the file says, and names what else it says.
  private static func say(
    _ values: [(key: String, value: String)], of pixels: inout FileFormat.Pixels
  ) {
    for (key, value) in values where key == orientationKey {
      if value.hasPrefix("l") { pixels.layout = pixels.layout.reoriented(.horizontal) }
      if value.dropFirst().hasPrefix("u") { pixels.layout = pixels.layout.reoriented(.vertical) }
    }
    let others = values.map(\.key).filter { $0 != orientationKey }
    guard !others.isEmpty else { return }
    var metadata = Metadata(format: pixels.format)
    metadata.lose("values of KTX2 (\(others.listed()))")
    pixels.metadata = metadata
  }
}
