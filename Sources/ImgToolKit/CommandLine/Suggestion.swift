import ImageFiles
import PixelViews

/// The name that a word most likely means: by the table of meanings, and by its letters where that
/// does not know it.
enum Suggestion {
  /// The one of `names` that a word is with a typing error; `nil` when it is none of them. A word with
  /// another first letter or other digits means something else, however alike the letters are.
  static func closest(to word: String, in names: [String]) -> String? {
    let typed = letters(word)
    guard typed.count > 1 else { return nil }
    let ranked = names.map { name in
      let letters = letters(name)
      let isOther =
        letters.first != typed.first || letters.filter(\.isNumber) != typed.filter(\.isNumber)
      return (name: name, distance: isOther ? Int.max : distance(typed, letters))
    }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= (typed.count > 7 ? 2 : 1) ? best.name : nil
  }

  /// The characters of a word that are compared: not its case, nor what makes it an option or a suffix.
  private static func letters(_ word: String) -> [Character] {
    Array(word.drop { $0 == "-" || $0 == "." }.lowercased())
  }

  /// `" (did you mean X?)"`, or nothing.
  static func hint(_ word: String, in names: [String]) -> String {
    question(closest(to: word, in: names).map { [$0] } ?? [])
  }

  /// The same for something of a kind: what the word means in other tools, and its letters only if
  /// that is not known.
  static func hint(_ word: String, as kind: Meaning.Kind, in names: [String]) -> String {
    meant(word, as: kind) ?? hint(word, in: names)
  }

  /// The hint for an option that a command does not take, if the option's meaning is known.
  ///
  /// - Parameter value: the word after it.
  static func option(_ word: String, _ value: String?, for command: Command) -> String? {
    guard let meaning = Meaning.of(word, as: .option) else { return nil }
    if let absence = meaning.absence { return " (\(absence))" }
    let taken = meaning.here.filter { option in command.flags.contains { option.names($0) } }
    // Other options of the same kind are for other commands.
    let shown = taken.filter { $0.contains(" ") || $0 == taken[0] }.compactMap { option in
      command.flags.first { option.names($0) }?.usage(like: option, value)
    }
    guard shown.isEmpty else {
      guard meaning.here == ["--reorient"], let value, let angle = Double(value),
        angle.remainder(dividingBy: 90) != 0
      else { return question(shown) }
      return question(shown) + "; `convert IN -rotate \(value) OUT` turns by any angle"
    }
    for option in meaning.here {
      for taker in Command.all {
        guard let flag = taker.flags.first(where: { option.names($0) }) else { continue }
        return " (did you mean \(flag.usage(like: option, value)) of `imgtool \(taker.name)`?)"
      }
    }
    return nil
  }

  /// The hint for a command that there is none of: another tool's, or the name of a step.
  static func command(_ word: String) -> String {
    if let meaning = Meaning.of(word, as: .command) {
      return question(meaning.here.map { "`imgtool \($0)`" })
    }
    let meaning = Meaning.of(word, as: .option)
    if let absence = meaning?.absence { return " (\(absence))" }
    let steps = (["--" + word] + (meaning?.here ?? [])).compactMap { option in
      StepRecord.all.map(Flag.init).first { option.names($0) }?.usage(like: option, nil)
    }
    guard steps.isEmpty else { return question(steps.map { "`imgtool open FILE \($0)`" }) }
    let names = Command.all.map(\.name)
    guard closest(to: word, in: names) == nil,
      let step = closest(to: word, in: StepRecord.all.map(\.name))
    else { return hint(word, in: names) }
    return command(String(step.dropFirst(2)))
  }

  /// The hint for a topic that there is no help on.
  static func topic(_ word: String) -> String? {
    let meaning = Meaning.of(word, as: .option) ?? Meaning.of(word, as: .command)
    if let absence = meaning?.absence { return " (\(absence))" }
    return meaning.map { question($0.here.map { "`imgtool help \($0.prefix { $0 != " " })`" }) }
  }

  /// The hint for a mode: what is none may be a rawmode.
  static func mode(_ word: String, _ option: String) -> String {
    if let hint = meant(word, as: .mode) { return hint }
    if let absence = Meaning.of(word, as: .rawmode)?.absence { return " (\(absence))" }
    guard let name = rawmode(word), let rawmode = Rawmode.named(name, mode: nil) else {
      return hint(word, in: Mode.allCases.map(\.name))
    }
    guard rawmode.name != rawmode.mode.name else { return question([rawmode.name]) }
    let usage =
      option == "--mode"
      ? "--rawmode \(ShellWord.quoted(name))"
      : "\(option) \(ShellWord.quoted(rawmode.mode.name))"
    return " (\(name) is a rawmode of \(rawmode.mode.name): \(usage))"
  }

  /// The rawmodes that a word of another tool means. ffmpeg leaves this machine's byte order out.
  private static func rawmodes(_ word: String) -> [String] {
    let little = word.lowercased() + "le"
    guard Rawmode.named(little, mode: nil) == nil else { return [little] }
    return Meaning.of(word, as: .rawmode)?.here ?? []
  }

  /// The word itself where it is a rawmode, else the first one that it means.
  private static func rawmode(_ word: String) -> String? {
    Rawmode.named(word, mode: nil).map { _ in word } ?? rawmodes(word).first
  }

  /// The hint that the table of meanings has.
  static func meant(_ word: String, as kind: Meaning.Kind) -> String? {
    let names = kind == .rawmode ? rawmodes(word) : Meaning.of(word, as: kind)?.here ?? []
    guard names.isEmpty else { return question(names) }
    return Meaning.of(word, as: kind)?.absence.map { " (\($0))" }
  }

  /// What a word would be as the value of an option, if that takes such a one.
  fileprivate static func value(_ word: String, for flag: Flag) -> String? {
    switch flag.choices {
    case .none: nil
    case .file: word
    case .modes: Mode(rawValue: word)?.name ?? Meaning.of(word, as: .mode)?.here.first
    case .rawmodes: rawmode(word)
    case .formats: FileFormat.named(word)?.name ?? Meaning.of(word, as: .format)?.here.first
    case .names(let names): names.contains(word) ? word : nil
    }
  }

  private static func question(_ names: [String]) -> String {
    names.isEmpty ? "" : " (did you mean \(names.joined(separator: " or "))?)"
  }

  /// The closest names of a long list, or its first ones, and where all of them are.
  static func few(_ word: String, of names: [String]) -> String {
    let typed = Array(word.lowercased())
    let near = max(1, typed.count / 3)
    let ranked = names.enumerated().map { index, name in
      let found = distance(typed, Array(name.lowercased()))
      return (index: index, distance: found <= near && found < typed.count ? found : Int.max)
    }
    let closest = ranked.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(5)
    return closest.map { names[$0.index] }.joined(separator: ", ")
      + (names.count > 5 ? " …" : "") + " (`imgtool rawmodes` lists all)"
  }

  /// The command that lists the rawmodes with most of a word's first letters in their names.
  static func rawmodeList(_ word: String) -> String {
    let names = Rawmode.all.flatMap { [$0.name] + $0.aliases }.map { $0.lowercased() }
    var stem = word.lowercased().prefix { $0.isASCII && $0.isLetter }
    while stem.count > 1, !names.contains(where: { $0.contains(stem) }) { stem.removeLast() }
    return "imgtool rawmodes" + (stem.count > 1 ? " \(stem)" : "")
  }

  /// Edits of one character, and exchanges of neighbors, from one word to the other
  /// (Damerau–Levenshtein, optimal string alignment).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var older: [Int] = []
    var previous = Array(0...b.count)
    for i in a.indices {
      var current = [i + 1]
      for j in b.indices {
        var cost = min(
          previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, older[j - 1] + 1) }
        current.append(cost)
      }
      older = previous
      previous = current
    }
    return previous[b.count]
  }
}

extension Flag {
  /// The option as a meaning shows it, with the value that was typed where that is known to fit.
  fileprivate func usage(like usage: String, _ typed: String?) -> String {
    guard usage == name else { return usage }
    guard let typed, !typed.hasPrefix("-"), let value = Suggestion.value(typed, for: self) else {
      return self.usage
    }
    // What follows a file's name in the same word is its place.
    let place = self.value?.hasSuffix("@X,Y") == true ? "@0,0" : ""
    return "\(name) \(ShellWord.quoted(value))\(place)"
  }
}

extension String {
  /// Whether it is an option, or one with its value.
  fileprivate func names(_ flag: Flag) -> Bool { prefix { $0 != " " } == flag.name }
}
