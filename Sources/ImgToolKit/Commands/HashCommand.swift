import ImageFiles
import PixelMemory
import PixelViews

/// The options of `hash`.
private struct HashOptions: CommandOptions {
  /// `--check`: the list whose hashes are verified.
  var list: String?
}

extension Command {
  static let hash = Command(
    "hash", "SOURCE... [LAYOUT...]", "hash the pixels, the same for every layout of them",
    operands: 0...Int.max, groups: [.layout, .mapping, .concurrent, .losses],
    own: [
      .own(
        "--check", "FILE", "read lines that hash has printed and verify them", choices: .file
      ) { (options: inout HashOptions, text) in options.list = text }
    ],
    examples: [
      Example(
        "imgtool hash photo.png",
        "what the pixels are, whatever the format"),
      Example(
        "imgtool hash fb.raw --size 640x480 --rawmode BGRX --stride 2624",
        "the same hash as that of a PNG saved from it"),
      Example(
        "imgtool hash a.png b.png > hashes.txt",
        "lines as sha256sum writes them"),
      Example(
        "imgtool hash --check hashes.txt",
        "exit 1 when one is another now"),
    ]
  ) { invocation, console throws(ToolError) in
    if let list = invocation.own(HashOptions.self).list {
      guard invocation.operands.isEmpty else {
        throw ToolError("--check takes the names from \(list); leave out \(invocation.operands[0])")
      }
      return try check(try HashList.read(list), invocation, console)
    }
    guard !invocation.operands.isEmpty else {
      throw ToolError("hash needs SOURCE; usage: imgtool hash SOURCE... [LAYOUT...]")
    }
    try Source.checkLayoutIsUsed(by: invocation.operands, invocation.opening)
    return try hash(invocation.operands, invocation, console)
  }

  /// Prints a line for each file.
  private static func hash(
    _ paths: [String], _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    var records: [JSON] = []
    var notes: [String] = []
    let series = try FileSeries(paths, console)
    let status = try series.forEach { path throws(ToolError) in
      let (hash, source) = try pixelHash(path, invocation)
      notes += try console.introduce(source)
      return (hash: hash, mode: source.image.mode, size: (source.image.width, source.image.height))
    } answer: { path, found throws(ToolError) in
      switch found {
      case .success(let image):
        records.append(
          .record([
            "name": .string(path), "hash": .string(image.hash), "mode": .string(image.mode.name),
            "size": [.integer(image.size.0), .integer(image.size.1)],
          ]))
        if !invocation.report.json {
          try console.answer(hashLine: HashList.line(hash: image.hash, name: path))
        }
        return .done
      case .failure(let error):
        console.complain(error.message)
        records.append(.record(["name": .string(path), "error": .string(error.message)]))
        return error.status
      }
    }
    if invocation.report.json {
      try console.answer(
        JSON.record([
          "version": 1, "hashes": .array(records), "notes": .texts(notes),
          "exit": .integer(Int(status.rawValue)),
        ]).text)
    }
    return status
  }

  /// Says of each line of a list whether the file still has the hash.
  private static func check(
    _ list: [HashList.Entry], _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    try Source.checkLayoutIsUsed(by: list.map(\.name), invocation.opening)
    var expected = list[...]
    var differing = 0
    var records: [JSON] = []
    var notes: [String] = []
    let series = try FileSeries(list.map(\.name), console)
    let status = try series.forEach { path throws(ToolError) in
      let (hash, source) = try pixelHash(path, invocation)
      notes += try console.introduce(source)
      return hash
    } answer: { path, found throws(ToolError) in
      let wanted = expected.removeFirst().hash
      let (answer, status): (String, ExitStatus)
      switch found {
      case .success(let hash) where hash == wanted: (answer, status) = ("OK", .done)
      case .success:
        differing += 1
        (answer, status) = ("FAILED", .answerIsNo)
      case .failure(let error):
        console.complain(error.message)
        (answer, status) = ("FAILED open or read", .refused)
      }
      records.append(
        .record([
          "name": .string(path), "same": .bool(status == .done), "expected": .string(wanted),
          "found": (try? found.get()).map(JSON.string) ?? .null,
        ]))
      if !invocation.report.json, !(invocation.report.quiet && status == .done) {
        try console.answer(hashLine: "\(HashList.escaped(path).text): \(answer)")
      }
      return status
    }
    if invocation.report.json {
      try console.answer(
        JSON.record([
          "version": 1, "same": .bool(status == .done), "checks": .array(records),
          "notes": .texts(notes), "exit": .integer(Int(status.rawValue)),
        ]).text)
    } else if differing > 0 {
      console.note(
        "\(differing) of \(list.count) hash\(list.count == 1 ? "" : "es") did not match")
    }
    return status
  }

  private static func pixelHash(
    _ path: String, _ invocation: Invocation
  ) throws(ToolError) -> (hash: String, source: Source) {
    let source = try Source.operand(path, invocation.opening)
    let threads = invocation.running.threadCount
    do throws(ViewError) {
      for attempt in 1...(invocation.running.consistency ?? 1) {
        let witness = try invocation.running.consistency.map { _ throws(ViewError) in
          try FrameWitness(source.image, threads: threads)
        }
        let hash = try source.image.hash(threads: threads)
        if try witness?.holds() ?? true { return (hash.text, source) }
        FrameWitness.pause(after: attempt)
      }
    } catch { throw ToolError(error, name: path) }
    throw ToolError(changed: path, tries: invocation.running.consistency ?? 1)
  }
}
