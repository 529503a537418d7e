import ImageFiles

/// What one step did.
struct StepReport: Sendable {
  /// The step, as it was typed.
  let label: String
  var copiedBytes = 0
  var nanoseconds: UInt64 = 0
  private let name: String
  private let argument: String?
  private(set) var details: [JSON.Member] = []

  init(_ step: TypedStep) {
    label = step.text
    name = step.record.name
    argument = step.argument
  }

  /// The report of no step.
  init() {
    label = ""
    name = ""
    argument = nil
  }

  mutating func add(_ key: String, _ value: JSON) {
    details.append(JSON.Member(key: key, value: value))
  }

  /// Adds to a list, which begins with the first that is added; each value stands in it once.
  mutating func append(_ key: String, _ values: [JSON]) {
    guard let index = details.firstIndex(where: { $0.key == key }),
      case .array(let known) = details[index].value
    else { return add(key, .array(values)) }
    let new = values.filter { !known.contains($0) }
    details[index] = JSON.Member(key: key, value: .array(known + new))
  }

  var json: JSON {
    .object(
      [
        JSON.Member(key: "step", value: .string(String(name.dropFirst(2)))),
        JSON.Member(key: "argument", value: argument.map(JSON.string) ?? .null),
        JSON.Member(key: "copiedBytes", value: .integer(copiedBytes)),
        JSON.Member(key: "seconds", value: .number(Double(nanoseconds) / 1e9)),
      ].filter { $0.value != .null } + details)
  }

  /// The line of `-v`.
  var text: String {
    let milliseconds = Double(nanoseconds / 1000) / 1000
    return "\(label): \(milliseconds.plainText) ms, \(copiedBytes.bytes) copied"
  }
}
