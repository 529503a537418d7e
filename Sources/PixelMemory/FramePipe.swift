/// Pieces of what comes through a pipe, one after the other, each in private memory.
///
/// Several threads may ask, each for a piece of its own: they get at the pipe in the order of the
/// pieces' numbers. Memory of a buffer that ends serves a later piece, so that there is as much of it
/// as there are pieces at once.
package final class FramePipe: Sendable {
  private let turns: Turnstile
  /// Behind `turns`: there is one at a time who reads.
  private nonisolated(unsafe) var reader: PipeReader

  /// - Parameter first: the number of the first piece that will be asked for.
  package init(_ descriptor: Int32, name: String, first: Int) {
    turns = Turnstile(first: first)
    unsafe reader = PipeReader(descriptor, name: name, turns: turns)
  }

  /// Reads what comes before the first piece, before anybody asks for that.
  package func begin<Result: ~Copyable, Failure: Error>(
    _ body: (inout PipeReader) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe try body(&reader)
  }

  /// Reads when it is the turn of a number; `nil` when nobody's turn comes any more.
  package func read<Result, Failure: Error>(
    _ number: Int, _ body: (inout PipeReader) throws(Failure) -> Result?
  ) throws(Failure) -> Result? {
    guard turns.wait(for: number) else { return nil }
    defer { turns.pass(after: number) }
    return unsafe try body(&reader)
  }

  /// Lets nobody wait for a piece any longer; there are none then.
  package func stop() { turns.stop() }
}

/// Reads a pipe from its first byte on.
package struct PipeReader: ~Copyable {
  /// The bytes that were read.
  package private(set) var position = 0
  /// The pieces that were read, as far as the reader counts them.
  package var pieceCount = 0
  private let descriptor: Int32
  private let name: String
  private let turns: Turnstile
  private let memory = Pool<Scratch>()
  /// What was looked at and not read.
  private var pending: [UInt8] = []

  init(_ descriptor: Int32, name: String, turns: Turnstile) {
    self.descriptor = descriptor
    self.name = name
    self.turns = turns
  }

  /// Fills memory from an offset on, as far as there are bytes before the end.
  private mutating func fill(
    _ memory: inout Scratch, from offset: Int = 0
  ) throws(MemoryError) -> Int {
    var end = offset
    if !pending.isEmpty {
      let count = min(pending.count, memory.byteCount - offset)
      do {
        var bytes = memory.mutableBytes(from: offset)
        unsafe bytes.withUnsafeMutableBytes { unsafe $0.copyBytes(from: pending.prefix(count)) }
      }
      pending.removeFirst(count)
      end += count
    }
    while end < memory.byteCount {
      let count = try attributing(to: name) { () throws(SystemError) in
        // Whoever waits for a slow writer sees that nobody wants the bytes any more.
        while try !Syscalls.waitUntilReadable(descriptor, milliseconds: 50) {
          if turns.isStopped { return 0 }
        }
        var rest = memory.mutableBytes(from: end)
        return try Syscalls.readWaiting(descriptor, into: &rest)
      }
      if count == 0 { break }
      end += count
    }
    position += end - offset
    return end - offset
  }

  /// The next bytes, which are read again; fewer before the end of the pipe.
  package mutating func peek(_ byteCount: Int) throws(MemoryError) -> [UInt8] {
    var scratch = try Scratch(byteCount: byteCount)
    let found = try fill(&scratch)
    position -= found
    pending = unsafe scratch.bytes.withUnsafeBytes { unsafe Array($0.prefix(found)) } + pending
    return pending
  }

  /// Whether there is nothing more to read; waits until that is known.
  package mutating func isAtEnd() throws(MemoryError) -> Bool { try peek(1).isEmpty }

  /// The next byte; `nil` at the end.
  package mutating func byte() throws(MemoryError) -> UInt8? {
    var scratch = try Scratch(byteCount: 1)
    guard try fill(&scratch) == 1 else { return nil }
    return unsafe scratch.bytes.unsafeLoad(as: UInt8.self)
  }

  /// All that is left, in memory that nobody else can shorten, as of `Buffer(spooling:name:)`.
  package func rest() throws(MemoryError) -> Buffer {
    try Buffer(spooling: descriptor, name: name, behind: pending)
  }

  /// The next bytes in memory of their own, after a prefix; fewer before the end of the pipe.
  package mutating func buffer(
    byteCount: Int, behind prefix: [UInt8] = []
  ) throws(MemoryError) -> Buffer {
    let (total, isTooMuch) = byteCount.addingReportingOverflow(prefix.count)
    if isTooMuch { throw .outOfMemory(byteCount: byteCount) }
    var scratch = memory.take()
    try scratch.ensure(byteCount: total)
    do {
      var bytes = scratch.mutableBytes
      unsafe bytes.withUnsafeMutableBytes { unsafe $0.copyBytes(from: prefix) }
    }
    let found = try fill(&scratch, from: prefix.count)
    try scratch.ensure(byteCount: prefix.count + found)
    return Buffer(spooled: scratch, name: name, lentBy: memory)
  }

  /// Passes bytes over; false where the pipe ends before as many.
  package mutating func skip(_ byteCount: Int) throws(MemoryError) -> Bool {
    var waste = Scratch()
    var rest = byteCount
    while rest > 0 {
      try waste.ensure(byteCount: min(rest, 1 << 16))
      let count = try fill(&waste)
      rest -= count
      if count < waste.byteCount { return false }
    }
    return true
  }
}
