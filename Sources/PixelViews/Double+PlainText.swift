extension Double {
  /// The number as people write it: whole numbers without a fraction, and `nan` without the sign and
  /// the kind that the description tells.
  package var plainText: String {
    if isNaN { return "nan" }
    if self == rounded(), abs(self) < 1e15 { return String(Int(self)) }
    return String(self)
  }
}
