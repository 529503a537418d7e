extension StepRecord {
  static let expectHash = StepRecord(
    "--expect-hash", "H", .check, "exit 1 unless the pixels have this hash",
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
