import CShims

/// Finds the runs of a block, and counts and writes the literals between them.
@unsafe struct RunScanner {
  private typealias Run = (start: UInt32, length: UInt32)

  private let base: UnsafePointer<UInt8>
  private let road: imgtool_road
  private let runs: UnsafeMutablePointer<Run>
  private var runCount = 0
  private var (start, end) = (0, 0)
  /// How often each symbol of `DeflateSymbols` occurs, the end of the block included.
  private(set) var frequencies: [UInt32] = []
  /// How many matches there are, all at the distance 1.
  private var matchCount: UInt32 = 0

  /// A match's code, the distance's bit and a little for what it does to the other codes, in 16ths
  /// of a bit: shorter runs of a common byte are cheaper as they are.
  private static let matchCost = 16 * 8

  /// Room for as many runs as a block can have.
  static func capacity(for byteCount: Int) -> Int {
    (byteCount / (DeflateSymbols.lengths.lowerBound + 1) + 1) * MemoryLayout<Run>.stride
  }

  /// - Parameter runs: at least `capacity(for:)` bytes.
  init(
    _ base: UnsafePointer<UInt8>, runs: UnsafeMutableRawBufferPointer, road: imgtool_road
  ) {
    unsafe self.base = unsafe base
    unsafe self.road = road
    unsafe self.runs = unsafe runs.baseAddress!.assumingMemoryBound(to: Run.self)
  }

  /// Looks at `base[start..<end]`, and at the byte before it if there is one.
  mutating func scan(_ start: Int, _ end: Int) {
    unsafe (self.start, self.end) = (start, end)
    unsafe frequencies = unsafe Self.histogram(base + start, end - start)
    unsafe frequencies[DeflateSymbols.endOfBlock] = 1
    let shortest = unsafe Self.shortestRuns(frequencies, count: end - start)
    unsafe (runCount, matchCount) = (0, 0)
    var at = max(1, start)
    while at < end {
      at = unsafe imgtool_next_triple(road, base, at, end)
      if at >= end { break }
      let value = unsafe base[at]
      let length = unsafe runLength(at, value)
      if length >= shortest[Int(value)] {
        unsafe runs[runCount] = (UInt32(at), UInt32(length))
        unsafe runCount += 1
        unsafe count(length, value)
      }
      at += length
    }
  }

  /// The codes for the block.
  var block: DynamicBlock {
    var distances = [UInt32](repeating: 0, count: DeflateSymbols.distanceCount)
    distances[0] = unsafe matchCount
    return unsafe DynamicBlock(literals: frequencies, distances: distances)
  }

  /// Writes the block's symbols.
  func write(to writer: inout BitWriter, _ block: DynamicBlock) {
    unsafe BlockWriter.with(block, base, road) { symbols in
      var at = unsafe start
      for index in unsafe 0..<runCount {
        let run = unsafe runs[index]
        unsafe symbols.writeLiterals(at, Int(run.start), to: &writer)
        unsafe symbols.writeMatch(Int(run.length), distance: 1, to: &writer)
        at = Int(run.start) + Int(run.length)
      }
      unsafe symbols.writeLiterals(at, end, to: &writer)
      unsafe symbols.writeEnd(to: &writer)
    }
  }

  private mutating func count(_ length: Int, _ value: UInt8) {
    unsafe frequencies[Int(value)] -= UInt32(length)
    var rest = length
    while rest > 0 {
      let part = DeflateSymbols.firstPart(of: rest)
      unsafe frequencies[Int(DeflateSymbols.ofLength[part].symbol)] += 1
      unsafe matchCount += 1
      rest -= part
    }
  }

  private func runLength(_ start: Int, _ value: UInt8) -> Int {
    let end = unsafe end
    let pattern = UInt64(value) &* 0x0101_0101_0101_0101
    var at = start &+ 3
    while at &+ 8 <= end {
      let different = unsafe load(at) ^ pattern
      if different != 0 { return at &+ different.trailingZeroBitCount &>> 3 &- start }
      at &+= 8
    }
    while unsafe at < end && base[at] == value { at &+= 1 }
    return at &- start
  }

  @inline(__always) private func load(_ offset: Int) -> UInt64 {
    UInt64(
      littleEndian: unsafe UnsafeRawPointer(base).loadUnaligned(
        fromByteOffset: offset, as: UInt64.self))
  }

  private static func histogram(_ base: UnsafePointer<UInt8>, _ count: Int) -> [UInt32] {
    var frequencies = [UInt32](repeating: 0, count: DeflateSymbols.count)
    unsafe frequencies.withUnsafeMutableBufferPointer {
      unsafe imgtool_histogram(base, count, $0.baseAddress!)
    }
    return frequencies
  }

  /// From which length on a run of each byte is cheaper as a match.
  private static func shortestRuns(_ frequencies: [UInt32], count: Int) -> [Int] {
    let total = unsafe sixteenthLog2(UInt32(count))
    return (0..<256).map { value in
      let frequency = frequencies[value]
      if frequency == 0 { return DeflateSymbols.lengths.lowerBound }
      // A code has a bit at least.
      let cost = unsafe max(16, total - sixteenthLog2(frequency))
      return unsafe max(DeflateSymbols.lengths.lowerBound, (matchCost + cost - 1) / cost)
    }
  }

  /// The logarithm, linear between the powers of two.
  private static func sixteenthLog2(_ value: UInt32) -> Int {
    let exponent = 31 - value.leadingZeroBitCount
    let fraction = exponent >= 4 ? value >> UInt32(exponent - 4) : value << UInt32(4 - exponent)
    return exponent * 16 + Int(fraction & 15)
  }
}
