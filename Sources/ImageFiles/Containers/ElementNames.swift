import PixelViews

/// What a format calls the types of samples: one table for what is read and what is written.
struct ElementNames: Sendable {
  private let rows: [(element: String, names: [String])]

  /// - Parameter rows: the short name of a type (`u8`, `f32` …) and what the format calls it; the
  ///   first name is the one that is written.
  init(_ rows: [(element: String, names: [String])]) { self.rows = rows }

  /// The same for a format with numbers for the types.
  init(numbers: [(element: String, number: Int)]) {
    self.init(numbers.map { ($0.element, ["\($0.number)"]) })
  }

  /// The type that a name means; `nil` for one that is not in the table.
  func element(_ name: String, isBigEndian: Bool = false) -> ArrayElement? {
    rows.first { $0.names.contains(name) }.flatMap {
      ArrayElement(named: $0.element, isBigEndian: isBigEndian)
    }
  }

  /// The type that a number means; `nil` for one that is not in the table.
  func element(_ number: Int, isBigEndian: Bool = false) -> ArrayElement? {
    element("\(number)", isBigEndian: isBigEndian)
  }

  /// What the format calls a type, in either order of bytes.
  ///
  /// - Throws: ``FormatError/cannotHoldValue(format:reason:)`` when it has no name for it.
  func name(of element: ArrayElement, _ format: String) throws(FormatError) -> String {
    if let known = rows.first(where: { $0.element == element.name })?.names.first { return known }
    throw .cannotHoldValue(
      format: format,
      reason: "it has no samples of type \(element.name), it has "
        + rows.map(\.element).joined(separator: ", "))
  }

  /// Whether the format has a name for a type.
  func contains(_ element: ArrayElement) -> Bool { rows.contains { $0.element == element.name } }
}
