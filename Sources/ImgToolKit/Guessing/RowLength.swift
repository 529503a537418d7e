/// A length of rows to try.
struct RowLength {
  var byteCount: Int
  /// Bytes before the first row, fewer than those of a row.
  var offset: Int
  /// How much less the bytes differ at this distance than nearby.
  var depth: Double
  /// Whether the last row ends where the file does.
  var isEnded = true
  /// Whether bytes break off at multiples of it.
  var hasSeam = false
  /// What that says for it, in bits.
  var breaks = 0.0
  /// Whether the file starts with bytes that are far less like those a row on than what it ends with is
  /// like those a row before.
  var startsUnlike = false
  /// What rows end in.
  var tail = Tail()

  /// Bytes at the end of each row that are no pixels, or say nothing of them.
  struct Tail {
    var byteCount = 0
    /// Whether they are the same in all rows, and not as random ones.
    var isConstant = true
  }

  /// The bytes of a row that say something of pixels.
  var kept: Int { byteCount - tail.byteCount }

  /// Bits a byte of the file, when those of the bytes before the tail are known: equal bytes take none.
  func cost(ofKept bits: Double) -> Double {
    tail.isConstant ? bits * Double(kept) / Double(byteCount) : bits
  }
}

extension FileExcerpts {
  /// Whether what would be left at the end is more like the rows than what the file starts with.
  func startsUnlike(_ length: Int) -> Bool {
    let count = min(4096, fileByteCount % length)
    guard count > 15, let last = windows.last, windows[0].byteCount >= count + length,
      last.byteCount >= count + length
    else { return false }
    var (start, end) = (0, 0)
    for index in 0..<count {
      let first: UInt8 = bytes.sample(index)
      let below: UInt8 = bytes.sample(index + length)
      start += min(64, abs(Int(first) - Int(below)))
      let at = last.start + last.byteCount - 1 - index
      let lastByte: UInt8 = bytes.sample(at)
      let above: UInt8 = bytes.sample(at - length)
      end += min(64, abs(Int(lastByte) - Int(above)))
    }
    return start > 2 * end + 2 * count
  }

  /// What all rows of a length end in, in steps of 8 bytes: equal bytes, or bytes that are as unlike
  /// those of the next row as random ones are.
  ///
  /// - Complexity: O(tail).
  func tail(_ rows: RowLength) -> RowLength.Tail {
    let length = rows.byteCount
    let step = 8
    let starts = places(24, before: 3 * length, after: length).compactMap { place -> Int? in
      let from = place.file - rows.offset
      return from < 2 * length ? nil : place.copy - from % length
    }
    guard length >= 64, starts.count > 11, let last = starts.last else {
      return RowLength.Tail()
    }
    let byte: UInt8 = bytes.sample(last + length - 1)
    var tail = RowLength.Tail()
    while tail.byteCount + step <= length {
      let first = length - tail.byteCount - step
      var (others, change, second) = (0, 0, 0)
      var seen = SIMD4<UInt64>()
      for start in starts {
        var isOther = false
        for column in first..<first + step {
          let here: UInt8 = bytes.sample(start + column)
          let above: UInt8 = bytes.sample(start + column - length)
          // A sensor's rows are like those two rows up.
          let twoAbove: UInt8 = bytes.sample(start + column - 2 * length)
          change += min(64, abs(Int(here) - Int(above)))
          second += min(64, abs(Int(here) - Int(twoAbove)))
          if here != byte { isOther = true }
          seen[Int(here >> 6)] |= 1 << UInt64(here & 63)
        }
        if isOther { others += 1 }
      }
      // A header is no row. Random bytes are 50 apart.
      let isConstant = others * 12 <= starts.count
      let values = (0..<4).reduce(0) { $0 + seen[$1].nonzeroBitCount }
      let isRandom =
        min(change, second) > 43 * step * starts.count && values * 2 > step * starts.count * 9 / 10
      if tail.byteCount == 0 { tail.isConstant = isConstant }
      guard isConstant && tail.isConstant || isRandom && !tail.isConstant else { break }
      tail.byteCount += step
    }
    return length - tail.byteCount < 16 ? RowLength.Tail() : tail
  }
}
