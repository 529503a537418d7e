import ImageFiles
import PixelMemory

/// What a command says about one file.
struct FileReport {
  /// The object of `--json`, as the file alone would have it.
  var json: JSON
  var text: String
  var status = ExitStatus.done
}

/// Files that a command is asked about, one after the other. One that cannot be read does not keep
/// the others from their answers.
struct FileSeries {
  let paths: [String]
  let console: Console

  /// - Throws: ``ToolError`` when standard input stands for two of them.
  init(_ paths: [String], _ console: Console) throws(ToolError) {
    self.paths = paths
    self.console = console
    guard paths.count(where: { $0 == "-" }) <= 1 else {
      throw ToolError("- stands for standard input, which can be read once; name it once")
    }
  }

  /// Reads each file, says what was found, or the error, and lets go of it.
  ///
  /// - Parameters:
  ///   - read: what is to be found out about a file.
  ///   - answer: what is said about it, and the status of that. What it throws ends the series.
  /// - Returns: the worst of the statuses, those of errors among them.
  func forEach<Finding>(
    read: (String) throws(ToolError) -> Finding,
    answer: (String, Result<Finding, ToolError>) throws(ToolError) -> ExitStatus
  ) throws(ToolError) -> ExitStatus {
    var worst = ExitStatus.done
    for path in paths {
      let found: Result<Finding, ToolError>
      do throws(ToolError) { found = .success(try read(path)) } catch { found = .failure(error) }
      let status = try answer(path, found)
      if status.rawValue > worst.rawValue { worst = status }
    }
    return worst
  }

  /// Prints a report of each file, a blank line between two; under `--json` one object, which is that
  /// of the file where there is one.
  ///
  /// - Throws: ``ToolError`` of the file where there is one; else when nothing can be printed.
  func report(
    asJSON: Bool, about file: (String) throws(ToolError) -> FileReport
  ) throws(ToolError) -> ExitStatus {
    if paths.count == 1 {
      let report = try file(paths[0])
      try console.answer(asJSON ? report.json.text : report.text)
      return report.status
    }
    var records: [JSON] = []
    var gap = ""
    let status = try forEach(read: file) { path, found throws(ToolError) in
      switch found {
      case .success(let report):
        records.append(report.json)
        if !asJSON { try console.answer(gap + report.text) }
        gap = "\n"
        return report.status
      case .failure(let error):
        console.complain(error.message)
        records.append(error.json(about: path))
        return error.status
      }
    }
    if asJSON { try console.answer(FileSeries.json(records, status).text) }
    return status
  }

  /// The object of `--json` about several files.
  static func json(_ records: [JSON], _ status: ExitStatus) -> JSON {
    .record([
      "version": 1, "files": .array(records), "exit": .integer(Int(status.rawValue)),
    ])
  }
}
