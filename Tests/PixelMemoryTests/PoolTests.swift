import Testing

@testable import PixelMemory

@Suite("Pools")
struct PoolTests {
  @Test("As many items are made as are in use at once")
  func reuse() {
    let pool = Pool<Int>()
    let made = Locked(0)
    func make() -> Int {
      made.withLock { count in
        count += 1
        return count
      }
    }
    for _ in 0..<3 {
      pool.lend(or: make) { first in
        pool.lend(or: make) { second in #expect(first != second) }
      }
    }
    #expect(made.withLock { $0 } == 2)
  }

  @Test("An item is lent as it was left, also after an error")
  func contents() {
    struct Failure: Error {}
    let pool = Pool<[Int]>()
    var hasFailed = false
    do throws(Failure) {
      try pool.lend { () throws(Failure) in
        []
      } _: { (item: inout [Int]) throws(Failure) in
        item.append(7)
        throw Failure()
      }
    } catch { hasFailed = true }
    #expect(hasFailed)
    let left = pool.take { [] }
    #expect(left.item == [7])
  }

  @Test("Memory that is passed on comes back when it is given")
  func scratch() throws {
    let pool = Pool<Scratch>()
    let first = pool.take().byteCount
    pool.give(try Scratch(byteCount: 5))
    let second = pool.take().byteCount
    #expect(first == 0 && second == 5)
  }
}
