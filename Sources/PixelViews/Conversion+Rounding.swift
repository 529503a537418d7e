/// What conversions round, beyond what they refuse.
extension Conversion {
  /// Whether colors of 16 bits are brought to 8 on the way to another mode. In mode `1` nothing is left
  /// of either.
  var narrows: Bool {
    source.type == .u16 && !source.mode.isGray16 && source.mode != target.mode
      && target.mode != .bilevel
      && (target.type == .u8 || video == nil && !Conversion.wideModes.contains(source.mode))
  }

  private var cutsFractions: Bool { source.type.isFloat && !target.type.isFloat }

  private var roundsWholeNumbers: Bool { source.mode == .integer && target.type == .f32 }

  /// Whether samples may be rounded.
  var rounds: Bool { narrows || cutsFractions || roundsWholeNumbers }

  /// The first sample of `count` plain pixels, but those of opacity, whose number is rounded; what is
  /// clamped is not rounded, and a fraction that a float rounds is not news.
  ///
  /// - Precondition: `from` holds `count` pixels of ``source``.
  func firstRounded(count: Int, from: RawSpan) -> (pixel: Int, band: Int)? {
    var first: (pixel: Int, band: Int)?
    for band in source.mode.bands.indices where band != source.mode.alphaBand {
      if let pixel = firstRounded(band, count, from), pixel < first?.pixel ?? .max {
        first = (pixel, band)
      }
    }
    return first
  }

  private func firstRounded(_ band: Int, _ count: Int, _ from: RawSpan) -> Int? {
    let range = target.type.range
    let step = source.mode.bandCount
    switch source.type {
    case _ where !cutsFractions && !roundsWholeNumbers: return nil
    case .i32:
      return from.firstSample(from: band, by: step, count: count) { (value: Int32) in
        Int(Float(value)) != Int(value)
      }
    case .f64 where roundsWholeNumbers:
      return from.firstSample(from: band, by: step, count: count) { (value: Double) in
        Double(Float(value)) != value
      }
    case .f32:
      return from.firstSample(from: band, by: step, count: count) { (value: Float) in
        range.contains(Double(value)) && Double(value).hasFraction
      }
    case .f64:
      return from.firstSample(from: band, by: step, count: count) { (value: Double) in
        range.contains(value) && value.hasFraction
      }
    case .u8, .u16: return nil
    }
  }
}

extension Double {
  /// Whether the number is not whole.
  ///
  /// Added to 2⁵², a number loses its fraction: no call is in the way of vectors.
  @inline(__always)
  var hasFraction: Bool {
    magnitude < 0x1p52 && (magnitude + 0x1p52) - 0x1p52 != magnitude
  }
}
