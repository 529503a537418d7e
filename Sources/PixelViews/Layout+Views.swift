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
      return changed(width: rectangle.width, height: rectangle.height) {
        $0.change(
          across: { $0.first = $0(rectangle.x) }, down: { $0.first = $0(rectangle.y) })
      }
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
    if gridView != nil { return reorientedLens(reorientation) }
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

  private func reorientedLens(_ reorientation: Reorientation) -> Layout {
    func turn(_ steps: inout Lens.Steps, _ count: Int) {
      steps = Lens.Steps(first: steps(count - 1), step: -steps.step)
    }
    let (width, height) = (width, height)
    switch reorientation {
    case .horizontal:
      return changed(width: width, height: height) { $0.change(across: { turn(&$0, width) }) }
    case .vertical:
      return changed(width: width, height: height) { $0.change(down: { turn(&$0, height) }) }
    case .half:
      return reoriented(.horizontal).reoriented(.vertical)
    case .quarter:
      return changed(width: height, height: width) {
        $0.change(down: { turn(&$0, height) })
        $0.isTransposed.toggle()
      }
    case .threeQuarters:
      return changed(width: height, height: width) {
        $0.change(across: { turn(&$0, width) })
        $0.isTransposed.toggle()
      }
    }
  }

  /// The same grid, seen through another lens.
  private func changed(width: Int, height: Int, _ change: (inout Lens) -> Void) -> Layout {
    var view = self
    view.width = width
    view.height = height
    if var lens = gridView?.lens {
      change(&lens)
      view.gridView?.lens = lens
    }
    view.settle()
    return view
  }

  /// Each `columns`th column and each `rows`th row, from the top-left pixel on.
  ///
  /// - Precondition: both are at least 1.
  public func every(columns: Int, rows: Int) -> Layout {
    precondition(columns >= 1 && rows >= 1)
    let (newWidth, newHeight) = ((width - 1) / columns + 1, (height - 1) / rows + 1)
    // A step beyond the edge selects one pixel; clamping it keeps the product small.
    let across = min(columns, max(1, width - 1))
    let down = min(rows, max(1, height - 1))
    if gridView != nil {
      return changed(width: newWidth, height: newHeight) {
        $0.change(across: { $0.step *= across }, down: { $0.step *= down })
      }
    }
    var view = self
    view.width = newWidth
    view.height = newHeight
    view.pixelBits *= across
    view.rowBits *= down
    return view
  }
}
