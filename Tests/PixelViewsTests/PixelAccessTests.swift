import PixelMemory
import Testing

@testable import PixelViews

@Suite struct PixelAccessTests {
  private static let (width, height) = (9, 5)

  /// An image of arbitrary bytes.
  private func image(_ rawmode: Rawmode, seed: Int) throws -> Image {
    let layout = try rawmode.layout(width: Self.width, height: Self.height)
    let byteCount = try layout.byteRange().upperBound + 3
    let buffer = try Buffer(allocating: byteCount)
    var state = UInt32(truncatingIfNeeded: seed)
    let bytes = (0..<byteCount).map { _ -> UInt8 in
      state = state &* 1_103_515_245 &+ 12345
      return UInt8(truncatingIfNeeded: state >> 19)
    }
    try buffer.copyIn(Block(offset: 0, byteCount: byteCount), from: unsafe bytes.span.bytes)
    return try Image(buffer: buffer, layout: layout, format: rawmode.storedFormat)
  }

  private func bytes(_ image: Image) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: image.buffer.byteCount)
    var span = bytes.mutableSpan
    var target = unsafe span.mutableBytes
    try image.buffer.copyOut(Block(offset: 0, byteCount: target.byteCount), to: &target)
    return bytes
  }

  private func views(_ image: Image) throws -> [Image] {
    try [
      image, image.reoriented(.quarter), image.reoriented(.horizontal),
      image.every(columns: 2, rows: 3),
      image.cropped(to: Rectangle(x: 3, y: 1, width: 5, height: 4)),
    ] + (0..<image.mode.bandCount).map { try image.band($0) }
  }

  @Test("A pixel alone is the one that a tile has, for every way to store it")
  func reading() throws {
    var count = 0
    for (seed, rawmode) in Rawmode.all.enumerated() {
      for view in try views(image(rawmode, seed: seed)) {
        guard let pixels = PixelAccess(view) else { continue }
        for y in 0..<view.height {
          for x in 0..<view.width {
            // Numbers of 64 bits may have no sample.
            guard let expected = try? view.pixel(x: x, y: y).samples else {
              #expect(throws: ViewError.self) { try pixels.pixel(x: x, y: y) }
              continue
            }
            let found = try pixels.pixel(x: x, y: y)
            #expect(
              zip(expected.indices, expected).allSatisfy {
                found[$0].bitPattern == $1.bitPattern
              }, "\(rawmode.name) of \(rawmode.mode)")
            count += 1
          }
        }
        #expect(throws: ViewError.self) { try pixels.pixel(x: view.width, y: 0) }
        #expect(throws: ViewError.self) { try pixels.pixel(x: 0, y: -1) }
      }
    }
    #expect(count > 20000)
  }

  @Test("A pixel alone is stored as a fill of one pixel stores it")
  func writing() throws {
    var count = 0
    for (seed, rawmode) in Rawmode.all.enumerated() {
      let (own, other) = (
        try views(image(rawmode, seed: seed)), try views(image(rawmode, seed: seed))
      )
      for (view, twin) in zip(own, other) {
        guard let pixels = PixelAccess(view) else { continue }
        for value in [0, 1, 77, 255, -1, 0.5, 65504, 1e300, .nan, .infinity] {
          let samples = [Double](repeating: value, count: view.mode.bandCount)
          let isStored = try pixels.put(
            x: view.width - 1, y: 1, SIMD4(repeating: value))
          if isStored {
            try twin.put(x: view.width - 1, y: 1, Pixel(samples))
            count += 1
          }
          #expect(try bytes(view) == bytes(twin), "\(value) in \(rawmode.name) of \(rawmode.mode)")
        }
      }
    }
    #expect(count > 2000)
  }
}
