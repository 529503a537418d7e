import CShims
import PixelMemory

/// The windows of 8x8 samples over which ``Similarity`` is averaged: each is four blocks of 4x4 samples,
/// which it shares with the windows beside it.
struct SimilarityWindows: Sendable {
  let width, height: Int
  /// How many windows there are.
  private let across, down: Int

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    (across, down) = (max(0, width / 4 - 1), max(0, height / 4 - 1))
  }

  var count: Int { across * down }

  /// Bands of rows of windows. Those of an image that has none are its only ones.
  func tiling(pixelByteCount: Int) -> Tiling {
    Tiling(
      width: max(1, across), height: max(1, down), pixelByteCount: 16 * pixelByteCount,
      byteCount: 4 * Tiling.tileByteCount)
  }

  /// What is read and added up for a tile of windows.
  func tile(_ windows: Rectangle) -> SimilarityTile {
    let (right, bottom) = (windows.x + windows.width, windows.y + windows.height)
    // The last ones have the samples that are in no window too.
    let isLast = (column: right >= across, row: bottom >= down)
    let own = Rectangle(
      x: 4 * windows.x, y: 4 * windows.y,
      width: (isLast.column ? width : 4 * right) - 4 * windows.x,
      height: (isLast.row ? height : 4 * bottom) - 4 * windows.y)
    return SimilarityTile(
      own: own,
      read: Rectangle(
        x: own.x, y: own.y, width: own.width + (isLast.column ? 0 : 4),
        height: own.height + (isLast.row ? 0 : 4)),
      across: across > 0 && down > 0 ? windows.width : 0,
      down: across > 0 && down > 0 ? windows.height : 0)
  }
}

/// A piece of both images.
struct SimilarityTile: Sendable {
  /// The pixels whose errors are added up; each is one tile's.
  let own: Rectangle
  /// Those and the others of the windows.
  let read: Rectangle
  /// The windows.
  fileprivate let across, down: Int

  /// Reads the pixels of both images and adds up each band.
  ///
  /// - Throws: what reading throws; ``ViewError/memory(_:)``.
  func sums(
    _ a: Image, _ b: Image, peaks: [Double], _ tiles: TilePool, _ scratches: Pool<Scratch>
  ) throws(ViewError) -> [BandSums] {
    var sums: [BandSums] = []
    var failure: MemoryError?
    try Difference.readPair(a, b, read, tiles) { one, other in
      var scratch = scratches.take()
      do throws(MemoryError) {
        sums = try self.sums(one, other, a.format, peaks: peaks, scratch: &scratch)
      } catch { failure = error }
      scratches.give(scratch)
    }
    if let failure { throw .memory(failure) }
    a.forget(own)
    b.forget(own)
    return sums
  }

  /// Adds up each band of the plain rows of the pixels that were read.
  ///
  /// - Parameters:
  ///   - peaks: the largest sample of each band.
  ///   - scratch: memory for sums.
  /// - Throws: `MemoryError.outOfMemory` for the sums.
  /// - Complexity: O(pixels); a row of windows needs two rows of sums.
  private func sums(
    _ a: RawSpan, _ b: RawSpan, _ format: PixelFormat, peaks: [Double], scratch: inout Scratch
  ) throws(MemoryError) -> [BandSums] {
    var sums = peaks.map { _ in BandSums() }
    if a.hasSameBytes(as: b) {
      for band in sums.indices { sums[band].ssim.add(Double(across * down)) }
      return sums
    }
    addErrors(a, b, format, to: &sums)
    guard across > 0 else { return sums }
    switch format.type {
    case .u8: try addWindows(a, b, UInt8.self, peaks, &scratch, to: &sums)
    case .u16: try addWindows(a, b, UInt16.self, peaks, &scratch, to: &sums)
    case .i32: try addWindows(a, b, Int32.self, peaks, &scratch, to: &sums)
    case .f32: try addWindows(a, b, Float.self, peaks, &scratch, to: &sums)
    case .f64: try addWindows(a, b, Double.self, peaks, &scratch, to: &sums)
    }
    return sums
  }

  private func addErrors(
    _ a: RawSpan, _ b: RawSpan, _ format: PixelFormat, to sums: inout [BandSums]
  ) {
    let bandCount = sums.count
    // Rows follow each other where all of them is the tile's own.
    let isWhole = own.width == read.width
    let rows = isWhole ? 1 : own.height
    let count = (isWhole ? own.height : 1) * own.width * bandCount
    let rowByteCount = read.width * format.pixelByteCount
    for row in 0..<rows {
      let byteCount = count * format.type.byteCount
      let (one, other) = (
        a.slice(row * rowByteCount, byteCount), b.slice(row * rowByteCount, byteCount)
      )
      if one.hasSameBytes(as: other) { continue }
      var start = 0
      if format.type == .u8 {
        let errors = ByteErrors(one, other, bandCount: bandCount, count: count / bandCount)
        for band in 0..<bandCount { sums[band].errors.add(errors, band: band) }
        start = errors.pixelCount * bandCount
      }
      for band in 0..<bandCount {
        sums[band].errors.add(
          one, other, from: start + band, by: bandCount, count: count, type: format.type)
      }
    }
  }

  @inline(__always)
  private func addWindows<Sample: ComparedSample>(
    _ a: RawSpan, _ b: RawSpan, _ type: Sample.Type, _ peaks: [Double], _ scratch: inout Scratch,
    to sums: inout [BandSums]
  ) throws(MemoryError) {
    let bandCount = peaks.count
    let constants = peaks.map { Constants(peak: $0, isWhole: type.isWhole) }
    let rowCount = (across + 1) * bandCount
    let rowByteCount = read.width * bandCount * MemoryLayout<Sample>.stride
    let sumByteCount = rowCount * MemoryLayout<BlockSums<Sample.Total>>.stride
    try scratch.ensure(byteCount: 2 * sumByteCount)
    for row in 0...down {
      let start = 4 * row * rowByteCount
      let (one, other) = (a.slice(start, 4 * rowByteCount), b.slice(start, 4 * rowByteCount))
      do {
        var memory = scratch.mutableBytes
        var blocks = memory.slice(row % 2 * sumByteCount, sumByteCount)
        switch bandCount {
        case 1: blocks.addBlocks(one, other, count: across + 1, bandCount: 1, as: type)
        case 3: blocks.addBlocks(one, other, count: across + 1, bandCount: 3, as: type)
        default:
          blocks.addBlocks(one, other, count: across + 1, bandCount: bandCount, as: type)
        }
      }
      if row == 0 { continue }
      let rows = scratch.bytes
      let (above, below) = (rows.slice(0, sumByteCount), rows.slice(sumByteCount, sumByteCount))
      for band in 0..<bandCount {
        let constants = constants[band]
        var total = 0.0
        above.forEachWindow(
          with: below, from: band, by: bandCount, count: across, as: Sample.Total.self
        ) { total += constants.similarity($0) }
        sums[band].ssim.add(total)
      }
    }
  }
}

/// What keeps windows of one color from being a division by zero, for sums of 64 samples in place of means.
private struct Constants {
  let first, second: Double

  init(peak: Double, isWhole: Bool) {
    let (first, second) = (peak * peak * 1e-4 * 64, peak * peak * 9e-4 * 64 * 63)
    self.first = isWhole ? (first + 0.5).rounded(.down) : first
    self.second = isWhole ? (second + 0.5).rounded(.down) : second
  }

  /// The similarity of a window.
  @inline(__always)
  func similarity(_ sums: BlockSums<Double>) -> Double {
    let squares = sums.first * sums.first + sums.second * sums.second
    let product = 2 * (sums.first * sums.second)
    let variances = sums.squares * 64 - squares
    let covariance = sums.products * 128 - product
    let similarity =
      (product + first) * (covariance + second) / ((squares + first) * (variances + second))
    return similarity.isNaN ? 0 : similarity
  }
}

/// The sums of the samples of both images in a block, of their squares together, and of their products.
private struct BlockSums<Sum: BlockSum>: BitwiseCopyable {
  var first = Sum.nothing
  var second = Sum.nothing
  var squares = Sum.nothing
  var products = Sum.nothing

  @inline(__always) var doubles: BlockSums<Double> {
    BlockSums<Double>(
      first: first.double, second: second.double, squares: squares.double,
      products: products.double)
  }

  @inline(__always) static func + (one: BlockSums, other: BlockSums) -> BlockSums {
    BlockSums(
      first: one.first.plus(other.first), second: one.second.plus(other.second),
      squares: one.squares.plus(other.squares), products: one.products.plus(other.products))
  }
}

/// A number in which the samples of a block, their squares and products are added up, and those of four
/// blocks; sums of integers do not overflow.
private protocol BlockSum: BitwiseCopyable {
  static var nothing: Self { get }
  func plus(_ other: Self) -> Self
  func times(_ other: Self) -> Self
  var double: Double { get }
}

extension BlockSum where Self: FixedWidthInteger {
  static var nothing: Self { 0 }
  @inline(__always) func plus(_ other: Self) -> Self { self &+ other }
  @inline(__always) func times(_ other: Self) -> Self { self &* other }
  @inline(__always) var double: Double { Double(self) }
}

extension Int32: BlockSum {}
extension Int64: BlockSum {}

extension Double: BlockSum {
  fileprivate static var nothing: Double { 0 }
  @inline(__always) fileprivate func plus(_ other: Double) -> Double { self + other }
  @inline(__always) fileprivate func times(_ other: Double) -> Double { self * other }
  @inline(__always) fileprivate var double: Double { self }
}

/// A sample, and the number that it is for sums.
private protocol ComparedSample: BitwiseCopyable {
  associatedtype Total: BlockSum

  /// Whether samples are whole numbers.
  static var isWhole: Bool { get }
  var number: Total { get }
  /// Whether sums would be no number, though the other sample is the same.
  func spoilsSums(beside other: Self) -> Bool
}

extension ComparedSample where Self: FixedWidthInteger {
  static var isWhole: Bool { true }
  @inline(__always) func spoilsSums(beside other: Self) -> Bool { false }
}

extension UInt8: ComparedSample {
  @inline(__always) fileprivate var number: Int32 { Int32(self) }
}

extension UInt16: ComparedSample {
  @inline(__always) fileprivate var number: Int64 { Int64(self) }
}

extension Int32: ComparedSample {
  @inline(__always) fileprivate var number: Double { Double(self) }
}

extension Float: ComparedSample {
  fileprivate static var isWhole: Bool { false }
  @inline(__always) fileprivate var number: Double { Double(self) }
  @inline(__always) fileprivate func spoilsSums(beside other: Float) -> Bool {
    !isFinite && error(of: self, other) == 0
  }
}

extension Double: ComparedSample {
  fileprivate static var isWhole: Bool { false }
  @inline(__always) fileprivate var number: Double { self }
  @inline(__always) fileprivate func spoilsSums(beside other: Double) -> Bool {
    !isFinite && error(of: self, other) == 0
  }
}

extension MutableRawSpan {
  /// Puts the sums of each block of 4x4 samples here, for each band: of a, of b, of a² + b², of ab.
  ///
  /// - Parameters:
  ///   - a: four plain rows, and `b` four of the other image.
  ///   - count: the blocks in a row.
  /// - Precondition: the rows hold the blocks, the span their sums.
  @inline(__always)
  fileprivate mutating func addBlocks<Sample: ComparedSample>(
    _ a: RawSpan, _ b: RawSpan, count: Int, bandCount: Int, as: Sample.Type
  ) {
    typealias Sum = Sample.Total
    let rowByteCount = a.byteCount / 4
    precondition(b.byteCount == a.byteCount && bandCount <= 4)
    precondition(4 * count * bandCount * MemoryLayout<Sample>.stride <= rowByteCount)
    precondition(count * bandCount * MemoryLayout<BlockSums<Sum>>.stride <= byteCount)
    // Rows are added up first, whatever their bands are, in pieces that stay close.
    let piece = 64
    var ones = InlineArray<1024, Sum>(repeating: .nothing)
    var (others, squares, products) = (ones, ones, ones)
    let done = Sample.self == UInt8.self ? addByteBlocks(a, b, count: count, bandCount) : 0
    for first in stride(from: done, to: count, by: piece) {
      let blocks = min(piece, count - first)
      let start = first * 4 * bandCount
      unsafe a.withUnsafeBytes { a in
        unsafe b.withUnsafeBytes { b in
          guard let a = a.baseAddress, let b = b.baseAddress else { return }
          for index in 0..<blocks &* 4 &* bandCount {
            var sums = BlockSums<Sum>()
            for row in 0..<4 {
              let offset =
                row &* rowByteCount &+ (start &+ index) &* MemoryLayout<Sample>.stride
              let one = unsafe a.loadUnaligned(fromByteOffset: offset, as: Sample.self)
              let other = unsafe b.loadUnaligned(fromByteOffset: offset, as: Sample.self)
              if one.spoilsSums(beside: other) { continue }
              let (x, y) = (one.number, other.number)
              sums =
                sums
                + BlockSums(
                  first: x, second: y, squares: x.times(x).plus(y.times(y)), products: x.times(y))
            }
            unsafe ones[unchecked: index] = sums.first
            unsafe others[unchecked: index] = sums.second
            unsafe squares[unchecked: index] = sums.squares
            unsafe products[unchecked: index] = sums.products
          }
        }
      }
      unsafe withUnsafeMutableBytes { memory in
        guard let memory = memory.baseAddress else { return }
        for band in 0..<bandCount {
          for block in 0..<blocks {
            var sums = BlockSums<Sum>()
            for column in 0..<4 {
              let place = (block &* 4 &+ column) &* bandCount &+ band
              sums =
                unsafe sums
                + BlockSums(
                  first: ones[unchecked: place], second: others[unchecked: place],
                  squares: squares[unchecked: place], products: products[unchecked: place])
            }
            let place = (first &+ block) &* bandCount &+ band
            unsafe memory.storeBytes(
              of: sums, toByteOffset: place &* MemoryLayout<BlockSums<Sum>>.stride,
              as: BlockSums<Sum>.self)
          }
        }
      }
    }
  }
}

extension MutableRawSpan {
  /// The same for bytes, as far as instructions of the processor make short work of them.
  ///
  /// - Returns: how many blocks are done.
  /// - Precondition: as there.
  private mutating func addByteBlocks(
    _ a: RawSpan, _ b: RawSpan, count: Int, _ bandCount: Int
  ) -> Int {
    unsafe withUnsafeMutableBytes { memory in
      unsafe a.withUnsafeBytes { one in
        unsafe b.withUnsafeBytes { other in
          unsafe imgtool_byte_blocks(
            imgtool_processor_road(), one.baseAddress, other.baseAddress, a.byteCount / 4, count,
            bandCount, memory.baseAddress?.assumingMemoryBound(to: imgtool_block_sums.self))
        }
      }
    }
  }
}

extension RawSpan {
  /// Calls `body` with the sums of the windows of two rows of blocks, of which `by` bands alternate.
  ///
  /// - Precondition: both spans hold the blocks.
  @inline(__always)
  fileprivate func forEachWindow<Sum: BlockSum>(
    with other: RawSpan, from band: Int, by bandCount: Int, count: Int, as: Sum.Type,
    _ body: (BlockSums<Double>) -> Void
  ) {
    var last = BlockSums<Double>()
    var isFirst = true
    forEachPair(
      from: band, by: bandCount, count: (count + 1) * bandCount, with: other
    ) { (above: BlockSums<Sum>, below: BlockSums<Sum>) in
      let sums = (above + below).doubles
      if !isFirst { body(last + sums) }
      isFirst = false
      last = sums
    }
  }
}
