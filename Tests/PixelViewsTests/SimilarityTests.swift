import PixelMemory
import Testing

@testable import PixelViews

@Suite struct SimilarityTests {
  /// The definition, window by window, of plain samples.
  private func expected(
    _ a: [Double], _ b: [Double], width: Int, height: Int, bandCount: Int, band: Int, peak: Double
  ) -> (squared: Double, absolute: Double, maximum: Double, ssim: Double?) {
    func at(_ samples: [Double], _ x: Int, _ y: Int) -> Double {
      samples[(y * width + x) * bandCount + band]
    }
    var (squared, absolute, maximum) = (0.0, 0.0, 0.0)
    for y in 0..<height {
      for x in 0..<width {
        let error = abs(at(a, x, y) - at(b, x, y))
        (squared, absolute, maximum) = (
          squared + error * error, absolute + error, max(maximum, error)
        )
      }
    }
    let (c1, c2) = ((peak / 100) * (peak / 100), (3 * peak / 100) * (3 * peak / 100))
    var similarities: [Double] = []
    for top in stride(from: 0, through: height / 4 * 4 - 8, by: 4) {
      for left in stride(from: 0, through: width / 4 * 4 - 8, by: 4) {
        let places = (0..<64).map { (left + $0 % 8, top + $0 / 8) }
        let (one, other) = (places.map { at(a, $0, $1) }, places.map { at(b, $0, $1) })
        let means = (one.reduce(0, +) / 64, other.reduce(0, +) / 64)
        let variances =
          (one.reduce(0) { $0 + ($1 - means.0) * ($1 - means.0) }
            + other.reduce(0) { $0 + ($1 - means.1) * ($1 - means.1) }) / 63
        let covariance = zip(one, other).reduce(0) { $0 + ($1.0 - means.0) * ($1.1 - means.1) } / 63
        similarities.append(
          (2 * means.0 * means.1 + c1) * (2 * covariance + c2)
            / ((means.0 * means.0 + means.1 * means.1 + c1) * (variances + c2)))
      }
    }
    let count = Double(width * height)
    return (
      squared / count, absolute / count, maximum,
      similarities.isEmpty
        ? nil : similarities.reduce(0, +) / Double(similarities.count)
    )
  }

  @Test func `bands are as the definition has them, for every size, type and number of threads`()
    throws
  {
    let formats = [
      PixelFormat(.gray), PixelFormat(.grayAlpha), PixelFormat(.rgb), PixelFormat(.rgba),
      PixelFormat(.gray16), PixelFormat(.rgb, .u16), PixelFormat(.integer), PixelFormat(.float),
    ]
    let trials = try SeededTrials(seeds: 1..<65) { seed, generator in
      let format = formats[Int(seed) % formats.count]
      let (width, height) = (
        Int.random(in: 1...45, using: &generator), Int.random(in: 1...45, using: &generator)
      )
      let bandCount = format.mode.bandCount
      let count = width * height * bandCount
      var (a, b): ([Double], [Double]) = ([], [])
      let peak = format.type.largest ?? (format.type == .i32 ? 2_147_483_647 : 1)
      for _ in 0..<count {
        let sample = Double.random(in: 0...peak, using: &generator)
        let other =
          Bool.random(using: &generator) ? sample : Double.random(in: 0...peak, using: &generator)
        let isFloat = format.type.isFloat
        a.append(isFloat ? Double(Float(sample)) : sample.rounded(.down))
        b.append(isFloat ? Double(Float(other)) : other.rounded(.down))
      }
      let images = (
        try Image.plain(bytes(a, format.type), format, width: width, height: height),
        try Image.plain(bytes(b, format.type), format, width: width, height: height)
      )
      let found = try Similarity.between(images.0, images.1, threads: 1)
      for threads in [2, 3, 8] {
        #expect(
          try Similarity.between(images.0, images.1, threads: threads) == found, "seed \(seed)")
      }
      #expect(
        try Similarity.between(images.1, images.0, threads: 2).ssim == found.ssim, "seed \(seed)")
      #expect(found.bands.map(\.name) == format.mode.bands)
      for (index, band) in found.bands.enumerated() {
        let wanted = expected(
          a, b, width: width, height: height, bandCount: bandCount, band: index, peak: peak)
        #expect(isClose(band.meanSquaredError, wanted.squared), "seed \(seed)")
        #expect(isClose(band.meanAbsoluteError, wanted.absolute), "seed \(seed)")
        #expect(band.maximum == wanted.maximum, "seed \(seed)")
        #expect((band.ssim == nil) == (wanted.ssim == nil), "seed \(seed)")
        if let ssim = band.ssim, let wanted = wanted.ssim {
          #expect(abs(ssim - wanted) < 1e-5, "seed \(seed)")
        }
      }
      return .tried
    }
    #expect(trials.triedCount == 64)
  }

  private func isClose(_ found: Double, _ expected: Double) -> Bool {
    abs(found - expected) <= abs(expected) * 1e-12
  }

  private func bytes(_ samples: [Double], _ type: SampleType) -> [UInt8] {
    func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
      (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
    }
    return samples.flatMap { sample in
      switch type {
      case .u8: [UInt8(sample)]
      case .u16: little(UInt16(sample))
      case .i32: little(Int32(sample))
      case .f32: little(Float(sample).bitPattern)
      case .f64: little(sample.bitPattern)
      }
    }
  }

  @Test func `an image is itself, as it is beside a copy`() throws {
    let samples = (0..<64 * 40 * 3).map { Double($0 * 7 % 256) }
    let a = try Image.plain(bytes(samples, .u8), PixelFormat(.rgb), width: 64, height: 40)
    let b = try Image.plain(bytes(samples, .u8), PixelFormat(.rgb), width: 64, height: 40)
    let same = try Similarity(same: a)
    #expect(same == (try Similarity.between(a, b, threads: 2)))
    #expect(same.ssim == 1)
    #expect(same.psnr == .infinity)
    let small = Rectangle(x: 3, y: 1, width: 7, height: 20)
    #expect(
      try Similarity(same: a, region: small) == Similarity.between(a, b, region: small, threads: 2))
    #expect(try Similarity(same: a, region: small).ssim == nil)
  }

  @Test func `of samples that are all one number only the means count`() throws {
    let a = try Image.plain(
      [UInt8](repeating: 100, count: 256), PixelFormat(.gray), width: 16, height: 16)
    let b = try Image.plain(
      [UInt8](repeating: 120, count: 256), PixelFormat(.gray), width: 16, height: 16)
    let found = try Similarity.between(a, b, threads: 1)
    // (2 · 6400 · 7680 + 416) / (6400² + 7680² + 416)
    #expect(isClose(try #require(found.ssim), 98_304_416 / 99_942_816))
    #expect(isClose(found.psnr, 22.110203695399477))
  }

  @Test(arguments: [(1 << 17, 9), (9, 1 << 15), (9_000, 70)])
  func `images of many tiles have the windows of one`(width: Int, height: Int) throws {
    let count = width * height
    // A window is one of eight, whichever tile has it.
    let one = (0..<count).map {
      UInt8(truncatingIfNeeded: ($0 % width % 8) * 31 + ($0 / width % 8) * 7)
    }
    let other = (0..<count).map {
      UInt8(truncatingIfNeeded: ($0 % width % 8) * 29 + ($0 / width % 8) * 9)
    }
    let a = try Image.plain(one, PixelFormat(.gray), width: width, height: height)
    let b = try Image.plain(other, PixelFormat(.gray), width: width, height: height)
    let found = try Similarity.between(a, b, threads: 3)
    #expect(found == (try Similarity.between(a, b, threads: 1)))
    var sum = 0.0
    for (row, rowCount) in stride(from: 0, through: height / 4 * 4 - 8, by: 4).map({ $0 % 8 })
      .counted
    {
      for (column, columnCount) in stride(from: 0, through: width / 4 * 4 - 8, by: 4).map({ $0 % 8 }
      ).counted {
        let window = Rectangle(x: column, y: row, width: 8, height: 8)
        let similarity = try Similarity.between(a, b, region: window, threads: 1).ssim
        sum += try #require(similarity) * Double(rowCount * columnCount)
      }
    }
    let windows = Double((width / 4 - 1) * (height / 4 - 1))
    #expect(abs(try #require(found.ssim) - sum / windows) < 1e-9)
    let squares = zip(one, other).reduce(0) {
      $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1))
    }
    #expect(found.meanSquaredError == Double(squares) / Double(count))
  }

  @Test func `images of other sizes or formats are refused`() throws {
    let a = try Image.plain(
      [UInt8](repeating: 1, count: 64), PixelFormat(.gray), width: 8, height: 8)
    let b = try Image.plain(
      [UInt8](repeating: 1, count: 64), PixelFormat(.gray), width: 16, height: 4)
    let c = try Image.plain(
      [UInt8](repeating: 1, count: 192), PixelFormat(.rgb), width: 8, height: 8)
    #expect(throws: ViewError.sizesDiffer(width: 8, height: 8, otherWidth: 16, otherHeight: 4)) {
      try Similarity.between(a, b, threads: 1)
    }
    #expect(throws: ViewError.formatsDiffer(a.format, c.format)) {
      try Similarity.between(a, c, threads: 1)
    }
  }
}

extension Sequence where Element == Int {
  /// How often each number is there.
  fileprivate var counted: [Int: Int] { reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}
