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

  /// What a header says, in a format whose frames share it.
  private let contents = Locked<(any Sendable)?>(nil)

  package init() {}

  /// What the first reading of a header has found.
  ///
  /// - Parameter read: reads it, always as the same type.
  func contents<Contents: Sendable, Failure: Error>(
    _ read: () throws(Failure) -> Contents
  ) throws(Failure) -> Contents {
    try contents.withLock { contents throws(Failure) in
      if let contents = contents as? Contents { return contents }
      let found = try read()
      contents = found
      return found
    }
  }

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

  /// What a header says that all frames share; it is read once where there is an index.
  func contents<Contents: Sendable>(
    _ read: () throws(FormatError) -> Contents
  ) throws(FormatError) -> Contents {
    if let index { return try index.contents(read) }
    return try read()
  }
}
