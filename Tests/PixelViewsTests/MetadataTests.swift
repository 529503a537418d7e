import PixelMemory
import Testing

@testable import PixelViews

@Suite("Metadata")
struct MetadataTests {
  /// Exif data of a camera: orientation 6, a size in a directory below, a thumbnail of four bytes.
  static func exif(bigEndian: Bool) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { index in
        UInt8(truncatingIfNeeded: value >> (8 * (bigEndian ? size - 1 - index : index)))
      }
    }
    func entry(_ tag: Int, _ type: Int, _ value: Int) -> [UInt8] {
      let size = type == 3 ? 2 : 4
      return number(tag, 2) + number(type, 2) + number(1, 4) + number(value, size)
        + [UInt8](repeating: 0, count: 4 - size)
    }
    let first = number(2, 2) + entry(0x112, 3, 6) + entry(0x8769, 4, 38) + number(68, 4)
    let inner = number(2, 2) + entry(0xA002, 3, 40) + entry(0xA003, 4, 30) + number(0, 4)
    let second = number(2, 2) + entry(0x201, 4, 98) + entry(0x202, 4, 4) + number(0, 4)
    return (bigEndian ? [0x4D, 0x4D, 0, 42] : [0x49, 0x49, 42, 0]) + number(8, 4)
      + first + inner + second + [1, 2, 3, 4]
  }

  @Test("A view makes Exif data true again, in both byte orders", arguments: [false, true])
  func fitted(bigEndian: Bool) throws {
    let bytes = MetadataTests.exif(bigEndian: bigEndian)
    var block = try #require(ExifBlock(bytes))
    #expect(
      block.fit(width: 20, height: 10, isTurned: true) == [
        "the Exif orientation was 6 and is now 1", "the Exif size is now 20x10",
        "the Exif thumbnail, which showed the old picture, was removed",
      ])
    #expect(block.bytes.suffix(4) == [0, 0, 0, 0])
    #expect(block.bytes.count == bytes.count)
    #expect(block.fit(width: 20, height: 10, isTurned: true) == [])
  }

  @Test("Exif data cut after each byte, and with each byte replaced, is survived")
  func damaged() {
    var count = 0
    for bigEndian in [false, true] {
      let bytes = MetadataTests.exif(bigEndian: bigEndian)
      for length in 0...bytes.count {
        var block = ExifBlock(Array(bytes.prefix(length)))
        _ = block?.fit(width: 1, height: 1, isTurned: true)
        count += 1
      }
      for index in bytes.indices {
        for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF, bytes[index] ^ 1] {
          var damaged = bytes
          damaged[index] = value
          var block = ExifBlock(damaged)
          _ = block?.fit(width: 1, height: 1, isTurned: true)
          #expect(block.map { $0.bytes.count == bytes.count } != false)
          count += 1
        }
      }
    }
    #expect(count == 2 * (103 + 102 * 6))
  }

  @Test("Views carry metadata along, and change what they make untrue")
  func views() throws {
    let buffer = try Buffer(allocating: 12)
    let layout = try Rawmode.natural(PixelFormat(.gray)).layout(width: 4, height: 3)
    let image = try Image(buffer: buffer, layout: layout, format: PixelFormat(.gray))
    #expect(image.metadata == nil)
    var metadata = Metadata(format: image.format)
    metadata.density = Metadata.Density(x: .init(300), y: .init(100), unit: .inch)
    metadata.add(Metadata.Chunk("oFFs", [UInt8](repeating: 0, count: 9)))
    metadata.add(Metadata.Chunk("gAMA", [0, 0, 0xB1, 0x8F]))
    let said = image.with(metadata: metadata)
    let part = try said.cropped(to: Rectangle(x: 0, y: 0, width: 2, height: 2))
    #expect(part.metadata?.chunks.map(\.name) == ["gAMA"])
    #expect(part.metadata?.losses == ["position on the page (the picture was cropped)"])
    #expect(said.reoriented(.quarter).metadata?.density?.x.value == 100)
    #expect(said.reoriented(.half).metadata?.density?.x.value == 300)
    #expect(try said.every(columns: 3, rows: 2).metadata?.density?.perPixel == [100, 50])
    for view in [
      try said.converted(to: .rgb), try said.band(0), said.sealed, try said.copied(threads: 1),
      try said.cropped(to: said.bounds), said.with(palette: nil),
    ] {
      #expect(view.metadata == metadata)
    }
  }
}

extension Metadata.Density {
  fileprivate var perPixel: [Double] { [x.value, y.value] }
}
