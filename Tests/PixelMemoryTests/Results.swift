@testable import PixelMemory

/// One value for each round of a parallel loop.
final class Results<Value: Sendable>: Sendable {
  private let values: Locked<[Value?]>

  init(count: Int) { values = Locked([Value?](repeating: nil, count: count)) }

  func set(_ index: Int, _ value: Value?) { values.withLock { $0[index] = value } }

  var all: [Value?] { values.withLock { $0 } }
}
