extension NamedColor {
  /// The color of a name that X11 has and CSS lacks: of a gray by its percents, and of a few others.
  ///
  /// The four shades that X11 numbers, as in `burlywood4`, are not among them.
  package static func ofX11(_ name: String) -> NamedColor? {
    let name = name.lowercased()
    if let other = others.first(where: { $0.key == name }) { return NamedColor(other.value) }
    guard name.hasPrefix("gray") || name.hasPrefix("grey"), let percents = UInt8(name.dropFirst(4)),
      percents <= 100
    else { return nil }
    // The float decides where a half is rounded to, as it did for X11.
    let level = UInt32(2.55 * Double(percents) + 0.5)
    return NamedColor(level << 24 | level << 16 | level << 8 | 0xFF)
  }

  /// The name of CSS that X11 gives numbers to, as in `burlywood4`.
  package static func base(ofX11 name: String) -> String? {
    let stem = name.lowercased().dropLast()
    guard let digit = name.last, "1234".contains(digit) else { return nil }
    return all.first { $0.name == stem }?.name
  }

  private static let others: KeyValuePairs<String, UInt32> = [
    "lightgoldenrod": 0xEEDD82_FF,
    "lightslateblue": 0x8470FF_FF,
    "navyblue": 0x000080_FF,
    "violetred": 0xD02090_FF,
  ]
}
