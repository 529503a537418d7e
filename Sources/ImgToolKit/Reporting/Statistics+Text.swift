import ImageFiles
import PixelViews

extension Statistics {
  /// One object for each band.
  func json(_ format: PixelFormat) -> JSON {
    .array(
      zip(format.mode.bands, bands).map { name, band in
        .record([
          "band": .string(name), "count": .integer(band.count),
          "nan": band.nanCount == 0 ? .null : .integer(band.nanCount),
          "min": .sample(band.minimum, format), "max": .sample(band.maximum, format),
          "mean": .number(band.mean), "deviation": .number(band.deviation),
          "histogram": .record([
            "low": .number(band.histogramRange.lowerBound),
            "high": .number(band.histogramRange.upperBound),
            "counts": .array(band.histogram.map(JSON.integer)),
          ]),
        ])
      })
  }

  /// A table with a line for each band.
  func text(_ format: PixelFormat) -> String {
    let hasNaN = bands.contains { $0.nanCount > 0 }
    var rows = [["band", "min", "max", "mean", "deviation"] + (hasNaN ? ["NaN"] : [])]
    for (name, band) in zip(format.mode.bands, bands) {
      rows.append(
        [
          name, band.minimum.shortText, band.maximum.shortText, band.mean.shortText,
          band.deviation.shortText,
        ] + (hasNaN ? [String(band.nanCount)] : []))
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

extension JSON {
  fileprivate static func sample(_ value: Double, _ format: PixelFormat) -> JSON {
    format.type.isFloat ? .number(value) : .integer(Int(value))
  }
}

extension Double {
  /// The number with four digits, or all of a whole number's, for people.
  var shortText: String {
    guard isFinite, self != 0 else { return self == 0 ? "0" : plainText }
    var size = abs(self)
    guard size >= 1e-6, size < 1e15 else {
      var exponent = 0
      while size >= 10 { (size, exponent) = (size / 10, exponent + 1) }
      while size < 1 { (size, exponent) = (size * 10, exponent - 1) }
      let digits = (size * 1000).rounded() / 1000
      return "\(self < 0 ? "-" : "")\(digits.plainText)e\(exponent < 0 ? "" : "+")\(exponent)"
    }
    var scale = 1.0
    while size * scale < 1000 { scale *= 10 }
    return ((self * scale).rounded() / scale).plainText
  }
}
