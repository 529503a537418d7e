/// How colors are made of a mosaic.
public enum Demosaic: String, Sendable, CaseIterable {
  /// A pixel for each cell: its red, its first green, its blue. Half as wide and half as high.
  case half
  /// Missing colors are the mean of the nearest two or four pixels that have seen them, rounded, halves
  /// up. The first and last row and column repeat the ones beside them, as OpenCV does.
  case bilinear
  /// Malvar, He and Cutler: High-quality linear interpolation for demosaicing of Bayer-patterned color
  /// images (ICASSP 2004): the same, corrected by how much the pixel's own color differs from its
  /// neighbors'. Rounded, halves up, and clipped to the samples' range; at its border the mosaic is
  /// mirrored at the outermost pixels.
  case malvar

  /// How far the pixels are away that a pixel is made of.
  fileprivate var margin: Int { self == .malvar ? 2 : 1 }
}

/// A mosaic of some size, and how colors are made of it.
struct Demosaicing: Sendable {
  let method: Demosaic
  let mosaic: Mosaic
  /// Of the mosaic; at least 2 x 2.
  let width, height: Int
  let target: PixelFormat

  /// The pixels of the mosaic that a rectangle of the picture is made of.
  func reach(of area: Rectangle) -> Rectangle {
    if method == .half {
      return Rectangle(
        x: area.x * 2, y: area.y * 2, width: area.width * 2, height: area.height * 2)
    }
    let columns = reach(area.x, area.width, in: width)
    let rows = reach(area.y, area.height, in: height)
    return Rectangle(x: columns.start, y: rows.start, width: columns.count, height: rows.count)
  }

  private func reach(_ start: Int, _ count: Int, in size: Int) -> (start: Int, count: Int) {
    let first = max(0, finished(start, in: size) - method.margin)
    let last = min(size - 1, finished(start + count - 1, in: size) + method.margin)
    return (first, last - first + 1)
  }

  /// The place whose pixel is shown at a place along one axis.
  private func finished(_ place: Int, in size: Int) -> Int {
    method == .bilinear && size > 2 ? min(max(place, 1), size - 2) : place
  }

  /// What ``make(_:from:_:into:_:)`` needs for the bands of a row.
  func planesByteCount(width: Int) -> Int { 3 * width * target.type.byteCount }

  /// Makes a rectangle of plain rows.
  ///
  /// - Parameters:
  ///   - area: the rectangle of the picture.
  ///   - mosaic: the plain rows of `reach`, which is ``reach(of:)`` it.
  ///   - planes: room for the bands of a row.
  /// - Complexity: O(pixels).
  func make(
    _ area: Rectangle, from mosaic: RawSpan, _ reach: Rectangle, into made: inout MutableRawSpan,
    _ planes: inout MutableRawSpan
  ) {
    switch (method, target.type) {
    case (.half, .u8): makeHalf(area, mosaic, &made, as: UInt8.self)
    case (.half, _): makeHalf(area, mosaic, &made, as: UInt16.self)
    case (_, .u8): makeRows(area, mosaic, reach, &made, &planes, as: UInt8.self)
    case (_, _): makeRows(area, mosaic, reach, &made, &planes, as: UInt16.self)
    }
  }

  private func makeHalf<Sample: BitwiseCopyable>(
    _ area: Rectangle, _ cells: RawSpan, _ made: inout MutableRawSpan, as: Sample.Type
  ) {
    let sites = [Mosaic.Color.red, .green1, .blue].map { color in
      let site = mosaic.site(of: color)
      return site.y * area.width * 2 + site.x
    }
    for y in 0..<area.height {
      for x in 0..<area.width {
        let cell = (y * area.width * 2 + x) * 2
        made.setSample(
          y * area.width + x,
          to: Triple<Sample>(
            cells.sample(cell + sites[0]), cells.sample(cell + sites[1]),
            cells.sample(cell + sites[2])))
      }
    }
  }

  private func makeRows<Sample: MosaicSample>(
    _ area: Rectangle, _ pixels: RawSpan, _ reach: Rectangle, _ made: inout MutableRawSpan,
    _ planes: inout MutableRawSpan, as: Sample.Type
  ) {
    let first = finished(area.x, in: width)
    let last = finished(area.x + area.width - 1, in: width)
    // The pixels before and after those repeat the ones at the ends.
    let start = min(max(0, first - area.x), area.width - 1)
    let count = min(last - first + 1, area.width - start)
    let rowByteCount = area.width * MemoryLayout<Triple<Sample>>.stride
    for row in 0..<area.height {
      let y = finished(area.y + row, in: height)
      var target = made.slice(row * rowByteCount, rowByteCount)
      DemosaicedRow<Sample>(self, y: y, reach).make(
        first..<first + count, from: pixels, into: &target, at: start, &planes)
      for x in 0..<start { target.setSample(x, to: target.triple(start, as: Sample.self)) }
      for x in start + count..<area.width {
        target.setSample(x, to: target.triple(start + count - 1, as: Sample.self))
      }
    }
  }
}

extension MutableRawSpan {
  fileprivate func triple<Sample: BitwiseCopyable>(
    _ index: Int, as: Sample.Type
  ) -> Triple<Sample> { sample(index) }
}
