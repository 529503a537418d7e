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
    "hash", "SOURCE... [LAYOUT...]", "hash the pixels, whatever their layout",
    for: .comparing, operands: 0...Int.max,
    groups: [.layout, .mapping, .sequence, .concurrent, .losses],
    own: [
      .own(
        "--check", "FILE", "read lines that hash has printed and verify them",
        details: .init(
          """
          The lines are those that `imgtool hash` prints, as with sha256sum -c. Exit 1 if \
          a file does not match.
          """, example: "--check list.txt"), choices: .file
      ) { (options: inout HashOptions, text) in options.list = text }
    ],
    examples: [
      Example(
        "imgtool hash photo.png",
        "hash the pixels, whatever the file format"),
      Example(
        "imgtool hash fb.raw --size 640x480 --rawmode BGRX --stride 2624",
        "print the hash that a PNG saved from it would have"),
      Example(
        "imgtool hash a.png b.png > hashes.txt",
        "write lines like those of sha256sum"),
      Example(
        "imgtool hash clip.raw --size 640x480 --mode RGB --each",
        "print a line for each frame"),
      Example(
        "imgtool hash --check hashes.txt",
        "exit 1 if a file's pixels have changed"),
    ]
  ) { invocation, console throws(ToolError) in
    if let list = invocation.own(HashOptions.self).list {
      guard invocation.operands.isEmpty else {
        throw ToolError("--check takes the names from \(list); leave out \(invocation.operands[0])")
      }
      guard !invocation.opening.isEach else {
        throw ToolError("--check reads the numbers of frames from \(list); leave out --each")
      }
      return try check(try HashList.read(list), invocation, console)
    }
    guard !invocation.operands.isEmpty else {
      throw ToolError(
        "hash needs SOURCE, a file, or - for standard input; usage: imgtool hash SOURCE... [LAYOUT...]"
      )
    }
    let isEach = invocation.opening.isEach
    let files = invocation.operands.map { path in
      isEach ? FrameSequence.firstFile(of: path, invocation.opening) : path
    }
    try Source.checkLayoutIsUsed(by: files, invocation.opening)
    return try hash(invocation.operands, invocation, console)
  }

  /// Prints a line for each file. One that cannot be read does not keep the others from theirs.
  private static func hash(
    _ paths: [String], _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    var records: [JSON] = []
    var notes: [String] = []
    // What cannot be printed ends the series.
    var broken: ToolError?
    // Frames are told as they are hashed: there need be no end to them.
    let isEach = invocation.opening.isEach
    var frameCount = 0
    func print(_ answer: () throws(ToolError) -> Void) throws(ToolError) {
      do throws(ToolError) { try answer() } catch {
        broken = error
        throw error
      }
    }
    func tell(_ hash: String, _ name: String, _ source: Source) throws(ToolError) {
      let more = try console.introduce(source)
      guard invocation.report.json else {
        return try print { () throws(ToolError) in
          try console.answer(hashLine: HashList.line(hash: hash, name: name))
        }
      }
      let record = JSON.record([
        "version": isEach ? 1 : .null,
        "name": .string(name), "hash": .string(hash), "mode": .string(source.image.mode.name),
        "size": [.integer(source.image.width), .integer(source.image.height)],
        "notes": isEach ? .texts(more) : .null, "exit": isEach ? 0 : .null,
      ])
      if isEach {
        frameCount += 1
        return try print { () throws(ToolError) in try console.answer(record.text) }
      }
      for note in more where !notes.contains(note) { notes.append(note) }
      records.append(record)
    }
    let series = try FileSeries(paths, console)
    let status = try series.forEach { path throws(ToolError) in
      guard isEach else {
        let source = try Source.operand(path, invocation.opening)
        return try tell(try pixelHash(of: source, path, invocation), path, source)
      }
      let frames = try FrameSequence.operand(path, invocation.opening)
      for note in frames.notes { console.note(note) }
      notes += frames.notes
      try hash(frames, invocation, tell)
    } answer: { path, found throws(ToolError) in
      if let broken { throw broken }
      guard case .failure(let error) = found else { return .done }
      if paths.count == 1 && !invocation.report.json { throw error }
      console.complain(error.message)
      if isEach, invocation.report.json {
        try console.answer(error.json(about: path).text)
      } else {
        records.append(.record(["name": .string(path), "error": .string(error.message)]))
      }
      return error.status
    }
    if invocation.report.json {
      try console.answer(
        JSON.record([
          "version": 1,
          "hashes": isEach ? .null : .array(records),
          "frames": isEach ? .integer(frameCount) : .null, "notes": .texts(notes),
          "exit": .integer(Int(status.rawValue)),
        ]).text)
    }
    return status
  }

  /// Says of each line of a list whether the file still has the hash.
  private static func check(
    _ list: [HashList.Entry], _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    var sources = ListedSources(invocation.opening)
    try Source.checkLayoutIsUsed(
      by: list.map { FrameSequence.frame(labeled: $0.name)?.path ?? $0.name }, invocation.opening)
    var expected = list[...]
    var differing = 0
    var records: [JSON] = []
    var notes: [String] = []
    let series = try FileSeries(list.map(\.name), console)
    let status = try series.forEach { name throws(ToolError) in
      let source = try sources.source(name)
      let hash = try pixelHash(of: source, name, invocation)
      for note in try console.introduce(source) where !notes.contains(note) { notes.append(note) }
      return hash
    } answer: { name, found throws(ToolError) in
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
          "name": .string(name), "same": .bool(answer == "OK"), "expected": .string(wanted),
          "found": (try? found.get()).map(JSON.string) ?? .null,
        ]))
      if !invocation.report.json, !(invocation.report.quiet && answer == "OK") {
        try console.answer(hashLine: "\(HashList.escaped(name).text): \(answer)")
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
    of source: Source, _ name: String, _ invocation: Invocation, threads: Int? = nil
  ) throws(ToolError) -> String {
    let threads = threads ?? invocation.opening.threadCount
    do throws(ViewError) {
      for attempt in 1...(invocation.running.consistency ?? 1) {
        let witness = try invocation.running.consistency.map { _ throws(ViewError) in
          try FrameWitness(source.image, threads: threads)
        }
        let hash = try source.image.hash(threads: threads)
        if try witness?.holds() ?? true { return hash.text }
        FrameWitness.pause(after: attempt)
      }
    } catch { throw ToolError(error, name: name) }
    throw ToolError(changed: name, tries: invocation.running.consistency ?? 1)
  }

  /// Hashes the frames of a source, small ones several at once, and tells of each in order.
  private static func hash(
    _ frames: FrameSequence, _ invocation: Invocation,
    _ tell: (String, String, Source) throws(ToolError) -> Void
  ) throws(ToolError) {
    try frames.forEach(
      threads: invocation.opening.threadCount, isSerial: invocation.running.consistency != nil
    ) { number, source, threads throws(ToolError) in
      try pixelHash(
        of: source, frames.label(of: source, number), invocation, threads: threads)
    } consume: { number, source, hash throws(ToolError) in
      try tell(hash, frames.label(of: source, number), source)
    }
  }
}

/// What the lines of a list name: files, and frames of files, which are opened once for lines that follow
/// each other.
private struct ListedSources {
  private let options: OpenOptions
  private var frames: FrameSequence?
  /// The frame of a stream that is next.
  private var next = 0

  init(_ options: OpenOptions) { self.options = options }

  mutating func source(_ name: String) throws(ToolError) -> Source {
    guard let (path, number) = FrameSequence.frame(labeled: name) else {
      return try Source.operand(name, options)
    }
    if frames?.name != path {
      var options = options
      (options.layout.frame, options.layout.frames) = (nil, nil)
      frames = try FrameSequence.operand(path, options)
      next = 0
    }
    guard let frames else { return try Source.operand(name, options) }
    guard frames.isStream else {
      guard frames.numbers.contains(number), let source = try frames.source(number) else {
        throw ToolError.noFrame(number, in: path, count: frames.count ?? 0)
      }
      return source
    }
    // What comes before it is read and left.
    while number >= next {
      next += 1
      guard let source = try frames.source(next - 1) else { break }
      if number == next - 1 { return source }
    }
    throw ToolError("\(path): there is no frame \(number), or it was read already")
  }
}
