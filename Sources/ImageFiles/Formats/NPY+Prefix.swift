import PixelViews

extension NPY {
  /// The bytes that make a raw file an array when they are put before it: also for the byte orders,
  /// number types and planes of which no NPY file is ever written.
  ///
  /// - Throws: ``FormatError/cannotHoldValue(format:reason:)`` when no array has these strides, or its bands
  ///   would be taken for others.
  @Sendable static func prefix(_ layout: Layout, _ mode: Mode) throws(FormatError) -> [UInt8]? {
    let grid = try SampleGrid(layout, mode, for: name)
    let box = try grid.unnamedArrangement(for: name)
    guard box.offset == 0 else {
      throw .cannotHoldValue(
        format: name, reason: "the pixels start at byte \(box.offset) of the file, not at 0")
    }
    var axes = [grid.height, grid.width]
    if box.slots.count > 1 {
      switch box.order {
      case .pixel: axes.append(box.slots.count)
      // An array with the bands in the middle is read as several images.
      case .line:
        throw .cannotHoldValue(
          format: name, reason: "the bands are stored line by line, which an array does not say")
      case .plane where (1...4).contains(grid.width):
        throw .cannotHoldValue(
          format: name,
          reason: "the bands are stored plane by plane, and the last axis, the width of "
            + "\(grid.width), is read as bands")
      case .plane: axes.insert(box.slots.count, at: 0)
      }
    }
    return header(
      descr: grid.element.numPyName,
      shape: axes.map(String.init).joined(separator: ", "), firstAxis: axes[0])
  }
}
