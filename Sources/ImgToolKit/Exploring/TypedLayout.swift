import PixelViews

/// Layout options as they are typed: each at most once, in the order of the help.
struct TypedLayout: Hashable, Sendable {
  private var values: [String: String] = [:]

  init() {}

  /// - Parameter words: options with their values, as the parser has read them.
  init(_ words: [TypedOption]) {
    for word in words { values[word.name] = word.value }
  }

  /// The value of an option, which is empty for one that takes none; `nil` where it is not there.
  subscript(_ name: String) -> String? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// The words of a command line.
  var words: [String] {
    TypedLayout.order.flatMap { flag in
      values[flag.name].map { flag.value == nil ? [flag.name] : [flag.name, $0] } ?? []
    }
  }

  private static let order = Flag.shared.filter(\.group.isLayout)

  /// The same layout without some options.
  func without(_ names: [String]) -> TypedLayout {
    var layout = self
    for name in names { layout[name] = nil }
    return layout
  }

  /// Names a way to store pixels: by one word that needs no quotes, where there is one that says the
  /// mode as well.
  mutating func name(_ rawmode: Rawmode, as alias: String? = nil) {
    self["--mode"] = nil
    self["--rawmode"] = nil
    if alias == nil, Rawmode.natural(rawmode.mode).name == rawmode.name,
      ShellWord.isPlain(rawmode.mode.name)
    {
      self["--mode"] = rawmode.mode.name
      return
    }
    let names = alias.map { [$0] } ?? [rawmode.name] + rawmode.aliases
    // That of a mosaic says more than how pixels are stored.
    let plain = names.filter {
      ShellWord.isPlain($0) && (alias != nil || Mosaic(rawmode: $0) == nil)
    }
    if let name = plain.first(where: { Rawmode.named($0, mode: nil) == rawmode }) {
      self["--rawmode"] = name
      return
    }
    let name = plain.first { Rawmode.named($0, mode: rawmode.mode) == rawmode } ?? names[0]
    self["--rawmode"] = name
    if Rawmode.named(name, mode: nil) != rawmode { self["--mode"] = rawmode.mode.name }
  }
}

/// An option as it was typed.
struct TypedOption: Hashable, Sendable {
  let name, value: String
}
