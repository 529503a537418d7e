import CShims
import PixelMemory

/// How two images of the same format differ.
///
/// Two samples are equal when their numbers are, or their bits (a NaN equals only itself). The
/// error of two samples is the distance of their numbers; it is infinite where one is NaN, which no
/// tolerance accepts.
public struct Difference: Hashable, Sendable {
  /// The first pixel in reading order that fails.
  public let first: Spot?
  /// The smallest rectangle around all pixels that fail.
  public let box: Rectangle?
  /// The pixels that were compared.
  public let pixelCount: Int
  public let differingPixels: Int
  /// The pixels of which a sample differs by more than ``tolerance``; all that differ if it is 0.
  public let failingPixels: Int
  /// The largest error that does not make a pixel fail.
  public let tolerance: Double
  /// The largest error of a sample.
  public let maximum: Double
  /// The mean of the errors of all samples.
  public let meanAbsoluteError: Double
  /// The mean of the squares of the errors of all samples.
  public let meanSquaredError: Double
  /// The largest sample that the format has in pictures, for ``psnr``: 255, 65535, 2³¹−1 for mode
  /// `I` and other whole numbers of 32 bits with a sign, and 1 for other numbers.
  public let peak: Double

  public var isSame: Bool { differingPixels == 0 }

  /// The peak signal-to-noise ratio in decibels, `20 log₁₀ peak − 10 log₁₀ mse`; infinite when the
  /// images are the same.
  public var psnr: Double {
    isSame ? .infinity : 20 * imgtool_log10(peak) - 10 * imgtool_log10(meanSquaredError)
  }

  /// A pixel of both images.
  public struct Spot: Hashable, Sendable {
    public var x: Int
    public var y: Int
    /// The bands that differ.
    public var bands: [Int]
    public var a: Pixel
    public var b: Pixel
  }

  /// Compares two images, or a rectangle of both, as their buffers are now.
  ///
  /// - Parameters:
  ///   - a: the first image.
  ///   - b: the second, of the first one's format, and as large without a `region`.
  ///   - region: what is compared, inside of both; all of both if `nil`.
  ///   - tolerance: the largest error that does not make a pixel fail.
  ///   - threads: how many threads read, at least 1.
  /// - Throws: ``ViewError/sizesDiffer(width:height:otherWidth:otherHeight:)``,
  ///   ``ViewError/formatsDiffer(_:_:)``; ``ViewError/outside(_:width:height:)`` for the rectangle;
  ///   ``ViewError/negative(_:found:)`` for the tolerance; what reading throws.
  /// - Complexity: O(pixels); private memory of two tiles for each thread. The result is the same
  ///   for every number of threads.
  public static func between(
    _ a: Image, _ b: Image, region: Rectangle? = nil, tolerance: Double = 0, threads: Int
  ) throws(ViewError) -> Difference {
    let area = try commonArea(a, b, region)
    guard tolerance >= 0 else { throw .negative("tolerance", found: tolerance) }
    let format = a.format
    let tiling = Tiling(
      width: area.width, height: area.height,
      pixelByteCount: max(
        format.pixelByteCount, a.storedFormat.pixelByteCount, b.storedFormat.pixelByteCount))
    let pool = TilePool()
    var total = TileDifference()
    try Parallel.ordered(
      count: tiling.count, threads: threads, window: threads.multiplied(by: 4) ?? threads
    ) { index throws(ViewError) in
      try compare(a, b, tile: tiling[index].moved(by: area), pool, tolerance: tolerance)
    } consume: { (_, tile: TileDifference?) throws(ViewError) in
      if let tile { total.add(tile) }
    }
    let pixelCount = area.width * area.height
    let sampleCount = Double(pixelCount) * Double(format.mode.bandCount)
    return Difference(
      first: total.first, box: total.box, pixelCount: pixelCount,
      differingPixels: total.differingPixels, failingPixels: total.failingPixels,
      tolerance: tolerance, maximum: total.errors.maximum,
      meanAbsoluteError: total.errors.absolute / sampleCount,
      meanSquaredError: total.errors.squared / sampleCount, peak: format.peak)
  }

  /// The pixels of both images that are compared.
  static func commonArea(
    _ a: Image, _ b: Image, _ region: Rectangle?
  ) throws(ViewError) -> Rectangle {
    guard region != nil || a.width == b.width && a.height == b.height else {
      throw .sizesDiffer(
        width: a.width, height: a.height, otherWidth: b.width, otherHeight: b.height)
    }
    guard a.format == b.format else { throw .formatsDiffer(a.format, b.format) }
    guard let region else { return a.bounds }
    try a.check(inside: region)
    try b.check(inside: region)
    return region
  }

  /// What differs in a tile; `nil` when nothing does.
  private static func compare(
    _ a: Image, _ b: Image, tile: Rectangle, _ pool: TilePool, tolerance: Double
  ) throws(ViewError) -> TileDifference? {
    var difference: TileDifference?
    try readPair(a, b, tile, pool) { (first, second) in
      difference = TileDifference.between(
        first, second, tile: tile, format: a.format, tolerance: tolerance)
    }
    a.forget(tile)
    b.forget(tile)
    return difference
  }

  /// Reads a tile of both images.
  static func readPair(
    _ a: Image, _ b: Image, _ tile: Rectangle, _ pool: TilePool,
    _ body: (RawSpan, RawSpan) -> Void
  ) throws(ViewError) {
    try pool.lend { first throws(ViewError) in
      do throws(ViewError) { try first.read(tile, of: a) } catch {
        throw a.explained(error, threads: 1)
      }
      try pool.lend { second throws(ViewError) in
        do throws(ViewError) { try second.read(tile, of: b) } catch {
          throw b.explained(error, threads: 1)
        }
        body(first.rows.bytes, second.rows.bytes)
      }
    }
  }
}

extension PixelFormat {
  var peak: Double {
    type.largest ?? (mode == .integer || type == .i32 ? SampleType.i32.range.upperBound : 1)
  }
}
