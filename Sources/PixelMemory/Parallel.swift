import Synchronization

/// Work on several threads at once, without a pool: threads start with the call and end with it.
package enum Parallel {
  /// Runs `body(0)` to `body(count - 1)`, each once, in any order, on up to `threads` threads; the
  /// calling one is among them.
  ///
  /// - Throws: the error that the same loop on one thread would have thrown, when all threads have
  ///   stopped. Nothing new is started after an error.
  package static func forEach<Failure: Error>(
    count: Int, threads: Int, _ body: @Sendable (Int) throws(Failure) -> Void
  ) throws(Failure) {
    WorkMeter.start(count)
    if count <= 1 || threads <= 1 {
      for index in 0..<max(0, count) {
        try body(index)
        WorkMeter.finishOne()
      }
      return
    }
    let failure = withoutActuallyEscaping(body) { body in
      let loop = Loop(count: count, body: body)
      onThreads(min(threads, count)) { loop.run() }
      return loop.failure
    }
    if let failure { throw failure }
  }

  /// Runs `body` on `count` threads at once, the calling one among them, and waits for all. Where
  /// the system gives fewer threads, fewer run it.
  static func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    var threads: [Syscalls.Thread] = []
    for _ in 1..<max(1, count) {
      guard let thread = Syscalls.startHelper(body) else { break }
      threads.append(thread)
    }
    body()
    for thread in threads { Syscalls.join(thread) }
  }
}

/// A loop whose rounds are handed out in order, one by one, to whoever asks.
private final class Loop<Failure: Error>: Sendable {
  private let count: Int
  private let body: @Sendable (Int) throws(Failure) -> Void
  private let next = Atomic<Int>(0)
  private let firstFailure = Locked<(index: Int, error: Failure)?>(nil)

  init(count: Int, body: @escaping @Sendable (Int) throws(Failure) -> Void) {
    self.count = count
    self.body = body
  }

  var failure: Failure? { firstFailure.withLock { $0?.error } }

  private func nextIndex() -> Int? {
    let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return index < count ? index : nil
  }

  func run() {
    while let index = nextIndex() {
      do {
        try body(index)
        WorkMeter.finishOne()
      } catch {
        next.store(count, ordering: .relaxed)
        firstFailure.withLock { first in
          // All earlier rounds have been handed out: the least of the failures is the serial one.
          if first.map({ index < $0.index }) ?? true { first = (index, error) }
        }
        return
      }
    }
  }
}
