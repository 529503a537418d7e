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

  /// Whether a file that does not keep the pixels as they are is an error.
  package var refusesLoss = false

  /// The mapped file that the image came from, where an edit gave the image a buffer of its own.
  package var source: Buffer?

  /// What that file holds beside the image, and the new one does not.
  package var beside: [Loss] = []

  /// How many bytes of a header that rows follow are not written: those that a stream has already.
  package var leftOut: (@Sendable (_ header: [UInt8]) throws(FormatError) -> Int)?

  /// What became of a save.
  package struct Outcome: Sendable {
    package var byteCount = 0
    package var bytesCopied = 0
    /// The image already was this file; nothing was copied.
    package var wasFlushed = false
    /// What is not in the file, or was lost before it got there.
    package var lossy: [Loss] = []
    /// What of the pixels' numbers and the metadata is other than it was, so that the file shows and says
    /// the same, a sentence each.
    package var changes: [String] = []
    /// What the pixels were written as, where that is another kind with the same picture.
    package var widened: PixelFormat?
    /// The new file has taken the mapped one's name.
    package var untied = false
    /// Nobody could tell whether others in this process map the file that was replaced.
    package var mayHaveCutMaps = false
    /// The old file has other names, which keep its bytes.
    package var brokeHardLink = false
    /// The facts about the old file that the new one could not take.
    package var lostMetadata: [String] = []

    package init() {}

    /// What a user should know, a sentence each.
    package var notes: [String] { Loss.sentences(lossy) + remarks }

    /// The notes that are not about losses.
    package var remarks: [String] {
      var notes = changes
      if let widened {
        notes.append("written as \(widened.shortName), which shows the same pixels exactly")
      }
      if wasFlushed { notes.append("the image is this file; it was flushed, nothing was copied") }
      if untied {
        notes.append("the new file has taken this name; the image no longer follows it")
      }
      if mayHaveCutMaps {
        notes.append(
          "/proc does not say whether the process maps the old file; if so, that mapping no longer follows it"
        )
      }
      if brokeHardLink { notes.append("the old file has other names, which keep the old bytes") }
      return notes + lostMetadata.map { "\($0) could not be kept" }
    }
  }

  package init(_ format: FileFormat) { self.format = format }

  /// Writes the file; it appears whole or not at all.
  ///
  /// - Parameter permits: asked just before the file would appear.
  /// - Throws: ``FormatError/choiceOutOfRange(_:found:allowed:)`` before anything is opened; what
  ///   reading and writing throw.
  /// - Returns: what became of it, or `nil` when `permits` did not let it.
  package func run(
    _ image: Image, to target: SaveTarget,
    permittedBy permits: () throws(ViewError) -> Bool = { () throws(ViewError) in true }
  ) throws(FormatError) -> Outcome? {
    var others: ForeignMaps?
    var isUnknown = false
    do throws(ForeignMaps.Unknown) { others = try ForeignMaps(of: target, saving: image) } catch {
      isUnknown = true
    }
    let maps = others
    var outcome = try run(image, onto: target, maps, permits) {
      byteCount throws(OutputError) in
      if let maps, !replacesMapped || target.isStream, maps.areCut(by: image) {
        throw .mapped(target.path, target.identity, isStream: target.isStream)
      }
      return try OutputFile(target, reserving: byteCount, replacingMapped: replacesMapped)
    }
    outcome?.mayHaveCutMaps = isUnknown
    return outcome
  }

  /// Gives the bytes of the file to a function, on this thread. What it was given before an error is
  /// no file.
  package func run(
    _ image: Image, to writer: @escaping OutputFile.Writer
  ) throws(FormatError) -> Outcome {
    let open = { (_: Int?) throws(OutputError) in OutputFile(writingTo: writer) }
    // Nothing is asked for consent.
    let outcome = try run(
      image, onto: nil, nil, { () throws(ViewError) in true }, opening: open)
    return outcome ?? Outcome()
  }

  private func run(
    _ image: Image, onto target: SaveTarget?, _ maps: ForeignMaps?,
    _ permits: () throws(ViewError) -> Bool,
    opening: (_ byteCount: Int?) throws(OutputError) -> OutputFile
  ) throws(FormatError) -> Outcome? {
    do throws(FormatError) {
      return try write(image, onto: target, maps, permits, opening: opening)
    } catch {
      if case .view(let error) = error {
        throw .view(image.explained(error, threads: options.threads))
      }
      throw error
    }
  }

  private func write(
    _ image: Image, onto target: SaveTarget?, _ maps: ForeignMaps?,
    _ permits: () throws(ViewError) -> Bool,
    opening: (_ byteCount: Int?) throws(OutputError) -> OutputFile
  ) throws(FormatError) -> Outcome? {
    func open(reserving byteCount: Int?) throws(FormatError) -> OutputFile {
      do throws(OutputError) { return try opening(byteCount) } catch { throw .output(error) }
    }
    try options.check()
    let isNarrowed = format.narrows(image.format, options)
    let stored = try format.stored(image, options)
    let prepared =
      try isNarrowed
      ? format.narrowing(image) : format.prepare(stored.image, as: options.rawmode)
    let (ready, unplaced) = place(prepared)
    if ready.mode.isIndexed, ready.palette == nil, !format.keepsNumbers {
      throw .view(.paletteMissing(mode: ready.mode))
    }
    var outcome = Outcome()
    if isNarrowed {
      outcome.lossy = [.precision(bits: 8)]
    } else {
      outcome.widened = format.widened(image.format)
    }
    if !format.namesBands, let loss = ready.mode.unsaid(by: format.name) {
      outcome.lossy.append(loss)
    }
    if let loss = format.unsaidColor(of: ready) { outcome.lossy.append(loss) }
    switch format.encoding {
    case .plain(let layOut):
      var file = try layOut(ready, options)
      if let target, try isAlready(file, ready, image, target) {
        try flush(image, target, byteCount: file.byteCount, &outcome)
        return outcome
      }
      if let target, let maps, try maps.already(file, ready) {
        try flush(image, target, byteCount: file.byteCount, &outcome)
        return outcome
      }
      outcome.lossy += stored.lossy + beside + file.lossy + unplaced.map { Loss($0) }
      outcome.changes = stored.changes + file.changes + changes(of: image, in: ready)
      try check(outcome)
      if let leftOut { file = file.dropping(try leftOut(file.header)) }
      var output = try open(reserving: file.byteCount)
      outcome.lossy += try file.write(ready, to: &output, threads: options.threads)
      return try commit(output, image, maps, permits, &outcome) ? outcome : nil
    case .stream(let encode):
      if format.isLossy, refusesLoss { outcome.lossy.append(.approximation) }
      outcome.lossy += beside + (try format.unkept?(ready, options) ?? [])
      outcome.lossy += unplaced.map { Loss($0) }
      outcome.changes = changes(of: image, in: ready)
      try check(outcome)
      var output = try open(reserving: nil)
      try encode(ready, options, &output)
      return try commit(output, image, maps, permits, &outcome) ? outcome : nil
    case .none: throw .cannotHold(format: format.name, image.format)
    }
  }

  /// The image with the metadata that the format has places for, and the rest as nouns.
  private func place(_ image: Image) -> (image: Image, unplaced: [String]) {
    options.stripsMetadata ? (image.with(metadata: nil), []) : format.metadata.place(image)
  }

  /// What was changed of the Exif data, where these are in the file.
  private func changes(of image: Image, in ready: Image) -> [String] {
    ready.metadata?.chunk("eXIf") == nil ? [] : image.metadata?.changes ?? []
  }

  /// Looks whether a function may write an image to an open file: one that we map, or that the
  /// image's memory is a mapping of, would be overwritten while it is read.
  ///
  /// - Throws: `mapped`; `system` when the descriptor is not open.
  package static func check(
    _ descriptor: Int32, isUnmappedBy image: Image
  ) throws(OutputError) {
    let target = try SaveTarget.descriptor(descriptor, path: Syscalls.procPath(of: descriptor))
    try OutputFile.checkUnmapped(target.identity, path: target.path, isStream: true)
    // Where the list cannot be read, nothing is known of mappings that are not ours.
    if let maps = try? ForeignMaps(of: target, saving: image), maps.areCut(by: image) {
      throw .mapped(target.path, target.identity, isStream: true)
    }
  }

  /// Whether a save onto the file that an image is mapped from leaves it as it is, and only flushes it.
  ///
  /// - Throws: ``FormatError`` for an image that the format cannot hold.
  package func flushes(_ image: Image, onto target: SaveTarget) throws(FormatError) -> Bool {
    guard case .plain(let layOut) = format.encoding, !format.narrows(image.format, options) else {
      return false
    }
    let (ready, _) = place(try format.prepare(try format.stored(image, options).image))
    return try isAlready(try layOut(ready, options), ready, image, target)
  }

  /// Whether the target is the mapped file, and would be the same after the save.
  private func isAlready(
    _ file: PlainFile, _ ready: Image, _ image: Image, _ target: SaveTarget
  ) throws(FormatError) -> Bool {
    guard let identity = image.buffer.identity, target.identity == identity,
      target.position == image.buffer.fileOffset, try file.isAlready(ready)
    else { return false }
    do throws(MemoryError) { return try !image.hasDetachedPages() } catch { throw .memory(error) }
  }

  private func flush(
    _ image: Image, _ target: SaveTarget, byteCount: Int, _ outcome: inout Outcome
  ) throws(FormatError) {
    do throws(MemoryError) {
      if image.buffer.access == .readWrite { try image.buffer.flush(image.byteRange) }
    } catch { throw .memory(error) }
    if case .stream(let descriptor?, _) = target.kind {
      // The next writer writes after the image.
      do throws(SystemError) { try Syscalls.skip(descriptor, byteCount: byteCount) } catch {
        throw .output(OutputError(error, path: target.path))
      }
    }
    outcome.wasFlushed = true
    outcome.byteCount = byteCount
  }

  /// - Throws: ``FormatError/lossy(_:)`` where a loss is an error.
  private func check(_ outcome: Outcome) throws(FormatError) {
    if refusesLoss, !outcome.lossy.isEmpty { throw .lossy(outcome.lossy) }
  }

  private func commit(
    _ output: consuming OutputFile, _ image: Image, _ maps: ForeignMaps?,
    _ permits: () throws(ViewError) -> Bool, _ outcome: inout Outcome
  ) throws(FormatError) -> Bool {
    outcome.lossy += image.takeLosses()
    try check(outcome)
    do throws(ViewError) {
      guard try permits() else { return false }
    } catch { throw .view(error) }
    let saved: SavedFile
    do throws(OutputError) {
      saved = try output.commit(durable: isDurable, checking: [image.buffer])
    } catch { throw .output(error) }
    outcome.byteCount = saved.byteCount
    outcome.bytesCopied = saved.bytesCopied
    let mapped = (source ?? image.buffer).identity ?? maps?.identity(of: image)
    outcome.untied = mapped != nil && saved.replaced == mapped
    outcome.brokeHardLink = saved.brokeHardLink
    outcome.lostMetadata = saved.lostMetadata
    return true
  }
}

extension Buffer {
  /// The file that is mapped.
  package var identity: FileIdentity? {
    if case .file(_, let identity) = origin { identity } else { nil }
  }
}

extension PixelFormat {
  /// The mode, and the width of its samples where that is not the natural one, as rawmodes have it.
  package var shortName: String {
    type == mode.naturalType ? mode.name : "\(mode.name);\(type.bitCount)"
  }
}
