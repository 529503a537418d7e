import PixelMemory

/// What is done to the numbers of a mosaic before colors are made of it: black level, white level and
/// white balance, each number by the color that its pixel has seen.
///
/// A number v of color c becomes (v − black(c)) · max / (white − black(c)) · gain(c), rounded to the
/// nearest, halves up; below 0 it is 0, and above max, the largest that the samples have, it is that.
/// Without a white level the factor in the middle is 1. It is worked out in 64-bit floating point.
public struct MosaicLevels: Hashable, Sendable {
  /// The number of no light: for R, G1, G2 and B.
  public var black: [Double]?
  /// The number of all light that the sensor can tell.
  public var white: Double?
  /// What R, G and B are multiplied by.
  public var gains: [Double]?

  public init() {}

  /// Numbers that mean something for samples of a type.
  func isValid(for type: SampleType) -> Bool {
    let largest = type.range.upperBound
    let top = white ?? .infinity
    let black = black ?? [0, 0, 0, 0]
    return black.count == 4 && black.allSatisfy { $0 >= 0 && $0 <= largest && $0 < top }
      && (white ?? 0) <= largest
      && (gains.map { $0.count == 3 && $0.allSatisfy { $0 > 0 && $0 <= 1e6 } } ?? true)
  }
}

/// ``MosaicLevels`` at work on a mosaic, whose numbers are of 8 or 16 bits.
struct MosaicLeveling: Sendable {
  let levels: MosaicLevels
  private let mosaic: Mosaic
  private let type: SampleType
  private let tables: LazyTables

  /// For each color what its numbers become. They are made when the first pixel is read: steps that are
  /// put together are not read in between.
  private final class LazyTables: Sendable {
    private let tables = Locked<[UInt16]?>(nil)

    func get(_ make: () -> [UInt16]) -> [UInt16] {
      tables.withLock { known in
        if let known { return known }
        let made = make()
        known = made
        return made
      }
    }
  }

  init(_ levels: MosaicLevels, _ mosaic: Mosaic, _ type: SampleType) {
    self.levels = levels
    self.mosaic = mosaic
    self.type = type
    tables = LazyTables()
  }

  /// The same with other levels.
  func with(_ levels: MosaicLevels) -> MosaicLeveling { MosaicLeveling(levels, mosaic, type) }

  private func makeTables() -> [UInt16] {
    let largest = type.range.upperBound
    return Mosaic.Color.allCases.flatMap { color in
      let black = levels.black?[color.rawValue] ?? 0
      let gain = levels.gains.map { $0[color.band] } ?? 1
      return (0...Int(largest)).map { number -> UInt16 in
        var value = Double(number) - black
        if let white = levels.white { value = value * largest / (white - black) }
        return UInt16(min(max(0, (value * gain).rounded()), largest))
      }
    }
  }

  /// Works on a rectangle of plain rows.
  func apply(to area: Rectangle, from: RawSpan, into: inout MutableRawSpan) {
    let tables = tables.get(makeTables)
    for row in 0..<area.height {
      let y = area.y + row
      // What the pixels of the row's even and odd places have seen.
      let colors = [mosaic[area.x, y], mosaic[area.x + 1, y]]
      let rowByteCount = area.width * type.byteCount
      let source = from.slice(row * rowByteCount, rowByteCount)
      var target = into.slice(row * rowByteCount, rowByteCount)
      if type == .u8 {
        Self.apply(colors, tables.span, count: area.width, source, &target, as: UInt8.self)
      } else {
        Self.apply(colors, tables.span, count: area.width, source, &target, as: UInt16.self)
      }
    }
  }

  private static func apply<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ colors: [Mosaic.Color], _ tables: Span<UInt16>, count: Int, _ from: RawSpan,
    _ to: inout MutableRawSpan, as: Sample.Type
  ) {
    let size = 1 << Sample.bitWidth
    let (even, odd) = (colors[0].rawValue * size, colors[1].rawValue * size)
    for x in 0..<count {
      let sample: Sample = from.sample(x)
      let start = x & 1 == 0 ? even : odd
      to.setSample(x, to: Sample(truncatingIfNeeded: tables[start + Int(sample)]))
    }
  }
}
