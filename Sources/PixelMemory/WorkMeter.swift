import Synchronization

/// How far the loops of ``Parallel`` are, in rounds, since the process started; for a progress line.
///
/// Only differences mean something. Loops that end early leave rounds that are never done.
package enum WorkMeter {
  private static let started = Atomic<Int>(0)
  private static let finished = Atomic<Int>(0)

  /// The rounds of all loops that were started, and those that are done.
  package static var rounds: (started: Int, finished: Int) {
    let finished = finished.load(ordering: .relaxed)
    return (started.load(ordering: .relaxed), finished)
  }

  static func start(_ count: Int) { started.wrappingAdd(max(0, count), ordering: .relaxed) }
  static func finishOne() { finished.wrappingAdd(1, ordering: .relaxed) }
}
