import ImageFiles
import PixelMemory
import PixelViews

/// Standard output, a pipe or a device that the frames of `--each` are written to one after the other.
final class JoinedOutput: Sendable {
  private let path: String
  private let format: FileFormat
  /// The line that the stream begins with, where the format has one for all frames.
  private let firstLine = Locked<[UInt8]?>(nil)

  /// - Throws: ``ToolError`` for a file, and for a format whose files cannot follow each other.
  init(
    _ path: String, _ format: FileFormat, _ target: SaveTarget, of option: String
  ) throws(ToolError) {
    self.path = path
    self.format = format
    guard target.isStream else {
      throw ToolError(
        "\(option) \(path): each frame would overwrite the one before; put the frame's number "
          + "into the name: \(option) \(ShellWord.file(JoinedOutput.numbered(path)))"
          + (format.joining == .none
            ? ""
            : ", or write one stream: --format \(format.name) \(option) - > "
              + ShellWord.quoted(path)))
    }
    guard format.joining != .none else {
      let names = FileFormat.all.filter { $0.joining != .none }.map(\.name)
      throw ToolError(
        "\(option) \(path): \(format.name) files cannot follow each other in one stream; "
          + "\(names.joined(separator: ", ")) can (--format \(names[0])), or give each frame a file: "
          + "\(option) 'frame-%04d\(format.suffixes[0])'")
    }
  }

  /// A name with a place for the number before its suffix.
  private static func numbered(_ path: String) -> String {
    // A percent sign of the name is typed twice.
    let path = path.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
    let (directory, name) = SaveTarget.split(path)
    let dot = name.lastIndex(of: ".") ?? name.endIndex
    let numbered = name[..<dot] + "-%04d" + name[dot...]
    return directory == "." && !path.contains("/")
      ? String(numbered) : SaveTarget.join(directory, String(numbered))
  }

  /// Writes the file of a frame in its turn: straight on where the frames come one after the other, else
  /// from memory, in which it was made before.
  ///
  /// - Returns: what became of it; `nil` where its turn does not come, and nothing was written.
  /// - Complexity: memory for the file of one of several frames.
  func run(
    _ save: ImageSave, _ image: Image, to target: SaveTarget, _ turn: FrameTurn?
  ) throws(FormatError) -> ImageSave.Outcome? {
    guard let turn, turn.isOneOfSeveral else {
      var save = save
      save.leftOut = lineToSkip
      return try save.run(image, to: target)
    }
    let memory = Locked<[UInt8]>([])
    let outcome = try save.run(image) { bytes in
      memory.withLock { file in
        unsafe bytes.withUnsafeBytes { unsafe file.append(contentsOf: $0) }
      }
      return true
    }
    guard turn.comes() else { return nil }
    let file = memory.withLock { $0 }
    let start = try lineToSkip(of: file)
    do throws(OutputError) {
      var output = try OutputFile(target, reserving: nil)
      try output.write(unsafe file.span.bytes.extracting(droppingFirst: start))
      try output.commit()
    } catch { throw .output(error) }
    return outcome
  }

  /// The bytes of the first line, which only the first frame has.
  ///
  /// - Throws: ``FormatError/cannotHoldValue(format:reason:)`` where it would be another one.
  @Sendable private func lineToSkip(of file: [UInt8]) throws(FormatError) -> Int {
    guard format.joining == .afterFirstLine else { return 0 }
    let line = Array(file.prefix { $0 != UInt8(ascii: "\n") })
    let first = firstLine.withLock { known in
      defer { known = known ?? line }
      return known
    }
    guard let first else { return 0 }
    guard first == line else {
      throw .cannotHoldValue(
        format: format.name,
        reason: "a stream has frames of one kind; it began with "
          + "\(Values.quoted(String(decoding: first, as: UTF8.self))), and this one would with "
          + Values.quoted(String(decoding: line, as: UTF8.self)))
    }
    return line.count + 1
  }
}
