/// A value that one thread at a time gets at.
///
/// What `Mutex` of `Synchronization` is, on a lock that the thread sanitizer understands.
package final class Locked<Value>: @unchecked Sendable {
  private let gate = Gate()
  private var value: Value

  package init(_ value: Value) { self.value = value }

  /// Runs `body` while no other thread is in one of this value.
  package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    gate.lock()
    defer { gate.unlock() }
    return try body(&value)
  }
}
