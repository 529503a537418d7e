import PixelViews

extension Rawmode {
  /// The rawmode that a name means for pixels which are to be stored; `nil` where it means none for them.
  ///
  /// It is one of the pixels' mode, where there is one. Any pixels can be stored as video; the levels of
  /// `L` and the numbers of each mode of 16-bit gray as samples of a sensor.
  package static func storing(_ pixels: PixelFormat, named name: String) -> Rawmode? {
    if let own = named(name, mode: pixels.mode) { return own }
    if pixels.mode == .gray || pixels.mode.isGray16, let numbers = named(name, mode: .gray16) {
      return numbers
    }
    return named(name, mode: .rgb).flatMap { $0.isVideo ? $0 : nil }
  }

  /// An image in the pixels that are stored, and what that loses or changes.
  ///
  /// Colors become `YCbCr` of ITU-R BT.601 in the limited range, or of what the image says, unless the
  /// image shows samples of such video: these are stored as they are.
  /// - Throws: ``FormatError/cannotStoreAs(_:_:)`` for `YCbCr` with samples of other bits;
  ///   ``FormatError/view(_:)`` for pixels without a color.
  func pixels(of image: Image) throws(FormatError) -> StoredPixels {
    if image.mode == .gray, mode.isGray16 {
      let numbers = try viewing { () throws(ViewError) in try image.levels(bitCount: bitDepth) }
      let bits = image.format.type.bitCount
      return StoredPixels(
        image: numbers, lossy: bits > bitDepth ? [.precision(bits: bitDepth)] : [],
        changes: ["gray from 0 to \(1 << bits - 1) is stored as 0 to \(1 << bitDepth - 1)"])
    }
    guard isVideo, image.mode != .ycbcr else { return StoredPixels(image: image) }
    if let samples = image.unconverted, samples.format == storedFormat,
      samples.layout.bitDepth == bitDepth
    {
      return StoredPixels(image: samples)
    }
    let color = VideoColor(
      image.videoColor?.matrix ?? .bt601, image.videoColor?.range ?? .limited, bitDepth: bitDepth)
    let converted = try viewing { () throws(ViewError) in
      try image.converted(to: .ycbcr, as: color)
    }
    var lossy = [
      Loss(
        "color",
        description: "colors are stored as YCbCr of ITU-R BT.\(color.matrix.rawValue) in the "
          + "\(color.range.rawValue) range, which rounds them")
    ]
    if image.mode.alphaBand != nil { lossy.insert("alpha", at: 0) }
    return StoredPixels(image: converted, lossy: lossy)
  }
}

/// An image in the pixels that a file stores.
struct StoredPixels {
  let image: Image
  /// What of the pixels is lost on the way.
  var lossy: [Loss] = []
  /// What else is not as it was, a sentence each.
  var changes: [String] = []
}

extension FileFormat {
  /// The image in the pixels that are stored under the choices, and what that loses or changes.
  ///
  /// - Throws: ``FormatError/cannotHold(format:_:)``, ``FormatError/cannotStoreAs(_:_:)``.
  func stored(_ image: Image, _ options: EncodeOptions) throws(FormatError) -> StoredPixels {
    guard honorsStride, let rawmode = options.rawmode else { return StoredPixels(image: image) }
    return try rawmode.pixels(of: image)
  }

  /// Looks whether an image can be saved under the choices, without a look at its pixels.
  ///
  /// - Throws: as a save.
  package func check(_ image: Image, _ options: EncodeOptions) throws(FormatError) {
    try options.check()
    let ready = try prepare(try stored(image, options).image, as: options.rawmode)
    if isLossy { try JPEG.check(ready, options) }
  }
}
