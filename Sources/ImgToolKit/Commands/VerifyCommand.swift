import ImageFiles
import PixelMemory
import PixelViews

/// The options of `verify`.
struct VerifyOptions: CommandOptions {
  /// `--save`, in order.
  var saves: [String] = []
  var inPlace = false
  /// `--emulate copy-on-save`.
  var emulatesCopyOnSave = false
}

extension Command {
  static let verify = Command(
    "verify", "SOURCE LAYOUT... [--save OUT]...", "prove that saving does not break sharing",
    for: .comparing, operands: 1...1, groups: [.layout, .mapping, .losses],
    own: [
      .own(
        "--save", "OUT", "save here instead of to a scratch file of each format",
        details: .init(
          """
          May be given several times. The suffix decides the format.
          """, example: "--save out.png"), choices: .file,
        repeats: true
      ) { (options: inout VerifyOptions, text) in options.saves.append(text) },
      .own(
        "--in-place", nil, "work on the file itself and leave it as it was",
        details: """
          Without it, a scratch copy beside the source is used. The bytes are restored at \
          the end.
          """
      ) {
        (options: inout VerifyOptions, _) in options.inPlace = true
      },
      .own(
        "--emulate", "copy-on-save", "break sharing on purpose, to watch the check fail",
        details: .init(
          """
          It behaves as Pillow did before 11.2.1: the first save detaches the image. \
          verify then names the step that failed and exits 1.
          """, example: "--emulate copy-on-save"),
        choices: .names(["copy-on-save"])
      ) { (options: inout VerifyOptions, text) throws(ToolError) in
        guard text == "copy-on-save" else {
          throw ToolError("--emulate is \(Values.quoted(text)); copy-on-save is expected")
        }
        options.emulatesCopyOnSave = true
      },
    ],
    examples: [
      Example(
        "imgtool verify raw.bin --size 1x1 --mode L",
        "check every format, with a second process as the writer"),
      Example(
        "imgtool verify raw.bin --size 1x1 --mode L --emulate copy-on-save",
        "watch verify fail (exit 1)"),
    ]
  ) { invocation, console throws(ToolError) in
    let options = invocation.own(VerifyOptions.self)
    let opening = invocation.opening.with(access: .readWrite)
    let path = invocation.operands[0]
    guard path != "-" else {
      throw ToolError("verify needs a file that a second process can open, not standard input")
    }
    let targets = try VerifyTarget.resolve(options)
    let (file, notes) = try checkShares(
      path, opening, options, invocation.opening.threadCount, console)
    if !options.inPlace, let notice = KeptBytes.notice(of: file) { console.note(notice) }
    let copy = options.inPlace ? nil : try copy(of: file)
    do throws(ToolError) {
      var verification = try Verification(
        path, file: file, copy: copy, opening, options, targets,
        threads: invocation.opening.threadCount, isJSON: invocation.report.json, notes: notes,
        console)
      try verification.run()
      if invocation.report.json { try console.answer(verification.json.text) }
      return verification.isShared ? .done : .answerIsNo
    } catch {
      guard let copy else { throw error }
      throw error.calling(copy.path, path).calling(copy.pathForOthers, path)
    }
  }

  /// Refuses a source that no image can share, or is known to, under its own name and not that of its
  /// copy.
  ///
  /// - Returns: the path of the file with the pixels, and the notes, those of its pixels among them: the
  ///   proof sets bits itself.
  private static func checkShares(
    _ path: String, _ opening: OpenOptions, _ options: VerifyOptions, _ threads: Int,
    _ console: Console
  ) throws(ToolError) -> (file: String, notes: [String]) {
    var source = try Source.any(path, opening.with(access: .readOnly))
    var notes = try console.introduce(source)
    if let reason = source.copyReason {
      throw ToolError(
        "\(path): \(reason), so there are no rows that the file and an image share, and nothing to "
          + "verify; save it in an uncompressed format (bmp, ppm, npy, tiff …) or raw, and verify that"
      )
    }
    do throws(ViewError) { try source.image.forEachTile(threads: threads) { _, _, _ in } } catch {
      throw ToolError(error, name: path)
    }
    notes += try console.tellLosses(of: source)
    // Another layer of an overlay may be the file then, and it is the one that is verified.
    if options.inPlace { source = try Source.any(path, opening) }
    let image = source.image
    let sharing: Sharing
    do throws(MemoryError) { sharing = try image.sharing() } catch {
      throw ToolError(error, name: path)
    }
    var reason = sharing.explanation
    if reason == nil, PrivateMemory.current() == nil {
      reason =
        "it is unknown whether a save takes private memory: it is counted in /proc/self/status, "
        + "which is not there; mount /proc"
    }
    if let reason { throw ToolError("\(path): \(reason)", status: .answerIsNo) }
    return (source.dataPath ?? path, notes)
  }

  /// A copy of the file without a name: no end of the process can leave it behind.
  private static func copy(of path: String) throws(ToolError) -> UnnamedFile {
    let buffer: Buffer
    do throws(MemoryError) { buffer = try Buffer(mapping: path, access: .readOnly) } catch {
      throw ToolError(error, name: path)
    }
    do throws(OutputError) {
      let copy = try UnnamedFile(beside: path, for: buffer.byteCount)
      try copy.fill(from: buffer)
      return copy
    } catch {
      throw ToolError(
        "\(path): verify works on a copy beside it, which could not be made: \(error.finding); "
          + "--in-place works on the file itself and leaves it as it was")
    }
  }
}

/// A file that verify saves to.
struct VerifyTarget: Sendable {
  let format: FileFormat
  /// Where to save; `nil` for a scratch file.
  let path: String?

  /// The saves that were asked for, or one in each format.
  static func resolve(_ options: VerifyOptions) throws(ToolError) -> [VerifyTarget] {
    guard options.saves.isEmpty else {
      var targets: [VerifyTarget] = []
      for path in options.saves {
        guard path != "-", FileFormat.forPath(path)?.isReadable == true else {
          throw ToolError(
            "--save \(path): verify takes the format from the suffix, which is one of "
              + FileFormat.all.filter(\.isReadable).flatMap(\.suffixes).joined(separator: " "))
        }
        targets.append(VerifyTarget(format: try SavePlan(path).format, path: path))
      }
      return targets
    }
    return FileFormat.all.filter { $0.isWritten && $0.isReadable }.map {
      VerifyTarget(format: $0, path: nil)
    }
  }
}

extension ToolError {
  /// The same error, with another name for the file that it begins with.
  func calling(_ hidden: String, _ name: String) -> ToolError {
    guard message.hasPrefix(hidden) else { return self }
    return ToolError(name + message.dropFirst(hidden.count), status: status)
  }
}
