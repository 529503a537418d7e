import Synchronization

/// Counts what happens on several threads.
final class Tally: Sendable {
  private let number = Atomic<Int>(0)

  func count() { number.wrappingAdd(1, ordering: .relaxed) }

  var total: Int { number.load(ordering: .relaxed) }
}
