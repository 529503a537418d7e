import PixelMemory
import PixelViews

extension Command {
  static let explore = Command(
    "explore", "FILE [LAYOUT...]", "find the layout of a raw file by keys, with a live picture",
    for: .looking, operands: 1...1, groups: [.layout, .mapping, .show],
    tables: [
      HelpTable(
        title: "Keys", rows: ExploreKey.all.map { HelpTable.Row(term: $0.label, text: $0.summary) })
    ],
    examples: [
      Example(
        "imgtool explore raw.bin",
        "start from the best guess; Enter prints the arguments for frombuffer"),
      Example(
        "imgtool explore fb.raw --rawmode BGRX --protocol blocks",
        "start from what you know, and draw with characters"),
    ]
  ) { invocation, console throws(ToolError) in
    try invocation.refuseJSON()
    if invocation.operands[0] == "-" {
      throw ToolError(
        "explore prints arguments that name a file, and standard input has no name; give it a path")
    }
    var explorer = try Explorer(invocation)
    guard let answer = try explorer.run() else { return .answerIsNo }
    let (line, survivesSplitting) = answer
    try console.answer(verbatim: line)
    if !survivesSplitting {
      console.note(
        "the name has characters at which a shell splits words, so the arguments are quoted: use them as "
          + "eval \"imgtool frombuffer $(imgtool explore ...)\"")
    }
    return .done
  }
}
