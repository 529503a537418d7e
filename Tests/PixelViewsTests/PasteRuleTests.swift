import PixelMemory
import Testing

@testable import PixelViews

/// What a paste does with an image of other pixels, for each who pastes.
@Suite struct PasteRuleTests {
  private func image(_ format: PixelFormat, _ bytes: [UInt8]) throws -> Image {
    try Image.plain(bytes, format, width: 1, height: 1)
  }

  @Test(
    arguments: [
      (PixelFormat(.rgb), [1, 2, 3], PixelFormat(.rgb), [1, 2, 3]),
      (PixelFormat(.gray), [7], PixelFormat(.rgb), [7, 7, 7]),
      (PixelFormat(.gray), [7], PixelFormat(.rgba), [7, 7, 7, 255]),
      (PixelFormat(.rgbx), [1, 2, 3, 9], PixelFormat(.rgb), [1, 2, 3]),
      (PixelFormat(.bilevel), [0x80], PixelFormat(.gray), [255]),
      (PixelFormat(.grayAlpha), [5, 6], PixelFormat(.rgba), [5, 5, 5, 6]),
    ] as [(PixelFormat, [UInt8], PixelFormat, [Double])])
  func `an image of another mode is converted`(
    picture: PixelFormat, bytes: [UInt8], target: PixelFormat, pixel: [Double]
  ) throws {
    let image = try image(target, [UInt8](repeating: 0, count: target.pixelByteCount))
    try image.paste(self.image(picture, bytes), x: 0, y: 0, threads: 1)
    #expect(try image.pixel(x: 0, y: 0).samples == pixel)
  }

  @Test(arguments: [
    (PixelFormat(.rgba), PixelFormat(.rgb), ViewError.opacityLost(from: .rgba, to: .rgb)),
    (PixelFormat(.grayAlpha), PixelFormat(.rgb), .opacityLost(from: .grayAlpha, to: .rgb)),
    (PixelFormat(.grayAlpha), PixelFormat(.gray), .opacityLost(from: .grayAlpha, to: .gray)),
    (
      PixelFormat(.rgb), PixelFormat(.rgb, .u16),
      .samplesDiffer(image: PixelFormat(.rgb, .u16), picture: PixelFormat(.rgb))
    ),
    (
      PixelFormat(.gray, .u16), PixelFormat(.gray),
      .samplesDiffer(image: PixelFormat(.gray), picture: PixelFormat(.gray, .u16))
    ),
  ])
  func `a paste that would lose something is refused`(
    picture: PixelFormat, target: PixelFormat, error: ViewError
  ) throws {
    let image = try image(target, [UInt8](repeating: 1, count: target.pixelByteCount))
    let other = try self.image(picture, [UInt8](repeating: 2, count: picture.pixelByteCount))
    let before = try image.pixel(x: 0, y: 0)
    #expect(throws: error) { try image.paste(other, x: 0, y: 0, threads: 1) }
    #expect(try image.pixel(x: 0, y: 0) == before)
  }
}
