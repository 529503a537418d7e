import ImageFiles
import PixelViews

/// What a shell may offer after a command and its options, in no shell's language yet. All of it
/// comes from the tables of commands and flags.
struct Completion {
  /// What may stand in one place.
  enum Offer: Hashable {
    /// Something that only the user knows.
    case nothing
    case files
    case words([String])
  }

  let command: Command
  /// The options, each once, in the order of the help.
  let flags: [Flag]

  static var all: [Completion] { Command.all.map(Completion.init) }

  private init(_ command: Command) {
    self.command = command
    var names: Set<String> = []
    flags = command.flags.filter { names.insert($0.name).inserted }
  }

  /// What may follow the command's name, besides its options.
  var operands: Offer {
    switch command.name {
    case Command.help.name: .words(Command.all.map(\.name))
    case Command.completion.name: .words(CompletionShell.allCases.map(\.rawValue))
    default: command.operands.upperBound > 0 ? .files : .nothing
    }
  }

  /// What may follow an option; `nil` for options without a value.
  static func value(of flag: Flag) -> Offer? {
    guard flag.value != nil, !flag.valueIsOptional else { return nil }
    switch flag.choices {
    case .none: return .nothing
    case .file: return .files
    case .modes: return .words(Mode.allCases.map(\.name))
    case .rawmodes:
      var seen: Set<String> = []
      return .words(
        Rawmode.all.flatMap { [$0.name] + $0.aliases }.filter { seen.insert($0).inserted })
    case .formats: return .words(FileFormat.all.map(\.name))
    case .names(let names): return .words(names)
    }
  }

  /// The options with a value, those together that are offered the same.
  var values: [(offer: Offer, names: [String])] {
    var order: [Offer] = []
    var names: [Offer: [String]] = [:]
    for flag in flags {
      guard let offer = Completion.value(of: flag) else { continue }
      if names[offer] == nil { order.append(offer) }
      names[offer, default: []].append(flag.name)
    }
    return order.map { ($0, names[$0] ?? []) }
  }
}

/// The shells that `imgtool completion` writes for.
enum CompletionShell: String, CaseIterable {
  case bash, zsh, fish

  var script: String {
    switch self {
    case .bash: Completion.bashScript
    case .zsh: Completion.zshScript
    case .fish: Completion.fishScript
    }
  }
}

extension Command {
  static let completion = Command(
    "completion", "bash|zsh|fish",
    "print a script that completes commands, options and their values",
    operands: 1...1, groups: [],
    examples: [
      Example("imgtool completion bash > imgtool.bash", "write it for ~/.bashrc to source"),
      Example("imgtool completion zsh > _imgtool", "write it for a directory in $fpath"),
      Example("imgtool completion fish > imgtool.fish", "write it for ~/.config/fish/completions"),
    ]
  ) { invocation, console throws(ToolError) in
    try invocation.refuseJSON()
    let shell: CompletionShell = try Values.choice(invocation.operands[0], "the shell")
    try console.answer(shell.script)
    return .done
  }
}
