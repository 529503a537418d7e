extension Double {
  /// The number with some digits after the point.
  func text(_ digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((self * Double(scale)).rounded())
    let rest = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: digits - rest.count) + rest
  }

  /// `log2(self)` of a positive number, between powers of two by a straight line.
  var binaryLogarithm: Double { Double(exponent) + significand - 1 }

  /// `abs(log2(self))`, between powers of two by a straight line.
  var magnitudeOfLogarithm: Double {
    let larger = self < 1 ? 1 / self : self
    return Double(larger.exponent) + larger.significand - 1
  }

  /// `2^-self`, between whole exponents by a straight line, for a number that is not negative.
  var negativePowerOfTwo: Double {
    let whole = Int(Swift.min(self, 1000))
    return Double(sign: .plus, exponent: -whole, significand: 1 - (self - Double(whole)) / 2)
  }
}
