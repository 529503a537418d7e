import PixelMemory

extension Parallel {
  /// The results of `body(0)` to `body(count - 1)`, in order, worked out on up to `threads` threads.
  static func map<Result: Sendable>(
    count: Int, threads: Int, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    let found = Locked([Result?](repeating: nil, count: count))
    forEach(count: count, threads: threads) { index in
      let result = body(index)
      found.withLock { $0[index] = result }
    }
    return found.withLock { $0.compactMap(\.self) }
  }
}
