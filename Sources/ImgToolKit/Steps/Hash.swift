extension StepRecord {
  static let hash = StepRecord(
    "--hash", .report, "print the hash of the pixels",
    details: """
      The hash depends on size, mode and pixels, not on stride, padding or format.
      """, traits: .readsPixels
  ) { session throws(ToolError) in
    let found = try session.hash()
    session.report.add("hash", .string(found))
    if !session.isJSON {
      try session.console.answer(
        hashLine: HashList.line(hash: found, name: session.turn?.label ?? session.source.name))
    }
  }
}
