import PixelMemory
import Testing

@testable import PixelViews

@Suite struct DifferenceTests {
  @Test(arguments: MadeImage.all.filter { $0.difference != nil })
  func `errors are what NumPy computes, for every number of threads`(made: MadeImage) throws {
    let expected = try #require(made.difference)
    let bytes = made.plainBytes()
    var others = bytes
    let size = made.format.type.byteCount
    for place in expected.places {
      let sample = MadeImage.sample(place % MadeImage.period + 13, made.format.type)
      others.replaceSubrange(place * size..<(place + 1) * size, with: sample)
    }
    let (a, b) = (try made.image(of: bytes), try made.image(of: others))
    let difference = try Difference.between(a, b, threads: 1)
    #expect(!difference.isSame)
    #expect(difference.first?.x == expected.x)
    #expect(difference.first?.y == expected.y)
    #expect(difference.first?.a == (try a.pixel(x: expected.x, y: expected.y)))
    #expect(difference.first?.b == (try b.pixel(x: expected.x, y: expected.y)))
    #expect(
      difference.first?.bands.first == expected.places.min().map { $0 % made.format.mode.bandCount }
    )
    #expect(difference.differingPixels == expected.count)
    #expect(difference.failingPixels == expected.count)
    #expect(difference.pixelCount == made.width * made.height)
    #expect(isClose(difference.maximum, expected.maximum))
    #expect(isClose(difference.meanAbsoluteError, expected.meanAbsoluteError))
    #expect(isClose(difference.meanSquaredError, expected.meanSquaredError))
    for threads in [2, 3, 8] {
      #expect(try Difference.between(a, b, threads: threads) == difference, "\(threads) threads")
    }
    let same = try Difference.between(a, try made.image(of: bytes), threads: 2)
    #expect(same.isSame)
    #expect(same.psnr == .infinity)
    #expect(same.first == nil)
  }

  private func isClose(_ found: Double, _ expected: Double) -> Bool {
    abs(found - expected) <= abs(expected) * 1e-13
  }

  private func gray(_ bytes: [UInt8], width: Int) throws -> Image {
    try Image.plain(bytes, PixelFormat(.gray), width: width, height: bytes.count / width)
  }

  private func floats(_ samples: [Float]) throws -> Image {
    let bytes = samples.flatMap { sample in
      (0..<4).map { UInt8(truncatingIfNeeded: sample.bitPattern >> ($0 * 8)) }
    }
    return try Image.plain(bytes, PixelFormat(.float), width: samples.count, height: 1)
  }

  @Test func `the ratio is counted from the largest sample`() throws {
    let difference = try Difference.between(
      gray([0, 10, 20, 30], width: 2), gray([0, 10, 20, 40], width: 2), threads: 1)
    #expect(difference.meanSquaredError == 25)
    // 10 log10(255^2 / 25)
    #expect(isClose(difference.psnr, 34.151403521958725))
  }

  @Test func `a tolerance tells failing pixels from differing ones`() throws {
    let (a, b) = (try gray([0, 10, 20, 30], width: 2), try gray([1, 15, 20, 24], width: 2))
    let counts = try [0, 1, 4.5, 5, 6].map {
      try Difference.between(a, b, tolerance: $0, threads: 1).failingPixels
    }
    #expect(counts == [3, 2, 2, 1, 0])
    #expect(try Difference.between(a, b, tolerance: 100, threads: 1).differingPixels == 3)
  }

  @Test(
    arguments: [
      (0, [0, 0], Rectangle(x: 0, y: 0, width: 3, height: 3)),
      (1, [2, 1], Rectangle(x: 0, y: 1, width: 3, height: 2)),
      (3, [0, 2], Rectangle(x: 0, y: 2, width: 1, height: 1)), (9, nil, nil),
    ] as [(Double, [Int]?, Rectangle?)])
  func `the first pixel and the box are those of what fails`(
    tolerance: Double, first: [Int]?, box: Rectangle?
  ) throws {
    let a = try gray([UInt8](repeating: 0, count: 9), width: 3)
    let b = try gray([1, 0, 0, 0, 0, 3, 9, 0, 1], width: 3)
    let difference = try Difference.between(a, b, tolerance: tolerance, threads: 1)
    #expect(difference.first.map { [$0.x, $0.y] } == first)
    #expect(difference.box == box)
    #expect(difference.tolerance == tolerance)
  }

  @Test func `all bands that differ are told, and no others`() throws {
    let (a, b) = (
      try Image.plain([1, 2, 3, 4], PixelFormat(.rgba), width: 1, height: 1),
      try Image.plain([1, 9, 3, 5], PixelFormat(.rgba), width: 1, height: 1)
    )
    #expect(try Difference.between(a, b, tolerance: 5, threads: 1).first?.bands == [1, 3])
  }

  @Test func `only the region counts`() throws {
    var others = [UInt8](repeating: 0, count: 30)
    others[7] = 1
    others[22] = 2
    let (a, b) = (
      try gray([UInt8](repeating: 0, count: 30), width: 5), try gray(others, width: 5)
    )
    let below = try Difference.between(
      a, b, region: Rectangle(x: 1, y: 2, width: 4, height: 4), threads: 2)
    #expect(below.differingPixels == 1)
    #expect(below.pixelCount == 16)
    #expect(below.first.map { [$0.x, $0.y] } == [2, 4])
    #expect(below.meanAbsoluteError == 2.0 / 16)
    let left = try Difference.between(
      a, b, region: Rectangle(x: 0, y: 0, width: 2, height: 6), threads: 2)
    #expect(left.isSame)
    #expect(
      throws: ViewError.outside(Rectangle(x: 3, y: 0, width: 3, height: 1), width: 5, height: 6)
    ) {
      try Difference.between(a, b, region: Rectangle(x: 3, y: 0, width: 3, height: 1), threads: 1)
    }
  }

  @Test func `a NaN is the same as its own bits alone`() throws {
    let other = Float(nan: 1, signaling: false)
    let a = try floats([.nan, .nan, 0, .infinity, 1])
    #expect(try Difference.between(a, floats([.nan, .nan, 0, .infinity, 1]), threads: 1).isSame)
    let differing = try Difference.between(
      a, floats([.nan, other, -0.0, .infinity, 1]), threads: 1)
    #expect(differing.differingPixels == 1)
    #expect(differing.first?.x == 1)
    #expect(differing.maximum == .infinity)
    let number = try Difference.between(a, floats([.nan, .nan, 0, 3, 1]), threads: 1)
    #expect(number.maximum == .infinity)
    #expect(number.psnr == -.infinity)
    #expect(
      try Difference.between(a, floats([7, .nan, 0, .infinity, 1]), tolerance: 100, threads: 1)
        .failingPixels == 1)
  }

  @Test func `two zeros of another sign are the same number beside a difference`() throws {
    let (a, b) = (try floats([0, 1, -0.0]), try floats([-0.0, 2, 0]))
    #expect(try Difference.between(a, floats([-0.0, 1, 0]), threads: 1).isSame)
    let difference = try Difference.between(a, b, tolerance: 0.5, threads: 1)
    #expect(difference.differingPixels == 1 && difference.failingPixels == 1)
    #expect(difference.first?.x == 1)
  }

  @Test(arguments: [1, 3, Int.max])
  func `any number of threads is as good as one`(threads: Int) throws {
    let (a, b) = (try gray([0, 10, 20, 30], width: 2), try gray([0, 10, 20, 40], width: 2))
    #expect(
      try Difference.between(a, b, threads: threads) == Difference.between(a, b, threads: 1))
    #expect(try a.statistics(threads: threads) == a.statistics(threads: 1))
    #expect(try a.hash(threads: threads) == a.hash(threads: 1))
  }

  @Test(arguments: [
    // The largest error is white; each other one is rounded up.
    (SampleType.u8, [0.0, 1, 4], [0.0, 2, 0], [0, 64, 255] as [Double]),
    (.f32, [0, 1, 4], [0, 2, 0], [0, 64, 255]),
    (.f64, [0, 1, 4], [0, 2, 0], [0, 64, 255]),
    // There is no largest error to count from.
    (.f64, [0, 1, 4], [0, 1, 4], [0, 0, 0]),
    (.f32, [0, 0, 0], [1, .infinity, 0], [1, 255, 0]),
  ])
  func `a gray picture ends at the largest error`(
    type: SampleType, first: [Double], second: [Double], expected: [Double]
  ) throws {
    let (a, b) = (try numbers(first, type), try numbers(second, type))
    let picture = try Difference.between(a, b, threads: 1)
      .picture(of: a, b, style: .gray, threads: 1)
    #expect(picture.format == PixelFormat(.gray))
    #expect(try (0..<3).flatMap { try picture.pixel(x: $0, y: 0).samples } == expected)
  }

  @Test(arguments: [
    (SampleType.u8, [200.0, 100, 7], [100.0, 50, 3]),
    // Numbers are spread from the smallest to the largest first.
    (.f32, [-1, 0, 1], [0, 64, 127]), (.f64, [-1, 0, 1], [0, 64, 127]),
    (.f32, [5, 5, 5], [127, 127, 127]), (.f32, [.nan, 0, .infinity], [0, 0, 127]),
  ])
  func `below the pixels that fail, the first image is dimmed`(
    type: SampleType, samples: [Double], expected: [Double]
  ) throws {
    let a = try numbers(samples, type)
    let same = try Difference.between(a, a, threads: 1).picture(
      of: a, a, style: .highlight, threads: 2)
    #expect(same.format == PixelFormat(.rgb))
    #expect(
      try (0..<3).map { try same.pixel(x: $0, y: 0).samples }
        == expected.map { [$0, $0, $0] })
    var others = samples
    others[1] += 2
    let b = try numbers(others, type)
    let dimmed = expected.map { [$0, $0, $0] }
    for (tolerance, color) in [(1.0, [255.0, 0, 0]), (2, dimmed[1])] {
      let picture = try Difference.between(a, b, tolerance: tolerance, threads: 1)
        .picture(of: a, b, style: .highlight, threads: 1)
      #expect(try picture.pixel(x: 1, y: 0).samples == color)
      #expect(try picture.pixel(x: 0, y: 0).samples == dimmed[0])
    }
  }

  private func numbers(_ samples: [Double], _ type: SampleType) throws -> Image {
    let bytes = samples.flatMap { sample -> [UInt8] in
      let bits =
        switch type {
        case .u8: UInt64(sample)
        case .f32: UInt64(Float(sample).bitPattern)
        default: sample.bitPattern
        }
      return (0..<type.byteCount).map { UInt8(truncatingIfNeeded: bits >> UInt64($0 * 8)) }
    }
    let mode: Mode = type == .u8 ? .gray : .float
    return try Image.plain(bytes, PixelFormat(mode, type), width: samples.count, height: 1)
  }

  @Test func `a picture with more pixels than 64 bits count is an error`() throws {
    // Strides of 0 show one byte as an image of any size.
    let layout = Layout(
      width: 1 << 40, height: 1 << 40, rowBits: 0, pixelBits: 0, fields: [.byte(at: 0)])
    let image = try Image(buffer: .holding([1]), layout: layout, format: PixelFormat(.gray))
    let corner = try Difference.between(
      image, image, region: Rectangle(x: 0, y: 0, width: 1, height: 1), threads: 1)
    #expect(
      throws: ViewError.overflow(width: 1 << 40, height: 1 << 40, stride: 0)
    ) { try corner.picture(of: image, image, style: .gray, threads: 1) }
  }

  @Test func `the layout is no difference`() throws {
    let a = try ImageHashTests.picture("RGBA", mode: .rgba, bands: [0, 1, 2, 3])
    var options = Rawmode.Options()
    options.interleave = .plane
    let b = try ImageHashTests.picture("RGBA", mode: .rgba, bands: [0, 1, 2, 3], options: options)
    #expect(try Difference.between(a, b, threads: 2).isSame)
    try b.put(x: 5, y: 6, Pixel([0, 0, 0, 255]))
    let difference = try Difference.between(a, b, threads: 2)
    #expect(difference.first.map { [$0.x, $0.y] } == [5, 6])
    #expect(difference.differingPixels == 1)
  }

  static let pairs: [(Mode, Mode, Mode?)] = [
    (.bilevel, .bilevel, .bilevel), (.bilevel, .gray, .gray), (.bilevel, .rgb, .rgb),
    (.gray, .grayAlpha, .grayAlpha), (.gray, .rgba, .rgba), (.grayAlpha, .rgb, .rgba),
    (.rgb, .rgbx, .rgb), (.rgbx, .rgba, .rgba), (.gray16Big, .gray16Native, .gray16),
    (.cmyk, .cmyk, .cmyk), (.cmyk, .rgba, nil), (.gray, .gray16, nil), (.integer, .float, nil),
    (.palette, .palette, .palette), (.palette, .gray, nil),
  ]

  @Test(arguments: pairs)
  func `two modes meet where nothing is lost`(first: Mode, second: Mode, common: Mode?) throws {
    let images = try [first, second].map { mode in
      try Image.plain(
        [UInt8](repeating: 0, count: 64), PixelFormat(mode), width: 3, height: 2)
    }
    let pair = try images[0].inCommonMode(with: images[1])
    #expect(pair?.a.mode == common)
    #expect(pair?.b.mode == common)
    #expect(try images[1].inCommonMode(with: images[0])?.a.mode == common)
  }

  @Test func `indices meet colors as the colors behind them`() throws {
    let palette = try #require(Palette(rgba: [9, 8, 7, 255, 60, 50, 40, 128]))
    let indexed = try Image.plain(
      [0, 1], PixelFormat(.palette), width: 2, height: 1, palette: palette)
    let colors = try Image.plain(
      [9, 8, 7, 255, 60, 50, 40, 128], PixelFormat(.rgba), width: 2, height: 1)
    let pair = try #require(try indexed.inCommonMode(with: colors))
    #expect(try Difference.between(pair.a, pair.b, threads: 1).isSame)
    let opaque = try Image.plain([9, 8, 7, 60, 50, 40], PixelFormat(.rgb), width: 2, height: 1)
    let other = try #require(try indexed.inCommonMode(with: opaque))
    #expect(try Difference.between(other.a, other.b, threads: 1).first?.bands == [3])
  }
}
