/// The options of `guess`.
private struct GuessOptions: CommandOptions {
  /// `--limit`: how many guesses to tell.
  var limit = 10
}

extension Command {
  static let guess = Command(
    "guess", "SOURCE...", "guess the layout of an unknown raw file",
    for: .looking, operands: 1...Int.max, groups: [],
    own: [
      .own(
        "--limit", "N", "print at most N guesses (default 10)",
        details: .init(
          """
          N is 1 or more. The percentages do not depend on it. In `imgtool explore`, Tab goes \
          through the first 40.
          """, example: "--limit 3")
      ) {
        (options: inout GuessOptions, text) throws(ToolError) in
        options.limit = try Values.integer(text, "--limit")
        guard 1...1000 ~= options.limit else {
          throw ToolError("--limit is \(options.limit); 1 to 1000 guesses are expected")
        }
      }
    ],
    examples: [
      Example(
        "imgtool guess raw.bin",
        "list sizes and rawmodes that fit, with reasons"),
      Example(
        "imgtool guess photo.png",
        "name the kind of a known file, and the command that opens it"),
      Example(
        "imgtool guess raw.bin --limit 3 --json",
        "print JSON for a script"),
    ]
  ) { invocation, console throws(ToolError) in
    let limit = invocation.own(GuessOptions.self).limit
    let threads = invocation.opening.threadCount
    let series = try FileSeries(invocation.operands, console)
    return try series.report(asJSON: invocation.report.json) { path throws(ToolError) in
      let buffer = try Source.map(path, access: .readOnly)
      let report = try GuessReport(buffer, path: path, limit: limit, threads: threads)
      return FileReport(json: report.json, text: report.text, status: report.status)
    }
  }
}
