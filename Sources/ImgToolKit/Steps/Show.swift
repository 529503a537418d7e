import PixelMemory
import PixelViews

extension StepRecord {
  static let show = StepRecord(
    "--show", .report, "show the picture in the terminal",
    details: """
      Fits the picture to the terminal; --width and --protocol change that.
      """,
    traits: [.readsPixels, .draws, .reachesOut, .keepsOrder]
  ) { session throws(ToolError) in
    let console = session.console
    let kind =
      session.showing.terminal
      ?? TerminalKind.detect(console.outputIsTaken ? 2 : 1, forced: session.showing.forced)
    session.showing.terminal = kind
    let display = Display(kind: kind, choice: session.showing, threads: session.threads)
    let image = session.image
    let threads = session.threads
    let shown = try session.context.viewing { () throws(ViewError) in
      try image.explaining(threads: threads) { () throws(ViewError) in try display.draw(image) }
    }
    session.report.add("protocol", .string(kind.drawing.rawValue))
    session.report.add("shown", [.integer(shown.width), .integer(shown.height)])
    if let window = shown.window {
      session.report.add("window", [.number(window.lowerBound), .number(window.upperBound)])
    }
    if let file = shown.file { session.report.add("readByTerminal", .string(file)) }
    for note in shown.notes { session.note("\(session.source.name): \(note)") }
    session.shown = shown
    if !session.isJSON, session.showing.cell == nil { try console.answer(verbatim: shown.text) }
  }
}
