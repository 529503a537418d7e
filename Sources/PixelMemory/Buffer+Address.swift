extension Buffer {
  /// Where the first byte stands in this process, for others to share it: an array of another
  /// library on the same bytes.
  ///
  /// Valid while the buffer lives. This library itself goes through the doors.
  @unsafe public var address: UnsafeMutableRawPointer { unsafe base }
}
