import PixelMemory
import PixelViews

/// Where the tool writes: answers to standard output, notes and errors to standard error.
package struct Console: Sendable {
  var isQuiet = false
  /// Whether sources and steps are told of.
  var isVerbose = false
  /// Whether standard output carries an image, so that answers go to standard error.
  var outputIsTaken = false
  /// Whether pixels that are not kept, or not read, as they are make an error.
  var isStrict = false
  /// Where everything goes for now, until its turn comes to be written.
  var transcript: Transcript?
  /// The notes that were written, which are not written again; `nil` where each is.
  var told: Locked<Set<String>>?
  /// Whether lines are written over older ones, the rest of which must go.
  var overwritesLines = false

  package init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

  /// Writes an answer, with a line end. What could drive a terminal is escaped in it, and so are
  /// bytes of file names that are not UTF-8.
  ///
  /// - Throws: ``ToolError`` when standard output cannot take it.
  func answer(_ text: String) throws(ToolError) {
    try answer(verbatim: FileName.readable(text).withoutControls(besides: "\n\t"))
  }

  /// Writes an answer whose bytes are what was asked for.
  ///
  /// - Throws: as ``answer(_:)``.
  func answer(verbatim text: String) throws(ToolError) {
    var text = text
    if overwritesLines {
      text =
        text.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "\u{1B}[K\n") + "\u{1B}[K"
    }
    let line = text + "\n"
    if let transcript { return transcript.add(.answer(line)) }
    try write(line)
  }

  private func write(_ line: String) throws(ToolError) {
    do throws(SystemError) {
      try Progress.shared.interrupted { () throws(SystemError) in
        try Syscalls.write(outputIsTaken ? 2 : 1, line)
      }
    } catch {
      throw ToolError("standard output: \(error.message)")
    }
  }

  /// Writes a line that `hash --check` reads again: as it is, unless a terminal would.
  ///
  /// - Throws: as ``answer(_:)``.
  func answer(hashLine line: String) throws(ToolError) {
    if Syscalls.isTerminal(1) { try answer(line) } else { try answer(verbatim: line) }
  }

  /// Writes a note, unless the user asked for none.
  func note(_ text: String) {
    if isQuiet { return }
    if let transcript { return transcript.add(.note(text)) }
    guard let told else { return complain(text) }
    let isNew = told.withLock { told in
      // There is an end to what is remembered of a pipe that has none.
      if told.count > 10_000 { told = [] }
      return told.insert(text).inserted
    }
    if isNew { complain(text) }
  }

  /// Writes what was said while nothing was written, in order.
  ///
  /// - Throws: as ``answer(_:)``.
  func write(_ transcript: Transcript) throws(ToolError) {
    for line in transcript.lines {
      switch line {
      case .answer(let text): try write(text)
      case .note(let text): note(text)
      }
    }
  }

  /// Tells what there is to say about a source: how it was opened, where that is wanted, its notes, and
  /// what was left out of pixels that were read already.
  ///
  /// - Returns: the notes.
  /// - Throws: as ``tell(_:about:)``.
  @discardableResult
  func introduce(_ source: Source) throws(ToolError) -> [String] {
    if isVerbose { note(source.opening) }
    for text in source.notes { note(text) }
    let lost = try tell(source.losses, about: source.name)
    return source.notes + lost + (try tellLosses(of: source))
  }

  /// Tells what was left out of the pixels of a source since it was last told.
  ///
  /// - Returns: the notes.
  /// - Throws: as ``tell(_:about:)``.
  @discardableResult
  func tellLosses(of source: Source) throws(ToolError) -> [String] {
    try tell(source.image.takeLosses(), about: source.name)
  }

  /// Tells what of the pixels was not kept, or not read, as it is.
  ///
  /// - Returns: the notes.
  /// - Throws: ``ToolError`` under `--strict`.
  func tell(_ losses: [Loss], about subject: String) throws(ToolError) -> [String] {
    guard !losses.isEmpty else { return [] }
    if isStrict {
      throw ToolError("\(subject): \(Loss.sentence(losses)); --strict makes that an error")
    }
    let notes = Loss.sentences(losses).map { "\(subject): \($0)" }
    for text in notes { note(text) }
    return notes
  }

  /// Writes an error line. There is nowhere to report its own failure.
  package func complain(_ text: String) {
    let line = FileName.readable(text).withoutControls()
    Progress.shared.interrupted { _ = try? Syscalls.write(2, "imgtool: \(line)\n") }
  }
}
