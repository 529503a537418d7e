extension Completion {
  /// For zsh's `_arguments`; a file `_imgtool` in a folder of `fpath`, or sourced after `compinit`.
  static var zshScript: String {
    let commands = all.map {
      "    \(quoted("\($0.command.name):\(escaped($0.command.summary, ":\\"))"))"
    }
    return """
      #compdef imgtool
      _imgtool() {
        local -a commands
        commands=(
      \(commands.joined(separator: "\n"))
        )
        if (( CURRENT == 2 )); then
          _describe -t commands 'imgtool command' commands
          return
        fi
        local name=$words[2]
        shift words
        (( CURRENT-- ))
        case $name in
      \(all.map(\.zshCase).joined(separator: "\n"))
        esac
      }
      if [[ $funcstack[1] == _imgtool ]]; then
        _imgtool "$@"
      else
        compdef _imgtool imgtool
      fi
      """
  }

  private var zshCase: String {
    var lines = ["    \(command.name))", "      _arguments -S \\"]
    for flag in flags {
      let summary = Completion.escaped(flag.summary, "[]:\\")
      var specification = "\(flag.repeats ? "*" : "")\(flag.name)[\(summary)]"
      if let offer = Completion.value(of: flag) {
        let name = Completion.escaped(flag.value ?? "", ":\\")
        specification += ":\(name):\(Completion.zshAction(offer))"
      }
      lines.append("        \(Completion.quoted(specification)) \\")
      if let short = flag.short {
        lines.append("        \(Completion.quoted("-\(short)[\(summary)]")) \\")
      }
    }
    lines.append("        \(Completion.quoted("*:operand:\(Completion.zshAction(operands))"))")
    return (lines + ["      ;;"]).joined(separator: "\n")
  }

  private static func zshAction(_ offer: Offer) -> String {
    switch offer {
    case .nothing: " "
    case .files: "_files"
    case .words(let words):
      "(" + words.map { escaped($0, ";|&<>()[]{}*?~# :\\") }.joined(separator: " ") + ")"
    }
  }

  private static func escaped(_ text: String, _ special: String) -> String {
    text.map { special.contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  /// In single quotes.
  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
