import PixelViews

/// Pixel values as people write them: `255,0,0`, `0x80`, `0.5`, `#ff0000`.
enum PixelText {
  /// The samples that `text` names, checked against the image's mode.
  ///
  /// - Throws: ``ToolError`` for a wrong number of samples; their range is checked by the image.
  static func pixel(_ text: String, for format: PixelFormat, _ what: String) throws(ToolError)
    -> Pixel
  {
    let mode = format.mode
    if text.hasPrefix("#") { return try color(text, for: format, what) }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == mode.bandCount else {
      throw ToolError(
        "\(what): \(Values.quoted(text)) has \(parts.count) sample\(parts.count == 1 ? "" : "s"), mode \(mode.name) "
          + "has \(mode.bandCount) (\(mode.bands.joined(separator: ",")))")
    }
    var samples: [Double] = []
    for part in parts { samples.append(try Values.number(String(part), what)) }
    return Pixel(samples)
  }

  private static func color(
    _ text: String, for format: PixelFormat, _ what: String
  ) throws(ToolError) -> Pixel {
    let mode = format.mode
    let bytes = try Values.hexBytes(String(text.dropFirst()), what)
    let isColor = mode == .rgb || mode == .rgba || mode == .rgbx || mode == .rgbPremultiplied
    guard isColor, bytes.count == 3 || bytes.count == 4 else {
      throw ToolError(
        "\(what) is \(Values.quoted(text)); "
          + (isColor
            ? "#rrggbb or #rrggbbaa is expected"
            : "#rrggbb is for color modes, this image is \(mode.name)"))
    }
    guard bytes.count == 3 || mode.bandCount == 4 else {
      throw ToolError("\(what): \(text) has alpha, mode \(mode.name) has none")
    }
    var samples = bytes.map(Double.init)
    if mode.bandCount == 4, samples.count == 3 { samples.append(255) }
    return Pixel(format.type == .u16 ? samples.map { $0 * 257 } : samples)
  }

  /// The samples as text that ``pixel(_:for:_:)`` reads again.
  static func text(_ pixel: Pixel, format: PixelFormat) -> String {
    pixel.samples.map { sample in
      format.type == .f32 && !sample.isNaN ? floatText(Float(sample)) : sample.plainText
    }.joined(separator: ",")
  }

  private static func floatText(_ sample: Float) -> String {
    sample == sample.rounded() && abs(sample) < 1e15 ? String(Int(sample)) : String(sample)
  }

  /// The samples for JSON.
  static func json(_ pixel: Pixel, format: PixelFormat) -> JSON {
    .array(
      pixel.samples.map {
        format.type.isFloat ? .number($0) : .integer(Int($0))
      })
  }
}
