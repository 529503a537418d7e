import ImageFiles
import PixelViews

extension StepRecord {
  static let paste = StepRecord(
    "--paste", "FILE@X,Y", .edit, "copy another picture over a rectangle", choices: .file,
    traits: .reachesOut
  ) { text throws(ToolError) in
    guard let sign = text.lastIndex(of: "@") else {
      throw ToolError("--paste is \(Values.quoted(text)); FILE@X,Y is expected")
    }
    let point = try Values.point(String(text[text.index(after: sign)...]), "--paste")
    return Paste(path: String(text[..<sign]), x: point.x, y: point.y)
  }
}

private struct Paste: Step {
  let path: String
  let x, y: Int

  func preview(_ preview: inout Preview) throws(ToolError) { try preview.checkEditable() }

  func perform(_ session: inout Session) throws(ToolError) {
    try session.checkEditable()
    let (target, threads, context) = (session.image, session.threads, session.context)
    let source = try Source.describing(path, OpenOptions())
    session.report.copiedBytes += source.copiedBytes
    if session.options.noCopy, let reason = source.copyReason {
      throw context.refusal("--no-copy, but \(reason)")
    }
    let picture = try converted(source.image, to: target, context)
    if picture.mode != source.image.mode {
      session.report.add("converted", .string(target.mode.name))
    }
    if session.options.noCopy, target.pasteCopies(picture, x: x, y: y) {
      throw context.refusal(
        "--no-copy, but the paste changes pixels of \(path) before they are read")
    }
    session.report.copiedBytes += try context.viewing { () throws(ViewError) in
      try target.paste(picture, x: x, y: y, threads: threads)
    }
  }

  /// The picture with the samples of the image that it goes into.
  private func converted(
    _ picture: Image, to target: Image, _ context: StepContext
  ) throws(ToolError) -> Image {
    if picture.format == target.format { return picture }
    if target.losesOpacity(pasting: picture) {
      throw context.refusal(
        "\(path) is \(picture.mode.name) and the image \(target.mode.name): its alpha would be lost; "
          + "save it without alpha first (--convert RGB --save)")
    }
    let converted: Image
    do throws(ViewError) { converted = try picture.converted(to: target.mode) } catch {
      throw ToolError(error, name: path).about(context.label)
    }
    guard converted.format == target.format else {
      throw context.refusal(
        "\(path) has \(converted.format.type.rawValue) samples, the image has "
          + target.format.type.rawValue)
    }
    return converted
  }
}
