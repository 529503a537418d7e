import ImageFiles
import PixelViews

extension StepRecord {
  static let save = StepRecord(
    making: "--save", "PATH", .save, "write the picture; the suffix decides the format",
    details: .init(
      """
      The file appears whole or not at all, through a temporary file and rename. `-` \
      writes to standard output. Saving the same bytes onto the mapped file only \
      flushes them.
      """, example: "--save out.png"),
    choices: .file, traits: [.readsPixels, .reachesOut]
  ) { path, settings throws(ToolError) in
    let plan = try SavePlan(path, settings.saving, settings.numbering)
    plan.useSettings(of: &settings)
    if plan.target.isStandardOutput { settings.writesStandardOutput = true }
    return Save(plan: plan)
  }
}

private struct Save: RevocableStep {
  let plan: SavePlan

  var isRevocable: Bool { !plan.target.isStream }

  func preview(_ preview: inout Preview) throws(ToolError) {
    try plan.check(preview.image)
    // What has the name by now; that of the plan may have been replaced in an earlier round of a watch.
    let file = preview.source.file
    let target = try SavePlan.resolve(plan.name.name(preview.turn?.number))
    guard let source = file.identity, target.identity == source else { return }
    preview.savesOntoSource = true
    // An edit before the save would have changed the file when that is refused.
    guard file.access == .readWrite, !preview.replacesSource, !target.isStream else { return }
    try plan.checkFlushes(preview.image, isCopied: preview.isCopied, onto: target)
  }

  func perform(_ session: inout Session) throws(ToolError) { _ = try save(&session, nil) }

  func perform(_ session: inout Session, before witness: FrameWitness) throws(ToolError) -> Bool {
    try save(&session, witness)
  }

  private func save(_ session: inout Session, _ witness: FrameWitness?) throws(ToolError) -> Bool {
    let outcome = try plan.run(
      session.image, session.turn, threads: session.threads, from: session.source,
      replacesMapped: session.options.replace, refusesLoss: session.options.isStrict,
      witness: witness)
    guard let outcome else { return false }
    session.report.add(outcome, plan.format)
    try session.tell(outcome.lossy, about: plan.name.text)
    for note in outcome.remarks { session.note("\(plan.name.text): \(note)") }
    if outcome.untied || outcome.wasFlushed { session.hasSavedOntoSource = true }
    if isRevocable { session.lastSaved = plan.name.name(session.turn?.number) }
    return true
  }
}

extension StepReport {
  fileprivate mutating func add(_ outcome: ImageSave.Outcome, _ format: FileFormat) {
    add("format", .string(format.name))
    if outcome.wasFlushed {
      add("flushed", true)
    } else {
      add("bytes", .integer(outcome.byteCount))
    }
    if !outcome.changes.isEmpty { add("changed", .array(outcome.changes.map(JSON.string))) }
    if let widened = outcome.widened { add("widened", .string(widened.shortName)) }
    if outcome.untied { add("untied", true) }
    if outcome.brokeHardLink { add("brokeHardLink", true) }
  }
}
