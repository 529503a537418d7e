import PixelViews

extension OpenOptions {
  /// The image with its mosaic: the one that `--bayer` says, else that of the rawmode's name, else what
  /// the file says.
  ///
  /// - Parameter said: the mosaic in the words that `--layout` names.
  /// - Throws: ``ToolError`` for an image that cannot be a mosaic, and where the options differ.
  func withMosaic(
    _ image: Image, name: String, said: Mosaic? = nil
  ) throws(ToolError) -> Image {
    let named = layout.rawmode.flatMap { Mosaic(rawmode: $0) }
    if let bayer, let named, let rawmode = layout.rawmode, bayer != named {
      throw ToolError(
        "\(name): --bayer \(bayer.name) contradicts --rawmode \(rawmode); leave one out")
    }
    guard let mosaic = bayer ?? named ?? said else { return image }
    do throws(ViewError) { return try image.with(mosaic: mosaic) } catch {
      if bayer == nil { return image }
      throw ToolError(
        "\(name): --bayer is for one band of 8 or 16 bits (modes L and I;16); this image is "
          + image.format.words)
    }
  }
}
