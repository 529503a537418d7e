import PixelMemory
import PixelViews

extension Command {
  static let hash = Command(
    "hash", "SOURCE... [LAYOUT...]", "a hash of the pixels, the same for every layout of them",
    operands: 0...Int.max, groups: [.layout, .mapping, .concurrent, .hash],
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
    if let list = invocation.extra["--check"] {
      guard invocation.operands.isEmpty else {
        throw ToolError("--check takes the names from \(list); leave out \(invocation.operands[0])")
      }
      return try check(try HashList.read(list), invocation, console)
    }
    guard !invocation.operands.isEmpty else {
      throw ToolError("hash needs SOURCE; usage: imgtool hash SOURCE... [LAYOUT...]")
    }
    return try hash(invocation.operands, invocation, console)
  }

  /// Prints a line for each file. One that cannot be read does not keep the others from theirs.
  private static func hash(
    _ paths: [String], _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    var status = ExitStatus.done
    var records: [JSON] = []
    for path in paths {
      do throws(ToolError) {
        let (hash, source) = try pixelHash(path, invocation)
        for note in source.notes { console.note(note) }
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
          "version": 1, "hashes": .array(records), "exit": .integer(Int(status.rawValue)),
        ]).text)
    }
    return status
  }

  /// Says of each line of a list whether the file still has the hash.
  private static func check(
    _ list: [HashList.Entry], _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    var differing = 0
    var unreadable = 0
    var records: [JSON] = []
    for entry in list {
      let answer: String
      var found: String?
      do throws(ToolError) {
        let hash = try pixelHash(entry.name, invocation).hash
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
          "exit": .integer(Int(status.rawValue)),
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
    let source = try Source.operand(path, invocation).source
    let threads = invocation.threads ?? Syscalls.hardwareThreads
    do throws(ViewError) {
      for attempt in 1...(invocation.consistency ?? 1) {
        let witness = try invocation.consistency.map { _ throws(ViewError) in
          try FrameWitness(source.image, threads: threads)
        }
        let hash = try source.image.hash(threads: threads)
        if try witness?.holds() ?? true { return (hash.text, source) }
        FrameWitness.pause(after: attempt)
      }
    } catch { throw ToolError(error, name: path) }
    throw ToolError(changed: path, tries: invocation.consistency ?? 1)
  }
}

/// Lines of hashes and names, written and read as `sha256sum` does.
enum HashList {
  struct Entry: Equatable {
    var hash: String
    var name: String
  }

  /// The largest list that is read.
  private static let limit = 1 << 28

  /// `HASH  NAME`. A name that breaks lines is escaped, and the line marked with a backslash.
  static func line(hash: String, name: String) -> String {
    let (text, isEscaped) = escaped(name)
    return "\(isEscaped ? "\\" : "")\(hash)  \(text)"
  }

  static func escaped(_ name: String) -> (text: String, isEscaped: Bool) {
    var text = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return (text, text != name)
  }

  /// The lines of a file, or of standard input for `-`.
  ///
  /// - Throws: ``ToolError`` with the number of the first line that is none.
  static func read(_ path: String) throws(ToolError) -> [Entry] {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes =
        try path == "-"
        ? Syscalls.contents(of: 0, limit: limit) : Syscalls.contents(of: path, limit: limit)
    } catch {
      throw ToolError(
        "\(path): "
          + (error.code == Errno.fileTooBig
            ? "a list of hashes is expected, and this is more than \(limit) bytes" : error.message))
    }
    var entries: [Entry] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, bytes) in lines.enumerated() {
      let line = FileName.text(bytes)
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let entry = entry(line) else {
        throw ToolError(
          "\(path): line \(index + 1) is \(Values.quoted(String(line.prefix(80)))); 64 hexadecimal "
            + "digits, two spaces and a name are expected")
      }
      entries.append(entry)
    }
    guard !entries.isEmpty else { throw ToolError("\(path): there is no hash in it to check") }
    return entries
  }

  /// Whether a word can be a hash at all. Digits of other scripts are more than a byte each.
  static func isHash(_ word: some StringProtocol) -> Bool {
    word.count == 64 && word.utf8.count == 64 && word.allSatisfy(\.isHexDigit)
  }

  static func entry(_ line: String) -> Entry? {
    var rest = Substring(line)
    let isEscaped = rest.first == "\\"
    if isEscaped { rest.removeFirst() }
    let hash = rest.prefix(64)
    let name = rest.dropFirst(66)
    guard isHash(hash), !name.isEmpty,
      rest.dropFirst(64).hasPrefix("  ") || rest.dropFirst(64).hasPrefix(" *")
    else { return nil }
    if !isEscaped { return Entry(hash: hash.lowercased(), name: String(name)) }
    guard let plain = unescaped(name) else { return nil }
    return Entry(hash: hash.lowercased(), name: plain)
  }

  private static func unescaped(_ text: Substring) -> String? {
    var name = ""
    var isAfterBackslash = false
    for scalar in text.unicodeScalars {
      switch (isAfterBackslash, scalar) {
      case (false, "\\"):
        isAfterBackslash = true
        continue
      case (false, _): name.unicodeScalars.append(scalar)
      case (true, "\\"): name += "\\"
      case (true, "n"): name += "\n"
      case (true, "r"): name += "\r"
      default: return nil
      }
      isAfterBackslash = false
    }
    return isAfterBackslash ? nil : name
  }
}
