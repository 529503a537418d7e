/// Where the chroma samples stand that several pixels share, among the pixels of their block.
public enum ChromaSiting: String, Sendable, CaseIterable {
  /// Between the block's rows, at its first column: MPEG-2, H.264 and most of video.
  case left
  /// In the middle of the block: JPEG and MPEG-1.
  case center
  /// At the block's first pixel: discs of BT.2020.
  case topLeft = "topleft"
}

/// Chroma of its own for each pixel, on a straight line between the samples that pixels share.
///
/// A sample stands for the block of pixels that share it, at the place that the siting says; beyond the
/// outermost samples these are repeated. A result is the real number, rounded with halves up.
struct ChromaInterpolation: Hashable, Sendable {
  /// Pixels in a row of the picture, and rows.
  let width, height: Int
  let siting: ChromaSiting
  private let columns, rows: Axis

  /// The samples along a row or a column of the picture.
  private struct Axis: Hashable, Sendable {
    /// The pixels that share a sample.
    let share: Int
    /// The last sample.
    let last: Int
    /// Half pixels from a block's first pixel to its sample.
    let lead: Int

    init(length: Int, share: Int, isCentered: Bool) {
      self.share = share
      last = (length - 1) / share
      lead = isCentered ? share - 1 : 0
    }

    /// The sample before a pixel, which may be one before the first, and the pixel's distance from it:
    /// how much the next one weighs, in parts of 2 · `share`.
    @inline(__always)
    func place(_ pixel: Int) -> (sample: Int, weight: Int) {
      let unit = 2 * share
      let halves = 2 * pixel - lead + unit
      return (halves / unit - 1, halves % unit)
    }

    /// The first pixel of a sample's block.
    @inline(__always)
    func pixel(_ sample: Int) -> Int { min(max(sample, 0), last) * share }

    /// The pixels that hold the samples for others.
    func reach(_ first: Int, _ count: Int) -> (first: Int, count: Int) {
      let low = min(first, pixel(place(first).sample))
      let high = max(first + count - 1, pixel(place(first + count - 1).sample + 1))
      return (low, high - low + 1)
    }
  }

  /// - Parameters:
  ///   - columnShare: pixels side by side that share chroma: 1, 2 or 4, as for the rows.
  ///   - rowShare: pixels above each other that do.
  init(width: Int, height: Int, columnShare: Int, rowShare: Int, siting: ChromaSiting) {
    precondition([columnShare, rowShare].allSatisfy([1, 2, 4].contains))
    self.width = width
    self.height = height
    self.siting = siting
    columns = Axis(length: width, share: columnShare, isCentered: siting == .center)
    rows = Axis(length: height, share: rowShare, isCentered: siting != .topLeft)
  }

  /// The pixels that those of a rectangle are made of.
  func reach(of area: Rectangle) -> Rectangle {
    let (x, y) = (columns.reach(area.x, area.width), rows.reach(area.y, area.height))
    return Rectangle(x: x.first, y: y.first, width: x.count, height: y.count)
  }

  /// Makes the plain rows of a rectangle of the picture.
  ///
  /// - Parameters:
  ///   - plain: the rows of `reach`, in which the pixels of a block have the same chroma.
  ///   - reach: at least ``reach(of:)``.
  /// - Precondition: both hold their pixels, of three samples of the type.
  /// - Complexity: O(pixels).
  func make(
    _ area: Rectangle, from plain: RawSpan, _ reach: Rectangle, into made: inout MutableRawSpan,
    as type: SampleType
  ) {
    if type == .u8 {
      make(area, from: plain, reach, into: &made, UInt8.self)
    } else {
      make(area, from: plain, reach, into: &made, UInt16.self)
    }
  }

  private func make<Sample: PlainSample & FixedWidthInteger>(
    _ area: Rectangle, from plain: RawSpan, _ reach: Rectangle, into made: inout MutableRawSpan,
    _: Sample.Type
  ) {
    let (across, down) = (2 * columns.share, 2 * rows.share)
    let shift = (across * down).trailingZeroBitCount
    for y in area.y..<area.y + area.height {
      let (upper, lower) = rows.place(y)
      let weights = (upper: down - lower, lower: lower)
      let upperRow = plain.row(rows.pixel(upper), of: reach, as: Sample.self)
      let lowerRow = plain.row(rows.pixel(upper + 1), of: reach, as: Sample.self)
      let lumaRow = plain.row(y, of: reach, as: Sample.self)
      func column(_ sample: Int) -> (cb: Int, cr: Int) {
        let index = columns.pixel(sample) - reach.x
        let above: Triple<Sample> = upperRow.sample(index)
        let below: Triple<Sample> = lowerRow.sample(index)
        return (
          Int(above.y) &* weights.upper &+ Int(below.y) &* weights.lower,
          Int(above.z) &* weights.upper &+ Int(below.z) &* weights.lower
        )
      }
      var current = columns.place(area.x).sample
      var (left, right) = (column(current), column(current + 1))
      var target = made.slice(
        (y - area.y) * area.width * 3 * MemoryLayout<Sample>.stride,
        area.width * 3 * MemoryLayout<Sample>.stride)
      for x in area.x..<area.x + area.width {
        let (sample, weight) = columns.place(x)
        if sample != current {
          current = sample
          (left, right) = (right, column(sample + 1))
        }
        let half = 1 << (shift - 1)
        let cb = left.cb &* (across &- weight) &+ right.cb &* weight &+ half
        let cr = left.cr &* (across &- weight) &+ right.cr &* weight &+ half
        let luma: Triple<Sample> = lumaRow.sample(x - reach.x)
        target.setSample(
          x - area.x,
          to: Triple(
            luma.x, Sample(truncatingIfNeeded: cb >> shift),
            Sample(truncatingIfNeeded: cr >> shift)))
      }
    }
  }
}

extension RawSpan {
  /// A row of pixels of three samples, counted in the picture of which the span has a rectangle.
  @_lifetime(copy self)
  fileprivate func row<Sample: BitwiseCopyable>(
    _ y: Int, of area: Rectangle, as: Sample.Type
  ) -> RawSpan {
    let byteCount = area.width * 3 * MemoryLayout<Sample>.stride
    return slice((y - area.y) * byteCount, byteCount)
  }
}
