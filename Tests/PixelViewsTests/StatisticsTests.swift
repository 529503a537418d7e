import PixelMemory
import Testing

@testable import PixelViews

@Suite struct StatisticsTests {
  @Test(arguments: MadeImage.all)
  func `each band has what NumPy computes, for every number of threads`(made: MadeImage) throws {
    let image = try made.image(of: made.plainBytes())
    let statistics = try image.statistics(threads: 1)
    #expect(statistics.bands.count == made.bands.count)
    for (band, expected) in zip(statistics.bands, made.bands) {
      #expect(band.count == made.width * made.height)
      #expect(band.nanCount == 0)
      #expect(band.minimum == expected.minimum)
      #expect(band.maximum == expected.maximum)
      #expect(band.finiteRange == expected.minimum...expected.maximum)
      #expect(isClose(band.mean, expected.mean))
      #expect(isClose(band.deviation, expected.deviation))
      #expect([0, 17, 255].map { band.histogram[$0] } == expected.counts)
      #expect(band.histogram.count == 256)
      #expect(band.histogram.reduce(0, +) == band.count)
    }
    for threads in [2, 3, 8] {
      #expect(try image.statistics(threads: threads) == statistics, "\(threads) threads")
    }
  }

  private func isClose(_ found: Double, _ expected: Double) -> Bool {
    abs(found - expected) <= abs(expected) * 1e-13
  }

  @Test func `what is no number is counted apart and what is infinite left out of the histogram`()
    throws
  {
    let samples: [Float] = [.nan, 1, -.infinity, 3, .nan, .infinity, 2, 3]
    let image = try Image.plain(
      samples.flatMap { sample in
        (0..<4).map { UInt8(truncatingIfNeeded: sample.bitPattern >> ($0 * 8)) }
      },
      PixelFormat(.float), width: 4, height: 2)
    let band = try image.statistics(threads: 1).bands[0]
    #expect(band.nanCount == 2)
    #expect(band.count == 6)
    #expect(band.minimum == -.infinity)
    #expect(band.maximum == .infinity)
    #expect(band.mean.isNaN)
    #expect(band.deviation.isNaN)
    #expect(band.finiteRange == 1...3)
    #expect(band.histogram[0] == 1)
    #expect(band.histogram[128] == 1)
    #expect(band.histogram[255] == 2)
    #expect(band.histogram.reduce(0, +) == 4)
  }

  @Test func `an image without a number has none in its statistics`() throws {
    let image = try Image.plain(
      [0, 0, 0xC0, 0x7F, 1, 0, 0xC0, 0xFF], PixelFormat(.float), width: 2, height: 1)
    let band = try image.statistics(threads: 1).bands[0]
    #expect(band.nanCount == 2)
    #expect(band.count == 0)
    #expect(band.minimum.isNaN && band.maximum.isNaN && band.mean.isNaN)
    #expect(band.finiteRange == nil)
    #expect(band.histogram.reduce(0, +) == 0)
  }

  @Test func `the widest range of floats fits the histogram`() throws {
    let largest = Double.greatestFiniteMagnitude
    let samples = [-largest, largest, 0, largest / 2]
    let image = try Image.plain(
      samples.flatMap { sample in
        (0..<8).map { UInt8(truncatingIfNeeded: sample.bitPattern >> ($0 * 8)) }
      },
      PixelFormat(.float, .f64), width: 2, height: 2)
    let band = try image.statistics(threads: 1).bands[0]
    #expect([0, 128, 192, 255].map { band.histogram[$0] } == [1, 1, 1, 1])
  }

  @Test func `numbers that cancel leave what is small`() throws {
    // Plain sums of these lose the ones.
    let samples: [Double] = [1e16, 1, -1e16, 1, 1, 1, 1, 1]
    let image = try Image.plain(
      samples.flatMap { sample in
        (0..<8).map { UInt8(truncatingIfNeeded: sample.bitPattern >> ($0 * 8)) }
      },
      PixelFormat(.float, .f64), width: 8, height: 1)
    #expect(try image.statistics(threads: 1).bands[0].mean == 0.75)
  }

  @Test func `the deviation of large integers that differ by one is exact`() throws {
    let samples: [Int32] = [.max, .max - 1, .max, .max - 1]
    let image = try Image.plain(
      samples.flatMap { sample in (0..<4).map { UInt8(truncatingIfNeeded: sample >> ($0 * 8)) } },
      PixelFormat(.integer), width: 4, height: 1)
    let band = try image.statistics(threads: 1).bands[0]
    #expect(band.mean == 2_147_483_646.5)
    #expect(band.deviation == 0.5)
  }
}
