import PixelViews

extension Layout {
  /// The sum that makes the last byte of the layout, as `10 + 4 x 24 + 21 = 127 bytes`; just the
  /// result where rows do not start on bytes, so that no sum of bytes makes it.
  ///
  /// - Parameter range: the bytes of the layout.
  func arithmetic(_ range: Range<Int>) -> String {
    let bytes = "\(range.upperBound) bytes"
    if let grid { return grid.arithmetic(range.upperBound) ?? bytes }
    let stride = abs(rowBits) / 8
    guard rowBits.isMultiple(of: 8), let rows = stride.multiplied(by: height - 1) else {
      return bytes
    }
    var terms = ["\(range.lowerBound)"]
    var last = range.count - rows
    let apart = planeOffsets.map { ($0 - planeOffsets[0]) / 8 }
    if let reach = apart.last, height > 1, reach > rows {
      let steps = Set(zip(apart.dropFirst(), apart).map { $0 - $1 })
      terms.append(
        steps.count == 1 ? "\(apart.count - 1) x \(apart[1]) (planes)" : "\(reach) (planes)")
      last -= reach
    }
    terms.append("\(height - 1) x \(stride)")
    guard last > 0 else { return bytes }
    return (terms + ["\(last)"]).joined(separator: " + ") + " = \(bytes)"
  }

  /// Where the samples of a pixel start, each place once, in order.
  private var planeOffsets: [Int] {
    Set(fields.filter { !$0.isConstant }.map(\.bitOffset)).sorted()
  }
}
