extension Buffer {
  /// Where another buffer's bytes stand in this one, when a store into this one can change them:
  /// two views of one memory, or two mappings of one file, by whatever names it was opened.
  ///
  /// - Returns: the bytes from this buffer's start to the other's; `nil` when no store into this one
  ///   reaches the other.
  package func distance(to other: Buffer) -> Int? {
    if other === self { return 0 }
    // Stores under `copyOnWrite` do not reach the file, nor another mapping of it.
    if access == .readWrite, case .file(_, let identity) = origin,
      case .file(_, identity) = other.origin
    {
      return other.fileOffset - fileOffset
    }
    let distance = start.distance(to: other.start)
    return distance < byteCount && -distance < other.byteCount ? distance : nil
  }
}
