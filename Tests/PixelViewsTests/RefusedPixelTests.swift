import PixelMemory
import Testing

@testable import PixelViews

/// Pixels that a conversion would clamp, or has no color for.
@Suite struct RefusedPixelTests {
  private func numbers(
    _ values: [Double], _ format: PixelFormat, width: Int? = nil
  ) throws -> Image {
    let width = width ?? values.count
    let plain = values.flatMap { Pixel([$0]).plainBytes(format) }
    let image = try Image.plain(
      [UInt8](repeating: 0, count: plain.count), format, width: width,
      height: values.count / width)
    var workspace = Workspace()
    unsafe try image.write(image.bounds, from: plain.span.bytes, workspace: &workspace)
    return image
  }

  private func samples(_ image: Image) throws -> [Double] {
    try (0..<image.height).flatMap { y in
      try (0..<image.width).flatMap { x in try image.pixel(x: x, y: y).samples }
    }
  }

  /// A format, a mode, and the numbers that come through: the ends of them, and the next ones.
  static let limits: [(PixelFormat, Mode, ClosedRange<Double>, below: Double?, above: Double?)] = [
    (PixelFormat(.gray16), .gray, 0...255, nil, 256),
    (PixelFormat(.gray16), .rgb, 0...255, nil, 65535),
    (PixelFormat(.gray16), .bilevel, 0...255, nil, 256),
    (PixelFormat(.gray16), .palette, 0...255, nil, 256),
    (PixelFormat(.gray16Little), .hsv, 0...255, nil, 256),
    (PixelFormat(.integer), .gray, 0...255, -1, 256),
    (PixelFormat(.integer), .gray16Big, 0...65535, -1, 65536),
    (PixelFormat(.integer), .rgba, 0...255, -1, 1e9),
    (PixelFormat(.integer, .f64), .gray, 0...255, -1, 1e15),
    (PixelFormat(.integer, .f64), .gray16, 0...65535, -1, 1e15),
    (PixelFormat(.float), .gray, 0...255, -0.5, 255.5),
    (PixelFormat(.float), .gray, 0...255, -.infinity, .nan),
    (PixelFormat(.float), .gray16, 0...65535, -0.5, 65535.5),
    (PixelFormat(.float), .integer, -0x1p31...0x1p31.nextDown, -3e9, 0x1p31),
    (PixelFormat(.float), .integer, -1...1, .nan, .infinity),
    (PixelFormat(.float), .cmyk, 0...255, -1, 256),
    (PixelFormat(.float, .f64), .gray, 0...255, -1e-300, 255.000_000_1),
    (PixelFormat(.float, .f64), .integer, -0x1p31...0x1p31 - 1, -0x1p31 - 0.5, 0x1p31 - 0.5),
  ]

  @Test(arguments: limits)
  func `what the target holds is converted, and what is beyond is an error with its place`(
    format: PixelFormat, mode: Mode, range: ClosedRange<Double>, below: Double?, above: Double?
  ) throws {
    let ends = [max(range.lowerBound, -0x1p31), min(range.upperBound, 0x1p31 - 1)]
    // A number that `F` rounds up is no end of it.
    let held = try numbers(ends.filter { $0 <= 65535 || format.type != .f32 } + [1], format)
    #expect(try samples(held.converted(to: mode)).count == held.width * mode.bandCount)
    for value in [below, above].compactMap({ $0 }) {
      let image = try numbers([1, 1, 1, 1, value, value], format, width: 2)
      let error = #expect(throws: ViewError.self) {
        try image.converted(to: mode).copied(threads: 2)
      }
      guard case .clamped(let found) = error else {
        Issue.record("\(value) in \(format) to \(mode): \(String(describing: error))")
        continue
      }
      #expect(found.x == 0 && found.y == 2 && found.target == mode && found.source == format)
      #expect(found.value == value || found.value.isNaN && value.isNaN || format.type == .f32)
      let finite = value.isFinite ? value : 1
      let (low, high) = (min(1, finite), max(1, finite))
      #expect(found.range == low...high || format.type == .f32)
      #expect(try image.converted(to: mode, policy: .clamp).copied(threads: 2).width == 2)
    }
  }

  @Test func `the error names the first place in reading order, for any number of threads`() throws
  {
    var values = [Double](repeating: 7, count: 1000 * 1000)
    values[999 * 1000 + 3] = 70000
    values[400 * 1000 + 999] = -5
    values[17] = 255
    let image = try numbers(values, PixelFormat(.integer), width: 1000).converted(to: .gray)
    let expected = ViewError.clamped(
      ViewError.ClampedSample(
        x: 999, y: 400, value: -5, source: PixelFormat(.integer), target: .gray, lowest: 0,
        highest: 255, range: -5...70000))
    for threads in [1, 2, 5] {
      #expect(throws: expected) { try image.hash(threads: threads) }
      #expect(throws: expected) { try image.statistics(threads: threads) }
      #expect(throws: expected) { try image.copied(threads: threads) }
    }
    #expect(
      expected.description
        == "pixel 999,400 is -5, which a conversion to L would clamp: it takes 0 to 255; the picture has "
        + "-5 to 70000")
  }

  @Test func `a paste of a picture that cannot be converted changes nothing`() throws {
    let page = try Image.plain([1, 2, 3, 4], PixelFormat(.gray), width: 2, height: 2)
    let picture = try numbers([9, 8, 7, 256], PixelFormat(.gray16), width: 2)
    #expect(throws: ViewError.self) {
      try page.paste(picture.converted(to: .gray), x: 0, y: 0, threads: 1)
    }
    #expect(try samples(page) == [1, 2, 3, 4])
    try page.paste(picture.converted(to: .gray, policy: .clamp), x: 0, y: 0, threads: 1)
    #expect(try samples(page) == [9, 8, 7, 255])
  }

  @Test(arguments: [Mode.rgb, .rgba, .gray, .bilevel, .cmyk, .grayPremultiplied, .paletteAlpha])
  func `an index beyond the palette is an error, under either policy`(mode: Mode) throws {
    let palette = try #require(Palette(rgb: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))
    let image = try Image.plain(
      [0, 1, 2, 3, 3, 4], PixelFormat(.palette), width: 3, height: 2, palette: palette)
    for policy in [ConversionPolicy.refuse, .clamp] {
      let view = try image.converted(to: mode, policy: policy)
      #expect(throws: ViewError.noColor(index: 4, x: 2, y: 1, colors: 4)) {
        try view.copied(threads: 1)
      }
      #expect(try view.pixel(x: 1, y: 1).samples.count == mode.bandCount)
    }
  }

  @Test func `alpha beside an index is not taken for one`() throws {
    let palette = try #require(Palette(rgb: [1, 2, 3]))
    let image = try Image.plain(
      [0, 255], PixelFormat(.paletteAlpha), width: 1, height: 1, palette: palette)
    #expect(try samples(image.converted(to: .rgba)) == [1, 2, 3, 255])
    #expect(try samples(image.converted(to: .palette)) == [0])
  }

  @Test func `what clips inside of a color formula is a part of it`() throws {
    let bright = try Image.plain([255, 0, 255], PixelFormat(.ycbcr), width: 1, height: 1)
    #expect(try samples(bright.converted(to: .rgb)) == [255, 208, 28])
    let above = try Image.plain([200, 100], PixelFormat(.grayPremultiplied), width: 1, height: 1)
    #expect(try samples(above.converted(to: .grayAlpha)) == [255, 100])
  }

  /// Every pair of formats, with numbers around all limits: what is converted is what the clamping
  /// conversion makes, of samples that it did not have to clamp.
  @Test func `a sample is converted as it is or refused, in every pair of formats`() throws {
    let edges: [Double] = [
      -.infinity, -0x1p40, -0x1p31 - 1, -0x1p31, -1, -0.5, 0, 0.5, 1, 127, 128, 254.5, 255, 255.5,
      256, 32768, 65535, 65535.5, 65536, 0x1p31 - 1, 0x1p31, 0x1p40, 1e39, .infinity, .nan,
    ]
    var (pairs, converted, refused) = (0, 0, 0)
    for source in Rawmode.all.map({ PixelFormat($0.mode, $0.type) }).uniqued() {
      for mode in Mode.allCases {
        guard let strict = Conversion(from: source, to: mode, palette: .gray),
          let clamping = Conversion(from: source, to: mode, palette: .gray, policy: .clamp)
        else { continue }
        pairs += 1
        for value in edges where source.mode.bandCount == 1 && source.holds(value) {
          let row = Pixel([value]).plainBytes(source)
          let isRefused = unsafe strict.firstRefused(count: 1, from: row.span.bytes) != nil
          #expect(unsafe clamping.firstRefused(count: 1, from: row.span.bytes) == nil)
          #expect(
            isRefused == mustRefuse(value, source, strict.target), "\(value) \(source) \(mode)")
          if isRefused { refused += 1 } else { converted += 1 }
        }
      }
    }
    #expect(pairs > 480)
    #expect(converted > 1400)
    #expect(refused > 700)
  }

  /// What any clamping of the value to the target would change.
  private func mustRefuse(_ value: Double, _ source: PixelFormat, _ target: PixelFormat) -> Bool {
    guard [.integer, .float].contains(source.mode) || source.mode.isGray16 else { return false }
    switch target.type {
    case _ where target == source: return false
    case .u8: return !(0...255).contains(value)
    case .u16: return !(0...65535).contains(value)
    case .i32: return !(-0x1p31...0x1p31 - 1).contains(value)
    case .f32: return value.isFinite && !Float(value).isFinite
    case .f64: return false
    }
  }
}

extension PixelFormat {
  /// Whether a number is a sample of the format.
  fileprivate func holds(_ value: Double) -> Bool {
    switch type {
    case .u8: UInt8(exactly: value) != nil
    case .u16: UInt16(exactly: value) != nil
    case .i32: Int32(exactly: value) != nil
    case .f32: Double(Float(value)) == value || value.isNaN
    case .f64: mode == .float || value == value.rounded() && abs(value) < 0x1p64
    }
  }
}

extension [PixelFormat] {
  fileprivate func uniqued() -> [PixelFormat] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
