import Glibc
import Synchronization
import Testing

@testable import PixelMemory

@Suite struct FaultTests {
  static let page = Syscalls.pageByteCount

  @Test("A file cut while it is mapped is an error and no signal", arguments: Access.allCases)
  func truncated(access: Access) throws {
    let file = try TemporaryFile(pattern(4 * Self.page))
    let buffer = try Buffer(mapping: file.path, access: access)
    try file.setSize(Self.page)
    let expected = MemoryError.truncated(
      path: file.path, needed: 4 * Self.page, found: Self.page)
    #expect(throws: expected) { try buffer.bytes(0, 4 * Self.page) }
    // For ever: what was read before the cut cannot be trusted either.
    try file.setSize(4 * Self.page)
    #expect(throws: MemoryError.self) { try buffer.bytes(0, 1) }
    #expect(throws: MemoryError.self) { try buffer.checkFault() }
  }

  @Test("A store beyond the cut is an error", arguments: [Access.copyOnWrite, .readWrite])
  func truncatedStore(access: Access) throws {
    let file = try TemporaryFile(pattern(4 * Self.page))
    let buffer = try Buffer(mapping: file.path, access: access)
    try file.setSize(0)
    let expected = MemoryError.truncated(path: file.path, needed: 3 * Self.page + 1, found: 0)
    #expect(throws: expected) { try buffer.store([1], at: 3 * Self.page) }
    #expect(try file.contents().isEmpty)
  }

  @Test(
    "A cut inside of a page, which raises no signal, is an error", arguments: Access.allCases)
  func truncatedInsidePage(access: Access) throws {
    let file = try TemporaryFile(pattern(100))
    let buffer = try Buffer(mapping: file.path, access: access)
    #expect(try buffer.bytes(0, 100) == pattern(100))
    try file.setSize(50)
    let expected = MemoryError.truncated(path: file.path, needed: 100, found: 50)
    #expect(throws: expected) { try buffer.checkFault() }
    #expect(throws: expected) { try buffer.bytes(60, 1) }
  }

  @Test("A file that loses bytes which nobody used is not at fault")
  func unusedTail() throws {
    let file = try TemporaryFile(pattern(4 * Self.page))
    let buffer = try Buffer(mapping: file.path, access: .readOnly)
    _ = try buffer.bytes(0, 100)
    try file.setSize(200)
    try buffer.checkFault()
    #expect(try buffer.bytes(100, 100) == Array(pattern(200)[100...]))
    #expect(throws: MemoryError.self) { try buffer.bytes(200, 1) }
  }

  @Test("A fault in one mapping leaves the others alone")
  func otherMappings() throws {
    let cut = try TemporaryFile(pattern(2 * Self.page))
    let whole = try TemporaryFile(pattern(2 * Self.page))
    let buffers = try (0..<200).map { _ in try Buffer(mapping: whole.path, access: .readOnly) }
    let buffer = try Buffer(mapping: cut.path, access: .readOnly)
    try cut.setSize(0)
    #expect(throws: MemoryError.self) { try buffer.bytes(0, 1) }
    for other in buffers { #expect(try other.bytes(0, 3) == [1, 2, 3]) }
  }

  @Test("Threads that read while the file is cut all come back")
  func threads() throws {
    var (wholeCount, errorCount) = (0, 0)
    for round in 0..<20 {
      let file = try TemporaryFile(pattern(64 * Self.page))
      let buffer = try Buffer(mapping: file.path, access: .readOnly)
      let results = Results<Bool>(count: 64)
      Parallel.forEach(count: 64, threads: 8) { index in
        if index == round { try? file.setSize(Self.page) }
        let bytes = try? buffer.bytes((63 - index) * Self.page, Self.page)
        results.set(index, bytes.map { $0.allSatisfy { $0 != 0 } })
      }
      // Whole bytes or an error; never zeros.
      #expect(results.all.allSatisfy { $0 != false })
      wholeCount += results.all.count { $0 == true }
      errorCount += results.all.count { $0 == nil }
      #expect(throws: MemoryError.self) { try buffer.bytes(0, 64 * Self.page) }
    }
    #expect(wholeCount + errorCount == 20 * 64)
    // Of the reads before the cut, those of 7 other threads may have met it.
    #expect(wholeCount >= (0..<20).reduce(0) { $0 + max(0, $1 - 7) } && errorCount > 0)
  }

  /// Waits until the next change of a file gets another time, on kernels that know no finer one.
  private static func waitForTick() {
    func tick() -> Int {
      var time = timespec()
      unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
      return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
    let last = tick()
    _ = waits { tick() != last }
  }

  @Test("A file that is cut and whole again while it is copied gives no zeros")
  func cutAndWhole() throws {
    let content = pattern(64 * Self.page)
    let file = try TemporaryFile(content)
    let place = content.count - 100
    let tail = Array(content[place...])
    let isDone = Atomic<Bool>(false)
    // The file is cut once for each copy: one that never holds still is copied as it is in the end.
    let asked = Atomic<Int>(0)
    let cut = Atomic<Int>(0)
    let copies = Results<(whole: Int, short: Int, zero: Int)>(count: 1)
    Parallel.forEach(count: 2, threads: 2) { index in
      if index == 0 {
        while waits(until: {
          isDone.load(ordering: .acquiring)
            || asked.load(ordering: .acquiring) > cut.load(ordering: .relaxed)
        }), !isDone.load(ordering: .acquiring) {
          let count = cut.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
          try? file.setSize(place)
          // Mostly it is whole again at once; now and then many copies meet the cut.
          if count.isMultiple(of: 10) { Self.waitForTick() }
          try? file.write(tail, at: place)
          Self.waitForTick()
        }
      } else {
        var (whole, short, zero) = (0, 0, 0)
        // Until enough copies were whole and enough met a cut, however the threads take turns.
        while whole + short + zero < 1_000_000,
          min(whole, cut.load(ordering: .acquiring)) < 100 || short < 20
        {
          let buffer = try? Buffer(mapping: file.path, access: .readOnly)
          asked.store(cut.load(ordering: .acquiring) + 1, ordering: .releasing)
          // A buffer of a file that was mapped while it was short ends before the cut.
          let bytes = try? buffer?.bytes(0, content.count)
          switch bytes {
          case nil: short += 1
          case content: whole += 1
          default: zero += 1
          }
        }
        copies.set(0, (whole, short, zero))
        isDone.store(true, ordering: .releasing)
      }
    }
    let (whole, short, zero) = try #require(copies.all[0])
    #expect(zero == 0)
    let cutCount = cut.load(ordering: .relaxed)
    #expect(
      whole >= 100 && short >= 20 && cutCount >= 100,
      "\(whole) whole, \(short) short, \(cutCount) cuts")
  }

  @Test("A thousand faults are a thousand errors")
  func manyFaults() throws {
    for _ in 0..<1000 {
      let file = try TemporaryFile(pattern(2 * Self.page))
      let buffer = try Buffer(mapping: file.path, access: .copyOnWrite)
      try file.setSize(1)
      #expect(throws: MemoryError.self) { try buffer.bytes(Self.page, 1) }
    }
  }

  @Test("A fault in a mapping that is not ours still ends the process", .timeLimit(.minutes(1)))
  func foreignMapping() async {
    await #expect(processExitsWith: .failure) {
      let file = try TemporaryFile([1])
      let buffer = try Buffer(mapping: file.path, access: .readOnly)
      let open = try Syscalls.open(file.path, .readOnly)
      let other = unsafe mmap(nil, 2 * 4096, PROT_READ, MAP_SHARED, open.number, 0)
      unsafe unlink(file.path)
      let value = unsafe other?.load(fromByteOffset: 4096, as: UInt8.self)
      exit(value == nil || buffer.byteCount == 0 ? 1 : 0)
    }
  }

  @Test("A bus error that is sent still ends the process")
  func chained() async {
    // By the signal, or by the address sanitizer's own handler.
    await #expect(processExitsWith: .failure) {
      let file = try TemporaryFile([1])
      let buffer = try Buffer(mapping: file.path, access: .readOnly)
      _ = try buffer.bytes(0, 1)
      unsafe unlink(file.path)
      Syscalls.raise(signal: 7)
    }
  }
}
