import PixelMemory

/// What was lost of an image and the views of it, until somebody asks.
///
/// Of each kind the first place is kept, in reading order.
struct LossLog: Sendable {
  private struct Entry {
    var loss: Loss
    var x, y: Int

    func isEarlier(than other: Entry) -> Bool {
      (y, x, loss.name) < (other.y, other.x, other.loss.name)
    }

    func orEarlier(_ other: Entry?) -> Entry {
      other.map { $0.isEarlier(than: self) ? $0 : self } ?? self
    }
  }

  private struct State {
    var entries: [String: Entry] = [:]
    /// Where padding of only zeros, and of only ones, was seen first.
    var padding: [Bool: Entry] = [:]
    /// The kinds that are told once and no more.
    var told: Set<String> = []
  }

  private let state = Locked(State())
  /// Whether edits of the image are tried only, for what they would lose.
  private(set) var isRehearsal = false
  /// The height of the image that is told of, where rows are read from its last to its first.
  private var mirroredHeight: Int?

  /// The log of a rehearsal.
  static var ofRehearsal: LossLog {
    var log = LossLog()
    log.isRehearsal = true
    return log
  }

  /// The same log, for an image that is read upside down.
  func mirrored(height: Int) -> LossLog {
    var log = self
    log.mirroredHeight = height
    return log
  }

  var isMirrored: Bool { mirroredHeight != nil }

  /// The row that is told of, for one that is read.
  func row(_ y: Int) -> Int { mirroredHeight.map { $0 - 1 - y } ?? y }

  func add(_ loss: Loss, x: Int, y: Int) {
    state.withLock { state in
      state.entries[loss.name] = Entry(loss: loss, x: x, y: y).orEarlier(state.entries[loss.name])
    }
  }

  /// Notes padding of only zeros, or of only ones. Both in one image say something, and that is lost.
  func addPadding(_ loss: Loss, ofOnes: Bool, x: Int, y: Int) {
    state.withLock { state in
      state.padding[ofOnes] = Entry(loss: loss, x: x, y: y).orEarlier(state.padding[ofOnes])
    }
  }

  /// Takes what another image has lost, where it is not the same.
  func add(_ other: LossLog) {
    guard other.state !== state else { return }
    for entry in other.takeEntries(once: [Loss.strayBits]) {
      add(entry.loss, x: entry.x, y: entry.y)
    }
  }

  /// Whether a loss of this kind at a place would be news.
  func wants(_ name: String, x: Int, y: Int) -> Bool {
    state.withLock { state in
      if state.told.contains(name) { return false }
      guard let known = state.entries[name] else { return true }
      return (y, x) < (known.y, known.x)
    }
  }

  /// What was noted since the last call; of the kinds in `once` nothing is noted any more.
  func take(once: Set<String>) -> [Loss] { takeEntries(once: once).map(\.loss) }

  private func takeEntries(once: Set<String>) -> [Entry] {
    state.withLock { state in
      if let zeros = state.padding[false], let ones = state.padding[true] {
        let last = zeros.isEarlier(than: ones) ? ones : zeros
        state.entries[last.loss.name] = last.orEarlier(state.entries[last.loss.name])
      }
      let taken = state.entries.values.filter { !state.told.contains($0.loss.name) }
      state.told.formUnion(taken.map(\.loss.name).filter(once.contains))
      (state.entries, state.padding) = ([:], [:])
      return taken.sorted { $0.isEarlier(than: $1) }
    }
  }
}
