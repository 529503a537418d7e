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

  /// Prints a line for each file. One that cannot be read does not keep the others from theirs.
  private static func hash(
    _ paths: [String], _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    var status = ExitStatus.done
    var records: [JSON] = []
    var notes: [String] = []
    for path in paths {
      do throws(ToolError) {
        let (hash, source) = try pixelHash(path, invocation)
        notes += try console.introduce(source)
        records.append(
          .record([
            "name": .string(path), "hash": .string(hash), "mode": .string(source.image.mode.name),
            "size": [.integer(source.image.width), .integer(source.image.height)],
          ]))
        if !invocation.report.json {
          try console.answer(hashLine: HashList.line(hash: hash, name: path))
        }
      } catch {
        if paths.count == 1 && !invocation.report.json { throw error }
        console.complain(error.message)
        records.append(.record(["name": .string(path), "error": .string(error.message)]))
        status = .refused
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
    var differing = 0
    var unreadable = 0
    var records: [JSON] = []
    var notes: [String] = []
    for entry in list {
      let answer: String
      var found: String?
      do throws(ToolError) {
        let (hash, source) = try pixelHash(entry.name, invocation)
        notes += try console.introduce(source)
        found = hash
        answer = hash == entry.hash ? "OK" : "FAILED"
        if hash != entry.hash { differing += 1 }
      } catch {
        console.complain(error.message)
        answer = "FAILED open or read"
        unreadable += 1
      }
      records.append(
        .record([
          "name": .string(entry.name), "same": .bool(answer == "OK"),
          "expected": .string(entry.hash), "found": found.map(JSON.string) ?? .null,
        ]))
      if !invocation.report.json, !(invocation.report.quiet && answer == "OK") {
        try console.answer(hashLine: "\(HashList.escaped(entry.name).text): \(answer)")
      }
    }
    let status: ExitStatus = unreadable > 0 ? .refused : differing > 0 ? .answerIsNo : .done
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
