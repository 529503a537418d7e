import PixelMemory

extension Image {
  /// Whether reading the image reads its file, or the memory of a caller, as it is now, and what
  /// stands between if it does not: the pages that edits made the process's own, another file under
  /// the name, or that the bytes are a copy.
  ///
  /// A view is shared as the image that it is a view of, computed pixels included, for the bytes that
  /// it spans; what was decoded and what was copied is not.
  ///
  /// - Throws: `truncated`, `deviceFault`.
  /// - Complexity: as `Buffer.detachedPages(in:)` for a mapped file, O(1) otherwise.
  public func sharing() throws(MemoryError) -> Sharing {
    if let copyReason { return .copy(reason: copyReason) }
    return try buffer.sharing(in: byteRange)
  }

  /// Whether pages of the image became the process's own.
  package func hasDetachedPages() throws(MemoryError) -> Bool {
    guard buffer.access == .copyOnWrite, buffer.hasPrivateEdits else { return false }
    do throws(MemoryError) { return try !buffer.detachedPages(in: byteRange).isEmpty } catch {
      // Where the kernel does not tell the pages, an edit counts for all of them.
      if case .system = error { return true }
      throw error
    }
  }

  /// Why bytes of the image are not those of its file any more; `nil` while all are there.
  ///
  /// - Throws: `system`.
  package func loss() throws(MemoryError) -> MemoryError? { try buffer.loss(of: byteRange) }

  /// The same pixels, which no edit reaches through this image.
  package var sealed: Image {
    guard buffer.access != .readOnly else { return self }
    return Image(
      buffer: Buffer(readingFrom: buffer), checked: layout, storedFormat: storedFormat,
      palette: palette, stages: stages, purpose: purpose, transport: transport, losses: losses,
      like: self)
  }

  /// The image, of which the bytes are known to be a copy; as it is for `nil`.
  package func copied(because reason: String?) -> Image {
    Image(
      buffer: buffer, checked: layout, storedFormat: storedFormat, palette: palette,
      stages: stages, purpose: reason ?? purpose, transport: transport, losses: losses,
      like: self)
  }

  /// Why the bytes are a copy and not those that somebody named, as a sentence without its period;
  /// `nil` when they are not.
  package var copyReason: String? { purpose ?? buffer.copyReason }
}
