import PixelViews

extension OpenOptions {
  /// What `--scale` and `--bias` say; `nil` without both.
  var rescaling: Rescaling? {
    scale == nil && bias == nil ? nil : Rescaling(scale: scale ?? 1, bias: bias ?? 0)
  }

  /// The image as the numbers that its samples stand for.
  ///
  /// - Throws: ``ToolError`` for an image whose samples are not numbers.
  func rescaled(_ image: Image, name: String) throws(ToolError) -> Image {
    guard let rescaling else { return image }
    do throws(ViewError) { return try image.rescaled(by: rescaling) } catch {
      throw ToolError(
        "\(name): \(scale == nil ? "--bias" : "--scale") is for gray, RGB and numbers (modes L, RGB, I, "
          + "F and I;16); this image is \(image.format.words)")
    }
  }
}
