import PixelViews

extension LayoutOptions {
  /// Moves the layout to the frame that was asked for.
  func placeFrame(
    _ layout: inout Layout, _ resolved: inout ResolvedLayout, byteCount: Int, name: String
  ) throws(ToolError) {
    let header = frameHeader ?? 0
    let end: Int
    do throws(ViewError) { end = try layout.byteRange().upperBound } catch {
      throw ToolError(error, name: name)
    }
    let imageBytes = (end - options.offset).added(to: resolved.padding)
    guard let step = frameStride ?? imageBytes?.added(to: header), step > 0,
      let span = (end - options.offset).added(to: header)
    else { throw ToolError("\(name): --frame-stride must be at least 1 byte") }
    let room = byteCount - options.offset - span
    resolved.frameCount = room < 0 ? 0 : room / step + 1
    // Rows of frames may also lie between each other, as those of the two fields of a video do.
    let isWoven =
      header == 0 && step >= layout.rowByteCount
      && step.multiplied(by: resolved.frameCount).map { $0 <= resolved.stride } == true
    guard frameStride == nil || step >= span || isWoven else {
      throw ToolError(
        "\(name): --frame-stride \(step) is smaller than a frame of \(span) bytes"
          + (header > 0 ? ", its header counted" : "") + "; at least \(span) is expected")
    }
    let index: Int
    switch frame {
    case .index(let wanted): index = wanted
    case .last: index = max(0, resolved.frameCount - 1)
    case nil: index = frames?.first ?? 0
    }
    guard let shift = step.multiplied(by: index)?.added(to: header),
      let moved = layout.moved(by: shift)
    else { throw ToolError("\(name): frame \(index) is further than 64 bits can count") }
    // Of none, the first is missing.
    let wanted = max(index, frames?.last(of: resolved.frameCount) ?? index)
    guard wanted < resolved.frameCount else {
      throw ToolError(
        "\(name): there is no frame \(wanted); the file holds \(resolved.frameCount.asFrames), of \(step) bytes each, from offset \(options.offset)"
      )
    }
    layout = moved
    resolved.isOneFrame = true
    (resolved.frameStep, resolved.frameSpan) = (step, span)
    resolved.frameHeader = header
    resolved.shownFrameCount = wanted - index + 1
    guard resolved.shownFrameCount > 1 else { return }
    guard resolved.planeCount == 1 else {
      throw ToolError(
        "\(name): planar frames cannot be joined; use --frame N for one after another")
    }
    guard !options.bottomUp, let height = layout.height.multiplied(by: resolved.shownFrameCount),
      let rows = resolved.stride.multiplied(by: layout.height), step == rows
    else {
      throw ToolError(
        "\(name): --frames can only join frames whose rows follow each other from the top, each "
          + "\(resolved.stride) bytes after the one before; use --frame N for one after another")
    }
    if var grid = layout.grid {
      grid.height = height
      layout = Layout(grid: grid)
    } else {
      layout.height = height
    }
  }
}
