import PixelMemory

extension FrameSequence {
  /// What one frame takes, so that several are worked on at once: the threads of one large frame have
  /// enough to do, and several of them would take much memory.
  static let largestForOneThread = 1 << 23

  /// Why a loop over frames ends early.
  private enum Stop: Error {
    case end
    case failure(ToolError)
  }

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
    let first = numbers.lowerBound
    let isSerial = isSerial || frameByteCount > FrameSequence.largestForOneThread
    let workers = isSerial ? 1 : threads
    var count = 0
    do throws(Stop) {
      try Parallel.ordered(
        count: numbers.count, threads: workers, window: workers * 2, helps: !isStream
      ) { index throws(Stop) in
        do throws(ToolError) {
          guard let source = try self.source(first + index) else { return Made<Product>.end }
          return .frame(source, try make(first + index, source, isSerial ? threads : 1))
        } catch { return .failure(error) }
      } consume: { (index, made: Made<Product>) throws(Stop) in
        var reason: Stop?
        switch made {
        case .end: reason = .end
        case .failure(let error): reason = .failure(error.inFrame(first + index))
        case .frame(let source, let product):
          do throws(ToolError) { try consume(first + index, source, product) } catch {
            reason = .failure(error.inFrame(first + index))
          }
          source.forget()
        }
        if let reason {
          // Nobody may wait for a frame that is not wanted any more.
          stop()
          throw reason
        }
        count += 1
      }
    } catch {
      switch error {
      case .failure(let failure): throw failure
      case .end: try checkEnd(after: count)
      }
    }
  }

  /// What became of a frame.
  private enum Made<Product: Sendable>: Sendable {
    case frame(Source, Product)
    case failure(ToolError)
    /// There is none.
    case end
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

extension ToolError {
  /// The error with the number of the frame that it is about.
  func inFrame(_ number: Int) -> ToolError {
    var error = self
    error.message = "frame \(number): \(message)"
    return error
  }
}
