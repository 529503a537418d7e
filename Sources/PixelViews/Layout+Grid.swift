/// Layouts of which some samples do not stand in their pixel's own place.
extension Layout {
  /// A grid and the lens over it.
  struct GridView: Hashable, Sendable {
    var grid: Grid
    var lens: Lens
  }

  /// A view of a grid: all of its stored pixels, in order, unless a lens says otherwise.
  ///
  /// Where each sample stands in its pixel's own place after all, the layout is the plain one of the same
  /// places.
  /// - Precondition: the grid has a plane, and each plane a field.
  public init(grid: Grid, lens: Lens = Lens(), width: Int? = nil, height: Int? = nil) {
    self.init(
      width: width ?? (lens.isTransposed ? grid.height : grid.width),
      height: height ?? (lens.isTransposed ? grid.width : grid.height),
      rowBits: 0, pixelBits: 0, fields: [])
    var grid = grid
    grid.planes = grid.planes.map(\.simplified)
    gridView = GridView(grid: grid, lens: lens)
    settle()
  }

  /// The same for numbers that came from outside.
  ///
  /// - Throws: ``ViewError``, as ``validate(as:)``.
  public init(
    checking grid: Grid, lens: Lens, width: Int, height: Int, as format: PixelFormat
  ) throws(ViewError) {
    guard width > 0, height > 0 else { throw .emptySize(width: width, height: height) }
    try GridView(grid: grid, lens: lens).validate(width: width, height: height, as: format)
    self.init(grid: grid, lens: lens, width: width, height: height)
  }

  /// The stored pixels and their places, where samples do not each stand in their pixel's own place.
  public var grid: Grid? { gridView?.grid }

  /// Which stored pixels are shown; `nil` without a grid.
  public var lens: Lens? { gridView?.lens }

  /// Puts the numbers of a pixel's own place right after the grid or the lens has changed: they are those
  /// of the first plane, and all there is where every sample stands in its pixel's own place.
  mutating func settle() {
    guard let gridView else { return }
    let (first, lens) = (gridView.grid.planes[0], gridView.lens)
    let columnBits = first.groupBits / first.period * lens.columns.step
    let lineBits = first.rowBits / first.rowShare * lens.rows.step
    (pixelBits, rowBits) = lens.isTransposed ? (lineBits, columnBits) : (columnBits, lineBits)
    let (column, row) = lens.stored(x: 0, y: 0)
    bitOffset = first.sample(column: column, row: row).bitOffset - first.fields[0].bitOffset
    fields = gridView.grid.planes.map { $0.fields[0] }
    guard gridView.grid.isPlain else { return }
    for (index, plane) in gridView.grid.planes.enumerated() {
      fields[index].bitOffset += plane.bitOffset - first.bitOffset
    }
    self.gridView = nil
  }

  /// Where the sample of a pixel is, its offset counted from the start of the buffer.
  ///
  /// - Precondition: the pixel and the band are those of the layout.
  @inline(__always)
  package func sample(x: Int, y: Int, band: Int) -> SampleField {
    guard let gridView else {
      var field = fields[band]
      field.bitOffset += bitOffset + y * rowBits + x * pixelBits
      return field
    }
    let (column, row) = gridView.lens.stored(x: x, y: y)
    return gridView.grid.planes[band].sample(column: column, row: row)
  }

  /// Where the samples of a pixel are, band by band, counted from the start of the buffer.
  ///
  /// - Precondition: the pixel is one of the layout.
  package func samples(x: Int, y: Int) -> [SampleField] {
    fields.indices.map { sample(x: x, y: y, band: $0) }
  }

  /// How many pixels of the view repeat the places of a band's samples, across and down.
  func period(of band: Int) -> (across: Int, down: Int) {
    guard let gridView else { return (1, 1) }
    let (plane, lens) = (gridView.grid.planes[band], gridView.lens)
    let columns = plane.period / greatestCommonDivisor(plane.period, abs(lens.columns.step))
    let rows = plane.rowShare / greatestCommonDivisor(plane.rowShare, abs(lens.rows.step))
    return lens.isTransposed ? (rows, columns) : (columns, rows)
  }

  /// The bits from a sample of a band to the one that is a period further on, across and down.
  func periodBits(of band: Int) -> (across: Int, down: Int) {
    guard let gridView else { return (pixelBits, rowBits) }
    let (plane, lens) = (gridView.grid.planes[band], gridView.lens)
    let (across, down) = period(of: band)
    let (columns, rows) = lens.isTransposed ? (down, across) : (across, down)
    let columnBits = columns * lens.columns.step / plane.period * plane.groupBits
    let lineBits = rows * lens.rows.step / plane.rowShare * plane.rowBits
    return lens.isTransposed ? (lineBits, columnBits) : (columnBits, lineBits)
  }
}

extension Grid {
  /// Whether a pixel's samples stand in its own place: at one distance from each other everywhere.
  fileprivate var isPlain: Bool {
    planes.allSatisfy {
      !$0.isShared && $0.fields.count == 1 && $0.groupBits == planes[0].groupBits
        && $0.rowBits == planes[0].rowBits
    }
  }
}
