import ImageFiles
import PixelMemory
import PixelViews

/// Shows a file under one layout after the other, as keys ask for, until the user has found one.
struct Explorer: ~Copyable {
  private var file: ExploredFile
  private var state: ExploreState
  private var undone: [ExploreState] = []
  /// `nil` before they are needed.
  private var guesses: [Guessed]?
  /// The guess that is shown, or was last.
  private var guess: Int?

  private var terminal: TerminalSession
  private var screen: ExploreScreen
  private var decoder = KeyDecoder()
  private let detection: TerminalDetection
  private let threads: Int

  private var picture: ExplorePicture?
  private var facts: LayoutFacts
  private var likeness: RowLikeness?
  /// What the file was when the likeness was measured.
  private var status: FileStatus?
  /// What is to be said once, and what is wrong as long as it is.
  private var message = ""
  private var problem: String?
  private var news = ""
  private var prompt: Prompt?
  private var helpPage: Int?
  private var showsBytes = false
  /// Where the mouse was when it dragged last.
  private var grip: PixelPlace?

  /// How many states are kept for undoing.
  private static let mostUndone = 1000
  /// Between two looks at the file, in milliseconds; more where a look takes long.
  private static let interval: Int32 = 250

  /// - Throws: ``ToolError`` where there is no terminal, and for a file that no layout fits.
  init(_ invocation: Invocation) throws(ToolError) {
    let terminal = try TerminalSession.open()
    let path = invocation.operands[0]
    let buffer = try Source.map(path, access: .readOnly)
    let file = ExploredFile(path: path, byteCount: buffer.byteCount)
    let start = try ExploreStart(invocation, buffer, file)
    let found = try start.state.facts(of: file)
    (state, guesses, guess, message) = (start.state, start.guesses, start.guess, start.message)
    self.file = file
    facts = found
    threads = invocation.running.threadCount
    detection = TerminalDetection(terminal.descriptor, forced: invocation.showing.drawing)
    screen = ExploreScreen(
      TerminalKind(drawing: detection.drawing, size: terminal.size),
      isPlain: !detection.hasBlocks, width: invocation.showing.width)
    self.terminal = terminal
  }

  /// Shows and listens until the user is done.
  ///
  /// - Returns: the arguments on one line, and whether they can be used without quotes; `nil` where the
  ///   user found none.
  mutating func run() throws(ToolError) -> (line: String, survivesSplitting: Bool)? {
    terminal.begin()
    var detection = detection
    if let question = detection.question { terminal.write(question) }
    look()
    draw()
    var pause = Explorer.interval
    while true {
      let event = terminal.wait(milliseconds: decoder.isWaiting ? KeyDecoder.patience : pause)
      var keys: [Key] = []
      switch event {
      case .input(let bytes): keys = decoder.keys(bytes)
      case .nothing where decoder.isWaiting: keys = decoder.giveUp()
      case .nothing:
        let start = Syscalls.monotonicNanoseconds()
        look()
        drawIfChanged()
        let milliseconds = Int32(
          truncatingIfNeeded: (Syscalls.monotonicNanoseconds() - start) / 1_000_000)
        pause = max(Explorer.interval, min(10_000, milliseconds * 20))
        continue
      case .screen:
        screen.kind = TerminalKind(drawing: screen.kind.drawing, size: terminal.size)
        screen.forget()
        draw()
        continue
      case .hangUp:
        terminal.leave()
        throw ToolError("the terminal is gone")
      }
      for key in keys {
        if case .report(let bytes) = key {
          if let drawing = detection.hear(bytes) { use(drawing) }
          continue
        }
        switch press(key) {
        case .goOn: break
        case .cancel:
          finish(&detection)
          return nil
        case .accept(let line, let survivesSplitting):
          finish(&detection)
          return (line, survivesSplitting)
        }
      }
      if !keys.isEmpty { draw() }
    }
  }

  /// Leaves the screen, and takes along what the terminal still answers: the next program would take it
  /// for keys.
  private mutating func finish(_ detection: inout TerminalDetection) {
    let deadline = Syscalls.monotonicNanoseconds() + 200_000_000
    while detection.isWaiting, Syscalls.monotonicNanoseconds() < deadline {
      guard case .input(let bytes) = terminal.wait(milliseconds: 50) else { continue }
      for case .report(let report) in decoder.keys(bytes) { _ = detection.hear(report) }
    }
    terminal.leave()
  }

  private mutating func use(_ drawing: Drawing) {
    screen.kind.drawing = drawing
    screen.forget()
  }
}

// MARK: Keys

extension Explorer {
  private enum Outcome {
    case goOn, cancel
    case accept(String, survivesSplitting: Bool)
  }

  private mutating func press(_ key: Key) -> Outcome {
    message = ""
    news = ""
    if let page = helpPage {
      let ends = key == .character("q") || key == .named(.escape)
      helpPage = !ends && page + 1 < screen.helpPageCount ? page + 1 : nil
      return .goOn
    }
    if prompt != nil {
      type(key)
      return .goOn
    }
    if case .mouse(let mouse) = key {
      point(mouse)
      return .goOn
    }
    guard let deed = ExploreKey.deeds[key] else {
      if case .character(let character) = key {
        message = "\(character) does nothing here; ? lists the keys"
      }
      return .goOn
    }
    switch deed {
    case .cancel: return .cancel
    case .accept: return accept()
    case .help: helpPage = 0
    case .redraw: screen.forget()
    case .bytes: showsBytes.toggle()
    case .undo:
      if let before = undone.popLast() { state = before } else { message = "there is nothing to undo" }
    case .ask(let kind): prompt = Prompt(kind, text: suggested(kind))
    case .guess(let step): show(guess: step)
    case .change(let change):
      attempt { state, scene throws(ToolError) in try change(state, scene) }
    }
    return .goOn
  }

  /// Makes another state where the file takes it, and says why where it does not.
  private mutating func attempt(
    _ change: (ExploreState, ExploreScene) throws(ToolError) -> ExploreState
  ) {
    do throws(ToolError) {
      // Keys that came together are each judged by what the one before has made.
      let facts = try state.facts(of: file)
      let next = try change(state, scene(facts))
      if next != state { try go(to: next) }
    } catch { message = said(error) }
  }

  private mutating func go(to next: ExploreState) throws(ToolError) {
    let facts = try next.facts(of: file)
    try ExplorePicture.check(try source(facts), next.view)
    undone.append(state)
    if undone.count > Explorer.mostUndone { undone.removeFirst() }
    state = next
    self.facts = facts
  }

  private func scene(_ facts: LayoutFacts) -> ExploreScene {
    let frame = PictureFrame(
      width: facts.width, height: facts.height, state.view, in: screen.room, screen.kind)
    return ExploreScene(
      facts: facts, frame: frame, window: picture?.window ?? 0...255,
      format: facts.resolved.shownMode.map { PixelFormat($0, facts.resolved.format.type) }
        ?? facts.resolved.format)
  }

  private mutating func show(guess step: Int) {
    let guesses = guesses ?? ((try? Guessed.all(file.path)) ?? [])
    self.guesses = guesses
    guard !guesses.isEmpty else {
      message = "there are no guesses"
      return
    }
    let next = guess.map { $0 + step } ?? (step > 0 ? 0 : guesses.count - 1)
    let index = ((next % guesses.count) + guesses.count) % guesses.count
    guess = index
    do throws(ToolError) {
      try go(to: try ExploreState(guesses[index].layout, of: file))
      message = "guess \(index + 1) of \(guesses.count): \(guesses[index].reason)"
    } catch { message = "guess \(index + 1) of \(guesses.count): \(said(error))" }
  }

  private func suggested(_ kind: Prompt.Kind) -> String {
    let name = file.path.split(separator: "/").last.map(String.init) ?? "dump"
    switch kind {
    case .picture: return name + ".png"
    case .layout: return name + ".layout"
    case .width, .height, .offset, .format: return ""
    }
  }

  private mutating func type(_ key: Key) {
    guard var line = prompt else { return }
    if line.type(key) {
      prompt = line
      return
    }
    switch key {
    case .named(.escape, _), .control("c"), .control("g"): prompt = nil
    case .named(.enter, _):
      prompt = nil
      if line.text.isEmpty, line.kind != .height, line.kind != .offset { return }
      do throws(ToolError) {
        switch line.kind {
        case .picture: try save(pictureTo: line.text)
        case .layout: try save(layoutTo: line.text)
        case .width, .height, .offset, .format:
          try go(to: try state.saying(line.text, as: line.kind, file))
        }
      } catch { message = said(error) }
    default: break
    }
  }

  private mutating func point(_ mouse: Key.Mouse) {
    guard let frame = picture?.frame,
      let place = frame.place(column: mouse.column, row: mouse.row)
    else {
      grip = nil
      return
    }
    switch mouse.deed {
    case .press:
      grip = place
      state.view.cursor = place
      state.view.isCursorShown = true
    case .drag:
      guard let from = grip, !frame.isWhole else { return }
      let center = frame.center
      state.view.center = PixelPlace(
        x: center.x + from.x - place.x, y: center.y + from.y - place.y)
      // Where the picture ends it stays, and so does the middle.
      state.view.center = scene(facts).frame.center
      // The pixel under the mouse is the one that was taken, once it is drawn.
      picture = nil
      draw()
    case .release: grip = nil
    case .wheelUp, .wheelDown:
      attempt { state, scene throws(ToolError) in
        try state.zoomed(in: mouse.deed == .wheelUp, around: place, scene)
      }
    }
  }
}

// MARK: The end, and files

extension Explorer {
  private mutating func accept() -> Outcome {
    do throws(ToolError) {
      let facts = try state.facts(of: file)
      _ = try source(facts)
      let words = [file.word] + facts.exact.words
      let isSafe = words.allSatisfy { word in
        !word.isEmpty && !word.unicodeScalars.contains { $0.properties.isWhitespace || "*?[".unicodeScalars.contains($0) }
      }
      return .accept(
        (isSafe ? words : words.map(ShellWord.quoted)).joined(separator: " "),
        survivesSplitting: isSafe)
    } catch {
      message = said(error)
      return .goOn
    }
  }

  /// The steps that make of the layout what is seen.
  private var viewSteps: [String] {
    var words: [String] = []
    if let band = state.view.band, facts.shownBands.indices.contains(band) {
      words += ["--band", facts.shownBands[band]]
    } else if facts.mosaic != nil {
      words += ["--demosaic", "bilinear"]
    }
    switch state.view.window {
    case .natural: break
    case .automatic: words += ["--window", "auto"]
    case .fixed(let low, let high):
      words += ["--window", "\(low.plainText),\(high.plainText)", "--clamp"]
    }
    return words
  }

  private func save(pictureTo path: String) throws(ToolError) {
    try checkIsNew(path)
    let words =
      ["frombuffer", file.word] + facts.exact.words + viewSteps
      + ["--save", path.hasPrefix("-") ? "./" + path : path]
    let invocation = try Parser.parse(words)
    var console = Console(isQuiet: true)
    let plan = try RunPlan(invocation.steps, given: invocation.given, &console)
    var session = Session(
      try Source.raw(file.word, invocation.opening), invocation, console)
    if let failure = session.perform(plan.steps) { throw failure }
  }

  private func save(layoutTo path: String) throws(ToolError) {
    try checkIsNew(path)
    let source = try source(facts)
    let bytes = Array((LayoutFile.text(source.image.stored) + "\n").utf8)
    do throws(OutputError) {
      let target = try SaveTarget.resolve(path)
      var output = try OutputFile(target, reserving: bytes.count, replacingMapped: false)
      try output.write(unsafe bytes.span.bytes)
      _ = try output.commit(durable: false, checking: [source.file])
    } catch { throw ToolError(error, offersReplace: false) }
  }

  private func checkIsNew(_ path: String) throws(ToolError) {
    if (try? Syscalls.status(of: path, followingLinks: false)) != nil {
      throw ToolError("\(path) is there already; type another name")
    }
  }
}

// MARK: Looking and drawing

extension Explorer {
  private func source(_ facts: LayoutFacts) throws(ToolError) -> Source {
    var options = facts.options
    options.trailing = .ok
    return try Source.raw(file.path, options)
  }

  /// Looks what the file is now, and makes the picture of it. What is wrong is said, and the last picture
  /// stays.
  private mutating func look() {
    do throws(ToolError) {
      let now: FileStatus
      do throws(SystemError) { now = try Syscalls.status(of: file.path) } catch {
        throw ToolError(error, path: file.path)
      }
      if now.size != file.byteCount, now.kind == .regular {
        news = "the file has \(now.size.bytes) now; it had \(file.byteCount)"
        file.byteCount = now.size
      }
      if now != status {
        let buffer = try Source.map(file.path, access: .readOnly)
        do throws(MemoryError) { likeness = try RowLikeness(buffer) } catch {
          throw ToolError(error, name: file.path)
        }
        status = now
      }
      facts = try state.facts(of: file)
      picture = try ExplorePicture(
        try source(facts), state.view, in: screen.room, screen.kind, threads: threads)
      problem = nil
    } catch { problem = said(error) }
  }

  private mutating func drawIfChanged() {
    if helpPage == nil { write() }
  }

  private mutating func draw() {
    if let page = helpPage { return terminal.write(screen.help(page: page)) }
    look()
    write()
  }

  private mutating func write() {
    var lines = ExploreScreen.Lines()
    lines.strip = strip
    lines.numbers = numbers
    lines.pixel = showsBytes ? pixelBytes : pixel(lines.strip)
    let words = (["imgtool", "frombuffer", file.word] + facts.exact.words + viewSteps)
    lines.command = plain(words.map(ShellWord.quoted).joined(separator: " "))
    if let prompt {
      lines.message = prompt.kind.question + plain(prompt.text)
      let names = prompt.candidates.prefix(8).filter { $0 != prompt.text }
      if !names.isEmpty { lines.command = names.joined(separator: "  ") }
      lines.isTyping = true
    } else {
      let hint = "Enter prints the arguments · Tab next guess · ← → width · ? all keys · q ends"
      let said = [message, problem ?? "", news].first { !$0.isEmpty }
      lines.message = plain(said ?? hint)
    }
    let cursor = state.view.isCursorShown ? picture?.frame.cell(of: state.view.cursor) : nil
    terminal.write(screen.text(picture?.thumbnail, lines, cursor: cursor))
  }

  private func said(_ error: ToolError) -> String {
    let subject = "\(file.path): "
    return plain(
      error.message.hasPrefix(subject)
        ? String(error.message.dropFirst(subject.count)) : error.message)
  }

  private func plain(_ text: String) -> String { FileName.readable(text).withoutControls() }

  private var strip: LikenessStrip? {
    guard let likeness else { return nil }
    let facts = facts
    let columns = screen.stripWidth
    // What says how long rows are is what the strip runs over.
    if facts.typed["--stride"] != nil || facts.rawmode == nil {
      let stride = facts.resolved.stride
      return LikenessStrip(likeness, columns: columns) { stride + $0 }
    }
    let options = facts.resolved.options
    let (width, rawmode) = (facts.width, facts.rawmode)
    return LikenessStrip(likeness, columns: columns) { more in
      guard width + more > 0, let rawmode else { return nil }
      return (try? rawmode.layout(width: width + more, height: 1, options: options)).map {
        abs($0.stride)
      }
    }
  }

  private var numbers: String {
    let resolved = facts.resolved
    let range = try? resolved.layout.byteRange()
    let options = facts.options.layout
    let used = range.map { "\($0.count) of \(file.byteCount) bytes" } ?? ""
    let count = max(resolved.frameCount, resolved.frames(in: file.byteCount)?.count ?? 1)
    let index = if case .index(let index) = options.frame { index } else { 0 }
    let frame = options.frame == .last ? count - 1 : index
    return [
      "\(facts.width)x\(facts.height) \(facts.shownMode.name)"
        + (resolved.storage == facts.shownMode.name ? "" : " (\(options.rawmode ?? resolved.storage))"),
      "row \(resolved.stride)", "offset \(options.options.offset)", used,
      count > 1 ? "frame \(frame) of \(count)" : "",
    ].filter { !$0.isEmpty }.joined(separator: " · ")
  }

  private func pixel(_ strip: LikenessStrip?) -> String {
    guard let source = try? source(facts) else { return "" }
    let place = cursorPlace(source.image)
    let image = source.image
    let value = (try? image.pixel(x: place.x, y: place.y)).map {
      PixelText.text($0, format: image.format)
    }
    let offset = image.layout.byteRanges(x: place.x, y: place.y).first?.lowerBound
    let window = picture?.window.map {
      "window \($0.lowerBound.shortText)..\($0.upperBound.shortText)"
    }
    let scale = picture.map { "zoom \(max(1, Int(($0.frame.scale * 100).rounded()))) %" }
    let peak = strip.flatMap { strip in
      strip.peak == 0
        ? nil : "rows are most alike \(abs(strip.peak)) to the \(strip.peak < 0 ? "left" : "right")"
    }
    return [
      "\(place.x),\(place.y) is \(value ?? "?")" + (offset.map { " at \($0)" } ?? ""),
      state.view.band.map { "band \(facts.shownBands[min($0, facts.shownBands.count - 1)])" },
      window, scale, peak,
    ].compactMap(\.self).joined(separator: " · ")
  }

  private var pixelBytes: String {
    guard let source = try? source(facts) else { return "" }
    let place = cursorPlace(source.image)
    do throws(ToolError) {
      return try PixelDump(
        source, Rectangle(x: place.x, y: place.y, width: 1, height: 1)
      ).text
    } catch { return said(error) }
  }

  private func cursorPlace(_ image: Image) -> PixelPlace {
    let place = state.view.cursor
    return PixelPlace(x: min(place.x, image.width - 1), y: min(place.y, image.height - 1))
  }
}

extension LayoutFacts {
  /// The mode that pixels are shown in.
  var shownMode: Mode { resolved.shownMode ?? resolved.format.mode }

  var shownBands: [String] { shownMode.bands }
}
