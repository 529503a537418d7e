extension Completion {
  /// For fish: one `complete` for each command, and one for each option of the commands that take it.
  static var fishScript: String {
    var lines = [
      "# fish completion for imgtool; put it into ~/.config/fish/completions as imgtool.fish.",
      "complete -c imgtool -f",
      "complete -c imgtool -n __fish_is_first_arg -l help -d 'explain how to start'",
      "complete -c imgtool -n __fish_is_first_arg -l version -d 'print the version, and those of the libraries'",
    ]
    for completion in all {
      let command = completion.command
      let isFirst = "complete -c imgtool -n __fish_is_first_arg -a \(command.name)"
      lines.append("\(isFirst) -d \(quoted(command.summary))")
      let isIn = "complete -c imgtool -n '__fish_seen_subcommand_from \(command.name)'"
      switch completion.operands {
      case .nothing: break
      case .files: lines.append("\(isIn) -F")
      case .words(let words): lines.append("\(isIn) -a \(quoted(words.joined(separator: " ")))")
      }
      lines += completion.flags.map { "\(isIn)\(fishOption($0))" }
    }
    return lines.joined(separator: "\n")
  }

  private static func fishOption(_ flag: Flag) -> String {
    let short = flag.short.map { " -s \($0)" } ?? ""
    let value =
      switch value(of: flag) {
      case nil: ""
      case .nothing: " -x"
      case .files: " -r -F"
      case .words(let words): " -x -a \(quoted(words.map(fishWord).joined(separator: " ")))"
      }
    return "\(short) -l \(flag.name.dropFirst(2))\(value) -d \(quoted(flag.summary))"
  }

  /// The words of `-a` are read as a command line is.
  private static func fishWord(_ word: String) -> String {
    word.map { ";|&<>()*?~# $".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  /// In single quotes.
  private static func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
  }
}
