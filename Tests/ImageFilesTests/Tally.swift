import Synchronization

/// Counts what must not happen, from several threads.
final class Torn: Sendable {
  private let number = Atomic<Int>(0)

  func count() { number.wrappingAdd(1, ordering: .relaxed) }

  var total: Int { number.load(ordering: .relaxed) }
}
