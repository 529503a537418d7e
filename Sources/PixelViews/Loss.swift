/// Something of the pixels that is not where they were put, or not in what was read of them.
public struct Loss: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// What is lost, in a word or two: `alpha`, `palette`, `precision` …
  public let name: String
  /// What happened, as a sentence without its end.
  public let description: String

  public init(_ name: String, description: String? = nil) {
    self.name = name
    self.description =
      description ?? "the \(name) \(Loss.isPlural(name) ? "are" : "is") not in the file"
  }

  /// Whether a noun names several things: "pages below this one" does, "text Titles" does not.
  private static func isPlural(_ noun: String) -> Bool {
    let words = noun.split(separator: " ")
    guard let first = words.first, !["text", "chunk", "tag"].contains(first) else { return false }
    let head = words.prefix { !["of", "below", "on"].contains($0) && !$0.hasPrefix("(") }
    return head.contains("and") || head.last?.hasSuffix("s") == true
  }

  /// What a file has no place for.
  public init(stringLiteral name: String) { self.init(name) }

  /// What happened, of all losses.
  package static func sentence(_ losses: [Loss]) -> String {
    sentences(losses).joined(separator: "; ")
  }

  /// What happened, a sentence each; what a file has no place for is one of them.
  package static func sentences(_ losses: [Loss]) -> [String] {
    let absent = losses.filter { $0 == Loss($0.name) }
    let nouns = absent.map { "the \($0.name)" }.joined(separator: ", ")
    return (absent.count < 2 ? absent.map(\.description) : ["not in the file: \(nouns)"])
      + losses.filter { $0 != Loss($0.name) }.map(\.description)
  }

  /// Samples are stored as the nearest ones that there are.
  static func precision(
    x: Int, y: Int, band: String, value: Double, stored: Double, type: SampleType,
    verb: String = "stored as"
  ) -> Loss {
    Loss(
      "precision",
      description: "band \(band) of pixel \(x),\(y) is \(verb) \(type.text(stored)) in place of "
        + "\(type.text(value)): samples are rounded")
  }

  /// What a band that is not shown has at a pixel.
  static func padding(x: Int, y: Int, value: Double) -> Loss {
    Loss(
      padding, description: "band X of pixel \(x),\(y) is \(value.plainText), and left out")
  }

  static let padding = "band X"

  /// Bits beside those of the samples.
  static let strayBits = "unused bits"

  /// What a lossy format does with all of them, which is news for those alone who want none.
  package static let approximation = Loss(
    "exact pixels", description: "lossy compression changes exact values")

  /// Rows that a file ends before, which show as zeros.
  package static func rows(_ rows: Range<Int>) -> Loss {
    let words =
      rows.count == 1
      ? "row \(rows.lowerBound) is missing and shows as 0"
      : "rows \(rows.lowerBound) to \(rows.upperBound - 1) are missing and show as 0"
    return Loss("rows", description: "\(words): the file ends too early")
  }

  /// Pixels that a file ends before whose rows are stored in passes; they show as zeros.
  package static func pixels(pass: Int, of count: Int) -> Loss {
    Loss(
      "pixels",
      description:
        "the file ends in pass \(pass) of \(count): the pixels of later passes are missing and "
        + "show as 0")
  }

  /// What a file ends before that adds detail to all rows, scan by scan.
  package static func detail(scan: Int) -> Loss {
    Loss(
      "detail",
      description: "the file ends in scan \(scan): each row lacks what follows")
  }

  /// The end of a file whose pixels are all there.
  package static func end(_ mark: String) -> Loss {
    Loss(
      "end",
      description:
        "the file ends without \(mark): every row is there, but what follows is lost")
  }

  /// What is wrong with a file whose pixels nobody knows to be right.
  package static func damage(_ reason: String) -> Loss {
    Loss("damage", description: "the file is damaged (\(reason)): any row may be wrong")
  }

  /// Samples are written with fewer bits.
  package static func precision(bits: Int) -> Loss {
    let words = bits == 1 ? "1 bit" : "\(bits) bits"
    return Loss("precision", description: "samples are rounded to \(words), a loss of precision")
  }
}
