import ImageFiles
import PixelMemory
import PixelViews

/// The commands that print what this build knows.
extension Command {
  static let modes = table("modes", "list what samples can mean", word: "gray") {
    Mode.allCases.map { mode in
      [
        ("mode", .string(mode.name)), ("bands", names(mode.bands)),
        ("bits", .integer(Rawmode.natural(mode).bitsPerPixel)),
        ("formats", names(formatNames(holding: PixelFormat(mode)))),
        ("summary", .string(mode.summary)),
      ]
    }
  }

  static let rawmodes = table("rawmodes", "list how samples can be stored", word: "565") {
    Rawmode.all.map { rawmode in
      [
        ("rawmode", .string(rawmode.name)), ("mode", .string(rawmode.mode.name)),
        ("bits", .integer(rawmode.bitsPerPixel)),
        ("planes", .integer(rawmode.hasPlanes ? rawmode.planeCount : 1)),
        ("samples", .string(rawmode.type.rawValue)),
        ("sharing", .string(rawmode.isEditable ? "view" : "read-only view")),
        ("remark", .string(rawmode.remark ?? "")),
        ("aliases", names(rawmode.aliases)),
      ]
    }
  }

  static let formats = table("formats", "list the files that can be read and written", word: "RGBA")
  {
    FileFormat.all.map { format in
      [
        ("format", .string(format.name)),
        ("suffixes", names(format.suffixes)),
        ("reads", .bool(format.describe != nil)), ("writes", .bool(format.isWritten)),
        ("modes", names(modes(of: format, .natural))),
        ("16-bit", names(modes(of: format, .wide))),
        ("numbers", names(formatsOfNumbers(format))),
        (
          "widens",
          .string(format.widened(PixelFormat(.rgb)).map { "to \($0.shortName)" } ?? "")
        ),
        ("summary", .string(format.summary)),
      ]
    }
  }

  static let steps = table("steps", "list what can be done with an image", word: "band") {
    StepRecord.all.map { step in
      [
        ("step", .string(step.name)), ("value", .string(step.value ?? "")),
        ("kind", .string(step.group.title)), ("summary", .string(step.summary)),
      ]
    }
  }

  private typealias Row = [(key: String, value: JSON)]

  private static func table(
    _ name: String, _ summary: String, word: String, rows: @escaping @Sendable () -> [Row]
  ) -> Command {
    Command(
      name, "[WORD]", summary, operands: 0...1, groups: [],
      examples: [
        Example("imgtool \(name)", "print a table"),
        Example("imgtool \(name) \(word)", "print the rows that contain \(Values.quoted(word))"),
        Example("imgtool \(name) --json", "print JSON for a script"),
      ]
    ) {
      invocation, console throws(ToolError) in
      let rows = try matching(invocation.operands.first, rows(), name)
      if invocation.report.json {
        let objects = rows.map { row in
          JSON.object(row.map { JSON.Member(key: $0.key, value: $0.value) })
        }
        try console.answer(
          JSON.record(["version": 1, name: .array(objects), "exit": 0] as KeyValuePairs).text)
      } else {
        try console.answer(text(rows))
      }
      return .done
    }
  }

  /// The rows of which a column is a word, else those that have it anywhere; all without a word.
  private static func matching(
    _ word: String?, _ rows: [Row], _ name: String
  ) throws(ToolError) -> [Row] {
    guard let word = word?.lowercased() else { return rows }
    let exact = rows.filter { $0.contains { $0.value.cell.lowercased() == word } }
    let found =
      exact.isEmpty
      ? rows.filter { $0.contains { $0.value.cell.lowercased().contains(word) } } : exact
    guard !found.isEmpty else {
      throw ToolError("no row says \(Values.quoted(word)); `imgtool \(name)` lists all")
    }
    return found
  }

  /// Columns as wide as their longest cell; empty columns are left out.
  private static func text(_ rows: [Row]) -> String {
    guard let first = rows.first else { return "" }
    var lines = [first.map(\.key)]
    lines += rows.map { row in
      row.map { $0.value.cell }
    }
    return TextTable(rows: lines).text()
  }

  private static func names(_ names: [String]) -> JSON { .array(names.map(JSON.string)) }

  private enum Width { case natural, wide }

  private static func modes(of format: FileFormat, _ width: Width) -> [String] {
    Mode.allCases.filter { mode in
      format.accepts(PixelFormat(mode, width == .wide ? .u16 : nil))
        && (width == .natural || mode.naturalType != .u16)
    }.map(\.name)
  }

  private static func formatsOfNumbers(_ format: FileFormat) -> [String] {
    Mode.allCases.flatMap { mode in
      SampleType.allCases.map { PixelFormat(mode, $0) }.filter(format.numberColors.contains)
    }.map { "\($0.mode.name);\($0.type.rawValue)" }
  }

  private static func formatNames(holding format: PixelFormat) -> [String] {
    FileFormat.all.filter { $0.accepts(format) }.map(\.name)
  }
}

extension JSON {
  /// The value as people read it in a table.
  fileprivate var cell: String {
    switch self {
    case .string(let text): text.isEmpty ? "-" : text
    case .bool(let flag): flag ? "yes" : "no"
    case .array(let values): values.isEmpty ? "-" : values.map(\.cell).joined(separator: " ")
    default: text
    }
  }
}
