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
    return view
  }

  /// The same samples mirrored or turned.
  public func reoriented(_ reorientation: Reorientation) -> Layout {
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

  /// Each `columns`th column and each `rows`th row, from the top-left pixel on.
  ///
  /// - Precondition: both are at least 1.
  public func every(columns: Int, rows: Int) -> Layout {
    precondition(columns >= 1 && rows >= 1)
    var view = self
    view.width = (width - 1) / columns + 1
    view.height = (height - 1) / rows + 1
    // A step beyond the edge selects one pixel; clamping it keeps the product small.
    view.pixelBits = pixelBits * min(columns, max(1, width - 1))
    view.rowBits = rowBits * min(rows, max(1, height - 1))
    return view
  }
}
