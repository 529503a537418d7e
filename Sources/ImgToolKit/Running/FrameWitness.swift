import ImageFiles
import PixelMemory
import PixelViews

/// Tells whether the pixels of an image stood still while they were read.
///
/// A read lease proves it where the kernel gives one. Else the pixels are hashed before and after: a
/// pixel that is the same at both times was the same in between, unless it changed away and back. A
/// writer that stops in the middle of a frame for longer than `rest` is not noticed.
struct FrameWitness {
  private let image: Image
  private let threads: Int
  private let lease: FileLease?
  private let before: ImageHash?
  private let start = Syscalls.monotonicNanoseconds()
  /// How long pixels must stand still: longer than a writer that lost its processor within a frame
  /// mostly waits to get it back.
  private static let rest: UInt64 = 8_000_000

  /// - Complexity: O(1) with a lease, else O(pixels).
  init(_ image: Image, threads: Int) throws(ViewError) {
    self.image = image
    self.threads = threads
    lease = image.buffer.lease()
    before = lease == nil ? try image.hash(threads: threads) : nil
  }

  /// - Complexity: as ``init(_:threads:)``.
  func holds() throws(ViewError) -> Bool {
    if let lease { return lease.holds }
    let passed = Syscalls.monotonicNanoseconds() - start
    if passed < Self.rest { Syscalls.sleep(nanoseconds: Self.rest - passed) }
    return try image.hash(threads: threads) == before
  }

  /// The result of reading images that stood still meanwhile; `tries` of `nil` do not care.
  ///
  /// - Throws: ``ToolError`` when there was no moment of rest.
  static func reading<Answer>(
    _ images: [Image], tries: Int?, threads: Int, _ what: String,
    _ body: () throws(ToolError) -> Answer
  ) throws(ToolError) -> Answer {
    guard let tries else { return try body() }
    return try retry(tries, what) { () throws(ToolError) in
      do throws(ViewError) {
        var witnesses: [FrameWitness] = []
        for image in images { witnesses.append(try FrameWitness(image, threads: threads)) }
        let answer: Result<Answer, ToolError>
        do throws(ToolError) { answer = .success(try body()) } catch { answer = .failure(error) }
        guard case .success(let found) = answer else { return answer }
        for witness in witnesses { guard try witness.holds() else { return nil } }
        return .success(found)
      } catch { throw ToolError(error, name: what) }
    }.get()
  }

  /// The first answer of some tries; `nil` of an attempt is none.
  ///
  /// - Throws: ``ToolError`` when there was no moment of rest.
  static func retry<Answer>(
    _ tries: Int, _ what: String, _ attempt: () throws(ToolError) -> Answer?
  ) throws(ToolError) -> Answer {
    for number in 1...tries {
      if let answer = try attempt() { return answer }
      pause(after: number)
    }
    throw ToolError(changed: what, tries: tries)
  }

  /// Lets a writer get on: a little longer each time, so that its rhythm is not met again.
  static func pause(after attempt: Int) {
    Syscalls.sleep(nanoseconds: UInt64(min(attempt, 50)) * 1_700_000)
  }
}

extension ToolError {
  /// The answer of `--consistent` when there was no moment of rest.
  init(changed what: String, tries: Int) {
    self.init(
      "\(what): the pixels changed while they were read, \(tries) time\(tries == 1 ? "" : "s"); "
        + "--consistent=N tries more often, and --lock keeps out writers that lock",
      status: .answerIsNo)
  }
}
