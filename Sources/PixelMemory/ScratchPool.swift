/// Private memory that threads hand to each other and use again, so that the system need not clear
/// fresh pages for each piece of a long run.
package final class ScratchPool: Sendable {
  private final class Slot: @unchecked Sendable {
    var scratch: Scratch
    init(_ scratch: consuming Scratch) { self.scratch = scratch }
  }

  private let free = Locked<[Slot]>([])

  package init() {}

  /// Memory that was given back, with arbitrary contents and length, or none yet.
  package func take() -> Scratch {
    var scratch = Scratch()
    if let slot = free.withLock({ $0.popLast() }) { swap(&scratch, &slot.scratch) }
    return scratch
  }

  /// Gives memory back.
  package func give(_ scratch: consuming Scratch) {
    let slot = Slot(scratch)
    free.withLock { $0.append(slot) }
  }
}
