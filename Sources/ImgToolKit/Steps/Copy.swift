import PixelViews

extension StepRecord {
  static let copy = StepRecord(
    "--copy", nil, .copy, "continue with a private copy of the pixels", traits: .readsPixels
  ) { _ in Copy() }
}

private struct Copy: Step {
  func preview(_ preview: inout Preview) { preview.copy() }

  func perform(_ session: inout Session) throws(ToolError) {
    if session.options.noCopy { throw session.context.refusal("--no-copy forbids it") }
    let (image, threads) = (session.image, session.threads)
    session.goOn(
      with: try session.context.viewing { () throws(ViewError) in
        try image.copied(threads: threads)
      })
  }
}
