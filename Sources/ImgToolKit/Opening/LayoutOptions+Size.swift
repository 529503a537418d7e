import PixelViews

extension LayoutOptions {
  /// The size in pixels: as it was typed, or as many rows as there are, or from the file's name.
  func resolveSize(
    name: String, rawmode: Rawmode, options: Rawmode.Options, byteCount: Int, notes: inout [String]
  ) throws(ToolError) -> (width: Int, height: Int) {
    switch size {
    case .exact(let width, let height):
      let turned = "\(height)x\(width)"
      if width != height, name.contains(turned), let said = LayoutWords(name: name).size,
        said == (height, width)
      {
        notes.append("\(name): the file's name says \(turned), and --size is \(width)x\(height)")
      }
      return (width, height)
    case .rows(let width):
      let rows = try rowsThatFit(width, rawmode, options, byteCount: byteCount, name: name)
      notes.append("\(name): --size \(width)x is \(width)x\(rows)")
      return (width, rows)
    case .automatic:
      guard let found = LayoutWords(name: name).size else {
        throw ToolError(
          "\(name): --size auto found no WxH in the file's name; give --size WxH, or try "
            + "`imgtool guess`")
      }
      notes.append("\(name): --size auto is \(found.width)x\(found.height), from the file's name")
      return found
    case nil:
      throw ToolError(
        "\(name): --size WxH is needed; `imgtool guess \(ShellWord.file(name))` finds sizes that fit"
      )
    }
  }

  private func rowsThatFit(
    _ width: Int, _ rawmode: Rawmode, _ options: Rawmode.Options, byteCount: Int, name: String
  ) throws(ToolError) -> Int {
    var single = options
    single.bottomUp = false
    do throws(ViewError) {
      if isTight { try single.setTight(rawmode, width: width) }
      let first = try rawmode.layout(width: width, height: 1, options: single)
      let rows =
        rawmode.hasPlanes
        ? rawmode.rows(width: width, byteCount: byteCount, options: single)
        : options.interleave == .plane
          ? rowsOfPlanes(first, rawmode, options, byteCount: byteCount)
          : first.fittingRows(byteCount: byteCount)
      if rows > 0 { return rows }
      try first.check(byteCount: byteCount)
    } catch { throw ToolError(error, name: name) }
    throw ToolError("\(name): not one row of \(width) pixels fits")
  }

  /// The rows that planes have room for; the last row of the last plane needs no padding.
  private func rowsOfPlanes(
    _ first: Layout, _ rawmode: Rawmode, _ options: Rawmode.Options, byteCount: Int
  ) -> Int {
    let stride = first.stride
    guard let row = rawmode.rowByteCount(width: first.width, interleave: .plane) else { return 0 }
    guard let planeStride = options.planeStride else {
      guard let rows = stride.multiplied(by: rawmode.planeCount),
        let room = (byteCount - options.offset).added(to: stride - row), rows > 0
      else { return 0 }
      return room / rows
    }
    let rows = first.fittingRows(byteCount: byteCount)
    return planeStride < stride ? rows : min(rows, (planeStride - row) / stride + 1)
  }
}
