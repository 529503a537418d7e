import ImageFiles
import PixelMemory
import PixelViews

/// The line that is printed, and the files that are written.
extension Explorer {
  mutating func accept() -> Outcome {
    do throws(ToolError) {
      let facts = try state.facts(of: file)
      _ = try source(facts)
      // That option alone changes nothing, which `frombuffer` refuses.
      let steps = facts.options.bayer == nil ? [] : ["--demosaic", "bilinear"]
      let words = [file.word] + facts.exact.words + steps
      let isSafe = words.allSatisfy { word in
        !word.isEmpty && !word.contains { $0.isWhitespace || "*?[".contains($0) }
      }
      return .accept(
        (isSafe ? words : words.map(ShellWord.quoted)).joined(separator: " "),
        survivesSplitting: isSafe)
    } catch {
      message = said(error)
      return .goOn
    }
  }

  /// The steps that make of the layout what is seen.
  var viewSteps: [String] {
    var words: [String] = []
    if let band = state.view.band, facts.shownBands.indices.contains(band) {
      words += ["--band", facts.shownBands[band]]
    } else if facts.mosaic != nil {
      words += ["--demosaic", "bilinear"]
    }
    switch state.view.window {
    case .natural: break
    case .automatic: words += ["--window", "auto"]
    case .fixed(let low, let high):
      words += ["--window", "\(low.plainText),\(high.plainText)", "--clamp"]
    }
    return words
  }

  func save(pictureTo path: String) throws(ToolError) {
    try checkIsNew(path)
    let words =
      ["frombuffer", file.word] + facts.exact.words + viewSteps
      + ["--save", ShellWord.operand(path)]
    let invocation = try Parser.parse(words)
    var console = Console(isQuiet: true)
    let plan = try RunPlan(invocation.steps, given: invocation.given, &console)
    var session = Session(
      try Source.raw(file.word, invocation.opening), invocation, console)
    if let failure = session.perform(plan.steps) { throw failure }
  }

  func save(layoutTo path: String) throws(ToolError) {
    try checkIsNew(path)
    let source = try source(facts)
    let bytes = Array((LayoutFile.text(source.image.stored) + "\n").utf8)
    do throws(OutputError) {
      let target = try SaveTarget.resolve(path)
      var output = try OutputFile(target, reserving: bytes.count, replacingMapped: false)
      try output.write(unsafe bytes.span.bytes)
      _ = try output.commit(durable: false, checking: [source.file])
    } catch { throw ToolError(error, offersReplace: false) }
  }

  private func checkIsNew(_ path: String) throws(ToolError) {
    if (try? Syscalls.status(of: path, followingLinks: false)) != nil {
      throw ToolError("\(path) is there already; type another name")
    }
  }
}
