extension FrameSequence {
  /// Makes something of each frame, small ones several at once, and consumes it in order.
  ///
  /// - Parameters:
  ///   - threads: how many there are; each frame is told how many of them are its own.
  ///   - isSerial: whether frames are always worked on one after the other.
  /// - Throws: what opening a frame throws, `make` and `consume`, with the frame's number; ``ToolError``
  ///   where a pipe ends before frames that were asked for.
  func forEach<Product: Sendable>(
    threads: Int, isSerial: Bool,
    make: @Sendable (_ number: Int, Source, _ threads: Int) throws(ToolError) -> Product,
    consume: (_ number: Int, Source, Product) throws(ToolError) -> Void
  ) throws(ToolError) {
    let isSerial = isSerial || frameByteCount > FrameLoop.largestForOneThread
    let loop = FrameLoop(
      numbers: numbers, workers: isSerial ? 1 : threads, isStream: isStream, stop: stop)
    let (count, end) = loop.run { number throws(ToolError) -> (source: Source, product: Product)? in
      guard let source = try self.source(number) else { return nil }
      return (source, try make(number, source, isSerial ? threads : 1))
    } consume: { number, made throws(ToolError) in
      defer { made.source.forget() }
      try consume(number, made.source, made.product)
      return true
    }
    try check(end, after: count)
  }

  /// Throws what ended a loop over all frames that were asked for, where that is an error.
  func check(_ end: FrameLoop.End?, after count: Int) throws(ToolError) {
    switch end {
    case nil: return
    case .failure(let failure): throw failure
    case .early: try checkEnd(after: count)
    }
  }

  /// Throws where a pipe has ended that was asked for more, or had nothing.
  func checkEnd(after count: Int) throws(ToolError) {
    let next = numbers.lowerBound + count
    if numbers.upperBound != .max {
      throw ToolError(
        "\(name): there is no frame \(numbers.upperBound - 1); standard input ended before frame "
          + "\(next)")
    }
    guard count == 0 else { return }
    throw ToolError(
      "\(name): standard input ended before frame \(next); at least one is expected")
  }
}
