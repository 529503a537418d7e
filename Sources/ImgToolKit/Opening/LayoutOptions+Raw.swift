import ImageFiles
import PixelMemory

extension LayoutOptions {
  /// Refuses to read a file of a known kind as raw pixels, unless the mode or the rawmode was typed.
  ///
  /// - Parameter name: the file, as the user named it.
  func checkIsRaw(_ buffer: Buffer, name: String) throws(ToolError) {
    guard mode == nil, rawmode == nil, file == nil else { return }
    let content: FileContent?
    do throws(FormatError) { content = try FileContent.of(buffer, isCertain: true) } catch {
      throw ToolError(error, name: name)
    }
    guard let content else { return }
    let way =
      switch content {
      case .format: "which needs no --size; \(content.way(name))"
      case .foreign: "which is not read here; \(content.way(name))"
      }
    throw ToolError("\(name) is \(content.phrase), \(way) (--mode L reads its bytes as pixels)")
  }
}

extension FileContent {
  /// What a file read as raw pixels is, and what to do with it.
  func hint(_ name: String) -> String { "it is \(phrase); \(way(name))" }

  /// What to do with a file of the kind.
  func way(_ name: String) -> String {
    switch self {
    case .format: "did you mean `imgtool open \(ShellWord.file(name))`?"
    case .foreign(let format): format.advice
    }
  }
}
