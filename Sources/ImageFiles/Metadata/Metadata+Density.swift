import PixelViews

extension Metadata.Density {
  /// Pixels a meter, or the shape of a pixel, as PNG has them; `nil` for what 31 bits cannot say.
  var pngNumbers: (x: UInt32, y: UInt32, isMeter: Bool)? {
    guard let x = number(x), let y = number(y), x > 0, y > 0 else { return nil }
    return (x, y, unit != .none)
  }

  private func number(_ fraction: Fraction) -> UInt32? {
    let scaled = (fraction.value * factor).rounded()
    return scaled < 0x1p31 ? UInt32(scaled) : nil
  }

  /// How many of the unit make a meter.
  private var factor: Double {
    switch unit {
    case .none, .meter: 1
    case .inch: 100 / 2.54
    case .centimeter: 100
    }
  }

  /// Pixels an inch, or the shape of a pixel.
  package var perInch: (x: Double, y: Double) {
    let inch = unit == .none || unit == .inch ? 1 : factor * 0.0254
    return (x.value * inch, y.value * inch)
  }

  /// Pixels a millimeter.
  var perMillimeter: (x: Double, y: Double) {
    (x.value * factor / 1000, y.value * factor / 1000)
  }

  /// Whether a unit of length is known, and not only the shape of a pixel.
  var hasUnit: Bool { unit != .none }

  /// As people say it: "300x300 dpi", with the digits that the stored numbers have.
  package var text: String {
    let (dotsX, dotsY) = perInch
    let inch = unit == .none || unit == .inch ? 1 : factor * 0.0254
    func short(_ dots: Double, _ fraction: Fraction) -> String {
      var scale = 100.0
      while scale < 1e4, scale * inch < Double(fraction.below) { scale *= 10 }
      return ((dots * scale).rounded() / scale).plainText
    }
    return "\(short(dotsX, x))x\(short(dotsY, y))"
      + (unit == .none ? " (shape of a pixel)" : " dpi")
  }
}

extension Metadata.Density.Fraction {
  /// Pixels a meter from pixels a millimeter, as exact as 32 bits allow; `nil` for what is not a density.
  init?(perMillimeter value: Float) {
    let meter = Double(value) * 1000
    guard meter > 0, meter < 0x1p31 else { return nil }
    var below: UInt32 = 1
    while below < 1_000_000, meter * Double(below) * 10 < 0x1p32 { below *= 10 }
    self.init(UInt32(min((meter * Double(below)).rounded(), 0x1p32 - 1)), below)
  }
}
