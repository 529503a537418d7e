extension StepRecord {
  static let expectDetached = StepRecord(
    "--expect-detached", .check, "fail with 1 if reading the image still reads the file"
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
