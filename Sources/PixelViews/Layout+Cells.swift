extension Layout {
  /// The cells of 2 x 2 pixels of a layout of one band, as pixels of a band for each of some sites in the
  /// cell; what is left of an odd column or row is not shown.
  ///
  /// The result is `nil` where pixels share their samples.
  /// - Precondition: the layout is at least 2 x 2.
  func cells(_ sites: [(x: Int, y: Int)]) -> Layout? {
    var cells = cellOrigins
    guard let gridView = cells.gridView, let lens else {
      cells.fields = sites.map { site in
        var field = fields[0]
        field.bitOffset += site.x * pixelBits + site.y * rowBits
        return field
      }
      return cells
    }
    let plane = gridView.grid.planes[0]
    guard !plane.isShared else { return nil }
    let planes = sites.map { site in
      let first = lens.stored(x: site.x, y: site.y)
      return plane.each(
        columns: gridView.lens.columns.step, rows: gridView.lens.rows.step, from: first)
    }
    let isTurned = lens.isTransposed
    let (across, down) = (cells.width, cells.height)
    return Layout(
      grid: Grid(width: isTurned ? down : across, height: isTurned ? across : down, planes: planes),
      lens: Lens(isTransposed: isTurned), width: across, height: down)
  }

  /// The first pixel of each cell.
  var cellOrigins: Layout {
    cropped(to: Rectangle(x: 0, y: 0, width: width & ~1, height: height & ~1))
      .every(columns: 2, rows: 2)
  }
}

extension Grid.Plane {
  /// The samples of each so many columns and rows, from a pixel on.
  ///
  /// - Precondition: no sample is shared.
  fileprivate func each(
    columns: Int, rows: Int, from first: (column: Int, row: Int)
  ) -> Grid.Plane {
    let count = fields.count / greatestCommonDivisor(fields.count, abs(columns))
    return Grid.Plane(
      bitOffset: bitOffset + first.row * rowBits, rowBits: rowBits * rows,
      groupBits: count * columns / fields.count * groupBits,
      fields: (0..<count).map { index in
        let column = first.column + index * columns
        // A column before the first one is in the group before it.
        let group = column >= 0 ? column / fields.count : (column + 1) / fields.count - 1
        var field = fields[column - group * fields.count]
        field.bitOffset += group * groupBits
        return field
      })
  }
}
