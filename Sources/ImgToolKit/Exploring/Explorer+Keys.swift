import PixelMemory
import PixelViews

/// What keys and the mouse do.
extension Explorer {
  enum Outcome {
    case goOn, cancel
    case accept(String, survivesSplitting: Bool)
  }

  mutating func press(_ key: Key) -> Outcome {
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
    let zoom = isZooming ? ExploreKey.zooming[key] : nil
    isZooming = zoom != nil || key == .character("z")
    guard let deed = zoom ?? ExploreKey.deeds[key] else {
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
      if let before = undone.popLast() {
        state = before
        facts = (try? before.facts(of: file)) ?? facts
      } else {
        message = "there is nothing to undo"
      }
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
      // What is refused stays to be mended.
      do throws(ToolError) {
        switch line.kind {
        case .picture: try save(pictureTo: line.text)
        case .layout: try save(layoutTo: line.text)
        case .width, .height, .offset, .format:
          try go(to: try state.saying(line.text, as: line.kind, file))
        }
      } catch {
        message = said(error)
        prompt = line
      }
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
