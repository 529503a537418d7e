extension StepRecord {
  static let expectDetached = StepRecord(
    "--expect-detached", .check, "exit 1 if the image is still backed by the file",
    details: """
      The opposite of --expect-shared.
      """
  ) { session throws(ToolError) in
    let sharing = try session.sharing()
    switch sharing {
    case .detached, .ownMemory, .copy, .replaced: return
    case .shared, .unknown:
      throw session.context.no(
        sharing.explanation ?? "the image is shared with \(session.source.name)")
    }
  }
}
