import PixelMemory

/// Where the tool writes: answers to standard output, notes and errors to standard error.
package struct Console: Sendable {
  var isQuiet = false
  /// Whether standard output carries an image, so that answers go to standard error.
  var outputIsTaken = false
  /// Whether lines are written over older ones, the rest of which must go.
  var overwritesLines = false

  package init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

  /// Writes an answer, with a line end.
  ///
  /// - Parameter keepsNames: bytes of file names that are no UTF-8 are written as they are, for
  ///   programs that read the line; else as `\xff`.
  /// - Throws: ``ToolError`` when standard output cannot take it.
  func answer(_ text: String, keepsNames: Bool = false) throws(ToolError) {
    var text = keepsNames ? text : FileName.readable(text)
    if overwritesLines {
      text =
        text.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "\u{1B}[K\n") + "\u{1B}[K"
    }
    let line = text + "\n"
    do throws(SystemError) {
      try Progress.shared.interrupted { () throws(SystemError) in
        try Syscalls.write(outputIsTaken ? 2 : 1, line)
      }
    } catch {
      throw ToolError("standard output: \(error.message)")
    }
  }

  /// Writes a note, unless the user asked for none.
  func note(_ text: String) {
    if !isQuiet { complain(text) }
  }

  /// Writes an error line. There is nowhere to report its own failure.
  package func complain(_ text: String) {
    let line = "imgtool: \(FileName.readable(text))\n"
    Progress.shared.interrupted { _ = try? Syscalls.write(2, line) }
  }
}
