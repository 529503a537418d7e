import PixelMemory

extension StepRecord {
  static let sync = StepRecord(
    "--sync", .durability, "flush the edits and the last save to disk",
    details: """
      Without it, edits survive the end of the process but not a power cut.
      """,
    traits: [.reachesOut, .keepsOrder]
  ) { session throws(ToolError) in
    let (buffer, context) = (session.image.buffer, session.context)
    do throws(MemoryError) {
      if buffer.access == .readWrite, case .file = buffer.origin { try buffer.flush() }
    } catch { throw ToolError(error, name: context.name).about(context.label) }
    guard let path = session.lastSaved else { return }
    do throws(SystemError) {
      let file = try Syscalls.open(path, .readOnly)
      try Syscalls.synchronize(file.number)
    } catch { throw context.refusal("\(path): \(error.message)") }
  }
}
