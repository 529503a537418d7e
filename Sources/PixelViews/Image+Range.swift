/// The range of numbers that a picture fills.
extension Image {
  /// The window that shows the whole picture: from its smallest to its largest number, or from a
  /// percentile to the one as far from the other end.
  ///
  /// What counts are the finite samples of the bands that are light, opacity and padding left out, all
  /// bands together. A percentile between two samples is between their numbers in the same proportion,
  /// as NumPy's `percentile` has it, and exact for each type of samples. Percentiles that are the same
  /// number give way to the ends of the range; one number alone is shown between itself and zero; and
  /// without a number, the window is 0 to 1.
  ///
  /// - Parameters:
  ///   - percent: how much of the picture is darker than the window, and how much lighter.
  ///   - threads: how many threads read.
  /// - Throws: what reading throws.
  /// - Precondition: `percent` is at least 0 and less than 50.
  /// - Complexity: O(pixels): one pass for the ends of the range; for percentiles one pass over samples
  ///   of 8 and 16 bits, 3 over those of 32, 6 over those of 64, with some KiB for each thread.
  public func automaticWindow(
    leavingOut percent: Double = 0, threads: Int
  ) throws(ViewError) -> ClosedRange<Double> {
    precondition(percent >= 0 && percent < 50)
    if percent > 0, let window = try percentiles(percent, threads: threads),
      window.lowerBound < window.upperBound
    {
      return window.showable
    }
    let range = try finiteRange(threads: threads) ?? 0...1
    if range.lowerBound < range.upperBound { return range.showable }
    let value = range.lowerBound
    return value == 0 ? 0...1 : (min(0, value)...max(0, value)).showable
  }

  /// The numbers that the light can have by the bits that are stored, and by the line that makes numbers of
  /// them; `nil` for floats, for 32 bits and more, whose range no picture fills, and for other views.
  ///
  /// - Complexity: O(bands); no pixel is read.
  package var storedRange: ClosedRange<Double>? {
    var line = Rescaling(scale: 1, bias: 0)
    switch stages.first {
    case nil: break
    case .rescale(let samples) where stages.count == 1: line = samples.rescaling
    default: return nil
    }
    let ranges = stored.lightBands.map { stored.range(band: $0) }
    guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max(),
      high - low < Double(UInt32.max)
    else { return nil }
    let ends = [low, high].map { $0 * line.scale + line.bias }.sorted()
    return ends[0]...ends[1]
  }

  /// The bands that are light.
  private var lightBands: [Int] {
    mode.bands.indices.filter { $0 != mode.alphaBand && mode.bands[$0] != "X" }
  }

  /// The smallest and the largest finite sample of the bands that are light.
  func finiteRange(threads: Int) throws(ViewError) -> ClosedRange<Double>? {
    let (bands, format) = (lightBands, format)
    var low = Double.infinity
    var high = -Double.infinity
    try mergeTiles(threads: threads) { tile, plain throws(ViewError) in
      plain.finiteRange(of: bands, format: format, count: tile.width * tile.height)
    } merge: { range in
      guard let range else { return }
      low = min(low, range.lowerBound)
      high = max(high, range.upperBound)
    }
    return low <= high ? low...high : nil
  }

  private func percentiles(
    _ percent: Double, threads: Int
  ) throws(ViewError) -> ClosedRange<Double>? {
    switch format.type {
    case .u8: try percentiles(percent, threads: threads, as: UInt8.self)
    case .u16: try percentiles(percent, threads: threads, as: UInt16.self)
    case .i32: try percentiles(percent, threads: threads, as: Int32.self)
    case .f32: try percentiles(percent, threads: threads, as: Float.self)
    case .f64: try percentiles(percent, threads: threads, as: Double.self)
    }
  }

  /// Finds the samples around both percentiles digit by digit: how many have which first digit says
  /// what the first digit of each is, and only those with that one are counted by their second.
  private func percentiles<Sample: OrderedSample>(
    _ percent: Double, threads: Int, as: Sample.Type
  ) throws(ViewError) -> ClosedRange<Double>? {
    let (bands, bandCount) = (lightBands, mode.bandCount)
    let ends = [percent / 100, (100 - percent) / 100]
    var places: [(key: UInt64, rank: Int)] = []
    var shares: [Double] = []
    var shift = Sample.keyBitCount
    while shift > 0 {
      let digit = min(shift, Sample.keyBitCount <= 16 ? 16 : 11)
      shift -= digit
      let known = places.isEmpty ? [0] : Set(places.map(\.key)).sorted()
      let low = shift
      var counts = [[Int]](repeating: [Int](repeating: 0, count: 1 << digit), count: known.count)
      try mergeTiles(threads: threads) { tile, plain throws(ViewError) in
        var part = [UInt32](repeating: 0, count: known.count << digit)
        for band in bands {
          plain.forEach(
            from: band, by: bandCount, count: tile.width * tile.height * bandCount
          ) { (sample: Sample) in
            guard let key = sample.key else { return }
            let next = Int(truncatingIfNeeded: key >> UInt64(low)) & (1 << digit - 1)
            for (index, head) in known.enumerated() where key >> UInt64(low + digit) == head {
              part[index << digit + next] &+= 1
            }
          }
        }
        return part
      } merge: { part in
        for index in part.indices {
          counts[index >> digit][index & (1 << digit - 1)] += Int(part[index])
        }
      }
      if places.isEmpty {
        let last = counts[0].reduce(0, +) - 1
        guard last >= 0 else { return nil }
        for end in ends {
          let place = Double(last) * end
          let rank = min(Int(place), last)
          shares.append(place - Double(rank))
          places += [(0, rank), (0, min(rank + 1, last))]
        }
      }
      places = places.map { place in
        let counts = counts[known.firstIndex(of: place.key) ?? 0]
        var rank = place.rank
        // The pixels may have changed since they were counted: then it is one that is there now.
        var found = counts.lastIndex { $0 > 0 } ?? 0
        for (next, count) in counts.enumerated() {
          if rank < count {
            found = next
            break
          }
          rank -= count
        }
        return (place.key << UInt64(digit) | UInt64(found), rank)
      }
    }
    let numbers = places.map { Sample.number(key: $0.key) }
    let window = [0, 1].map { end in
      let (below, above) = (numbers[2 * end], numbers[2 * end + 1])
      return below + (above - below) * shares[end]
    }
    return window[0] <= window[1] ? window[0]...window[1] : nil
  }
}

extension ClosedRange<Double> {
  /// The range within what a window can spread.
  fileprivate var showable: ClosedRange {
    let largest = Double.greatestFiniteMagnitude / 1024
    return clamped(to: -largest...largest)
  }
}

extension RawSpan {
  /// The smallest and the largest finite sample of some bands of `count` plain pixels; `nil` where none
  /// is finite.
  func finiteRange(
    of bands: [Int], format: PixelFormat, count: Int
  ) -> ClosedRange<Double>? {
    let step = format.mode.bandCount
    return bands.reduce(nil as ClosedRange<Double>?) { range, band in
      let next =
        switch format.type {
        case .u8: limits(band, step, count, as: UInt8.self)
        case .u16: limits(band, step, count, as: UInt16.self)
        case .i32: limits(band, step, count, as: Int32.self)
        case .f32: finiteLimits(band, step, count, as: Float.self)
        case .f64: finiteLimits(band, step, count, as: Double.self)
        }
      guard let range, let next else { return range ?? next }
      return min(range.lowerBound, next.lowerBound)...max(range.upperBound, next.upperBound)
    }
  }

  /// The smallest and the largest sample of one band of plain rows of whole numbers.
  func limits<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ band: Int, _ bandCount: Int, _ count: Int, as: Sample.Type
  ) -> ClosedRange<Double>? {
    var low = Sample.max
    var high = Sample.min
    forEach(from: band, by: bandCount, count: count * bandCount) { (sample: Sample) in
      low = min(low, sample)
      high = max(high, sample)
    }
    return low <= high ? Double(low)...Double(high) : nil
  }

  private func finiteLimits<Sample: BinaryFloatingPoint & BitwiseCopyable>(
    _ band: Int, _ bandCount: Int, _ count: Int, as: Sample.Type
  ) -> ClosedRange<Double>? {
    var low = Sample.infinity
    var high = -Sample.infinity
    forEach(from: band, by: bandCount, count: count * bandCount) { (sample: Sample) in
      if sample.isFinite {
        low = min(low, sample)
        high = max(high, sample)
      }
    }
    return low <= high ? Double(low)...Double(high) : nil
  }
}

/// A sample with a key: a number whose order among keys is that of the samples.
private protocol OrderedSample: BitwiseCopyable, Sendable {
  static var keyBitCount: Int { get }
  /// `nil` for what is not finite.
  var key: UInt64? { get }
  static func number(key: UInt64) -> Double
}

extension UInt8: OrderedSample {
  fileprivate static var keyBitCount: Int { 8 }
  fileprivate var key: UInt64? { UInt64(self) }
  fileprivate static func number(key: UInt64) -> Double { Double(key) }
}

extension UInt16: OrderedSample {
  fileprivate static var keyBitCount: Int { 16 }
  fileprivate var key: UInt64? { UInt64(self) }
  fileprivate static func number(key: UInt64) -> Double { Double(key) }
}

extension Int32: OrderedSample {
  fileprivate static var keyBitCount: Int { 32 }
  fileprivate var key: UInt64? { UInt64(UInt32(bitPattern: self) ^ 1 << 31) }
  fileprivate static func number(key: UInt64) -> Double {
    Double(Int32(bitPattern: UInt32(truncatingIfNeeded: key) ^ 1 << 31))
  }
}

// Negative floating-point numbers grow in magnitude as their bits do: all bits are turned, and of the
// others the sign.
extension Float: OrderedSample {
  fileprivate static var keyBitCount: Int { 32 }
  fileprivate var key: UInt64? {
    guard isFinite else { return nil }
    return UInt64(sign == .minus ? ~bitPattern : bitPattern | 1 << 31)
  }
  fileprivate static func number(key: UInt64) -> Double {
    let bits = UInt32(truncatingIfNeeded: key)
    return Double(Float(bitPattern: bits >> 31 == 0 ? ~bits : bits ^ 1 << 31))
  }
}

extension Double: OrderedSample {
  fileprivate static var keyBitCount: Int { 64 }
  fileprivate var key: UInt64? {
    guard isFinite else { return nil }
    return sign == .minus ? ~bitPattern : bitPattern | 1 << 63
  }
  fileprivate static func number(key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 0 ? ~key : key ^ 1 << 63)
  }
}
