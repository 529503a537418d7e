extension StepRecord {
  static let expectShared = StepRecord(
    "--expect-shared", .check, "exit 1 unless the image is still backed by the file",
    details: """
      It fails after --copy, for a decoded file, and for pages that an edit under \
      --access cow has made the image's own, which it names.
      """
  ) { session throws(ToolError) in
    if let reason = try session.sharing().explanation { throw session.context.no(reason) }
  }
}
