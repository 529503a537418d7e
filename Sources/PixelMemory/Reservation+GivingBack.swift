extension Reservation {
  /// Gives back the pages that got blocks and still hold nothing but zeros. Best effort.
  ///
  /// They stay where another edit of this process is under way, which may count on them.
  package func giveBack() {
    buffer.space.withLock { space in
      space.forget()
      guard space.editCount == 1 else { return }
      let page = Syscalls.pageByteCount
      for range in taken { release(range.lowerBound..<range.upperBound.roundedUp(to: page)) }
    }
    taken = []
  }

  private func release(_ range: Range<Int>) {
    var position = range.lowerBound
    while position < range.upperBound {
      // Blocks without data count as a hole.
      let hole = try? Syscalls.nextHole(in: descriptor, from: position, size: range.upperBound)
      releaseZeros(position..<(hole?.lowerBound ?? range.upperBound))
      guard let hole else { return }
      let end = min(hole.upperBound, range.upperBound)
      punch(hole.lowerBound..<end)
      position = end
    }
  }

  /// Where pages were looked at or stored into, there is data, which may be zeros.
  private func releaseZeros(_ range: Range<Int>) {
    // No file system has smaller blocks.
    let unit = 512
    guard !range.isEmpty, var scratch = try? Scratch(byteCount: 128 * unit) else { return }
    var zeros = range.lowerBound..<range.lowerBound
    var position = range.lowerBound
    while position < range.upperBound {
      let wanted = min(scratch.byteCount, range.upperBound - position)
      var bytes = scratch.mutableBytes
      var part = bytes._mutatingExtracting(first: wanted)
      guard let count = try? Syscalls.read(descriptor, at: position, into: &part) else { break }
      if count == 0 {
        // What lies after the end of the file is nobody's.
        zeros = zeros.lowerBound..<range.upperBound
        break
      }
      for start in stride(from: 0, to: count, by: unit) {
        let end = min(start + unit, count)
        if scratch.bytes.isZero(start..<end) {
          zeros = zeros.lowerBound..<position + end
        } else {
          punch(zeros)
          zeros = position + end..<position + end
        }
      }
      position += count
    }
    punch(zeros)
  }

  private func punch(_ range: Range<Int>) {
    if range.isEmpty { return }
    try? Syscalls.punchHole(descriptor, from: range.lowerBound, byteCount: range.count)
  }
}

extension RawSpan {
  fileprivate func isZero(_ range: Range<Int>) -> Bool {
    // Any bytes are a UInt8.
    range.allSatisfy { unsafe unsafeLoad(fromByteOffset: $0, as: UInt8.self) == 0 }
  }
}
