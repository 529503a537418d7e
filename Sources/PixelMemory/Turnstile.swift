/// Lets threads that work on numbered pieces do something in the order of the numbers.
package final class Turnstile: Sendable {
  private struct State {
    var next: Int
    var isStopped = false
  }

  private let gate = Gate()
  nonisolated(unsafe) private var state: State

  /// - Parameter first: the number whose turn it is.
  package init(first: Int) { unsafe state = State(next: first) }

  /// Waits until it is the turn of a number; false when nobody's turn comes any more.
  package func wait(for number: Int) -> Bool {
    gate.lock()
    defer { gate.unlock() }
    while unsafe !state.isStopped, unsafe state.next < number { gate.waitInterruptibly() }
    return unsafe !state.isStopped
  }

  /// Ends the turn of a number.
  package func pass(_ number: Int) {
    gate.lock()
    unsafe state.next = max(state.next, number + 1)
    gate.wakeAll()
    gate.unlock()
  }

  /// Sends everybody away who waits or comes.
  package func stop() {
    gate.lock()
    unsafe state.isStopped = true
    gate.wakeAll()
    gate.unlock()
  }

  package var isStopped: Bool {
    gate.lock()
    defer { gate.unlock() }
    return unsafe state.isStopped
  }
}
