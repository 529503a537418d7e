import PixelMemory

extension StepRecord {
  static let poke = StepRecord(
    "--poke", "OFFSET=HEX", .outside, "write bytes to the file as another program would",
    details: .init(
      """
      OFFSET counts from the first byte of the file; HEX is pairs of digits. The step writes \
      through a second descriptor with any --access except ro.
      """, example: "--poke 0x10=ff00ff"),
    traits: [.changesFile, .reachesOut, .keepsOrder]
  ) { text throws(ToolError) in
    let parts = try Values.assignment(text, "--poke", "OFFSET=HEX is expected, like 0x10=ff00")
    let offset = try Values.byteCount(parts.left, "--poke")
    let bytes = try Values.hexBytes(parts.right, "--poke")
    return ActStep { preview throws(ToolError) in
      let (source, context) = (preview.source, preview.context)
      if source.file.access == .readOnly {
        throw context.refusal(
          "it writes to \(source.name) itself, which --access ro forbids; leave --access out")
      }
      if source.isDecoded {
        throw context.refusal(
          "\(source.name) was decoded, and bytes of its file are not pixels; poke a raw or an "
            + "uncompressed file")
      }
    } act: { session throws(ToolError) in
      let context = session.context
      do throws(MemoryError) {
        try session.source.file.poke(offset: offset, bytes: bytes)
      } catch {
        guard case .readOnly(let path) = error else {
          throw ToolError(error, name: context.name).about(context.label)
        }
        throw context.refusal(
          "\(path ?? context.name) may not be written, and --poke writes to the file itself; chmod u+w "
            + "it, or poke a copy")
      }
      session.report.add("bytes", .integer(bytes.count))
      session.report.add("wroteFile", true)
      session.console.note(
        "\(context.name): --poke changed \(bytes.count) byte\(bytes.count == 1 ? "" : "s") of the file "
          + "itself, from byte \(offset)")
    }
  }
}
