/// What threads work in and hand to each other, private memory above all: as many items are made as
/// are in use at once, so that the system need not clear fresh pages for each piece of a long run.
package final class Pool<Item: ~Copyable & Sendable>: Sendable {
  /// An item in the hands of one thread at a time.
  package final class Slot: @unchecked Sendable {
    package var item: Item
    init(_ item: consuming Item) { self.item = item }
  }

  private let free = Locked<[Slot]>([])

  package init() {}

  /// An item that was given back, as it was left, or a new one.
  package func take<Failure: Error>(
    or make: () throws(Failure) -> Item
  ) throws(Failure) -> Slot {
    if let idle = free.withLock({ $0.popLast() }) { return idle }
    return Slot(try make())
  }

  /// Gives an item back.
  package func give(_ slot: Slot) { free.withLock { $0.append(slot) } }

  /// Lends an item to the calling thread while `body` runs.
  package func lend<Result: ~Copyable, Failure: Error>(
    or make: () throws(Failure) -> Item, _ body: (inout Item) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let slot = try take(or: make)
    defer { give(slot) }
    return try body(&slot.item)
  }
}

extension Pool where Item == Scratch {
  /// Memory with arbitrary contents and length, or none yet, for whoever passes it on.
  package func take() -> Scratch {
    let slot = take { Scratch() }
    var scratch = Scratch()
    swap(&scratch, &slot.item)
    return scratch
  }

  /// Gives memory back.
  package func give(_ scratch: consuming Scratch) { give(Slot(scratch)) }
}
