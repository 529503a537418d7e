/// Lets threads that work on numbered pieces do something in the order of the numbers.
package final class Turnstile: Sendable {
  private struct State {
    var next: Int
    /// Numbers whose turn has ended before it came.
    var passed: Set<Int> = []
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

  /// Ends the turn of a number, which need not have come yet.
  package func pass(after number: Int) {
    gate.lock()
    unsafe state.passed.insert(number)
    while let next = unsafe state.passed.remove(state.next) { unsafe state.next = next + 1 }
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
