import PixelMemory
import PixelViews

/// Filters the rows of a band, one after the other, in private lines that have zeros around them.
struct PNGRowFilter: ~Copyable {
  private enum Line: Int, CaseIterable { case first, second, sub, up, average, paeth }

  // Zeros to the left of a line: what is left of the first pixel, at most 8 bytes of 64 bits.
  private static let margin = PNGFilterKernel.blockByteCount

  private let rowByteCount: Int
  /// Bytes of a pixel, at least 1.
  private let left: Int
  private let lineByteCount: Int
  private var lines: Scratch
  private var current = Line.first

  /// - Throws: `PNGError.outOfMemory`.
  init(rowByteCount: Int, pixelBitCount: Int) throws(PNGError) {
    self.rowByteCount = rowByteCount
    left = max(1, pixelBitCount.inWholeBytes)
    let block = PNGFilterKernel.blockByteCount
    lineByteCount = (rowByteCount + block - 1) / block * block + Self.margin
    let byteCount = lineByteCount * Line.allCases.count
    do { lines = try Scratch(zeroed: byteCount) } catch { throw .outOfMemory(byteCount: byteCount) }
  }

  /// Writes a filter byte and the filtered bytes of a row for some rows of a band.
  ///
  /// - Precondition: `rows` are packed; `output` has one byte more for each row of the range.
  mutating func filter(
    _ rows: borrowing Scratch, _ range: Range<Int>, into output: inout Scratch,
    filtering: PNGFiltering
  ) {
    let rowByteCount = rowByteCount
    var output = output.mutableBytes
    for row in range {
      let source = rows.bytes.extracting(row * rowByteCount..<(row + 1) * rowByteCount)
      let target = (row - range.lowerBound) * (rowByteCount + 1)
      switch filtering {
      case .none:
        output.storeBytes(of: PNGFilter.none.rawValue, toByteOffset: target, as: UInt8.self)
        var bytes = output.slice(target + 1, rowByteCount)
        bytes.copy(from: source)
      case .adaptive: filter(source, isFirst: row == range.lowerBound, into: &output, at: target)
      }
    }
  }

  private mutating func filter(
    _ row: RawSpan, isFirst: Bool, into output: inout MutableRawSpan, at target: Int
  ) {
    let above = current
    current = above == .first ? .second : .first
    let choice = choose(row, current: current, above: isFirst ? nil : above)
    let line: Line =
      switch choice {
      case .none: current
      case .sub: .sub
      case .up: .up
      case .average: .average
      case .paeth: .paeth
      }
    output.storeBytes(of: choice.rawValue, toByteOffset: target, as: UInt8.self)
    let start = line.rawValue * lineByteCount + Self.margin
    var bytes = output.slice(target + 1, rowByteCount)
    bytes.copy(from: lines.bytes.slice(start, rowByteCount))
  }

  /// Fills the lines of all filters and tells the best one.
  private mutating func choose(_ row: RawSpan, current: Line, above: Line?) -> PNGFilter {
    let blockByteCount = PNGFilterKernel.blockByteCount
    let blockCount = (lineByteCount - Self.margin) / blockByteCount
    let tail = rowByteCount - (blockCount - 1) * blockByteCount
    let (left, lineByteCount) = (left, lineByteCount)
    return unsafe lines.withUnsafeMutableBytes { lines in
      let base = unsafe lines.baseAddress!.assumingMemoryBound(to: UInt8.self) + Self.margin
      func line(_ line: Line) -> UnsafeMutablePointer<UInt8> {
        unsafe base + line.rawValue * lineByteCount
      }
      let x = unsafe line(current)
      unsafe row.withUnsafeBytes {
        unsafe UnsafeMutableRawPointer(x).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
      }
      guard let above else {
        let costs = unsafe PNGFilterKernel.filterFirst(
          row: x, left: left, blockCount: blockCount, tail: tail, sub: line(.sub))
        return costs.sub < costs.none ? .sub : .none
      }
      let costs = unsafe PNGFilterKernel.filter(
        row: x, above: line(above), left: left, blockCount: blockCount, tail: tail,
        sub: line(.sub), up: line(.up), average: line(.average), paeth: line(.paeth))
      return Self.best(costs)
    }
  }

  /// The cheapest; of equals the first.
  private static func best(_ costs: PNGFilterKernel.Costs) -> PNGFilter {
    var best = (filter: PNGFilter.none, cost: costs.none)
    if costs.sub < best.cost { best = (.sub, costs.sub) }
    if costs.up < best.cost { best = (.up, costs.up) }
    if costs.average < best.cost { best = (.average, costs.average) }
    if costs.paeth < best.cost { best = (.paeth, costs.paeth) }
    return best.filter
  }
}
