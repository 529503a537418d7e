import ImageFiles
import PixelViews

extension Command {
  static let show = Command(
    "show", "SOURCE... [LAYOUT...]", "show images in the terminal",
    for: .looking, operands: 1...Int.max, groups: [.layout, .mapping, .concurrent, .losses, .show],
    examples: [
      Example(
        "imgtool show photo.png",
        "draw in the best way that the terminal offers"),
      Example(
        "imgtool show fb.raw --size 640x480 --rawmode BGRX --stride 2624 --protocol ascii",
        "draw with letters, for any terminal or log"),
      Example(
        "imgtool show photo.png a.png b.png",
        "draw a contact sheet: small pictures with their names"),
    ]
  ) { invocation, console throws(ToolError) in
    let plan = try RunPlan([TypedStep(.show, "")], &console)
    guard invocation.operands.count == 1 else { return try showSheet(plan, invocation, console) }
    var source = try Source.any(invocation.operands[0], invocation.opening)
    source.notes = try console.introduce(source)
    var session = Session(source, invocation, console, log: console.isVerbose ? console : nil)
    try session.run(plan.steps)
    if invocation.report.json { try console.answer(session.shownJSON.text) }
    return .done
  }

  /// Shows several files in a contact sheet. What there is to say about them is said when it is done,
  /// so that it stays in one piece.
  private static func showSheet(
    _ plan: RunPlan, _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    let paths = invocation.operands
    try Source.checkLayoutIsUsed(by: paths, invocation.opening)
    let series = try FileSeries(paths, console)
    var invocation = invocation
    let kind = TerminalKind.detect(1, forced: invocation.showing.forced)
    invocation.showing.terminal = kind
    var sheet = ContactSheet(
      of: paths.count,
      on: Display(
        kind: kind, choice: invocation.showing, threads: invocation.opening.threadCount))
    invocation.showing.cell = sheet.cell
    var quiet = console
    quiet.isQuiet = true
    var names = ContactSheet.names(paths)[...]
    var remarks = SheetRemarks()
    var records: [JSON] = []
    let isJSON = invocation.report.json
    let (typed, silent) = (invocation, quiet)
    let status = try series.forEach { path throws(ToolError) in
      var source = try Source.operand(path, typed.opening)
      source.notes = try silent.introduce(source)
      var session = Session(source, typed, silent)
      try session.run(plan.steps)
      return session
    } answer: { path, found throws(ToolError) in
      let picture = found.map { $0.shown?.picture }
      let entry = ContactSheet.Entry(path, name: names.removeFirst(), picture)
      var status = ExitStatus.done
      switch found {
      case .success(let session):
        if console.isVerbose { remarks.add(session) }
        remarks.add(session.notes, about: path, window: session.shown?.window)
        records.append(session.shownJSON)
      case .failure(let error):
        remarks.add(error)
        records.append(error.json(about: path))
        status = error.status
      }
      if !isJSON, let row = sheet.add(entry) { try console.answer(verbatim: row) }
      return status
    }
    if isJSON {
      try console.answer(FileSeries.json(records, status).text)
    } else if let row = sheet.takeRow() {
      try console.answer(verbatim: row)
    }
    remarks.tell(console)
    return status
  }
}

extension Session {
  /// What `--json` prints of the picture that was shown.
  fileprivate var shownJSON: JSON {
    let facts: [JSON.Member] = [
      JSON.Member(key: "version", value: 1),
      JSON.Member(key: "source", value: .string(source.name)),
      JSON.Member(key: "mode", value: .string(source.image.mode.name)),
      JSON.Member(
        key: "size", value: [.integer(source.image.width), .integer(source.image.height)]),
    ]
    let end = [
      JSON.Member(key: "notes", value: .texts(notes)), JSON.Member(key: "exit", value: 0),
    ].filter { $0.value != .null }
    return .object(facts + (reports.first?.details ?? []) + end)
  }
}
