import PixelMemory

/// Files of frames in a row, as they come and go through pipes.
extension FileFormat {
  /// Cuts a stream into files of one frame each.
  package struct Cutter: Sendable {
    /// The bytes of a frame, without what stands before it.
    package let byteCount: Int
    /// Reads what stands before the next frame, which the file of it begins with; `nil` at the end.
    package let head: @Sendable (inout PipeReader) throws(FormatError) -> [UInt8]?

    package init(
      byteCount: Int,
      head: @escaping @Sendable (inout PipeReader) throws(FormatError) -> [UInt8]?
    ) {
      self.byteCount = byteCount
      self.head = head
    }
  }

  /// How the files of frames become one stream.
  package enum Joining: Sendable {
    /// A reader takes the first file and no other.
    case none
    /// One file after the other.
    case files
    /// The first line of the first one stands for all.
    case afterFirstLine
  }
}
