import PixelMemory
import PixelViews

extension Session {
  /// Shows the picture in the terminal.
  mutating func show(_ step: Step) throws(ToolError) {
    let kind =
      showing.terminal
      ?? TerminalKind.detect(console.outputIsTaken ? 2 : 1, forced: showing.drawing)
    showing.terminal = kind
    let display = Display(kind: kind, choice: showing, threads: threads)
    let image = image
    let shown = try viewing(step) { () throws(ViewError) in try display.draw(image) }
    current.add("protocol", .string(shown.drawing.rawValue))
    current.add("shown", [.integer(shown.width), .integer(shown.height)])
    if let window = shown.window {
      current.add("window", [.number(window.lowerBound), .number(window.upperBound)])
    }
    if let file = shown.file { current.add("readByTerminal", .string(file)) }
    for note in shown.notes { console.note("\(source.name): \(note)") }
    // The line end of an answer is the picture's own.
    if !isJSON { try console.answer(verbatim: String(shown.text.dropLast())) }
  }
}
