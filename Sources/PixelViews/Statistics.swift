import PixelMemory

/// What there is to say about the samples of each band of an image.
public struct Statistics: Hashable, Sendable {
  /// One band. Numbers are in the samples' own units.
  public struct Band: Hashable, Sendable {
    /// The samples that are numbers.
    public var count: Int
    /// The samples that are not (NaN).
    public var nanCount: Int
    /// The smallest number, infinities included; NaN where there is no number.
    public var minimum: Double
    public var maximum: Double
    public var mean: Double
    /// The standard deviation of all numbers from their mean (divided by their count). NaN where
    /// one is infinite.
    public var deviation: Double
    /// The smallest and the largest finite number.
    public var finiteRange: ClosedRange<Double>?
    /// How many finite samples fall into each of 256 parts of ``histogramRange``; the upper end
    /// belongs to the last.
    public var histogram: [Int]
    /// 0…256 for samples of 8 bits, one part for each value; else the ``finiteRange``.
    public var histogramRange: ClosedRange<Double>
  }

  /// One for each band of the mode.
  public let bands: [Band]
}

extension Image {
  /// The statistics of the pixels as the buffer has them now.
  ///
  /// Sums of integers are exact; sums of floating-point samples are the same for every number of
  /// threads. Samples of more than 8 bits are read a second time, for the histogram.
  /// - Throws: what reading throws.
  /// - Complexity: O(pixels); private memory of a tile for each thread.
  public func statistics(threads: Int) throws(ViewError) -> Statistics {
    switch format.type {
    case .u8: return try byteStatistics(threads: threads)
    case .u16: return try integerStatistics(threads: threads, as: UInt16.self)
    case .i32: return try integerStatistics(threads: threads, as: Int32.self)
    case .f32: return try floatStatistics(threads: threads, as: Float.self)
    case .f64: return try floatStatistics(threads: threads, as: Double.self)
    }
  }

  private var bandCount: Int { format.mode.bandCount }

  private func byteStatistics(threads: Int) throws(ViewError) -> Statistics {
    let bandCount = bandCount
    var totals = [Int](repeating: 0, count: bandCount * 256)
    try mergeTiles(threads: threads) { (tile, plain) throws(ViewError) in
      plain.countBytes(tile.width * tile.height, bandCount: bandCount)
    } merge: { counts in
      for (index, count) in counts.enumerated() { totals[index] += Int(count) }
    }
    return Statistics(
      bands: (0..<bandCount).map { band in
        let histogram = Array(totals[band * 256..<(band + 1) * 256])
        var moments = IntegerMoments()
        for (value, count) in histogram.enumerated() where count > 0 {
          moments.add(value, count: count)
        }
        return moments.band(histogram: histogram, range: 0...256)
      })
  }

  private func integerStatistics<Sample: FixedWidthInteger & BitwiseCopyable & Sendable>(
    threads: Int, as: Sample.Type
  ) throws(ViewError) -> Statistics {
    let bandCount = bandCount
    var totals = [IntegerMoments](repeating: IntegerMoments(), count: bandCount)
    try mergeTiles(threads: threads) { (tile, plain) throws(ViewError) in
      let count = tile.width * tile.height * bandCount
      return (0..<bandCount).map { band in
        plain.integerMoments(from: band, by: bandCount, count: count, as: Sample.self)
      }
    } merge: { moments in
      for band in 0..<bandCount { totals[band].add(moments[band]) }
    }
    let ranges = totals.map { Double($0.minimum)...Double($0.maximum) }
    let histograms = try histograms(ranges, threads: threads) { (sample: Sample) in
      Double(sample)
    }
    return Statistics(
      bands: (0..<bandCount).map {
        totals[$0].band(histogram: histograms[$0], range: ranges[$0])
      })
  }

  private func floatStatistics<Sample: BinaryFloatingPoint & BitwiseCopyable & Sendable>(
    threads: Int, as: Sample.Type
  ) throws(ViewError) -> Statistics {
    let bandCount = bandCount
    var totals = [FloatMoments](repeating: FloatMoments(), count: bandCount)
    try mergeTiles(threads: threads) { (tile, plain) throws(ViewError) in
      let count = tile.width * tile.height * bandCount
      return (0..<bandCount).map { band in
        plain.floatMoments(from: band, by: bandCount, count: count, as: Sample.self)
      }
    } merge: { moments in
      for band in 0..<bandCount { totals[band].add(moments[band]) }
    }
    let histograms = try histograms(totals.map { $0.finiteRange ?? 0...0 }, threads: threads) {
      (sample: Sample) in Double(sample)
    }
    return Statistics(
      bands: (0..<bandCount).map { totals[$0].band(histogram: histograms[$0]) })
  }

  /// One histogram for each band, over its range.
  @inline(__always)
  private func histograms<Sample: BitwiseCopyable>(
    _ ranges: [ClosedRange<Double>], threads: Int, _ number: @Sendable (Sample) -> Double
  ) throws(ViewError) -> [[Int]] {
    let bandCount = bandCount
    var totals = ranges.map { _ in [Int](repeating: 0, count: 256) }
    try mergeTiles(threads: threads) { (tile, plain) throws(ViewError) in
      let count = tile.width * tile.height * bandCount
      return (0..<bandCount).map { band in
        plain.histogram(from: band, by: bandCount, count: count, over: ranges[band], number)
      }
    } merge: { counts in
      for band in 0..<bandCount {
        for bin in 0..<256 { totals[band][bin] += Int(counts[band][bin]) }
      }
    }
    return totals
  }
}

extension RawSpan {
  /// How often each byte stands in each band of `count` plain pixels: 256 numbers a band.
  fileprivate func countBytes(_ count: Int, bandCount: Int) -> [UInt32] {
    // A table for each place in a word: neighbors that are equal do not wait for each other.
    var first = InlineArray<256, UInt32>(repeating: 0)
    var second = first
    var third = first
    var fourth = first
    let byteCount = count * bandCount
    if bandCount == 3 {
      forEach(count: count) { (pixel: Triple<UInt8>) in
        first[Int(pixel.x)] &+= 1
        second[Int(pixel.y)] &+= 1
        third[Int(pixel.z)] &+= 1
      }
    } else {
      forEach(count: byteCount / 4) { (quad: Quad) in
        first[Int(quad.x)] &+= 1
        second[Int(quad.y)] &+= 1
        third[Int(quad.z)] &+= 1
        fourth[Int(quad.w)] &+= 1
      }
    }
    var counts = [UInt32](repeating: 0, count: 256 * bandCount)
    for value in 0..<256 {
      counts[value] &+= first[value]
      counts[1 % bandCount * 256 + value] &+= second[value]
      counts[2 % bandCount * 256 + value] &+= third[value]
      counts[3 % bandCount * 256 + value] &+= fourth[value]
    }
    if bandCount != 3 {
      for index in byteCount / 4 * 4..<byteCount {
        counts[index % bandCount * 256 + Int(sample(index, as: UInt8.self))] &+= 1
      }
    }
    return counts
  }

  @inline(__always)
  fileprivate func histogram<Sample: BitwiseCopyable>(
    from start: Int, by step: Int, count: Int, over range: ClosedRange<Double>,
    _ number: (Sample) -> Double
  ) -> [UInt32] {
    var counts = InlineArray<256, UInt32>(repeating: 0)
    // Halves, so that the width of the range is finite.
    let low = range.lowerBound / 2
    let width = range.upperBound / 2 - low
    forEach(from: start, by: step, count: count) { (sample: Sample) in
      let value = number(sample)
      if value.isFinite {
        // Pixels may have changed since the range was found: whatever comes is put inside.
        let place = (value / 2 - low) / width * 256
        counts[Int(Double.minimum(255, Double.maximum(0, place)))] &+= 1
      }
    }
    return counts.indices.map { counts[$0] }
  }
}
