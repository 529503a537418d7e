import ImageFiles
import PixelMemory
import PixelViews

/// The proof: an independent process and an image on one file, with saves in between.
struct Verification: ~Copyable {
  private let name: String
  private let emulatesCopyOnSave: Bool
  private let targets: [VerifyTarget]
  private let console: Console
  private let isJSON: Bool
  /// What the user was told of the source.
  private let notes: [String]
  private let threads: Int
  /// The image of the file; each target starts from it.
  private let shared: Image
  private var image: Image
  private let peer: Peer
  /// What the file is given back, where it is not a copy.
  private let kept: KeptBytes?
  private let opening: OpenOptions
  private let copy: UnnamedFile?
  private var results: [Result] = []
  private var turn = 0

  /// What became of one format.
  struct Result: Sendable {
    var format: String
    var failure: String?
    var skipped: String?
    var detachedPages = 0
    var privateGrowth = 0
  }

  /// - Parameters:
  ///   - name: the source.
  ///   - file: the file with its pixels, which is worked on itself unless there is a copy of it.
  ///   - copy: the copy, which lives as long as the process has it open.
  init(
    _ name: String, file: String, copy: UnnamedFile?, _ opening: OpenOptions,
    _ options: VerifyOptions, _ targets: [VerifyTarget], threads: Int, isJSON: Bool,
    notes: [String], _ console: Console
  ) throws(ToolError) {
    let kept = copy == nil ? try KeptBytes(of: file, console) : nil
    let image = try Source.any(name, opening, copy: copy?.path).image
    try kept?.keep(Verification.ranges(of: image, targetCount: targets.count), of: image.buffer)
    let peer = try Peer(copy?.pathForOthers ?? file)
    kept?.expectWrites(of: peer.processID)
    shared = image
    self.image = image
    self.peer = peer
    self.kept = kept
    self.opening = opening
    self.copy = copy
    self.name = name
    self.targets = targets
    self.console = console
    self.threads = threads
    self.isJSON = isJSON
    self.notes = notes
    emulatesCopyOnSave = options.emulatesCopyOnSave
  }

  var isShared: Bool { !results.contains { $0.failure != nil } }

  /// Proves it for each target, and puts back what was changed.
  mutating func run() throws(ToolError) {
    var failure: ToolError?
    do throws(ToolError) {
      for target in targets { try verify(target) }
    } catch { failure = error }
    do throws(ToolError) { try kept?.putBack() } catch { failure = failure ?? error }
    if let failure { throw failure }
    guard !isJSON else { return }
    let proven = results.filter { $0.failure == nil && $0.skipped == nil }.count
    let skipped = results.filter { $0.skipped != nil }.map(\.format)
    let unfit = skipped.filter { FileFormat.named($0)?.isLossy != true }
    let broken = results.count - proven - skipped.count
    let formats = "\(proven) format\(proven == 1 ? "" : "s")"
    try console.answer(
      "\(name.withoutControls()): \(broken == 0 ? "shared" : "NOT shared"): \(formats) proven, "
        + "\(broken) broken"
        + (unfit.isEmpty
          ? "" : "; not for mode \(image.mode.name): \(unfit.joined(separator: " "))"))
  }

  private mutating func verify(_ target: VerifyTarget) throws(ToolError) {
    var result = Result(format: target.format.name)
    image = shared
    if target.format.isLossy {
      // No comparison would tell a torn picture from a lossy one.
      result.skipped = "is lossy, so a save changes pixels"
      if let path = target.path {
        throw ToolError(
          "\(path): \(result.format) is lossy: a save changes pixels, so sharing cannot "
            + "be proven by it")
      }
      if !isJSON {
        try console.answer("  \(result.format): not proven: it is lossy, and a save changes pixels")
      }
      results.append(result)
      return
    }
    do throws(FormatError) {
      let ready = try target.format.prepare(image)
      if ready.mode.isIndexed, ready.palette == nil, target.format.hasHeader {
        throw FormatError.cannotHold(format: target.format.name, ready.format)
      }
    } catch {
      if target.path != nil { throw ToolError(error, name: target.path ?? name) }
      result.skipped = "cannot hold mode \(image.mode.name)"
      results.append(result)
      return
    }
    do throws(ToolError) {
      try writerIsSeen("before the save")
      try save(target, &result)
      try writerIsSeen("after the save")
      try editIsSeen()
      try save(target, &result)
      try writerIsSeen("after the second save")
    } catch {
      guard error.status == .answerIsNo else { throw error }
      result.failure = error.message
      // What broke says more than what was not tried.
      result.skipped = nil
    }
    if !isJSON {
      let words =
        result.failure.map { "FAILED: \($0)" } ?? result.skipped.map { "not proven: it \($0)" }
        ?? "shared through 2 saves, \(result.detachedPages) pages detached, private memory +\(result.privateGrowth / 1024) KiB"
      try console.answer("  \(result.format): \(words)")
    }
    results.append(result)
  }

  /// The pixel to work on at a turn: another one each time, spread over the image.
  private static func pixel(turn: Int, of image: Image) -> (x: Int, y: Int) {
    let index = (turn &* 7919) % (image.width * image.height)
    return (index % image.width, index / image.width)
  }

  private mutating func nextPixel() -> (x: Int, y: Int) {
    turn += 1
    return Verification.pixel(turn: turn, of: image)
  }

  /// All bytes that the turns of a proof change.
  private static func ranges(of image: Image, targetCount: Int) -> [Range<Int>] {
    (1...max(1, targetCount * turnsPerTarget)).flatMap { turn in
      let spot = pixel(turn: turn, of: image)
      return image.layout.byteRanges(x: spot.x, y: spot.y)
        + [bytes(behind: spot, of: image)]
    }.coalesced()
  }

  /// How often a byte is changed for one target: what ``verify(_:)`` does.
  private static let turnsPerTarget = 4

  /// The bytes behind the first sample of a pixel.
  private static func bytes(behind pixel: (x: Int, y: Int), of image: Image) -> Range<Int> {
    let start = image.layout.byteOffset(x: pixel.x, y: pixel.y)
    return start..<start + max(1, image.layout.fields[0].storedBitCount.inBytesRoundedUp)
  }

  /// The other process changes a pixel; the image must show it.
  private mutating func writerIsSeen(_ moment: String) throws(ToolError) {
    let spot = nextPixel()
    let range = Verification.bytes(behind: spot, of: image)
    let old = try peer.read(range.count, at: range.lowerBound)
    let before = try pixel(spot)
    // All bits of the first sample turn, so that every mode shows a difference; of a float, and of an
    // integer that is held as one, the last byte alone, so that it stays a number.
    var new = old.map { ~$0 }
    if image.format.type.isFloat {
      if case .word(_, bigEndian: true) = image.layout.fields[0].storage {
        new = Array(old.dropLast() + new.suffix(1))
      } else {
        new = Array(new.prefix(1) + old.dropFirst())
      }
    }
    try kept?.expect(new, at: image.buffer.fileOffset + range.lowerBound)
    try peer.write(new, at: range.lowerBound)
    let after = try pixel(spot)
    let seen = try bytes(range)
    guard before != after, seen == new else {
      throw ToolError(
        "\(moment), another process changed byte \(range.lowerBound) and the image does not show it",
        status: .answerIsNo)
    }
  }

  /// The image changes a pixel; the other process must read it.
  private mutating func editIsSeen() throws(ToolError) {
    // What a rawmode shows otherwise is edited, and looked at, as it is stored.
    let image = image.stored
    guard image.readOnlyReason == nil else { return }
    let spot = nextPixel()
    let range = Verification.bytes(behind: spot, of: image)
    let before = try peer.read(range.count, at: range.lowerBound)
    var value = try pixel(spot)
    let limits = image.range(band: 0)
    // Files of 64-bit integers may have a sign or none.
    let highest = limits.upperBound.isFinite ? min(limits.upperBound, 0x1p53) : 1
    value.samples[0] = value.samples[0] == highest ? 0 : highest
    try keepEdit(spot, value)
    do throws(ViewError) { try image.putFirst(of: value, x: spot.x, y: spot.y) } catch {
      throw ToolError(error, name: name)
    }
    let seen = try peer.read(range.count, at: range.lowerBound)
    let own = try bytes(range)
    guard seen == own, seen != before else {
      throw ToolError(
        "the image was edited at \(spot.x),\(spot.y), and another process does not read it",
        status: .answerIsNo)
    }
  }

  /// Keeps what an edit is going to write to the file: the same one on pages that are private.
  private func keepEdit(_ spot: (x: Int, y: Int), _ value: Pixel) throws(ToolError) {
    guard let kept, image.buffer === shared.buffer else { return }
    let edited = try Source.any(name, opening.with(access: .copyOnWrite)).image.stored
    do throws(ViewError) { try edited.putFirst(of: value, x: spot.x, y: spot.y) } catch {
      throw ToolError(error, name: name)
    }
    for range in edited.layout.byteRanges(x: spot.x, y: spot.y) {
      let bytes: [UInt8]
      do throws(MemoryError) { bytes = try edited.buffer.bytes(range) } catch {
        throw ToolError(error, name: name)
      }
      try kept.expect(bytes, at: edited.buffer.fileOffset + range.lowerBound)
    }
  }

  private func bytes(_ range: Range<Int>) throws(ToolError) -> [UInt8] {
    do throws(MemoryError) { return try image.buffer.bytes(range) } catch {
      throw ToolError(error, name: name)
    }
  }

  private func pixel(_ spot: (x: Int, y: Int)) throws(ToolError) -> Pixel {
    let image = image.stored
    do throws(ViewError) { return try image.pixel(x: spot.x, y: spot.y) } catch {
      throw ToolError(error, name: name)
    }
  }

  /// Saves, and compares the decoded file with the buffer at that moment.
  private mutating func save(_ target: VerifyTarget, _ result: inout Result) throws(ToolError) {
    let privateBefore = PrivateMemory.current()?.byteCount ?? 0
    // A named one is saved as any file is; the others must not stay when the process is killed.
    let unnamed: UnnamedFile
    do throws(OutputError) {
      unnamed = try UnnamedFile(beside: name, for: image.byteRange.count)
    } catch {
      throw ToolError(error)
    }
    let place = target.path ?? unnamed.path
    let called = target.path ?? "the saved file\(target.format.suffixes.first ?? "")"
    if emulatesCopyOnSave {
      // What Pillow's `_ensure_mutable` did before 11.2.1: the image goes on with a copy.
      let (tied, threads) = (image, threads)
      do throws(ViewError) { image = try tied.copied(threads: threads) } catch {
        throw ToolError(error, name: name)
      }
    }
    let goal = try SavePlan.resolve(place)
    do throws(FormatError) {
      var save = ImageSave(target.format)
      save.options.threads = threads
      _ = try save.run(image, to: goal)
    } catch {
      if case .cannotHoldValue = error, target.path == nil {
        result.skipped = "cannot hold these numbers"
        return
      }
      throw ToolError(error, name: place).calling(place, called)
    }
    let growth = (PrivateMemory.current()?.byteCount ?? 0) - privateBefore
    result.privateGrowth = max(result.privateGrowth, growth)
    if case .file = image.buffer.origin {
      do throws(MemoryError) {
        result.detachedPages += try image.buffer.detachedPages(in: image.byteRange).count
      } catch { throw ToolError(error, name: name) }
      if result.detachedPages > 0 {
        throw ToolError(
          "the save detached \(result.detachedPages) pages of the mapping", status: .answerIsNo)
      }
    }
    let saved = try Source.saved(called, at: place, as: image, format: target.format)
    let isWidened = target.format.widened(image.format) == saved.image.format
    guard isWidened || saved.image.format.type == image.format.type else {
      result.skipped = "stores \(saved.image.format.type.rawValue) samples"
      return
    }
    let comparison = try Comparison.compare(
      image, saved.image, names: (name, target.path ?? "the saved file"), threads: threads)
    guard comparison.isSame else {
      throw ToolError("the saved file differs: \(comparison.text)", status: .answerIsNo)
    }
  }

  /// The report of the whole proof.
  var json: JSON {
    .record([
      "version": 1, "source": .string(name), "shared": .bool(isShared),
      "formats": .array(
        results.map { result in
          .record([
            "format": .string(result.format),
            "shared": result.skipped == nil ? .bool(result.failure == nil) : .null,
            "skipped": result.skipped.map(JSON.string) ?? .null,
            "failure": result.failure.map(JSON.string) ?? .null,
            "detachedPages": .integer(result.detachedPages),
            "privateGrowth": .integer(result.privateGrowth),
          ])
        }),
      "notes": .texts(notes), "exit": .integer(isShared ? 0 : 1),
    ])
  }
}

extension Image {
  /// Sets a pixel; the first band alone where pixels share samples of the others.
  fileprivate func putFirst(of pixel: Pixel, x: Int, y: Int) throws(ViewError) {
    if layout.shares.isEmpty { return try put(x: x, y: y, pixel) }
    try band(0).put(x: x, y: y, Pixel([pixel.samples[0]]))
  }
}
