import PixelViews

extension FileFormat {
  /// The bytes that make a raw file an array when they are put before it: also for the byte orders,
  /// number types and planes of which no NPY file is ever written.
  ///
  /// - Throws: ``FormatError/cannotHoldValue(format:reason:)`` when no array has these strides, or its bands
  ///   would be taken for others.
  package static func arrayHeader(for layout: Layout, _ mode: Mode) throws(FormatError) -> [UInt8] {
    let grid = try SampleGrid(layout, mode, for: NPY.name)
    let box = try grid.unnamedArrangement(for: NPY.name)
    guard box.offset == 0 else {
      throw .cannotHoldValue(
        format: NPY.name, reason: "the pixels start at byte \(box.offset) of the file, not at 0")
    }
    let order = grid.element.byteCount == 1 ? "|" : grid.element.bigEndian ? ">" : "<"
    let letter =
      switch grid.element.number {
      case .unsigned: mode == .bilevel ? "b" : "u"
      case .signed: "i"
      case .float: "f"
      }
    var axes = [grid.height, grid.width]
    if box.slots.count > 1 {
      switch box.order {
      case .pixel: axes.append(box.slots.count)
      case .line: axes.insert(box.slots.count, at: 1)
      case .plane: axes.insert(box.slots.count, at: 0)
      }
    }
    return NPY.header(
      descr: "\(order)\(letter)\(grid.element.byteCount)",
      shape: axes.map(String.init).joined(separator: ", "), firstAxis: axes[0])
  }
}
