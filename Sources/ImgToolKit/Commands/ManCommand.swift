import ImageFiles
import PixelMemory
import PixelViews

extension Command {
  static let man = Command(
    "man", "", "print the manual page, for man(1)", operands: 0...0, groups: [],
    examples: [
      Example("imgtool man > imgtool.1", "write a page for a man1 directory in $MANPATH")
    ]
  ) { invocation, console throws(ToolError) in
    try invocation.refuseJSON()
    try console.answer(ManPage.text)
    return .done
  }
}

/// The manual page in roff (`man(7)`), made of the tables of commands and options.
enum ManPage {
  static var text: String {
    (opening + commands + options + tables + topics + closing).joined(separator: "\n")
  }

  private static let opening = [
    #".TH IMGTOOL 1 "" "imgtool \#(Library.version)" "User Commands""#,
    ".SH NAME",
    #"imgtool \- map raw pixel files as images, edit them in place, save and verify them"#,
    ".SH SYNOPSIS",
    #".B imgtool"#, #".I COMMAND"#, #"[\fIOPERAND\fR...] [\fIOPTION\fR...] [\fISTEP\fR...]"#,
    ".SH DESCRIPTION",
    escaped(
      "imgtool maps a file of raw pixels, or a file whose pixels lie uncompressed, into memory as an "
        + "image. The image is a view of the file: it shows what the file holds now, edits reach the "
        + "file under --access rw, and saving does not detach the image from the file. Options of the layout stand before "
        + "the first step; steps are done from left to right and may be repeated."),
    ".PP",
    escaped(
      "SOURCE is a path, or - for standard input. Numbers of bytes may be written as 0x100, 4K, 2M or "
        + "1G. A pixel V is a comma list of samples in the mode's own range (128 or 255,0,0 or 0.5), 0x…, "
        + "#rrggbb[aa] for the modes with color, or the CSS name of a color (red, transparent), which "
        + "is its gray in the modes L and LA."),
  ]

  private static var commands: [String] {
    var lines = [".SH COMMANDS"]
    for command in Command.all {
      let usage = command.usage.isEmpty ? "" : #" \fR"# + escaped(command.usage)
      lines += [".TP", ".B " + escaped(command.name) + usage, escaped(command.summary) + "."]
    }
    return lines
  }

  private static var options: [String] {
    var lines = [".SH OPTIONS"]
    for section in Flag.sections {
      lines.append(".SS " + escaped(section.title))
      for flag in section.flags {
        let short = flag.short.map { escaped("-\($0), ") } ?? ""
        lines += [".TP", ".B " + short + escaped(flag.usage), escaped(flag.explanation)]
      }
    }
    return lines
  }

  private static var tables: [String] {
    Command.all.flatMap { command in
      command.tables.flatMap { table in
        [".SH " + escaped("\(table.title) of \(command.name)".uppercased())]
          + table.rows.flatMap { [".TP", ".B " + escaped($0.term), escaped($0.text)] }
      }
    }
  }

  /// What the help has on words, and on errors.
  private static var topics: [String] {
    var lines: [String] = []
    for topic in HelpTopic.all where !topic.isError {
      lines.append(".SH " + escaped(topic.name.uppercased()))
      for paragraph in topic.paragraphs { lines += [".PP", escaped(paragraph)] }
    }
    lines.append(".SH ERRORS")
    for topic in HelpTopic.all where topic.isError {
      lines += [".TP", ".B " + escaped(topic.name)] + topic.paragraphs.map(escaped)
    }
    return lines
  }

  private static var closing: [String] {
    var lines = [".SH MODES"]
    for mode in Mode.allCases {
      lines += [".TP", ".B " + escaped(mode.name), escaped(mode.summary)]
    }
    lines += [".SH RAWMODES"]
    for mode in Mode.allCases {
      let names = Rawmode.all.filter { $0.mode == mode }.map(\.name)
      lines += [".TP", ".B " + escaped(mode.name), escaped(names.joined(separator: ", "))]
    }
    lines += [".SH FILE FORMATS"]
    for format in FileFormat.all {
      lines += [".TP", ".B " + escaped(format.name), escaped(format.summary)]
    }
    lines += [".SH EXIT STATUS"]
    for (status, meaning) in [
      ("0", "done, same, shared, as expected"),
      ("1", "the answer is no: pixels differ, an expectation failed, sharing is broken"),
      ("2", "usage, layout, or the file or the system refused"),
      ("128+n", "a signal ended it; a closed pipe ends it quietly"),
    ] { lines += [".TP", ".B " + escaped(status), escaped(meaning)] }
    lines += [
      ".SH ENVIRONMENT", ".TP", ".B TERM, COLORTERM",
      "what the terminal is, for pictures in it", ".TP", ".B COLUMNS",
      "the width of a terminal that does not report its own", ".TP", ".B NO_COLOR",
      "no color in pictures and reports, when set to anything",
    ]
    lines += [".SH EXAMPLES"]
    for command in Command.all {
      for example in command.examples {
        lines += [
          ".PP", escaped(example.meaning) + ":", ".PP", ".EX", "  " + escaped(example.line),
        ]
        lines += [".EE"]
      }
    }
    lines += [
      ".SH FILES", ".TP", ".B " + escaped(".imgtool-XXXXXX"),
      escaped(
        "A file that is being saved stands beside its target under such a name where the file system "
          + "has no files without one; it takes the name of the target when it is whole."),
      ".TP", ".B /proc/self/pagemap, /proc/self/status",
      escaped(
        "Read by --expect-shared and verify, which count pages that are no longer the file's."),
      ".SH SEE ALSO",
      [
        ("cmp", "1"), ("ffmpeg", "1"), ("flock", "1"), ("v4l2-ctl", "1"), ("vips", "1"),
        ("xxd", "1"), ("mmap", "2"),
      ].map { ".BR \(escaped($0.0)) (\($0.1))" }.joined(separator: ",\n"),
      ".PP",
      escaped(
        "The README and Documentation/ of the project: layout files, hashes, promises, benchmarks."),
    ]
    return lines
  }

  /// Text that roff leaves as it is.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += #"\e"#
      case "-": result += #"\-"#
      case "…": result += "..."
      case "←": result += #"\(<-"#
      case "→": result += #"\(->"#
      case "↑": result += #"\(ua"#
      case "↓": result += #"\(da"#
      case "'": result += #"\(aq"#
      case "`": result += #"\(ga"#
      case "^": result += #"\(ha"#
      case "~": result += #"\(ti"#
      default: result.append(character)
      }
    }
    return result.hasPrefix(".") ? #"\&"# + result : result
  }
}
