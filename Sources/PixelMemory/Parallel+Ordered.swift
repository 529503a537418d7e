extension Parallel {
  /// Makes products on several threads and consumes them in order, on the calling thread, which
  /// helps to make them while it has none to consume. `consume(i, …)` runs after `consume(i - 1, …)`.
  ///
  /// - Parameters:
  ///   - threads: how many threads make products, the calling one included.
  ///   - window: how many products are alive at most; the memory use.
  ///   - helps: whether the calling thread makes products as well. Where one may take long to come, a
  ///     thread that only consumes has what is there at once.
  /// - Throws: the error that the same loop on one thread would have thrown: everything before a
  ///   product that failed is consumed.
  package static func ordered<Product: ~Copyable & Sendable, Failure: Error>(
    count: Int, threads: Int, window: Int, helps: Bool = true,
    produce: @Sendable (Int) throws(Failure) -> Product,
    consume: (Int, consuming Product) throws(Failure) -> Void
  ) throws(Failure) {
    let workers = min(threads, count, window)
    // The rounds of a loop without an end are not counted.
    WorkMeter.start(count == .max ? 0 : count)
    if workers <= 1 {
      for index in 0..<max(0, count) {
        try consume(index, try produce(index))
        WorkMeter.finishOne()
      }
      return
    }
    let failure: Failure? = withoutActuallyEscaping(produce) { produce in
      var threads: [Syscalls.Thread] = []
      let line = Line(count: count, window: window, produce: produce)
      for _ in (helps ? 1 : 0)..<workers {
        guard let thread = Syscalls.startHelper({ line.work() }) else { break }
        threads.append(thread)
      }
      defer { for thread in threads { Syscalls.join(thread) } }
      do throws(Failure) {
        for index in 0..<count {
          let helps = helps || threads.isEmpty
          try consume(index, try line.take(index, helps: helps))
          line.finish(index)
          WorkMeter.finishOne()
        }
        return nil
      } catch {
        line.stop()
        return error
      }
    }
    if let failure { throw failure }
  }
}

/// The products between those who make them and the one who consumes them: a ring of `window`
/// slots. Everything that changes is behind the gate.
private final class Line<Product: ~Copyable & Sendable, Failure: Error>: @unchecked Sendable {
  private final class Slot {
    var product: Product?
    init() { product = nil }
  }

  private let count: Int
  private let produce: @Sendable (Int) throws(Failure) -> Product
  private let gate = Gate()
  private let slots: [Slot]
  private var next = 0
  private var consumedCount = 0
  private var failures: [Int: Failure] = [:]
  private var isStopped = false

  init(
    count: Int, window: Int, produce: @escaping @Sendable (Int) throws(Failure) -> Product
  ) {
    self.count = count
    self.produce = produce
    slots = (0..<window).map { _ in Slot() }
  }

  /// Makes products until there are no more to make.
  func work() {
    gate.lock()
    while !isStopped, next < count {
      if !makeOne() { gate.wait() }
    }
    gate.unlock()
  }

  /// The product of a round, in its turn.
  func take(_ index: Int, helps: Bool) throws(Failure) -> Product {
    gate.lock()
    defer { gate.unlock() }
    while true {
      if let product = slots[index % slots.count].product.take() { return product }
      if let failure = failures[index] { throw failure }
      if !helps || !makeOne() { gate.waitInterruptibly() }
    }
  }

  /// Makes room for another product.
  func finish(_ index: Int) {
    gate.lock()
    consumedCount = index + 1
    gate.wakeAll()
    gate.unlock()
  }

  func stop() {
    gate.lock()
    isStopped = true
    gate.wakeAll()
    gate.unlock()
  }

  /// Makes the next product, with the gate open meanwhile; false when there is no room for one.
  private func makeOne() -> Bool {
    if isStopped || next >= count || next >= consumedCount + slots.count { return false }
    let index = next
    next += 1
    gate.unlock()
    defer { gate.wakeAll() }
    do throws(Failure) {
      let product = try produce(index)
      gate.lock()
      slots[index % slots.count].product = consume product
    } catch {
      gate.lock()
      failures[index] = error
      isStopped = true
    }
    return true
  }
}
