import CShims
import PixelMemory

/// How much two images are alike, band by band: the numbers by which codecs are judged.
///
/// They are those of ffmpeg's filters `psnr` and `ssim`, for samples of every type.
public struct Similarity: Hashable, Sendable {
  /// A band of both images.
  public struct Band: Hashable, Sendable {
    public let name: String
    /// The samples that were compared.
    public let sampleCount: Int
    /// The largest error of a sample.
    public let maximum: Double
    /// The mean of the errors.
    public let meanAbsoluteError: Double
    /// The mean of the squares of the errors.
    public let meanSquaredError: Double
    /// The largest sample that the band can have, by which ``psnr`` and ``ssim`` are measured: 1023 for one of
    /// 10 bits, 2³¹−1 for whole numbers of 32 bits with a sign, and 1 for other numbers.
    public let peak: Double
    /// The structural similarity (Wang, Bovik, Sheikh and Simoncelli: Image quality assessment, IEEE
    /// Transactions on Image Processing 13, 2004), from 1 for the same samples down to −1; `nil` where
    /// the band is smaller than a window, which is 8x8.
    ///
    /// It is the mean over windows of 8x8 samples, 4 apart both ways, in which all samples weigh the
    /// same; the samples to the right of the last window and below it are in none.
    /// With μ, σ² and σ₁₂ the means, variances and covariance of a window, divided by one less than its
    /// samples, it is (2μ₁μ₂ + C₁)(2σ₁₂ + C₂) / (μ₁² + μ₂² + C₁)(σ₁² + σ₂² + C₂), C₁ = (peak / 100)² and
    /// C₂ = (3 peak / 100)². A window with a sample that is not a finite number counts as 0, unless its
    /// samples are the same.
    public let ssim: Double?

    /// The peak signal-to-noise ratio in decibels, infinite for the same samples.
    public var psnr: Double { Similarity.psnr(meanSquaredError, peak: peak) }
  }

  /// One for each band.
  public let bands: [Band]

  /// The mean of the squares of the errors of all samples.
  public var meanSquaredError: Double { mean { $0.meanSquaredError } }

  /// The largest sample that the bands can have: the mean, where they differ, rounded.
  public var peak: Double { mean { $0.peak }.rounded() }

  /// The peak signal-to-noise ratio of all samples.
  public var psnr: Double { Similarity.psnr(meanSquaredError, peak: peak) }

  /// The mean of the bands' structural similarity, each weighing as much as it has samples; `nil` where one
  /// has none.
  public var ssim: Double? {
    bands.contains { $0.ssim == nil } ? nil : mean { $0.ssim ?? 0 }
  }

  private func mean(_ number: (Band) -> Double) -> Double {
    let count = bands.reduce(0) { $0 + Double($1.sampleCount) }
    return bands.reduce(0) { $0 + number($1) * (Double($1.sampleCount) / count) }
  }

  static func psnr(_ meanSquaredError: Double, peak: Double) -> Double {
    meanSquaredError == 0
      ? .infinity : 20 * imgtool_log10(peak) - 10 * imgtool_log10(meanSquaredError)
  }

  /// Compares the bands of two images, or of a rectangle of both, as their buffers are now.
  ///
  /// Where pixels share samples of a band in the same way in both, as those of video do of chroma, the
  /// stored samples are compared, each once.
  ///
  /// - Parameters:
  ///   - a: the first image.
  ///   - b: the second, of the first one's format, and as large without a `region`.
  ///   - region: what is compared, inside of both; all of both if `nil`.
  ///   - threads: how many threads read, at least 1.
  /// - Throws: ``ViewError/sizesDiffer(width:height:otherWidth:otherHeight:)``,
  ///   ``ViewError/formatsDiffer(_:_:)``; ``ViewError/outside(_:width:height:)`` for the rectangle; what
  ///   reading throws.
  /// - Complexity: O(pixels); private memory of two tiles for each thread. The result is the same
  ///   for every number of threads.
  public static func between(
    _ a: Image, _ b: Image, region: Rectangle? = nil, threads: Int
  ) throws(ViewError) -> Similarity {
    let area = try Difference.commonArea(a, b, region)
    let (a, b) = (try a.cropped(to: area), try b.cropped(to: area))
    guard a.sharesSamples, b.sharesSamples, a.layout.shares == b.layout.shares else {
      return Similarity(bands: try bands(of: a, b, names: a.mode.bands, threads: threads))
    }
    var found: [Band] = []
    for (index, name) in a.mode.bands.enumerated() {
      let (one, other) = (try a.band(index), try b.band(index))
      found += try bands(of: one, other, names: [name], threads: threads)
    }
    return Similarity(bands: found)
  }

  /// What ``between(_:_:region:threads:)`` finds for an image, or a rectangle of it, and itself.
  ///
  /// - Throws: as that, but nothing is read.
  /// - Complexity: O(bands).
  package init(same image: Image, region: Rectangle? = nil) throws(ViewError) {
    let area = region ?? image.bounds
    let image = try image.cropped(to: area)
    var found: [Band] = []
    for (index, name) in image.mode.bands.enumerated() {
      let band = image.sharesSamples ? try image.band(index) : image
      let count = SimilarityWindows(width: band.width, height: band.height).count
      found.append(
        Band(
          name: name, sampleCount: band.width * band.height, maximum: 0, meanAbsoluteError: 0,
          meanSquaredError: 0,
          peak: largestSample(of: image.sharesSamples ? 0 : index, in: band, band),
          ssim: count > 0 ? 1 : nil))
    }
    self.init(bands: found)
  }

  init(bands: [Band]) { self.bands = bands }

  private static func bands(
    of a: Image, _ b: Image, names: [String], threads: Int
  ) throws(ViewError) -> [Band] {
    _ = try Difference.commonArea(a, b, nil)
    let format = a.format
    let peaks = names.indices.map { largestSample(of: $0, in: a, b) }
    let windows = SimilarityWindows(width: a.width, height: a.height)
    let pool = TilePool()
    let sums = Pool<Scratch>()
    var totals = names.map { _ in BandSums() }
    let tiling = windows.tiling(
      pixelByteCount: max(
        format.pixelByteCount, a.storedFormat.pixelByteCount, b.storedFormat.pixelByteCount))
    try Parallel.ordered(
      count: tiling.count, threads: threads, window: threads.multiplied(by: 4) ?? threads
    ) { index throws(ViewError) in
      try windows.tile(tiling[index]).sums(a, b, peaks: peaks, pool, sums)
    } consume: { (_, sums: [BandSums]) throws(ViewError) in
      for band in totals.indices { totals[band].add(sums[band]) }
    }
    let count = a.width * a.height
    return names.indices.map { band in
      Band(
        name: names[band], sampleCount: count, maximum: totals[band].errors.maximum,
        meanAbsoluteError: totals[band].errors.absolute / Double(count),
        meanSquaredError: totals[band].errors.squared / Double(count), peak: peaks[band],
        ssim: windows.count > 0 ? totals[band].ssim.value / Double(windows.count) : nil)
    }
  }
}

/// The largest sample that a band of both images can have.
private func largestSample(of band: Int, in a: Image, _ b: Image) -> Double {
  a.format.type.largest == nil
    ? a.format.peak : max(a.range(band: band).upperBound, b.range(band: band).upperBound)
}

/// What is added up for a band.
struct BandSums: Sendable {
  var errors = ErrorSums()
  /// The structural similarity of the windows.
  var ssim = CompensatedSum()

  mutating func add(_ other: BandSums) {
    errors.add(other.errors)
    ssim.add(other.ssim.value)
  }
}

extension Image {
  /// Whether stored samples are those of several pixels.
  fileprivate var sharesSamples: Bool { !isDerived && !layout.shares.isEmpty }
}
