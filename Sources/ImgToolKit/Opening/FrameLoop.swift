import PixelMemory

/// A loop over frames, of one source or of two: small ones are worked on several at once, and what was
/// made of them is consumed in order.
struct FrameLoop {
  /// The numbers of the frames; those of a pipe may go on to `Int.max`.
  let numbers: Range<Int>
  /// How many frames are worked on at once.
  let workers: Int
  /// Whether a frame may take long to come, so that a thread is there to consume those that have.
  let isStream: Bool
  /// Wakes who waits for a frame that is not wanted any more.
  let stop: () -> Void

  /// What one frame takes, so that several are worked on at once: the threads of one large frame have
  /// enough to do, and several of them would take much memory.
  static let largestForOneThread = 1 << 23

  /// Why a loop ends before its last frame.
  enum End: Error {
    /// There are no more frames, or no more are wanted.
    case early
    /// A frame failed; the error has its number.
    case failure(ToolError)
  }

  /// - Parameters:
  ///   - make: what a thread makes of a frame; `nil` where the source ends before it.
  ///   - consume: takes what was made, on the calling thread; false where no more is wanted.
  /// - Returns: how many frames were consumed, and what ended the loop before the last of them.
  func run<Product: Sendable>(
    make: @Sendable (_ number: Int) throws(ToolError) -> Product?,
    consume: (_ number: Int, Product) throws(ToolError) -> Bool
  ) -> (count: Int, end: End?) {
    let first = numbers.lowerBound
    var count = 0
    do throws(End) {
      try Parallel.ordered(
        count: numbers.count, threads: workers, window: workers * 2, helps: !isStream
      ) { index throws(End) -> Result<Product?, ToolError> in
        do throws(ToolError) { return .success(try make(first + index)) } catch {
          return .failure(error)
        }
      } consume: { index, made throws(End) in
        var end: End?
        do throws(ToolError) {
          if let product = try made.get() {
            if try !consume(first + index, product) { end = .early }
            count += 1
          } else {
            end = .early
          }
        } catch { end = .failure(error.inFrame(first + index)) }
        guard let end else { return }
        stop()
        throw end
      }
    } catch { return (count, error) }
    return (count, nil)
  }
}

extension ToolError {
  /// The error with the number of the frame that it is about.
  func inFrame(_ number: Int) -> ToolError {
    var error = self
    error.message = "frame \(number): \(message)"
    return error
  }
}
