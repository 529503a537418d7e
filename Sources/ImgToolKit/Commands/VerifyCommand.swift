import ImageFiles
import PixelMemory
import PixelViews

extension Command {
  static let verify = Command(
    "verify", "SOURCE LAYOUT... [--save OUT]...", "prove that sharing survives save",
    operands: 1...1, groups: [.layout, .mapping, .verify],
    examples: [
      Example(
        "imgtool verify raw.bin --size 1x1 --mode L",
        "every format, with a second process as the writer"),
      Example(
        "imgtool verify raw.bin --size 1x1 --mode L --emulate copy-on-save",
        "see that verify can fail (exit 1)"),
    ]
  ) { invocation, console throws(ToolError) in
    var invocation = invocation
    invocation.layout.access = .readWrite
    let path = invocation.operands[0]
    guard path != "-" else {
      throw ToolError("verify needs a file that a second process can open, not standard input")
    }
    let targets = try VerifyTarget.resolve(invocation)
    try checkShares(path, invocation)
    // The source has been told of; what is opened from here on are copies of it.
    invocation.report.verbose = false
    if invocation.verify.inPlace {
      return try report(
        Verification(path: path, name: path, invocation, targets, console), invocation, console)
    }
    let scratch = try ScratchCopy(of: path)
    do throws(ToolError) {
      return try report(
        Verification(path: scratch.path, name: path, invocation, targets, console), invocation,
        console)
    } catch { throw error.calling(scratch.path, path) }
  }

  /// Refuses a source that no image can share, or is known to, under its own name and not that of its
  /// copy.
  private static func checkShares(
    _ path: String, _ invocation: Invocation
  ) throws(ToolError) {
    var invocation = invocation
    invocation.layout.access = .readOnly
    var source = try Source.any(path, invocation)
    if let reason = source.copyReason {
      throw ToolError(
        "\(path): \(reason), so there are no rows that the file and an image share, and nothing to "
          + "verify; save it in an uncompressed format (bmp, ppm, npy, tiff …) or raw, and verify that"
      )
    }
    if invocation.verify.inPlace {
      // Another layer of an overlay may be the file then, and it is the one that is verified.
      invocation.layout.access = .readWrite
      source = try Source.any(path, invocation)
    }
    let image = source.image
    let sharing: Sharing
    do throws(MemoryError) { sharing = try image.buffer.sharing(in: image.byteRange) } catch {
      throw ToolError(error, name: path)
    }
    var reason = sharing.reason
    if reason == nil, PrivateMemory.current() == nil {
      reason =
        "whether a save takes private memory cannot be known: it is counted in /proc/self/status, "
        + "which is not there; mount /proc"
    }
    if let reason { throw ToolError("\(path): \(reason)", status: .answerIsNo) }
  }

  private static func report(
    _ verification: consuming Verification, _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    try verification.run()
    if invocation.report.json { try console.answer(verification.json.text) }
    return verification.isShared ? .done : .answerIsNo
  }
}

/// A file that verify saves to.
struct VerifyTarget: Sendable {
  let format: FileFormat
  /// Where to save; `nil` for a scratch file.
  let path: String?

  /// The saves that were asked for, or one in each format.
  static func resolve(_ invocation: Invocation) throws(ToolError) -> [VerifyTarget] {
    guard invocation.verify.saves.isEmpty else {
      var targets: [VerifyTarget] = []
      for path in invocation.verify.saves {
        guard path != "-", FileFormat.forPath(path) != nil else {
          throw ToolError(
            "--save \(path): verify takes the format from the suffix, which is one of "
              + FileFormat.all.flatMap(\.suffixes).joined(separator: " "))
        }
        let plan = try Session.plan(
          path, settings: Session.SaveSettings(), mode: .gray, threads: 1)
        targets.append(VerifyTarget(format: plan.format, path: path))
      }
      return targets
    }
    return FileFormat.all.map { VerifyTarget(format: $0, path: nil) }
  }
}

extension ToolError {
  /// The same error, with another name for the file that it begins with.
  fileprivate func calling(_ hidden: String, _ name: String) -> ToolError {
    guard message.hasPrefix(hidden) else { return self }
    return ToolError(name + message.dropFirst(hidden.count), status: status)
  }
}

/// A private name beside a file that goes away with this value.
struct ScratchCopy: ~Copyable {
  let path: String

  /// Copies a file, so that the proof leaves the original alone.
  init(of source: String) throws(ToolError) {
    let copy = ScratchCopy.name(beside: source, "copy")
    let buffer: Buffer
    do throws(MemoryError) { buffer = try Buffer(mapping: source, access: .readOnly) } catch {
      throw ToolError(error, name: source)
    }
    do throws(OutputError) {
      var output = try OutputFile(try SaveTarget.resolve(copy), reserving: buffer.byteCount)
      try output.copy(from: buffer, offset: 0, byteCount: buffer.byteCount)
      try output.commit(durable: false, checking: [buffer])
    } catch {
      let words = ToolError(error).calling(copy, "the copy").message
      throw ToolError(
        "\(source): verify works on a copy beside it, which could not be made: \(words); --in-place "
          + "works on the file itself and leaves it as it was")
    }
    path = copy
  }

  /// Only a name; a save makes the file.
  init(beside source: String, suffix: String) {
    path = ScratchCopy.name(beside: source, "save") + suffix
  }

  private static func name(beside source: String, _ what: String) -> String {
    let directory = source.utf8.lastIndex(of: UInt8(ascii: "/")).map { source[...$0] } ?? ""
    return "\(directory).imgtool-\(Syscalls.processID)-\(Syscalls.randomBits() % 1_000_000)-\(what)"
  }

  deinit { _ = try? Syscalls.unlink(path) }
}
