extension String {
  /// The text with its control characters escaped, so that the name of a file can neither break a
  /// line nor drive a terminal.
  ///
  /// Those that JSON allows in its strings are escaped as JSON has it, so that JSON stays what it is.
  package func withoutControls(besides kept: String = "") -> String {
    let isControl = { (scalar: Unicode.Scalar) in
      (scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value) && !kept.unicodeScalars.contains(scalar)
    }
    guard unicodeScalars.contains(where: isControl) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case _ where !isControl(scalar): text.unicodeScalars.append(scalar)
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default:
        let digits = String(scalar.value, radix: 16)
        text += (scalar.value < 0x20 ? "\\x" : "\\u00") + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return text
  }
}
