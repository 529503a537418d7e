/// The pages of the help, made of the tables of commands, options and topics.
enum HelpPage {
  /// The options that the short page of a command shows of those that others take as well.
  static let common: Set<String> = [
    "--size", "--mode", "--rawmode", "--offset", "--stride", "--frame", "--each", "--access",
    "--put", "--crop", "--convert", "--window", "--save", "--expect", "--compare",
  ]

  /// What `imgtool` alone prints: as much as a terminal of 80x24 shows.
  static func overview(into page: inout HelpText) {
    page.paragraph(
      "imgtool maps raw pixel files as images, to show, edit and save without copying.")
    page.blank()
    page.command("imgtool frombuffer raw.bin --size 640x480 --mode RGB --save out.png")
    page.blank()
    let width = Command.all.map(\.name.count).max() ?? 0
    for purpose in Command.Purpose.allCases {
      let members = Command.all.filter { $0.purpose == purpose }
      page.title(purpose.rawValue)
      if purpose == .listing {
        page.paragraph(members.map(\.name).joined(separator: " "), indent: 2)
      } else {
        page.rows(members.map { ($0.name, $0.summary) }, termWidth: width)
      }
    }
    page.paragraph(
      "`imgtool COMMAND -h` prints one screen of help, `--help` prints all of it.")
  }

  /// One screen about a command: what it is for, its options, three examples. Where the terminal is
  /// narrow it has fewer of the options that other commands take as well.
  static func short(_ command: Command, into page: inout HelpText) {
    let own = command.flags.filter { $0.group == .own }
    var shared = command.flags.filter { common.contains($0.name) }
    if own.count > 3 { shared = Array(shared.prefix(4)) }
    while true {
      var attempt = page
      short(command, own + shared, into: &attempt)
      if attempt.lines.count <= shortLineCount || shared.isEmpty {
        page = attempt
        return
      }
      shared.removeLast()
    }
  }

  private static func short(_ command: Command, _ flags: [Flag], into page: inout HelpText) {
    opening(command, &page)
    if !flags.isEmpty {
      page.heading("Options")
      page.rows(flags.map { ($0.heading, $0.summary) })
    }
    if !command.examples.isEmpty {
      page.heading("Examples")
      for example in command.examples.prefix(3) { page.example(example) }
    }
    page.blank()
    page.paragraph("`imgtool \(command.name) --help` has every option.\(pointers(command))")
  }

  /// Everything about a command.
  static func long(_ command: Command, into page: inout HelpText) {
    opening(command, &page)
    for section in command.sections {
      page.heading(section.title)
      for flag in section.flags { entry(flag, &page) }
    }
    for table in command.tables {
      page.heading(table.title)
      page.rows(table.rows.map { ($0.term, $0.text) })
    }
    if !command.examples.isEmpty {
      page.heading("Examples")
      for example in command.examples { page.example(example) }
    }
  }

  /// An option with all there is to say of it.
  static func entry(_ flag: Flag, _ page: inout HelpText) {
    page.entry(flag.heading, flag.explanation)
  }

  /// What was found for a word.
  static func entries(_ entries: [HelpSearch.Entry], into page: inout HelpText) {
    for entry in entries {
      switch entry {
      case .option(let flag, let title):
        page.heading(title)
        self.entry(flag, &page)
      case .topic(let topic): topic.write(into: &page)
      case .row(let kind, let name, let text):
        page.heading(kind.prefix(1).uppercased() + kind.dropFirst())
        page.entry(name, text)
      }
    }
  }

  private static func opening(_ command: Command, _ page: inout HelpText) {
    page.paragraph("usage: imgtool \(command.name) \(command.usage)")
    page.blank()
    page.paragraph(command.summary.asSentence)
  }

  private static func pointers(_ command: Command) -> String {
    command.groups.contains(.layout)
      ? " Topics: `imgtool help layout`, `imgtool help steps`, `imgtool help formats`." : ""
  }

  /// The lines of a short page.
  private static let shortLineCount = 40
}

extension Flag {
  /// The names of the option and what its value looks like.
  var heading: String { (short.map { "-\($0), " } ?? "") + usage }

  /// The line and the details as sentences.
  var explanation: String {
    [
      summary.asSentence, details.text,
      details.example.isEmpty ? "" : "Example: \(details.example)",
    ]
    .filter { !$0.isEmpty }.joined(separator: " ")
  }
}

extension String {
  /// A line of a table as a sentence.
  var asSentence: String {
    prefix(1).uppercased() + dropFirst() + (hasSuffix(".") || isEmpty ? "" : ".")
  }
}
