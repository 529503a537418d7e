extension StepRecord {
  static let expectShared = StepRecord(
    "--expect-shared", .check, "fail with 1 unless reading the image reads the file",
    traits: .asksForSharing
  ) { session throws(ToolError) in
    if let reason = try session.sharing().explanation { throw session.context.no(reason) }
  }
}
