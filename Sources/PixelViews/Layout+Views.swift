/// A mirror or turn of an image, as seen by the eye.
public enum Reorientation: String, Sendable, CaseIterable {
  /// Left and right change places.
  case horizontal = "h"
  /// Top and bottom change places.
  case vertical = "v"
  /// Quarter turns, clockwise.
  case quarter = "90"
  case half = "180"
  case threeQuarters = "270"
}

/// Views of views: each is arithmetic on the layout's numbers and touches no byte.
extension Layout {
  /// The pixels of a rectangle.
  ///
  /// - Precondition: the rectangle is inside the layout.
  public func cropped(to rectangle: Rectangle) -> Layout {
    precondition(rectangle.isInside(width: width, height: height))
    if gridView != nil {
      return seen(
        through: Lens(cropping: rectangle), width: rectangle.width, height: rectangle.height)
    }
    var view = self
    view.bitOffset += rectangle.y * rowBits + rectangle.x * pixelBits
    view.width = rectangle.width
    view.height = rectangle.height
    return view
  }

  /// One band, or some bands in another order.
  ///
  /// - Precondition: the bands exist.
  public func selecting(bands: [Int]) -> Layout {
    var view = self
    view.fields = bands.map { fields[$0] }
    if let planes = gridView?.grid.planes {
      view.gridView?.grid.planes = bands.map { planes[$0] }
      view.settle()
    }
    return view
  }

  /// The same samples mirrored or turned.
  public func reoriented(_ reorientation: Reorientation) -> Layout {
    if gridView != nil {
      let lens = Lens(reorientation, width: width, height: height)
      return seen(
        through: lens, width: lens.isTransposed ? height : width,
        height: lens.isTransposed ? width : height)
    }
    var view = self
    switch reorientation {
    case .horizontal:
      view.bitOffset += (width - 1) * pixelBits
      view.pixelBits = -pixelBits
    case .vertical:
      view.bitOffset += (height - 1) * rowBits
      view.rowBits = -rowBits
    case .half:
      return reoriented(.horizontal).reoriented(.vertical)
    case .quarter:
      // The new top row is the old left column read from the bottom.
      view.bitOffset += (height - 1) * rowBits
      (view.width, view.height) = (height, width)
      (view.pixelBits, view.rowBits) = (-rowBits, pixelBits)
    case .threeQuarters:
      view.bitOffset += (width - 1) * pixelBits
      (view.width, view.height) = (height, width)
      (view.pixelBits, view.rowBits) = (rowBits, -pixelBits)
    }
    return view
  }

  /// The same grid, seen through one more lens.
  private func seen(through outer: Lens, width: Int, height: Int) -> Layout {
    var view = self
    view.width = width
    view.height = height
    view.gridView?.lens = gridView?.lens.seen(through: outer) ?? outer
    view.settle()
    return view
  }

  /// Each `columns`th column and each `rows`th row, from the top-left pixel on.
  ///
  /// - Precondition: both are at least 1.
  public func every(columns: Int, rows: Int) -> Layout {
    precondition(columns >= 1 && rows >= 1)
    let (newWidth, newHeight) = ((width - 1) / columns + 1, (height - 1) / rows + 1)
    let lens = Lens(columns: columns, rows: rows, width: width, height: height)
    if gridView != nil { return seen(through: lens, width: newWidth, height: newHeight) }
    var view = self
    view.width = newWidth
    view.height = newHeight
    view.pixelBits *= lens.columns.step
    view.rowBits *= lens.rows.step
    return view
  }
}
