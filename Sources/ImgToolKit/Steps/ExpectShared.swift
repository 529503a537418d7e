extension StepRecord {
  static let expectShared = StepRecord(
    "--expect-shared", .check, "exit 1 unless the image is still backed by the file"
  ) { session throws(ToolError) in
    if let reason = try session.sharing().explanation { throw session.context.no(reason) }
  }
}
