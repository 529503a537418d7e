/// What one step did.
struct StepReport: Sendable {
  var step: Step
  var copiedBytes = 0
  var nanoseconds: UInt64 = 0
  var details: [JSON.Member] = []

  init(_ step: Step) { self.step = step }

  mutating func add(_ key: String, _ value: JSON) {
    details.append(JSON.Member(key: key, value: value))
  }

  var json: JSON {
    .object(
      [
        JSON.Member(key: "step", value: .string(String(step.name.dropFirst(2)))),
        JSON.Member(key: "argument", value: step.argument.map(JSON.string) ?? .null),
        JSON.Member(key: "copiedBytes", value: .integer(copiedBytes)),
        JSON.Member(key: "seconds", value: .number(Double(nanoseconds) / 1e9)),
      ].filter { $0.value != .null } + details)
  }

  /// The line of `-v`.
  var text: String {
    let argument = step.argument.map { " " + $0 } ?? ""
    let milliseconds = Double(nanoseconds / 1000) / 1000
    return "\(step.name)\(argument): \(milliseconds.plainText) ms, \(copiedBytes.bytes) copied"
  }
}
