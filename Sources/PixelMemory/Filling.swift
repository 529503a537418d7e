/// Who makes the bytes of a buffer, from the first one on.
package protocol ByteMaker: AnyObject {
  /// Goes back to the first byte.
  func restart()

  /// Makes the next bytes.
  ///
  /// - Returns: how many of the scratch's bytes they are, one at least.
  func next(into scratch: inout Scratch) throws(MemoryError) -> Int
}

/// How far the bytes of a buffer were made, and which of them are still there.
///
/// They are made when they are first asked for, and given back a while behind whoever asks: an image that is
/// read from its first row to its last takes as much memory as a part of it. Whoever goes back to the first
/// byte has all made again; whoever goes back elsewhere, or stores, gets memory for all of them.
final class Filling: @unchecked Sendable {
  private let gate = Gate()
  private let maker: any ByteMaker
  private var scratch = Scratch()
  /// Bytes from `start` to `end` are there.
  private var start = 0, end = 0
  private var keepsAll = false
  /// Why bytes could not be made. Sticky: a maker that failed is asked for nothing more.
  private var failure: MemoryError?
  /// What is copied out at the moment.
  private var readers: [Range<Int>] = []

  /// How much stays behind the last byte that was made.
  private static let keptByteCount = 64 << 20
  /// The least that is given back at once.
  private static let pieceByteCount = 8 << 20

  init(_ maker: any ByteMaker) { self.maker = maker }

  /// Makes the bytes of a range, and keeps them until ``finish(_:giveBack:)``.
  ///
  /// - Parameter store: puts made bytes to an offset.
  func begin(
    _ range: Range<Int>, isEdit: Bool, store: (RawSpan, Int) -> Void
  ) throws(MemoryError) {
    gate.lock()
    defer { gate.unlock() }
    if let failure { throw failure }
    if isEdit { keepsAll = true }
    if range.lowerBound < start || isEdit && start > 0 {
      keepsAll = keepsAll || range.lowerBound > 0
      maker.restart()
      (start, end) = (0, 0)
    }
    while end < range.upperBound {
      try Interruption.check()
      let count: Int
      do { count = try maker.next(into: &scratch) } catch {
        failure = error
        throw error
      }
      store(scratch.bytes.extracting(first: count), end)
      end += count
    }
    readers.append(range)
  }

  /// Lets go of a range.
  ///
  /// - Parameter giveBack: takes whole pages that are not needed any more.
  func finish(_ range: Range<Int>, giveBack: (Range<Int>) -> Void) {
    gate.lock()
    defer { gate.unlock() }
    if let index = readers.firstIndex(of: range) { readers.remove(at: index) }
    if keepsAll { return }
    let needed = readers.reduce(end - Self.keptByteCount) { min($0, $1.lowerBound) }
    let limit = needed - needed % Syscalls.pageByteCount
    guard limit - start >= Self.pieceByteCount else { return }
    giveBack(start..<limit)
    start = limit
  }
}
