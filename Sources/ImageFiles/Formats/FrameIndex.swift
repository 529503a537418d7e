import PixelMemory

/// Where the frames of a file start, for whoever describes the file once for each of them: in some
/// formats each frame leads to the next one, and the last of many is found by way of all.
package final class FrameIndex: Sendable {
  /// What one walk through a file finds.
  struct Walk: Sendable {
    /// Where each frame starts.
    var starts: [Int]
    /// Where the last one ends, in a format that can tell.
    var end: Int?
    /// The starts of frames that something is to be said of.
    var marked: Set<Int> = []
    /// Why the walk ended before the file did; `nil` where all frames were found.
    var failure: FormatError?
  }

  private let known = Locked<Walk?>(nil)

  package init() {}

  /// What the first walk has found.
  func walk<Failure: Error>(
    _ walk: () throws(Failure) -> Walk
  ) throws(Failure) -> Walk {
    try known.withLock { known throws(Failure) in
      if let known { return known }
      let found = try walk()
      known = found
      return found
    }
  }
}

extension FileFormat.DescribeOptions {
  /// What a walk through the file finds; the first one is remembered where there is an index.
  func walk(
    _ walk: () throws(FormatError) -> FrameIndex.Walk
  ) throws(FormatError) -> FrameIndex.Walk {
    if let index { return try index.walk(walk) }
    return try walk()
  }
}
