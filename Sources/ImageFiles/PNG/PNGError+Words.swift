extension PNGError {
  /// What was found, for a line that begins with the file's name.
  package var words: String {
    switch self {
    case .library(.end, let message), .library(.header, let message):
      "damaged png file: \(message)"
    case .library(.rows, let message): "damaged png file: \(message), in the rows"
    case .truncated(.header): "damaged png file: it ends before the first row"
    case .truncated(.rows): "damaged png file: it ends before the last row"
    case .truncated(.end): "damaged png file: it ends without IEND"
    case .invalidHeader(let reason): "png: \(reason)"
    case .tooLarge(let byteCount, let limit):
      "damaged png file: its header tells of \(byteCount) bytes of rows, "
        + "and as short as it is, it holds at most \(limit)"
    case .deflate(let library, let code): "png: \(library) failed with \(code)"
    case .outOfMemory(let byteCount): "png: no memory for \(byteCount) bytes"
    }
  }
}
