import PixelMemory
import PixelViews

/// Looking at the file, and what is told of it.
extension Explorer {
  func source(_ facts: LayoutFacts) throws(ToolError) -> Source {
    var options = facts.options
    options.trailing = .ok
    return try Source.raw(file.path, options)
  }

  /// Looks what the file is now, and makes the picture of it. What is wrong is said, and the last picture
  /// stays.
  mutating func look() {
    do throws(ToolError) {
      let now: FileStatus
      do throws(SystemError) { now = try Syscalls.status(of: file.path) } catch {
        throw ToolError(error, path: file.path)
      }
      if let change = change(to: now) {
        news = change
        // What was said of the file before is not true of it now.
        message = ""
      }
      if now.kind == .regular { file.byteCount = now.size }
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

  /// What a reader has to know of what the file is now; other bytes are seen in the picture.
  private func change(to now: FileStatus) -> String? {
    guard now.kind == .regular else { return nil }
    let isAnother = status.map { $0.identity != now.identity } ?? false
    if now.size != file.byteCount {
      let subject = isAnother ? "the file was replaced by one that" : "the file"
      return "\(subject) has \(now.size.bytes) now; it had \(file.byteCount)"
    }
    return isAnother ? "the file was replaced by one of the same size" : nil
  }

  mutating func drawIfChanged() {
    if helpPage == nil { write() }
  }

  mutating func draw() {
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
      if !message.isEmpty { lines.command = message }
      lines.isTyping = true
    } else {
      let hint = "Enter prints the arguments · Tab next guess · ← → width · ? all keys · q ends"
      let said = [message, problem ?? "", news].first { !$0.isEmpty }
      lines.message = plain(said ?? hint)
    }
    let cursor = state.view.isCursorShown ? picture?.frame.cell(of: state.view.cursor) : nil
    terminal.write(screen.text(picture?.thumbnail, lines, cursor: cursor))
  }

  func said(_ error: ToolError) -> String {
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
    let mode = facts.shownMode.name
    let storage = resolved.storage == mode ? "" : " (\(options.rawmode ?? resolved.storage))"
    return [
      "\(facts.width)x\(facts.height) \(mode)\(storage)",
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
