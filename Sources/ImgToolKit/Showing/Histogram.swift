import PixelViews

/// The histograms of an image's bands as lines of bars.
struct Histogram {
  /// The bars of a band.
  static let columns = 64

  let names: [String]
  let bands: [Statistics.Band]

  init(_ statistics: Statistics, of image: Image) {
    names = image.mode.bands
    bands = statistics.bands
  }

  /// A line for each band, with the ends of its range below it. The fullest column of a band has the
  /// highest bar; an empty one has none.
  var text: String {
    // By what the locale has characters for.
    let bars = Array(
      TerminalKind.Environment(of: 1).hasBlocks ? " ▁▂▃▄▅▆▇█" : " .:-=+*#@")
    let width = names.map(\.count).max() ?? 0
    let indent = String(repeating: " ", count: width + 2)
    return zip(names, bands).map { name, band in
      let counts = Histogram.fold(band.histogram)
      let most = max(1, counts.max() ?? 1)
      let row = counts.map { bars[($0 * 8 + most - 1) / most] }
      // 8 bits are counted from 0 to 256, where 256 is the end of what 255 stands for.
      let isWhole = band.histogramRange == 0...256
      let low = band.histogramRange.lowerBound.shortText
      let high = isWhole ? "255" : band.histogramRange.upperBound.shortText
      let gap = String(repeating: " ", count: max(1, Histogram.columns - low.count - high.count))
      return name + indent.dropFirst(name.count) + String(row) + "\n" + indent + low + gap + high
    }
    .joined(separator: "\n")
  }

  private static func fold(_ histogram: [Int]) -> [Int] {
    let share = histogram.count / columns
    return (0..<columns).map { histogram[$0 * share..<($0 + 1) * share].reduce(0, +) }
  }
}
