// The loops behind ``Demosaicing``, on private memory only. Each checks once that all that it is about
// to touch lies inside its spans, which is what makes the pointers here safe.

/// A sample of a mosaic, and the numbers that its sums are worked out in.
protocol MosaicSample: FixedWidthInteger, UnsignedInteger, BitwiseCopyable {
  associatedtype Sum: FixedWidthInteger & SignedInteger & BitwiseCopyable
}

extension UInt8: MosaicSample { typealias Sum = Int16 }
extension UInt16: MosaicSample { typealias Sum = Int32 }

/// The colors of one row of a mosaic.
struct DemosaicedRow<Sample: MosaicSample> {
  typealias Sum = Sample.Sum

  private let method: Demosaic
  private let width: Int
  /// The rows two above to two below, by their numbers in the memory that is read.
  private let rows: InlineArray<5, Int>
  private let reach: Rectangle
  /// Whether red is what its pixels have seen besides green; else it is blue.
  private let hasRed: Bool
  /// Whether it is green at even places.
  private let startsGreen: Bool

  init(_ demosaicing: Demosaicing, y: Int, _ reach: Rectangle) {
    method = demosaicing.method
    width = demosaicing.width
    self.reach = reach
    rows = InlineArray { index in
      let row = mirrored(y + index - 2, in: demosaicing.height)
      // Rows that the method does not look at may be outside.
      return min(max(row - reach.y, 0), reach.height - 1)
    }
    let colors = (0...1).map { demosaicing.mosaic[$0, y].band }
    hasRed = colors.contains(0)
    startsGreen = colors[0] == 1
  }

  /// The pixels of some columns, stored from pixel `start` of the target on.
  func make(
    _ columns: Range<Int>, from pixels: RawSpan, into target: inout MutableRawSpan, at start: Int,
    _ planes: inout MutableRawSpan
  ) {
    let (count, size) = (columns.count, MemoryLayout<Sample>.stride)
    precondition(pixels.byteCount >= reach.width * reach.height * size)
    precondition(planes.byteCount >= 3 * count * size)
    precondition(columns.lowerBound >= reach.x && columns.upperBound <= reach.x + reach.width)
    // What is nearer to the picture's edge looks at mirrored places.
    let margin = method == .malvar ? 2 : 1
    let low = min(max(margin, columns.lowerBound), columns.upperBound)
    let inner = low..<max(low, min(width - margin, columns.upperBound))
    unsafe pixels.withUnsafeBytes { pixels in
      unsafe planes.withUnsafeMutableBytes { planes in
        guard let base = pixels.baseAddress, let room = planes.baseAddress else { return }
        let samples = unsafe base.assumingMemoryBound(to: Sample.self)
        let bands = unsafe Bands(room.assumingMemoryBound(to: Sample.self), count: count)
        for x in columns where x < inner.lowerBound || x >= inner.upperBound {
          unsafe makeEdge(x, samples, bands, at: x - columns.lowerBound)
        }
        unsafe makeInner(inner, samples, bands, at: inner.lowerBound - columns.lowerBound)
      }
    }
    var place = target.slice(
      start * MemoryLayout<Triple<Sample>>.stride, count * MemoryLayout<Triple<Sample>>.stride)
    place.interleave(planes.bytes, count: count, swapsEnds: !hasRed, as: Sample.self)
  }

  /// Rows of the row's own color, of green, and of the opposite color.
  @unsafe private struct Bands {
    let own, green, opposite: UnsafeMutablePointer<Sample>

    init(_ room: UnsafeMutablePointer<Sample>, count: Int) {
      unsafe (own, green, opposite) = (room, room + count, room + 2 * count)
    }
  }

  private func makeEdge(
    _ x: Int, _ samples: UnsafePointer<Sample>, _ bands: Bands, at index: Int
  ) {
    let isGreen: Sum = (x & 1 == 0) == startsGreen ? -1 : 0
    let colors = colors(isGreen) { dx, dy in
      // Columns that the method does not look at may be outside.
      let column = min(max(mirrored(x + dx, in: width) - reach.x, 0), reach.width - 1)
      return Sum(truncatingIfNeeded: unsafe samples[rows[dy + 2] * reach.width + column])
    }
    unsafe bands.own[index] = colors.own
    unsafe bands.green[index] = colors.green
    unsafe bands.opposite[index] = colors.opposite
  }

  private func makeInner(
    _ columns: Range<Int>, _ samples: UnsafePointer<Sample>, _ bands: Bands, at start: Int
  ) {
    func line(_ index: Int) -> UnsafePointer<Sample> {
      unsafe samples + (rows[index] * reach.width + columns.lowerBound - reach.x)
    }
    let (above2, above, here) = unsafe (line(0), line(1), line(2))
    let (below, below2) = unsafe (line(3), line(4))
    let (own, green, opposite) = unsafe (
      bands.own + start, bands.green + start, bands.opposite + start
    )
    let phase = Sum(truncatingIfNeeded: columns.lowerBound & 1) ^ (startsGreen ? 1 : 0)
    if method == .malvar {
      for x in 0..<columns.count {
        let isGreen = 0 &- ((Sum(truncatingIfNeeded: x) ^ phase) & 1)
        let colors = malvar(isGreen) { dx, dy in
          let row =
            switch dy {
            case -2: unsafe above2
            case -1: unsafe above
            case 0: unsafe here
            case 1: unsafe below
            default: unsafe below2
            }
          return Sum(truncatingIfNeeded: unsafe row[x &+ dx])
        }
        unsafe (own[x], green[x], opposite[x]) = (colors.own, colors.green, colors.opposite)
      }
    } else {
      for x in 0..<columns.count {
        let isGreen = 0 &- ((Sum(truncatingIfNeeded: x) ^ phase) & 1)
        let colors = bilinear(isGreen) { dx, dy in
          let row = unsafe dy < 0 ? above : dy > 0 ? below : here
          return Sum(truncatingIfNeeded: unsafe row[x &+ dx])
        }
        unsafe (own[x], green[x], opposite[x]) = (colors.own, colors.green, colors.opposite)
      }
    }
  }

  private typealias Colors = (own: Sample, green: Sample, opposite: Sample)

  private func colors(_ isGreen: Sum, _ at: (_ dx: Int, _ dy: Int) -> Sum) -> Colors {
    method == .malvar ? malvar(isGreen, at) : bilinear(isGreen, at)
  }

  /// - Parameter isGreen: all bits where the pixel has seen green, else none.
  @inline(__always)
  private func bilinear(_ isGreen: Sum, _ at: (_ dx: Int, _ dy: Int) -> Sum) -> Colors {
    let center = at(0, 0)
    let (across, down) = (at(-1, 0) &+ at(1, 0), at(0, -1) &+ at(0, 1))
    let corners = at(-1, -1) &+ at(1, -1) &+ at(-1, 1) &+ at(1, 1)
    return (
      own: choose(isGreen, (across &+ 1) &>> 1, center),
      green: choose(isGreen, center, (across &+ down &+ 2) &>> 2),
      opposite: choose(isGreen, (down &+ 1) &>> 1, (corners &+ 2) &>> 2)
    )
  }

  /// The paper's filters, in sixteenths; those of green are whole eighths.
  @inline(__always)
  private func malvar(_ isGreen: Sum, _ at: (_ dx: Int, _ dy: Int) -> Sum) -> Colors {
    let center = at(0, 0)
    let (across, down) = (at(-1, 0) &+ at(1, 0), at(0, -1) &+ at(0, 1))
    let (farAcross, farDown) = (at(-2, 0) &+ at(2, 0), at(0, -2) &+ at(0, 2))
    let corners = at(-1, -1) &+ at(1, -1) &+ at(-1, 1) &+ at(1, 1)
    let far = farAcross &+ farDown
    let beside = center &* 10 &- corners &* 2
    let green = clipped((center &* 4 &+ (across &+ down) &* 2 &- far &+ 4) &>> 3)
    return (
      own: choose(
        isGreen, clipped((beside &+ across &* 8 &- farAcross &* 2 &+ farDown &+ 8) &>> 4), center),
      green: choose(isGreen, center, green),
      opposite: choose(
        isGreen, clipped((beside &+ down &* 8 &- farDown &* 2 &+ farAcross &+ 8) &>> 4),
        clipped((center &* 12 &+ corners &* 4 &- far &* 3 &+ 8) &>> 4))
    )
  }

  @inline(__always)
  private func clipped(_ sum: Sum) -> Sum {
    min(max(sum, 0), Sum(truncatingIfNeeded: Sample.max))
  }

  /// The first where all bits of the mask are set; no branch is in the way of vectors.
  @inline(__always)
  private func choose(_ mask: Sum, _ a: Sum, _ b: Sum) -> Sample {
    Sample(truncatingIfNeeded: b ^ ((a ^ b) & mask))
  }
}

extension MutableRawSpan {
  /// Stores the pixels of three rows of bands, one after the other in the span; `swapsEnds`: the last
  /// row is the first band.
  ///
  /// - Precondition: both spans hold `count` pixels.
  fileprivate mutating func interleave<Sample: MosaicSample>(
    _ planes: RawSpan, count: Int, swapsEnds: Bool, as: Sample.Type
  ) {
    let bits = UInt64(Sample.bitWidth)
    let pixelByteCount = MemoryLayout<Triple<Sample>>.stride
    precondition(min(planes.byteCount, byteCount) >= count * pixelByteCount)
    unsafe planes.withUnsafeBytes { planes in
      unsafe withUnsafeMutableBytes { pixels in
        guard count > 0, let base = planes.baseAddress, let to = pixels.baseAddress else { return }
        let rows = unsafe base.assumingMemoryBound(to: Sample.self)
        let (ends, green) = unsafe ((rows, rows + 2 * count), rows + count)
        let (red, blue) = unsafe swapsEnds ? (ends.1, ends.0) : ends
        // A word is longer than its pixels: what it writes over is written next.
        let step = MemoryLayout<Sample>.stride == 1 ? 2 : 1
        var x = 0
        while x < count - step {
          var word: UInt64 = 0
          for index in 0..<step {
            let ends = unsafe UInt64(red[x &+ index]) | UInt64(blue[x &+ index]) &<< (2 &* bits)
            let pixel = unsafe ends | UInt64(green[x &+ index]) &<< bits
            word |= pixel &<< (UInt64(index) &* 3 &* bits)
          }
          unsafe to.storeBytes(of: word, toByteOffset: x &* pixelByteCount, as: UInt64.self)
          x &+= step
        }
        while x < count {
          unsafe to.storeBytes(
            of: Triple(red[x], green[x], blue[x]), toByteOffset: x &* pixelByteCount,
            as: Triple<Sample>.self)
          x &+= 1
        }
      }
    }
  }
}

/// The place that stands for one outside of 0..<`size`, mirrored at the outermost places: an even
/// distance away, so that it has seen the same color.
private func mirrored(_ place: Int, in size: Int) -> Int {
  let period = 2 * (size - 1)
  let rest = ((place % period) + period) % period
  return rest < size ? rest : period - rest
}
