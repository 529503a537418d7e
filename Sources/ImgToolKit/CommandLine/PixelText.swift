import ImageFiles
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
    if let named = try named(text, for: format, what) { return named }
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
    guard isColor(mode) else {
      throw ToolError(
        "\(what) is \(Values.quoted(text)); #rrggbb is for red, green and blue, this image is "
          + mode.name)
    }
    guard let bytes = bytes(ofHexColor: text.dropFirst()) else {
      throw ToolError(
        "\(what) is \(Values.quoted(text)); #rgb, #rrggbb or #rrggbbaa is expected")
    }
    return try pixel(of: bytes, text, for: format, what)
  }

  /// The bytes of 3, 4, 6 or 8 hexadecimal digits; one digit stands for a byte of two like it.
  private static func bytes(ofHexColor digits: Substring) -> [UInt8]? {
    let values = digits.compactMap { $0.isASCII ? $0.hexDigitValue.map(UInt8.init) : nil }
    guard values.count == digits.count else { return nil }
    switch values.count {
    case 3, 4: return values.map { $0 * 17 }
    case 6, 8:
      return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    default: return nil
    }
  }

  /// The color of a CSS name; `nil` for text that is none.
  private static func named(
    _ text: String, for format: PixelFormat, _ what: String
  ) throws(ToolError) -> Pixel? {
    // `nan` and `inf` are numbers.
    guard text.first?.isLetter == true, Double(text) == nil,
      text.contains("(") || text.allSatisfy({ $0.isLetter || $0.isNumber })
    else { return nil }
    let mode = format.mode
    let isGray = mode == .gray || mode == .grayAlpha || mode == .grayPremultiplied
    let takesNames = isColor(mode) || isGray
    guard let color = NamedColor(text) else {
      guard takesNames else { return nil }
      throw ToolError(
        "\(what) is \(Values.quoted(text)), \(absence(text, for: format))"
      )
    }
    guard takesNames else {
      throw ToolError(
        "\(what) is \(Values.quoted(text)); names of colors are for color modes and gray, this image "
          + "is \(mode.name)")
    }
    let opacity = color.alpha == 255 ? [] : [color.alpha]
    let bytes = isColor(mode) ? [color.red, color.green, color.blue] : [color.gray]
    return try pixel(of: bytes + opacity, text, for: format, what)
  }

  /// What text is that is not the name of a color, and what may be meant by it.
  private static func absence(_ text: String, for format: PixelFormat) -> String {
    let isColor = isColor(format.mode)
    let ofX11 = "a color of X11 that CSS has no name for"
    if let color = NamedColor.ofX11(text),
      let pixel = try? pixel(
        of: isColor ? [color.red, color.green, color.blue] : [color.gray], text, for: format, "")
    {
      return "\(ofX11) (did you mean \(Self.text(pixel, format: format))?)"
    }
    if let base = NamedColor.base(ofX11: text) { return "\(ofX11); it has \(base) alone" }
    let unknown = "which is not a CSS color name"
    if isColor, bytes(ofHexColor: text[...]) != nil {
      return "\(unknown) (did you mean '#\(text)'?)"
    }
    let hint = Suggestion.hint(text, in: NamedColor.all.map(\.name))
    return unknown + (hint.isEmpty && isColor ? "; write any color as #rrggbb" : hint)
  }

  private static func isColor(_ mode: Mode) -> Bool {
    mode == .rgb || mode == .rgba || mode == .rgbx || mode == .rgbPremultiplied
  }

  /// The pixel of some bytes: those of color or gray, and perhaps opacity.
  private static func pixel(
    of bytes: [UInt8], _ text: String, for format: PixelFormat, _ what: String
  ) throws(ToolError) -> Pixel {
    let mode = format.mode
    guard bytes.count <= mode.bandCount else {
      throw ToolError("\(what): \(text) has alpha, mode \(mode.name) has none")
    }
    guard !format.isNumberColor || format.type == .f32 else {
      throw ToolError(
        "\(what) is \(Values.quoted(text)); colors are named for samples of 8 or 16 bits and 32-bit "
          + "floats, this image has \(format.words): give \(mode.bands.joined(separator: ","))")
    }
    let opacity = [Double](repeating: 255, count: mode.bandCount - bytes.count)
    let samples = bytes.map(Double.init) + opacity
    return Pixel(
      format.type == .u16
        ? samples.map { $0 * 257 } : format.type == .f32 ? samples.map { $0 / 255 } : samples)
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
