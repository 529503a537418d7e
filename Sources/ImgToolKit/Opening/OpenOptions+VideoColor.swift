import PixelViews

/// `--chroma`: what a pixel gets of the chroma that it shares.
enum ChromaChoice: String, CaseIterable, Sendable {
  /// The stored sample.
  case `repeat`
  /// What is between that one and its neighbors.
  case linear
}

extension OpenOptions {
  /// The image with what its `YCbCr` means: what `--matrix` and `--range` say, or else what its rawmode
  /// or its file does.
  ///
  /// - Throws: ``ToolError`` where there is no `YCbCr` that the options could be for.
  func giveVideoColor(
    to image: Image, unlessTyped said: VideoColor?
  ) throws(ToolError) -> Image {
    let format = image.storedFormat
    try checkVideoColor(of: format.mode)
    var color = said
    if matrix != nil || range != nil {
      let depth = format.type == .u8 ? 8 : min(max(image.layout.bitDepth, 9), 16)
      color = VideoColor(
        matrix ?? said?.matrix ?? .bt601, range ?? said?.range ?? .limited,
        bitDepth: said?.bitDepth ?? depth)
    }
    return try giveChroma(to: image.with(videoColor: color))
  }

  private func giveChroma(to image: Image) throws(ToolError) -> Image {
    guard siting == nil || chroma == .linear else {
      throw ToolError(
        "--siting is for --chroma linear; without that, the place of chroma does not matter")
    }
    guard chroma != nil else { return image }
    guard !image.layout.shares.isEmpty else {
      throw ToolError("--chroma is for pixels that share Cb and Cr; those of this image do not")
    }
    guard chroma == .linear else { return image }
    do throws(ViewError) { return try image.withLinearChroma(siting ?? .left) } catch {
      throw ToolError(error, name: "--chroma linear")
    }
  }

  /// Refuses `--matrix` and `--range` for modes in which they change nothing.
  func checkVideoColor(of mode: Mode) throws(ToolError) {
    guard matrix != nil || range != nil, mode != .ycbcr else { return }
    throw ToolError(
      "\(matrix != nil ? "--matrix" : "--range") is for mode YCbCr; this image is \(mode.name)")
  }
}
