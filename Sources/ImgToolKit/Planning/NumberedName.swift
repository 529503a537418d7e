/// The name of a file in which `%d` stands for a number, where a run has one: a frame's, or that of a
/// round of `watch`.
///
/// `%04d` fills the number up with zeros to four digits, and `%%` is a percent sign.
struct NumberedName: Sendable {
  /// What numbers names.
  enum Numbering: Sendable {
    /// Nothing: every name is as it was typed.
    case none
    /// The frames of `--each`.
    case frames
    /// The rounds of `watch`.
    case rounds
  }

  /// As it was typed.
  let text: String
  private let parts: [Part]

  private enum Part: Sendable {
    case text(String)
    case number(width: Int)
  }

  /// - Parameter option: the option whose value it is, for the error.
  /// - Throws: ``ToolError`` for a percent sign that begins nothing, where there are numbers.
  init(_ text: String, _ numbering: Numbering, of option: String) throws(ToolError) {
    self.text = text
    guard numbering != .none else {
      parts = [.text(text)]
      return
    }
    let pieces = text.split(separator: "%", omittingEmptySubsequences: false)
    var parts: [Part] = [.text(String(pieces[0]))]
    var index = 1
    while index < pieces.count {
      let piece = pieces[index]
      if piece.isEmpty, index + 1 < pieces.count {
        parts.append(.text("%" + pieces[index + 1]))
        index += 2
        continue
      }
      let digits = piece.prefix { $0.isASCII && $0.isNumber }
      let rest = piece.dropFirst(digits.count)
      guard rest.first == "d", digits.isEmpty || digits.first == "0" && digits.count <= 3 else {
        throw ToolError(
          "\(option) is \(Values.quoted(text)), in which % is followed by neither d nor digits such as "
            + "04d; write %d or %04d for the frame's number, and %% for a percent sign")
      }
      parts += [.number(width: Int(digits) ?? 0), .text(String(rest.dropFirst()))]
      index += 1
    }
    self.parts = parts
  }

  /// Whether names of different numbers differ.
  var isNumbered: Bool { parts.contains { if case .number = $0 { true } else { false } } }

  /// The name for a number.
  func name(_ number: Int?) -> String {
    var name = ""
    for part in parts {
      switch part {
      case .text(let text): name += text
      case .number(let width):
        let digits = String(number ?? 0)
        name += String(repeating: "0", count: max(0, width - digits.count)) + digits
      }
    }
    return name
  }
}
