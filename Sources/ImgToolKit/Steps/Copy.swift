import PixelViews

extension StepRecord {
  static let copy = StepRecord(
    "--copy", nil, .copy, "continue with a private copy of the pixels",
    details: """
      From then on the image does not follow the file, and edits do not reach the file.
      """, traits: .readsPixels
  ) { _ in Copy() }
}

private struct Copy: RevocableStep {
  let isRevocable = true

  func preview(_ preview: inout Preview) { preview.copy() }

  func perform(_ session: inout Session) throws(ToolError) {
    if session.options.noCopy { throw session.context.refusal("--no-copy forbids it") }
    session.goOn(with: try session.copied())
  }

  func perform(_ session: inout Session, before witness: FrameWitness) throws(ToolError) -> Bool {
    if session.options.noCopy { throw session.context.refusal("--no-copy forbids it") }
    let copy = try session.copied()
    let isOne = try session.context.viewing { () throws(ViewError) in try witness.holds() }
    if isOne { session.goOn(with: copy) }
    return isOne
  }
}
