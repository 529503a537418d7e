/// Views as lenses, and lenses over lenses, for pictures of which no numbers say where a pixel stands.
extension Lens {
  /// Whether the view is a rectangle as it stands.
  var isUpright: Bool { !isTransposed && columns.step == 1 && rows.step == 1 }

  init(cropping area: Rectangle) {
    self.init(columns: Steps(first: area.x), rows: Steps(first: area.y))
  }

  /// - Parameters:
  ///   - width: of the picture that is turned.
  ///   - height: of the picture that is turned.
  init(_ reorientation: Reorientation, width: Int, height: Int) {
    let columns = Steps(first: width - 1, step: -1)
    let rows = Steps(first: height - 1, step: -1)
    switch reorientation {
    case .horizontal: self.init(columns: columns)
    case .vertical: self.init(rows: rows)
    case .half: self.init(columns: columns, rows: rows)
    case .quarter: self.init(rows: rows, isTransposed: true)
    case .threeQuarters: self.init(columns: columns, isTransposed: true)
    }
  }

  /// Each `columns`th column and `rows`th row of a picture. A step beyond its edge shows one pixel;
  /// smaller ones keep the products of steps small.
  init(columns: Int, rows: Int, width: Int, height: Int) {
    self.init(
      columns: Steps(step: min(columns, max(1, width - 1))),
      rows: Steps(step: min(rows, max(1, height - 1))))
  }

  /// This view, seen through another lens.
  func seen(through outer: Lens) -> Lens {
    Lens(
      columns: columns.seen(through: isTransposed ? outer.rows : outer.columns),
      rows: rows.seen(through: isTransposed ? outer.columns : outer.rows),
      isTransposed: isTransposed != outer.isTransposed)
  }

  /// The rectangle around the stored pixels after those of a rectangle of the view.
  func stored(_ area: Rectangle) -> Rectangle {
    let (across, down) = ((area.x, area.width), (area.y, area.height))
    let x = columns.span(isTransposed ? down : across)
    let y = rows.span(isTransposed ? across : down)
    return Rectangle(x: x.first, y: y.first, width: x.count, height: y.count)
  }
}

extension Lens.Steps {
  fileprivate func seen(through outer: Lens.Steps) -> Lens.Steps {
    Lens.Steps(first: self(outer.first), step: step * outer.step)
  }

  /// The places of some steps, and those between them.
  fileprivate func span(_ steps: (first: Int, count: Int)) -> (first: Int, count: Int) {
    let ends = (self(steps.first), self(steps.first + steps.count - 1))
    return (min(ends.0, ends.1), abs(ends.1 - ends.0) + 1)
  }
}
