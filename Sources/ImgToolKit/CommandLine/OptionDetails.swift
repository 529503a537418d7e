/// What the long help says of an option besides its line: the default, the range, which ends count.
struct OptionDetails: Sendable, ExpressibleByStringLiteral {
  let text: String
  /// The option as it would be typed; empty for options without a value.
  let example: String

  init(_ text: String, example: String) {
    self.text = text
    self.example = example
  }

  /// The details of an option without a value.
  init(stringLiteral text: String) { self.init(text, example: "") }
}
