extension Completion {
  /// For bash, without the package bash-completion.
  ///
  /// `;` and `=` end a word for bash's completion, so that words are quoted and `--option=value`
  /// comes in three parts.
  static var bashScript: String {
    """
    # bash completion for imgtool; source it, or put it into bash-completion's folder as "imgtool".
    _imgtool() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
      local options='' words='' files='' word
      COMPREPLY=()
      if [[ $current == '=' ]]; then
        current=''
      elif [[ $previous == '=' ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
      fi
      if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W '\(Command.all.map(\.name).joined(separator: " ")) --help --version' -- "$current"))
        return
      fi
      case ${COMP_WORDS[1]} in
    \(all.map(\.bashCase).joined(separator: "\n"))
      esac
      if [[ $current == -* && -z $words$files ]]; then
        words=$options
      elif [[ -z $words ]]; then
        [[ $files == no ]] && return
        compopt -o filenames 2>/dev/null
        local IFS=$'\\n'
        COMPREPLY=($(compgen -f -- "$current"))
        return
      fi
      for word in $words; do
        [[ $word == "$current"* ]] && COMPREPLY+=("$(printf %q "$word")")
      done
    }
    complete -F _imgtool imgtool
    """
  }

  private var bashCase: String {
    var lines = ["    \(command.name))"]
    lines.append("      options='\(flags.map(\.name).joined(separator: " "))'")
    lines.append("      case $previous in")
    for (offer, names) in values {
      lines.append("        \(names.joined(separator: "|"))) \(Completion.bashChoice(offer)) ;;")
    }
    // Another option, or the command itself, stands before.
    lines.append("        *) [[ $current == -* ]] || { \(Completion.bashChoice(operands)); } ;;")
    return (lines + ["      esac", "      ;;"]).joined(separator: "\n")
  }

  private static func bashChoice(_ offer: Offer) -> String {
    switch offer {
    case .nothing: "files=no"
    case .files: "files=yes"
    case .words(let words): "words='\(words.joined(separator: " "))'"
    }
  }
}
