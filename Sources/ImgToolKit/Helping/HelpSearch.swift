import ImageFiles
import PixelViews

/// Finds what the help has on a word, on a name of a table, or on the words of an error.
enum HelpSearch {
  /// What was found.
  enum Entry {
    case option(Flag, title: String)
    case topic(HelpTopic)
    /// A row of what a command lists, such as `rawmodes`.
    case row(kind: String, name: String, text: String)
  }

  /// Options, topics, and rows of tables whose name is `word`.
  static func named(_ word: String) -> [Entry] {
    let bare = word.lowercased().drop { $0 == "-" }
    return options.filter { $0.flag.name.dropFirst(2) == bare }.map {
      .option($0.flag, title: $0.title)
    }
      + (word.hasPrefix("-")
        ? []
        : HelpTopic.all.filter { !$0.isError && $0.name == bare }.map(Entry.topic) + rows(word))
  }

  /// The entries of which some have all words of a question: errors, then options, then topics.
  static func saying(_ question: String) -> [Entry] {
    let asked = words(question)
    guard !asked.isEmpty else { return [] }
    // An error may be asked for by some of its words, or by the whole sentence.
    let errors = HelpTopic.all.filter {
      $0.isError && (holds($0.name, asked) || holds(question, words($0.name)))
    }
    if !errors.isEmpty { return errors.map(Entry.topic) }
    let topics = HelpTopic.all.filter { holds($0.words, asked) }
    let found = options.filter { holds("\($0.flag.usage) \($0.flag.explanation)", asked) }
    return found.map { .option($0.flag, title: $0.title) } + topics.map(Entry.topic)
  }

  private static var options: [(flag: Flag, title: String)] {
    Flag.sections.flatMap { section in section.flags.map { ($0, section.title) } }
  }

  private static func rows(_ word: String) -> [Entry] {
    let folded = word.lowercased()
    var found: [Entry] = []
    if let mode = Mode.allCases.first(where: { $0.name.lowercased() == folded }) {
      found.append(.row(kind: "mode", name: mode.name, text: mode.summary))
    }
    if let rawmode = Rawmode.named(word, mode: nil) {
      found.append(.row(kind: "rawmode", name: rawmode.name, text: rawmode.explanation))
    }
    if let format = FileFormat.named(word) {
      found.append(.row(kind: "format", name: format.name, text: format.summary))
    }
    return found
  }

  /// Whether a text has all words, each from its start.
  private static func holds(_ text: String, _ asked: [Substring]) -> Bool {
    let known = words(text)
    return asked.allSatisfy { word in known.contains { $0.hasPrefix(word) } }
  }

  /// What a text says, without its numbers and signs.
  private static func words(_ text: String) -> [Substring] {
    text.lowercased().split { !$0.isLetter && $0 != "'" }
  }
}

extension Rawmode {
  /// What the table of rawmodes says, as sentences.
  fileprivate var explanation: String {
    let planes = hasPlanes && planeCount > 1 ? " in \(planeCount) planes" : ""
    let names = aliases.isEmpty ? "" : " Other names: \(aliases.joined(separator: ", "))."
    let stored = Rawmode.named(self.name, mode: .ycbcr)
    let samples =
      mode == .rgb && stored?.isEditable == true
      ? " With --mode YCbCr the pixels are the stored samples, which can be edited." : ""
    let note = remark.map { " " + $0.asSentence } ?? ""
    return "Stores mode \(mode.name) with \(bitsPerPixel) bits per pixel\(planes), "
      + (isEditable ? "editable in place." : "which can only be read.") + samples + note + names
      + " Example: --rawmode \(ShellWord.quoted(name))"
  }
}
