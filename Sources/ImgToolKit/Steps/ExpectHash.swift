extension StepRecord {
  static let expectHash = StepRecord(
    "--expect-hash", "H", .check, "exit 1 unless the pixels have this hash",
    details: .init(
      """
      H is what --hash or `imgtool hash` prints. It depends on pixels and mode, not on \
      how they are stored.
      """, example: "--expect-hash 6df9bae751b84a7027755fc2ea097b36fe45af42cd8383b85b1e580e0bf8ba8a"
    ),
    traits: .readsPixels
  ) { text throws(ToolError) in
    guard HashList.isHash(text) else {
      throw ToolError(
        "--expect-hash is \(Values.quoted(text)); 64 hexadecimal digits are expected, as "
          + "`imgtool hash` prints them")
    }
    return ActStep { session throws(ToolError) in
      let found = try session.hash()
      session.report.add("found", .string(found))
      if found != text.lowercased() { throw session.context.no("the hash is \(found)") }
    }
  }
}
