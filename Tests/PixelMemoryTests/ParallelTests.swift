import Synchronization
import Testing

@testable import PixelMemory

@Suite struct ParallelTests {
  struct Failure: Error, Equatable { let index: Int }

  /// What `forEach` throws, and `nil` if nothing.
  private func error(_ body: () throws(Failure) -> Void) -> Failure? {
    do {
      try body()
      return nil
    } catch {
      return error
    }
  }

  @Test("Every round runs once", arguments: [0, 1, 2, 7, 1000], [1, 2, 8])
  func once(count: Int, threads: Int) {
    let results = Results<Int>(count: count)
    let total = Atomic<Int>(0)
    Parallel.forEach(count: count, threads: threads) { index in
      results.set(index, index)
      total.wrappingAdd(1, ordering: .relaxed)
    }
    #expect(results.all == (0..<count).map { $0 })
    #expect(total.load(ordering: .relaxed) == count)
  }

  @Test("The error is the one that a single thread would meet", arguments: [1, 2, 8])
  func errors(threads: Int) {
    for _ in 0..<50 {
      let ran = Atomic<Int>(0)
      let failure = error { () throws(Failure) in
        try Parallel.forEach(count: 10_000, threads: threads) { index throws(Failure) in
          ran.wrappingAdd(1, ordering: .relaxed)
          if index == 20 || index == 25 { throw Failure(index: index) }
        }
      }
      #expect(failure == Failure(index: 20))
      #expect(ran.load(ordering: .relaxed) < 10_000)
    }
  }

  @Test("The error of the first round comes first, whichever is met first", arguments: [0, 1])
  func lateErrors(late: Int) {
    let threads = Results<ThreadState>(count: 2)
    let failure = error { () throws(Failure) in
      try Parallel.forEach(count: 2, threads: 2) { index throws(Failure) in
        threads.set(index, .current)
        if index == late {
          // The other round has failed, and its thread has ended or waits for this one.
          let isLast = waits { threads.all[1 - late]?.isIdle == true }
          #expect(isLast)
        }
        throw Failure(index: index)
      }
    }
    #expect(failure == Failure(index: 0))
  }

  @Test(
    "Products are consumed in order, and few are alive", arguments: [1, 2, 5], [1, 2, 3, 8])
  func ordered(threads: Int, window: Int) throws {
    let alive = Atomic<Int>(0)
    let mostAlive = Atomic<Int>(0)
    var consumed: [UInt8] = []
    try Parallel.ordered(count: 200, threads: threads, window: window) {
      index throws(MemoryError) in
      let now = alive.wrappingAdd(1, ordering: .relaxed).newValue
      mostAlive.max(now, ordering: .relaxed)
      var scratch = try Scratch(byteCount: 1)
      var bytes = scratch.mutableBytes
      bytes.storeBytes(of: UInt8(index), toByteOffset: 0, as: UInt8.self)
      return scratch
    } consume: { index, scratch throws(MemoryError) in
      #expect(index == consumed.count)
      consumed.append(unsafe scratch.bytes.unsafeLoad(as: UInt8.self))
      alive.wrappingSubtract(1, ordering: .relaxed)
    }
    #expect(consumed == (0..<200).map { UInt8($0) })
    #expect(mostAlive.load(ordering: .relaxed) <= window)
  }

  @Test("What comes before a product that failed is consumed", arguments: [1, 2, 8])
  func producerFails(threads: Int) {
    for _ in 0..<50 {
      var consumed = 0
      let failure = error { () throws(Failure) in
        try Parallel.ordered(count: 1000, threads: threads, window: 8) {
          index throws(Failure) in
          if index >= 17 { throw Failure(index: index) }
          return index
        } consume: { _, _ throws(Failure) in
          consumed += 1
        }
      }
      #expect(failure == Failure(index: 17))
      #expect(consumed == 17)
    }
  }

  @Test("A consumer that fails ends the work", arguments: [1, 2, 8])
  func consumerFails(threads: Int) {
    for _ in 0..<50 {
      let produced = Atomic<Int>(0)
      let failure = error { () throws(Failure) in
        try Parallel.ordered(count: 1000, threads: threads, window: 8) {
          index throws(Failure) in
          produced.wrappingAdd(1, ordering: .relaxed)
          return index
        } consume: { index, _ throws(Failure) in
          if index == 5 { throw Failure(index: index) }
        }
      }
      #expect(failure == Failure(index: 5))
      #expect(produced.load(ordering: .relaxed) <= 5 + 8)
    }
  }
}
