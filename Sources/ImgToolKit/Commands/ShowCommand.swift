import PixelViews

extension Command {
  static let show = Command(
    "show", "SOURCE [LAYOUT...]", "show the image in the terminal",
    operands: 1...1, groups: [.layout, .mapping, .concurrent, .losses, .show],
    examples: [
      Example(
        "imgtool show photo.png",
        "the way that the terminal does best"),
      Example(
        "imgtool show fb.raw --size 640x480 --rawmode BGRX --stride 2624 --protocol ascii",
        "letters, for any terminal or log"),
    ]
  ) { invocation, console throws(ToolError) in
    let plan = try RunPlan([TypedStep(.show, "")], &console)
    var source = try Source.any(invocation.operands[0], invocation.opening)
    source.notes = try console.introduce(source)
    var session = Session(source, invocation, console, log: console.isVerbose ? console : nil)
    try session.run(plan.steps)
    if invocation.report.json, let report = session.reports.first {
      let facts: [JSON.Member] = [
        JSON.Member(key: "version", value: 1),
        JSON.Member(key: "source", value: .string(source.name)),
        JSON.Member(key: "mode", value: .string(source.image.mode.name)),
        JSON.Member(
          key: "size", value: [.integer(source.image.width), .integer(source.image.height)]),
      ]
      let end = [
        JSON.Member(key: "notes", value: .texts(session.notes)),
        JSON.Member(key: "exit", value: 0),
      ].filter { $0.value != .null }
      try console.answer(JSON.object(facts + report.details + end).text)
    }
    return .done
  }
}
