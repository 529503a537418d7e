import PixelViews

extension StepRecord {
  static let compare = StepRecord(
    making: "--compare", "FILE", .check, "exit 1 unless the pixels equal those of a file",
    details: .init(
      """
      FILE opens as in `imgtool open`. Set tolerances with --fail and the other checks \
      before it.
      """, example: "--compare golden.png"),
    choices: .file, traits: [.readsPixels, .reachesOut]
  ) { path, settings throws(ToolError) in
    for option in ComparisonOption.all {
      let reason = option.idleReason(in: settings.comparing).map { "\($0) for the --compare" }
      settings.use(option.name, unless: reason)
    }
    let plan = try ComparisonPlan(settings.comparing, settings.numbering)
    let name = try NumberedName(path, settings.numbering, of: "--compare")
    let comparesFrames = settings.numbering == .frames && !name.isNumbered
    if plan.writesStandardOutput { settings.writesStandardOutput = true }
    return ActStep { preview throws(ToolError) in
      if let region = plan.settings.region { try preview.check(inside: region) }
    } act: { session throws(ToolError) in
      let (source, image, turn) = (session.source, session.image, session.turn)
      let path = name.name(turn?.number)
      let other = try Source.comparable(
        path, with: source, frame: comparesFrames ? turn?.number : nil)
      session.report.copiedBytes += other.copiedBytes
      for note in other.notes { session.note(note) }
      let comparison = try plan.compare(
        image, other.image, names: (source.name, path), threads: session.threads, turn)
      session.report.add("difference", comparison.json)
      try session.tell(image.takeLosses(), about: source.name)
      try session.tell(other.image.takeLosses(), about: path)
      try plan.savePicture(
        of: comparison, image, other.image, threads: session.threads, session.console,
        turn)
      guard comparison.isSame else { throw session.context.no(comparison.text) }
    }
  }
}
