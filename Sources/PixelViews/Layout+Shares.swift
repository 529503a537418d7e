/// Samples that several pixels share, as those of chroma in video.
extension Layout {
  /// A band, and how many pixels across and down have one sample of it.
  package struct Share: Hashable, Sendable {
    package let band: Int
    package let across: Int
    package let down: Int
  }

  /// The bands whose samples are shared.
  package var shares: [Share] {
    guard let gridView else { return [] }
    let isTransposed = gridView.lens.isTransposed
    return gridView.grid.planes.enumerated().filter(\.element.isShared).map { band, plane in
      Share(
        band: band, across: isTransposed ? plane.rowShare : plane.columnShare,
        down: isTransposed ? plane.columnShare : plane.rowShare)
    }
  }

  /// The samples of one band, each of them a pixel, where no lens leaves some out.
  func unshared() -> Layout {
    guard let gridView, gridView.grid.planes.count == 1 else { return self }
    var plane = gridView.grid.planes[0]
    var lens = gridView.lens
    let (across, down) = lens.isTransposed ? (height, width) : (width, height)
    guard let columns = lens.columns.shared(by: plane.columnShare, count: across),
      let rows = lens.rows.shared(by: plane.rowShare, count: down)
    else { return self }
    let grid = Grid(
      width: (gridView.grid.width - 1) / plane.columnShare + 1,
      height: (gridView.grid.height - 1) / plane.rowShare + 1, planes: [])
    (plane.columnShare, plane.rowShare) = (1, 1)
    (lens.columns, lens.rows) = (columns.steps, rows.steps)
    let (width, height) =
      lens.isTransposed ? (rows.count, columns.count) : (columns.count, rows.count)
    return Layout(
      grid: Grid(width: grid.width, height: grid.height, planes: [plane]), lens: lens, width: width,
      height: height)
  }

  /// The blocks of pixels that share samples, or whose samples stand in one group above each other, for a
  /// rectangle of the view.
  func blocks(of rectangle: Rectangle) -> Tiling.Blocks {
    var blocks = Tiling.Blocks()
    for share in shares {
      blocks.across = blocks.across.commonMultiple(share.across)
      blocks.down = blocks.down.commonMultiple(share.down)
    }
    let corner = Rectangle(x: rectangle.x, y: rectangle.y, width: 1, height: 1)
    guard blocks.across > 1 || blocks.down > 1, let first = whole(corner) else { return blocks }
    blocks.lead.x = (rectangle.x - first.x - first.width + blocks.across) % blocks.across
    blocks.lead.y = (rectangle.y - first.y - first.height + blocks.down) % blocks.down
    return blocks
  }

  /// The smallest rectangle around another one that covers each sample which it touches whole; `nil`
  /// where the lens leaves out pixels that share one.
  package func whole(_ rectangle: Rectangle) -> Rectangle? {
    guard let gridView else { return rectangle }
    var (columns, rows) = (1, 1)
    for plane in gridView.grid.planes {
      columns = columns.commonMultiple(plane.columnShare)
      rows = rows.commonMultiple(plane.rowShare)
    }
    let lens = gridView.lens
    let (x, y) = (
      rectangle.x..<rectangle.x + rectangle.width, rectangle.y..<rectangle.y + rectangle.height
    )
    let (across, down) = lens.isTransposed ? (y, x) : (x, y)
    guard let column = lens.columns.whole(across, share: columns, size: gridView.grid.width),
      let row = lens.rows.whole(down, share: rows, size: gridView.grid.height)
    else { return nil }
    let (left, top) = lens.isTransposed ? (row, column) : (column, row)
    return Rectangle(x: left.lowerBound, y: top.lowerBound, width: left.count, height: top.count)
  }
}

extension Lens.Steps {
  /// The steps along samples that so many stored pixels have together, and how many are met; `nil` where
  /// some are met twice and others not at all.
  fileprivate func shared(by share: Int, count: Int) -> (steps: Lens.Steps, count: Int)? {
    if share == 1 { return (self, count) }
    if step.isMultiple(of: share) {
      return (Lens.Steps(first: first / share, step: step / share), count)
    }
    guard abs(step) == 1 else { return nil }
    let last = self(count - 1) / share
    return (Lens.Steps(first: first / share, step: step), abs(last - first / share) + 1)
  }

  /// The indices of all pixels that have a sample of those in a range of indices; they can lie beyond
  /// the view.
  fileprivate func whole(_ range: Range<Int>, share: Int, size: Int) -> Range<Int>? {
    if share == 1 { return range }
    guard abs(step) == 1 else { return nil }
    let ends = [self(range.lowerBound), self(range.upperBound - 1)].sorted()
    let low = ends[0] / share * share
    let high = min((ends[1] / share + 1) * share, size) - 1
    let indices = [(low - first) * step, (high - first) * step].sorted()
    return indices[0]..<indices[1] + 1
  }
}

extension Int {
  /// The least number that is a multiple of both.
  func commonMultiple(_ other: Int) -> Int { self / greatestCommonDivisor(self, other) * other }
}
