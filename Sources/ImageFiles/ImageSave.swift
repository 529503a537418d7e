import PixelMemory
import PixelViews

/// A save of an image under a format, and the choices for it.
package struct ImageSave: Sendable {
  package let format: FileFormat
  package var options = FileFormat.EncodeOptions()
  /// Whether the mapped file may lose its name to the new one.
  package var replacesMapped = false
  /// Whether the save waits for the disk.
  package var isDurable = false

  /// What became of a save.
  package struct Outcome: Sendable {
    package var byteCount = 0
    package var bytesCopied = 0
    /// The image already was this file; nothing was copied.
    package var wasFlushed = false
    package var isLossy = false
    /// What a user should know, a sentence each.
    package var notes: [String] = []

    package init() {}
  }

  package init(_ format: FileFormat) { self.format = format }

  /// Writes the file; it appears whole or not at all.
  package func run(_ image: Image, to target: SaveTarget) throws(FormatError) -> Outcome {
    let ready = try format.prepare(image)
    let keepsIndices = format.honorsRawmode || format.name == "npy"
    if ready.mode.isIndexed, ready.palette == nil, !keepsIndices {
      throw .view(.paletteMissing(mode: ready.mode))
    }
    switch format.encoding {
    case .plain(let layOut):
      let file = try layOut(ready, options)
      var outcome = Outcome()
      if !file.lossy.isEmpty {
        outcome.isLossy = true
        outcome.notes.append("not in the file: \(file.lossy.joined(separator: ", "))")
      }
      if try isAlready(file, ready, image, target) { return try flush(image, outcome) }
      var output = try open(target, reserving: file.byteCount)
      try file.write(ready, to: &output, threads: options.threads)
      return try commit(output, image, outcome)
    case .stream(let encode):
      var output = try open(target, reserving: nil)
      try encode(ready, options, &output)
      return try commit(output, image, Outcome())
    }
  }

  /// Whether the target is the mapped file, and would be the same after the save.
  private func isAlready(
    _ file: PlainFile, _ ready: Image, _ image: Image, _ target: SaveTarget
  ) throws(FormatError) -> Bool {
    guard case .file(_, let identity) = image.buffer.origin, target.identity == identity,
      try file.isAlready(ready)
    else { return false }
    guard image.buffer.access == .copyOnWrite else { return true }
    do throws(MemoryError) {
      return try image.buffer.detachedPages(in: image.byteRange).isEmpty
    } catch { throw .memory(error) }
  }

  private func flush(_ image: Image, _ outcome: Outcome) throws(FormatError) -> Outcome {
    do throws(MemoryError) { try image.buffer.flush() } catch { throw .memory(error) }
    var outcome = outcome
    outcome.wasFlushed = true
    outcome.byteCount = image.buffer.byteCount
    return outcome
  }

  private func open(
    _ target: SaveTarget, reserving byteCount: Int?
  ) throws(FormatError) -> OutputFile {
    do throws(OutputError) {
      return try OutputFile(target, reserving: byteCount, replacingMapped: replacesMapped)
    } catch { throw .output(error) }
  }

  private func commit(
    _ output: consuming OutputFile, _ image: Image, _ outcome: Outcome
  ) throws(FormatError) -> Outcome {
    let saved: SavedFile
    do throws(OutputError) {
      saved = try output.commit(durable: isDurable, checking: [image.buffer])
    } catch { throw .output(error) }
    var outcome = outcome
    outcome.byteCount = saved.byteCount
    outcome.bytesCopied = saved.bytesCopied
    if case .file(_, let identity) = image.buffer.origin, saved.replaced == identity {
      outcome.notes.append("the new file has taken the name; the image is tied to it no more")
    }
    if saved.brokeHardLink {
      outcome.notes.append("the old file has other names, which keep the old bytes")
    }
    outcome.notes += saved.lostMetadata.map { "\($0) could not be kept" }
    return outcome
  }
}
