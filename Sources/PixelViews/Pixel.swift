import PixelMemory

/// The samples of one pixel as numbers.
public struct Pixel: Hashable, Sendable {
  /// One number a band.
  public var samples: [Double]

  public init(_ samples: [Double]) { self.samples = samples }

  /// The samples as plain bytes of a format.
  ///
  /// - Precondition: each number is one that the type holds.
  func plainBytes(_ format: PixelFormat) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: samples.count * format.type.byteCount)
    do {
      var span = bytes.mutableSpan
      var plain = unsafe span.mutableBytes
      for (band, value) in samples.enumerated() {
        plain.setNumber(band, to: value, as: format.type)
      }
    }
    return bytes
  }
}

extension RawSpan {
  /// The samples of pixel `index` of plain rows.
  ///
  /// - Precondition: the span holds that pixel.
  public func values(at index: Int, format: PixelFormat) -> [Double] {
    let bandCount = format.mode.bandCount
    return (0..<bandCount).map { number(index * bandCount + $0, as: format.type) }
  }

  /// The number of a plain sample, counted in samples from the start of the span.
  ///
  /// - Precondition: the sample lies within the span.
  @inline(__always)
  func number(_ index: Int, as type: SampleType) -> Double {
    switch type {
    case .u8: Double(sample(index, as: UInt8.self))
    case .u16: Double(sample(index, as: UInt16.self))
    case .i32: Double(sample(index, as: Int32.self))
    case .f32: Double(sample(index, as: Float.self))
    case .f64: sample(index, as: Double.self)
    }
  }
}

extension MutableRawSpan {
  /// Stores a number as a plain sample, counted in samples from the start of the span.
  ///
  /// - Precondition: the sample lies within the span, and the type has it.
  @inline(__always)
  mutating func setNumber(_ index: Int, to number: Double, as type: SampleType) {
    switch type {
    case .u8: setSample(index, to: UInt8(number))
    case .u16: setSample(index, to: UInt16(number))
    case .i32: setSample(index, to: Int32(number))
    case .f32: setSample(index, to: Float(number))
    case .f64: setSample(index, to: number)
    }
  }
}

extension Image {
  /// The pixel at a position, as the buffer has it now.
  ///
  /// - Throws: ``ViewError/outside(_:width:height:)`` and what reading throws.
  public func pixel(x: Int, y: Int) throws(ViewError) -> Pixel {
    let spot = Rectangle(x: x, y: y, width: 1, height: 1)
    try check(inside: spot)
    var workspace = Workspace()
    let scratch = try plainRows(of: spot, &workspace)
    return Pixel(scratch.bytes.values(at: 0, format: format))
  }

  /// Checks that every sample of a pixel is one that the image holds.
  ///
  /// - Throws: ``ViewError/sampleCount(found:mode:)``,
  ///   ``ViewError/sampleOutOfRange(value:band:lowest:highest:)``.
  package func check(_ pixel: Pixel) throws(ViewError) {
    guard pixel.samples.count == mode.bandCount else {
      throw .sampleCount(found: pixel.samples.count, mode: mode)
    }
    for (band, value) in pixel.samples.enumerated() {
      let range = range(band: band)
      let isBilevelValue = mode != .bilevel || value == 0 || value == 255
      guard range.contains(value) || (value.isNaN && format.type.isFloat), isBilevelValue,
        format.type.isFloat || value == value.rounded()
      else {
        throw .sampleOutOfRange(
          value: value, band: mode.bands[band], lowest: range.lowerBound,
          highest: range.upperBound)
      }
      try checkFits(value, band: band)
    }
  }

  /// Checks that a pixel can be stored: that the image holds its samples, and its palette has a color for
  /// an index.
  ///
  /// - Throws: as ``check(_:)``; ``ViewError/indexBeyondPalette(index:colors:)``.
  package func check(storing pixel: Pixel) throws(ViewError) {
    try check(pixel)
    guard mode.isIndexed, let colors = palette?.count, pixel.samples[0] >= Double(colors) else {
      return
    }
    throw .indexBeyondPalette(index: Int(pixel.samples[0]), colors: colors)
  }

  /// Throws for a number that would become an infinity as a float of 32 bits, or of 16 where those
  /// are stored.
  func checkFits(_ value: Double, band: Int) throws(ViewError) {
    guard format.type == .f32, value.isFinite else { return }
    let field = isDerived ? nil : layout.fields[band]
    let isHalf = field?.number == .float && field?.bitCount == 16
    // From 65520 on, the nearest half is an infinity.
    guard isHalf ? abs(value) >= 65520 : !Float(value).isFinite else { return }
    let largest = isHalf ? 65504 : Double(Float.greatestFiniteMagnitude)
    throw .sampleOutOfRange(
      value: value, band: mode.bands[band], lowest: -largest, highest: largest)
  }
}
