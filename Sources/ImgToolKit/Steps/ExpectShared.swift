extension StepRecord {
  static let expectShared = StepRecord(
    "--expect-shared", .check, "fail with 1 unless reading the image reads the file",
    traits: .asksForSharing
  ) { session throws(ToolError) in
    var reason = session.copyReason
    if reason == nil { reason = try session.sharing().explanation }
    if let reason { throw session.context.no(reason) }
  }
}
