import ImageFiles

/// How the tool ends. Scripts rely on the numbers.
package enum ExitStatus: Int32, Sendable {
  /// Done, same, shared, as expected.
  case done = 0
  /// The answer is no: pixels differ, an expectation failed, sharing is broken.
  case answerIsNo = 1
  /// Usage, layout, or the file or the system refused.
  case refused = 2
}

/// One clear line for the user: what was found, what was expected, what to do.
package struct ToolError: Error, Equatable, Sendable {
  package var message: String
  package var status: ExitStatus
  /// Whether an object of `--json` has told of it.
  var isReported = false

  package init(_ message: String, status: ExitStatus = .refused) {
    self.message = message
    self.status = status
  }

  /// What `--json` prints of a failure without an object of its command.
  var json: JSON { json(about: nil) }

  /// The same for one of several files.
  func json(about path: String?) -> JSON {
    .record([
      "version": 1, "source": path.map(JSON.string) ?? .null, "error": .string(message),
      "exit": .integer(Int(status.rawValue)),
    ])
  }

  /// The same error, with what it is about in front.
  func about(_ subject: String) -> ToolError { ToolError("\(subject): \(message)", status: status) }

  /// The same error, with what to do at its end.
  func with(advice: String) -> ToolError { ToolError("\(message); \(advice)", status: status) }
}
