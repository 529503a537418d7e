import ImageFiles
import PixelViews

extension StepRecord {
  static let paste = StepRecord(
    making: "--paste", "FILE@X,Y", .edit, "copy another image into the rectangle at X,Y",
    details: .init(
      """
      X,Y is where the top left pixel goes; the picture must fit. It is converted to \
      the mode of the image when that loses nothing but color. FILE may be any format \
      that open reads.
      """, example: "--paste logo.png@16,16"), choices: .file,
    traits: .reachesOut
  ) { text, settings throws(ToolError) in
    guard let sign = text.lastIndex(of: "@") else {
      throw ToolError(
        "--paste is \(Values.quoted(text)); FILE@X,Y is expected, like logo.png@16,16")
    }
    let point = try Values.point(String(text[text.index(after: sign)...]), "--paste")
    return Paste(
      name: try NumberedName(String(text[..<sign]), settings.numbering, of: "--paste"), x: point.x,
      y: point.y, policy: settings.conversion)
  }
}

private struct Paste: Step {
  let name: NumberedName
  let x, y: Int
  /// What becomes of samples that the image cannot hold.
  let policy: ConversionPolicy

  func preview(_ preview: inout Preview) throws(ToolError) { try preview.checkEditable() }

  func perform(_ session: inout Session) throws(ToolError) {
    try session.checkEditable()
    let path = name.name(session.turn?.number)
    let (target, threads, context) = (session.image, session.threads, session.context)
    var options = OpenOptions()
    options.offersSalvage = false
    let source = try Source.describing(path, options)
    session.report.copiedBytes += source.copiedBytes
    for note in source.notes { session.note(note) }
    if session.options.noCopy, let reason = source.copyReason {
      throw context.refusal("--no-copy, but \(reason)")
    }
    let picture: Image
    do throws(ViewError) { picture = try target.pasteable(source.image, policy: policy) } catch {
      let refusal = ToolError(error, name: path).about(context.label)
      guard case .samplesDiffer(let image, let found) = error, image.type == .u8, found.type == .u16
      else { throw refusal }
      throw refusal.with(
        advice: "`imgtool open \(ShellWord.file(path)) --bits 8 --save PATH` makes one to paste")
    }
    if picture.mode != source.image.mode {
      session.report.add("converted", .string(target.mode.name))
    }
    if session.options.noCopy, target.pasteCopies(picture, x: x, y: y) {
      throw context.refusal(
        "--no-copy, but the paste changes pixels of \(path) before they are read")
    }
    try session.rehearse { image throws(ViewError) in
      try image.paste(
        source.image, x: x, y: y, threads: threads, policy: policy, named: path)
    }
    do throws(ViewError) {
      session.report.copiedBytes += try target.paste(
        source.image, x: x, y: y, threads: threads, policy: policy, named: path)
    } catch {
      guard case .clamped(let sample) = error else {
        try context.viewing { () throws(ViewError) in throw error }
        return
      }
      throw ToolError("\(error.sentence(about: path)); \(sample.advice(pasting: path))")
        .about(context.label)
    }
    try session.tell(source.image.takeLosses(), about: path)
  }
}
