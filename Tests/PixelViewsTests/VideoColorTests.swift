import Testing

@testable import PixelViews

/// `YCbCr` of more than 8 bits against fractions; all of 8 bits is compared by the black-box tests.
@Suite struct VideoColorTests {
  static let colors = VideoColor.Matrix.allCases.flatMap { matrix in
    VideoColor.Range.allCases.map { VideoColor(matrix, $0) }
  }

  /// Kr and Kb in ten thousandths, from the recommendations.
  private static let shares: [VideoColor.Matrix: (Int128, Int128)] = [
    .bt601: (2990, 1140), .bt709: (2126, 722), .bt2020: (2627, 593),
  ]

  /// A fraction of whole numbers, rounded with halves up.
  private func rounded(_ above: Int128, _ below: Int128) -> Int128 {
    let (quotient, rest) = (2 * above + below).quotientAndRemainder(dividingBy: 2 * below)
    return rest < 0 ? quotient - 1 : quotient
  }

  private func scale(_ color: VideoColor) -> (black: Int128, luma: Int128, chroma: Int128) {
    let unit = Int128(1) << Int128(color.bitDepth - 8)
    return color.range == .full
      ? (0, 256 * unit - 1, 256 * unit - 1) : (16 * unit, 219 * unit, 224 * unit)
  }

  private func rgb(_ pixel: [Int128], _ color: VideoColor) throws -> [Int128] {
    let (red, blue) = try #require(Self.shares[color.matrix])
    let (black, luma, chroma) = scale(color)
    let gray = Int128(1) << Int128(color.bitDepth - 1)
    let (y, cb, cr) = (pixel[0] - black, pixel[1] - gray, pixel[2] - gray)
    let green = 10_000 - red - blue
    // All over 10⁴ · luma · chroma · green, times white.
    let white: Int128 = color.bitDepth == 8 ? 255 : 65535
    let below = 10_000 * luma * chroma * green
    let base = y * 10_000 * chroma * green
    let redCr = 2 * (10_000 - red) * cr * luma
    let blueCb = 2 * (10_000 - blue) * cb * luma
    return [
      base + redCr * green, base - blueCb * blue - redCr * red, base + blueCb * green,
    ].map { min(max(rounded(white * $0, below), 0), white) }
  }

  private func ycbcr(_ pixel: [Int128], white: Int128, _ color: VideoColor) throws -> [Int128] {
    let (red, blue) = try #require(Self.shares[color.matrix])
    let (black, luma, chroma) = scale(color)
    let gray = Int128(1) << Int128(color.bitDepth - 1)
    // Over 10⁴ · white.
    let y = red * pixel[0] + (10_000 - red - blue) * pixel[1] + blue * pixel[2]
    func difference(_ sample: Int128, _ share: Int128) -> Int128 {
      gray + rounded(chroma * (10_000 * sample - y), 2 * (10_000 - share) * white)
    }
    return [
      black + rounded(luma * y, 10_000 * white), difference(pixel[2], blue),
      difference(pixel[0], red),
    ].map { min(max($0, 0), 2 * gray - 1) }
  }

  /// Every luma among a few, with every chroma among more: ends, middles and numbers by chance.
  private func pixels(to highest: Int128) -> [[Int128]] {
    var random = SystemRandomNumberGenerator()
    let some = [0, 1, highest / 2, highest / 2 + 1, highest - 1, highest]
    let chance = (0..<20).map { _ in Int128.random(in: 0...highest, using: &random) }
    let all = some + chance
    return all.flatMap { y in all.flatMap { u in all.map { v in [y, u, v] } } }
  }

  private func bytes(_ samples: [Int128], _ type: SampleType) -> [UInt8] {
    samples.flatMap { sample in
      type == .u8 ? [UInt8(sample)] : [UInt8(sample & 255), UInt8(sample >> 8)]
    }
  }

  @Test(arguments: colors, [9, 10, 12, 16])
  func `video of more than 8 bits becomes the rounded color`(
    color: VideoColor, bitDepth: Int
  ) throws {
    let color = VideoColor(color.matrix, color.range, bitDepth: bitDepth)
    let pixels = pixels(to: 1 << Int128(bitDepth) - 1)
    let conversion = try #require(
      Conversion(from: color.format, to: .rgb, as: color, palette: nil))
    #expect(conversion.target == PixelFormat(.rgb, .u16) && !conversion.rounds)
    let expected = try pixels.flatMap { try rgb($0, color) }
    #expect(
      converted(bytes(pixels.flatMap(\.self), .u16), by: conversion) == bytes(expected, .u16))
  }

  @Test(arguments: colors, [(8, SampleType.u16), (10, .u16), (10, .u8), (12, .u16), (16, .u16)])
  func `colors become the rounded video`(
    color: VideoColor, sample: (bitDepth: Int, type: SampleType)
  ) throws {
    let color = VideoColor(color.matrix, color.range, bitDepth: sample.bitDepth)
    let white: Int128 = sample.type == .u8 ? 255 : 65535
    let pixels = pixels(to: white)
    let conversion = try #require(
      Conversion(from: PixelFormat(.rgb, sample.type), to: .ycbcr, as: color, palette: nil))
    #expect(conversion.target == color.format)
    #expect(conversion.rounds == (sample == (8, .u16)))
    let expected = try pixels.flatMap { try ycbcr($0, white: white, color) }
    #expect(
      converted(bytes(pixels.flatMap(\.self), sample.type), by: conversion)
        == bytes(expected, color.format.type))
  }

  @Test(arguments: colors)
  func `each number of pixels is converted, whatever is left of four`(color: VideoColor) throws {
    let conversion = try #require(
      Conversion(from: PixelFormat(.ycbcr), to: .rgb, as: color, palette: nil))
    for count in 0...9 {
      let pixels = Array(pixels(to: 255).shuffled().prefix(count))
      let expected = try pixels.flatMap { try rgb($0, color) }
      #expect(converted(bytes(pixels.flatMap(\.self), .u8), by: conversion) == bytes(expected, .u8))
    }
  }

  @Test func `gray of 10 bits is luma from black to white`() throws {
    let color = VideoColor(bitDepth: 10)
    for mode in [Mode.gray, .gray16, .gray16Big] {
      let conversion = try #require(
        Conversion(from: color.format, to: mode, as: color, palette: nil))
      #expect(conversion.target == PixelFormat(mode, .u16) && !conversion.rounds)
      let row = bytes([0, 9, 9, 64, 0, 0, 502, 0, 0, 940, 0, 0, 1023, 0, 0], .u16)
      #expect(converted(row, by: conversion) == bytes([0, 0, 32768, 65535, 65535], .u16))
    }
  }

  @Test func `samples of another type are not such video`() {
    #expect(
      Conversion(
        from: PixelFormat(.ycbcr, .u16), to: .rgb, as: VideoColor(), palette: nil) == nil)
    #expect(
      Conversion(
        from: PixelFormat(.ycbcr), to: .rgb, as: VideoColor(bitDepth: 10), palette: nil) == nil)
  }
}
