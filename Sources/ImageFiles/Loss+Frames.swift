import PixelViews

extension Loss {
  /// Frames of a file that one of them does not show; `nil` where there are none.
  ///
  /// - Parameter format: the name of the file's format, which has frames or pages.
  package static func otherFrames(_ count: Int, format: String) -> Loss? {
    guard count > 0 else { return nil }
    let noun = format == "tiff" ? "page" : "frame"
    let words = count == 1 ? "other \(noun) is" : "other \(count) \(noun)s are"
    return Loss("other \(noun)s", description: "the \(words) not in the file")
  }

  /// Bytes after all that the format of a file accounts for; `nil` where there are none.
  package static func trailing(_ count: Int?) -> Loss? {
    guard let count, count > 0 else { return nil }
    let words = count == 1 ? "byte after the image is" : "\(count) bytes after the image are"
    return Loss("trailing bytes", description: "the \(words) not in the file")
  }
}
