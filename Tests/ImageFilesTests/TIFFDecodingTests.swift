import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

@Suite(.enabled(if: OptionalLibrary.tiff.version != nil, "this build is without libtiff"))
struct TIFFDecodingTests {
  /// A gray image of 3 x 3 pixels, 1 to 9, as a file keeps it.
  static let kept: [(String, [TIFFBytes.Tag], [UInt8])] = [
    (
      "strips in disorder", [(278, 3, [2]), (273, 4, [4, 0]), (279, 4, [6, 3])],
      [7, 8, 9, 0, 1, 2, 3, 4, 5, 6]
    ),
    ("PackBits", [(259, 3, [32773])], [0x80, 2, 1, 2, 3, 0xFF, 4, 3, 6, 7, 8, 9]),
    (
      "deflate, stored", [(259, 3, [8])],
      [0x78, 1, 1, 9, 0, 0xF6, 0xFF, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0xAE, 0, 0x2E]
    ),
    (
      "LZW", [(259, 3, [5])],
      // Codes of 9 bits: 256, 1…9, 257.
      packed([256, 1, 2, 3, 4, 5, 6, 7, 8, 9, 257], bits: 9)
    ),
    (
      "LZW of differences", [(259, 3, [5]), (317, 3, [2])],
      // 1 1 1, 4 1 1, 7 1 1 with strings: 1; 258 = 1 1 before it is known; 4; 258; 7; 258.
      packed([256, 1, 258, 4, 258, 7, 258, 257], bits: 9)
    ),
  ]

  static func packed(_ codes: [Int], bits: Int) -> [UInt8] {
    let stream = codes.flatMap { code in (0..<bits).map { code >> (bits - 1 - $0) & 1 } }
    return stride(from: 0, to: stream.count, by: 8).map { start in
      (0..<8).reduce(UInt8(0)) { byte, bit in
        byte << 1 | UInt8(start + bit < stream.count ? stream[start + bit] : 0)
      }
    }
  }

  /// Bytes as LZW without a string.
  static func literal(_ bytes: [UInt8]) -> [UInt8] {
    packed([256] + bytes.map(Int.init) + [257], bits: 9)
  }

  static func file(_ others: [TIFFBytes.Tag], _ pixels: [UInt8]) -> [UInt8] {
    var tags = TIFFBytes.tags(3, 3, bits: [8], photometric: 1)
    for other in others {
      tags.removeAll { $0.number == other.number }
      tags.append(other)
    }
    return TIFFBytes().file(tags, pixels: pixels)
  }

  @Test("What is not in place is put together in memory", arguments: kept)
  func gathered(_ name: String, _ others: [TIFFBytes.Tag], _ pixels: [UInt8]) throws {
    let shown = try ShownFile(Self.file(others, pixels), as: .tiff)
    #expect(!shown.isMapped)
    let expected: [Double] =
      name == "PackBits" ? [1, 2, 3, 4, 4, 6, 7, 8, 9] : [1, 2, 3, 4, 5, 6, 7, 8, 9]
    #expect(try shown.samples() == expected)
  }

  @Test("Tiles reach beyond the edges of the image", arguments: [[8], [8, 8, 8]])
  func tiles(_ bits: [Int]) throws {
    let (width, height, side) = (20, 18, 16)
    var pixels = [UInt8](repeating: 0xEE, count: 4 * side * side * bits.count)
    var expected: [Double] = []
    for y in 0..<height {
      for x in 0..<width {
        for band in bits.indices {
          let value = UInt8((x * 11 + y * 3 + band) & 127)
          let tile = y / side * 2 + x / side
          let place = (tile * side + y % side) * side + x % side
          pixels[place * bits.count + band] = value
          expected.append(Double(value))
        }
      }
    }
    let size = side * side * bits.count
    let tags =
      TIFFBytes.tags(width, height, bits: bits, photometric: bits.count == 3 ? 2 : 1)
      .filter { ![273, 278].contains($0.number) }
      + [
        (322, 3, [side]), (323, 3, [side]), (324, 4, [0, size, 2 * size, 3 * size]),
        (325, 4, [size, size, size, size]),
      ]
    let shown = try ShownFile(TIFFBytes().file(tags, pixels: pixels), as: .tiff)
    #expect(!shown.isMapped)
    #expect(try shown.samples() == expected)
  }

  @Test("Differences of floats are put together by bytes", arguments: [false, true])
  func floats(bigEndian: Bool) throws {
    // 1.0 and 2.0: 3f 80 00 00 and 40 00 00 00, byte by byte, then as differences.
    let bytes: [UInt8] = [0x3F, 0x40, 0x80, 0, 0, 0, 0, 0]
    var differences = bytes
    for index in (1..<8).reversed() { differences[index] = bytes[index] &- bytes[index - 1] }
    let tags = TIFFBytes.tags(
      2, 1, bits: [32], photometric: 1, (339, 3, [3]), (259, 3, [5]), (317, 3, [3]))
    let file = TIFFBytes(bigEndian: bigEndian).file(tags, pixels: Self.literal(differences))
    #expect(try ShownFile(file, as: .tiff).samples() == [1, 2])
  }

  @Test(
    "What is not read is refused by its name",
    arguments: [
      ((259, 3, [999]), "compression 999"),
      ((262, 3, [32845]), "photometric interpretation 32845"),
      ((258, 3, [65]), "samples of 65 bits"), ((259, 3, [34712]), "JPEG 2000 compression"),
      ((339, 3, [6]), "sample format 6 of 16 bits"), ((277, 3, [5000]), "5000 samples a pixel"),
    ] as [(TIFFBytes.Tag, String)])
  func unsupported(_ tag: TIFFBytes.Tag, _ feature: String) throws {
    let tags =
      TIFFBytes.tags(1, 1, bits: [16], photometric: 1)
      .filter { $0.number != tag.number } + [tag]
    #expect(throws: FormatError.unsupported(format: "tiff", feature: feature)) {
      try ShownFile(TIFFBytes().file(tags, pixels: [0, 0]), as: .tiff)
    }
  }

  @Test("Inks that are not cyan, magenta, yellow and black are refused")
  func inks() throws {
    let tags = TIFFBytes.tags(1, 1, bits: [8, 8, 8, 8], photometric: 5, (332, 3, [2]))
    #expect(throws: FormatError.unsupported(format: "tiff", feature: "inks other than CMYK")) {
      try ShownFile(TIFFBytes().file(tags, pixels: [0, 0, 0, 0]), as: .tiff)
    }
  }

  /// Two samples and what stands for them: the first one, and the difference to it.
  static let differences: [(bits: Int, bigEndian: Bool, [UInt8], [Double])] = [
    (16, false, [1, 2, 3, 0], [513, 516]), (16, true, [2, 1, 0, 3], [513, 516]),
    (32, false, [1, 0, 1, 0, 3, 0, 0, 0], [65537, 65540]),
    (32, true, [0, 1, 0, 1, 0, 0, 0, 3], [65537, 65540]),
    (64, false, [5, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0], [4_294_967_301, 4_294_967_303]),
    (64, true, [0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 2], [4_294_967_301, 4_294_967_303]),
  ]

  @Test("Differences of words are added in the file's byte order", arguments: differences.indices)
  func added(_ index: Int) throws {
    let (bits, bigEndian, bytes, samples) = Self.differences[index]
    let tags = TIFFBytes.tags(
      2, 1, bits: [bits], photometric: 1, (259, 3, [5]), (317, 3, [2]))
    let file = TIFFBytes(bigEndian: bigEndian).file(tags, pixels: Self.literal(bytes))
    #expect(try ShownFile(file, as: .tiff).samples() == samples)
  }

  @Test("Tiles under the tags of strips are read as tiles")
  func confusedTags() throws {
    let side = 16
    let pixels = (0..<side * side).map { UInt8($0) }
    let tags =
      TIFFBytes.tags(2, 2, bits: [8], photometric: 1).filter { $0.number != 278 }
      + [(322, 3, [side]), (323, 3, [side])]
    let shown = try ShownFile(TIFFBytes().file(tags, pixels: pixels), as: .tiff)
    #expect(try shown.samples() == [0, 1, 16, 17])
    let none = tags.filter { $0.number != 273 }
    let error = #expect(throws: FormatError.self) {
      try ShownFile(TIFFBytes().file(none, pixels: pixels), as: .tiff)
    }
    guard case .malformed("tiff", _, "no tag 324", "offsets of the pixels") = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("Tiles of which the rows end inside a byte are refused")
  func oddTiles() throws {
    let tags =
      TIFFBytes.tags(2, 2, bits: [1], photometric: 1).filter { ![273, 278].contains($0.number) }
      + [(322, 3, [12]), (323, 3, [16]), (324, 4, [0])]
    #expect(
      throws: FormatError.unsupported(
        format: "tiff", feature: "tiles whose rows end inside a byte")
    ) { try ShownFile(TIFFBytes().file(tags, pixels: [UInt8](repeating: 0, count: 32)), as: .tiff) }
  }

  @Test("Strips of a row that overlap are put together in memory")
  func overlapping() throws {
    let tags = TIFFBytes.tags(
      2, 2, bits: [8], photometric: 1, (278, 3, [1]), (273, 4, [0, 1]), (279, 4, [2, 2]))
    let shown = try ShownFile(TIFFBytes().file(tags, pixels: [1, 2, 3]), as: .tiff)
    #expect(!shown.isMapped)
    #expect(try shown.samples() == [1, 2, 2, 3])
  }

  @Test(
    "PackBits that end too early are malformed",
    arguments: [[], [0x80], [0xFF], [3, 1, 2]] as [[UInt8]])
  func shortPackBits(_ packets: [UInt8]) throws {
    // The number of bytes keeps the decoder from what follows the packets in the file.
    let file = Self.file([(259, 3, [32773]), (279, 4, [packets.count])], packets + [0])
    let error = #expect(throws: FormatError.self) { try ShownFile(file, as: .tiff) }
    guard case .malformed("tiff", _, _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("Chroma of YCbCr is subsampled, also where only the standard says so")
  func subsampled() throws {
    let tags = TIFFBytes.tags(2, 2, bits: [8, 8, 8], photometric: 6)
    let shown = try ShownFile(
      TIFFBytes().file(tags, pixels: [10, 20, 30, 40, 128, 128]), as: .tiff)
    #expect(!shown.isMapped && shown.image.mode == .rgb)
    #expect(try shown.samples() == [10, 20, 30, 40].flatMap { [$0, $0, $0] })
  }

  @Test(
    "Numbers that cannot be are malformed",
    arguments: [
      (256, 3, [0]), (257, 4, [0]), (257, 4, [0xFFFF_FFFF]), (273, 4, [1 << 30]),
      (278, 3, [1]), (256, 2, [65]), (320, 3, [1, 2]),
    ] as [TIFFBytes.Tag])
  func malformed(_ tag: TIFFBytes.Tag) throws {
    let tags =
      TIFFBytes.tags(1, 2, bits: [8], photometric: tag.number == 320 ? 3 : 1)
      .filter { $0.number != tag.number } + [tag]
    let error = #expect(throws: FormatError.self) {
      try ShownFile(TIFFBytes().file(tags, pixels: [1, 2]), as: .tiff)
    }
    guard case .malformed(format: "tiff", _, _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("A file that ends before its last row says what it needs")
  func short() throws {
    let tags = TIFFBytes.tags(4, 9999, bits: [8], photometric: 1)
    let file = TIFFBytes().file(tags, pixels: [1])
    #expect(
      throws: FormatError.malformed(
        format: "tiff", offset: 8, found: "the end of the file after \(file.count) bytes",
        expected: "9999 rows, which need \(8 + 4 * 9999)")
    ) { try ShownFile(file, as: .tiff) }
  }

  @Test("A picture far larger than its file is a lie", arguments: [8, 5, 32773])
  func lie(compression: Int) throws {
    let tags = TIFFBytes.tags(
      30000, 30000, bits: [8], photometric: 1, (259, 3, [compression]))
    let file = TIFFBytes().file(tags, pixels: [0, 0])
    #expect(
      throws: FormatError.malformed(
        format: "tiff", offset: 0, found: "a file of \(file.count) bytes",
        expected: "bytes for 30000x30000 pixels, which need 900000000 unpacked")
    ) { try ShownFile(file, as: .tiff) }
  }

  @Test("Damage is survived", arguments: kept)
  func damage(_ name: String, _ others: [TIFFBytes.Tag], _ pixels: [UInt8]) {
    ShownFile.surviveDamage(Self.file(others, pixels), as: .tiff)
  }

  @Test("Damage of files that are mapped is survived", arguments: [false, true])
  func damageInPlace(isBig: Bool) {
    let tags = TIFFBytes.tags(
      2, 1, bits: [8, 8, 8], photometric: 2, (284, 3, [2]), (273, 4, [0, 2, 4]),
      (274, 3, [5]), (338, 3, [0]))
    ShownFile.surviveDamage(
      TIFFBytes(bigEndian: isBig, isBig: isBig).file(tags, pixels: [1, 2, 3, 4, 5, 6]), as: .tiff)
  }
}
