/// Something that people ask the help about which is neither a command nor an option.
struct HelpTopic: Sendable {
  /// A word, or the words of an error.
  let name: String
  /// Whether it is about an error, and found by the words of it.
  let isError: Bool
  /// Paragraphs.
  let paragraphs: [String]
  /// What it lists.
  let tables: [HelpTable]

  /// A topic that is asked for by name.
  init(_ name: String, _ paragraphs: String..., tables: [HelpTable] = []) {
    self.name = name
    isError = false
    self.paragraphs = paragraphs
    self.tables = tables
  }

  private init(error: String, _ paragraph: String) {
    name = error
    isError = true
    paragraphs = [paragraph]
    tables = []
  }

  /// What an error means and what to do about it.
  static func error(_ words: String, _ paragraph: String) -> HelpTopic {
    HelpTopic(error: words, paragraph)
  }

  /// What is searched: not the tables, which are those of commands and options.
  var words: String { ([name] + paragraphs).joined(separator: " ") }

  func write(into page: inout HelpText) {
    page.heading(isError ? "\"\(name)\"" : name.prefix(1).uppercased() + name.dropFirst())
    for (index, paragraph) in paragraphs.enumerated() {
      if index > 0 { page.blank() }
      page.paragraph(paragraph, indent: 2)
    }
    for table in tables {
      page.heading(table.title)
      page.rows(table.rows.map { ($0.term, $0.text) })
    }
  }
}
