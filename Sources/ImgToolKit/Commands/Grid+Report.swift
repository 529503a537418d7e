import ImageFiles
import PixelViews

/// Where the samples of each band of a grid start and how far apart they are, for reports.
struct PlaneFacts {
  private let planes: [(band: String, plane: Grid.Plane, rows: Int)]

  fileprivate init(_ grid: Grid, _ mode: Mode) {
    planes = zip(mode.bands, grid.planes).map {
      (band: $0, plane: $1, rows: $1.rowCount(height: grid.height))
    }
  }

  /// A line for each band.
  var lines: [String] {
    planes.map { band, plane, rows in
      let count = plane.fields.count
      let samples = "\(count) sample\(count == 1 ? "" : "s") in \(abs(plane.groupBits)) bits"
      return "\(band): from byte \(plane.firstByte), \(rows) row\(rows == 1 ? "" : "s") "
        + (plane.rowBits.isMultiple(of: 8)
          ? "\(abs(plane.rowBits) / 8) bytes" : "\(abs(plane.rowBits)) bits")
        + " apart, \(samples)"
        + (plane.columnShare * plane.rowShare == 1
          ? "" : ", each for \(plane.columnShare)x\(plane.rowShare) pixels")
    }
  }

  var json: JSON {
    .array(
      planes.map { band, plane, rows in
        .record([
          "band": .string(band), "offset": .integer(plane.firstByte),
          "rowBits": .integer(plane.rowBits), "rows": .integer(rows),
          "share": [.integer(plane.columnShare), .integer(plane.rowShare)],
          "group": .integer(plane.fields.count), "groupBits": .integer(plane.groupBits),
        ])
      })
  }
}

extension Layout {
  /// The bands of a grid; `nil` without one.
  func planes(of mode: Mode) -> PlaneFacts? { grid.map { PlaneFacts($0, mode) } }
}

extension Grid {
  /// The sum that makes the end of the grid, as `15 + 1 x 6 + 6 = 27 bytes`, by the band that ends last;
  /// `nil` where none is made of whole bytes.
  func arithmetic(_ end: Int) -> String? {
    let sums = planes.map { plane in
      (first: plane.firstByte, rows: plane.rowCount(height: height) - 1, step: plane.rowBits / 8)
    }
    guard planes.allSatisfy({ $0.rowBits > 0 && $0.rowBits.isMultiple(of: 8) }),
      let last = sums.max(by: { $0.first + $0.rows * $0.step < $1.first + $1.rows * $1.step }),
      case let rest = end - last.first - last.rows * last.step, rest > 0
    else { return nil }
    return "\(last.first) + \(last.rows) x \(last.step) + \(rest) = \(end) bytes"
  }
}

extension Grid.Plane {
  /// The byte in which the first sample starts.
  fileprivate var firstByte: Int { (bitOffset + fields[0].bitOffset) >> 3 }

  fileprivate func rowCount(height: Int) -> Int { (height - 1) / rowShare + 1 }
}
