import PixelViews

/// What the bytes of rows are like in each column, over many rows.
struct RowProfile {
  /// Whether all rows have the same byte in a column, and that of the last row.
  private(set) var isConstant: [Bool]
  private(set) var bytes: [UInt8]
  /// How much a byte differs from the one above, and how much that difference is other than the one of
  /// the pixel to the left; both per row, in 1/16 of a level.
  private(set) var change: [Int]
  private(set) var jumps: [Int]
  private(set) var rowCount = 0
  /// The sums of at most 1023 rows, and the bits in which the bytes of a column are not the same.
  private var changes: [UInt16]
  private var jumpSums: [UInt16]
  private var others: [UInt8]

  init(
    _ excerpts: borrowing FileExcerpts, stride: Int, origin: Int, lag: Int, rowStep: Int,
    isKept: (_ row: Int) -> Bool
  ) {
    (isConstant, change, jumps) = ([], [], [])
    bytes = [UInt8](repeating: 0, count: stride)
    others = bytes
    changes = [UInt16](repeating: 0, count: stride)
    jumpSums = changes
    let rise = stride * rowStep
    let all = excerpts.bytes
    let most = max(8, min(120, (1 << 20) / stride)) / excerpts.windows.count + 1
    for window in excerpts.windows {
      // A header is no row of the picture.
      let from = max(window.offset + rise + lag, min(4096 + rise, excerpts.fileByteCount / 3))
      let first = (from - origin + stride - 1) / stride
      let last = (window.range.upperBound - origin) / stride
      guard first < last else { continue }
      let steps = max(1, (last - first) / most)
      for row in Swift.stride(from: first, to: last, by: steps) where isKept(row) {
        let at = origin + row * stride - window.offset + window.start
        add(all, at, rise: rise, lag: lag)
      }
    }
    change = changes.map { Int($0) * 16 / max(1, rowCount) }
    jumps = jumpSums.map { Int($0) * 16 / max(1, rowCount) }
    isConstant = others.map { $0 == 0 }
  }

  /// Adds the row whose copy starts at `at`.
  private mutating func add(_ all: RawSpan, _ at: Int, rise: Int, lag: Int) {
    let isFirst = rowCount == 0
    rowCount += 1
    precondition(at - rise - lag >= 0 && at + bytes.count <= all.byteCount)
    let count = bytes.count
    unsafe all.withUnsafeBytes { all in
      unsafe changes.withUnsafeMutableBufferPointer { changes in
        unsafe jumpSums.withUnsafeMutableBufferPointer { jumpSums in
          unsafe others.withUnsafeMutableBufferPointer { others in
            unsafe bytes.withUnsafeMutableBufferPointer { bytes in
              guard let base = all.baseAddress else { return }
              // The precondition above holds for every address; checks would keep this from vectorizing.
              let start = unsafe base + at
              let upper = unsafe start - rise
              for column in 0..<count {
                let here = unsafe start.load(fromByteOffset: column, as: UInt8.self)
                let above = unsafe upper.load(fromByteOffset: column, as: UInt8.self)
                let left = unsafe start.load(fromByteOffset: column &- lag, as: UInt8.self)
                let aboveLeft = unsafe upper.load(fromByteOffset: column &- lag, as: UInt8.self)
                let own = Int16(here) &- Int16(above)
                let other = own &- Int16(left) &+ Int16(aboveLeft)
                unsafe changes[column] &+= UInt16(
                  truncatingIfNeeded: min(64, own < 0 ? 0 &- own : own))
                unsafe jumpSums[column] &+= UInt16(
                  truncatingIfNeeded: min(64, other < 0 ? 0 &- other : other))
                if !isFirst { unsafe others[column] |= bytes[column] ^ here }
                unsafe bytes[column] = here
              }
            }
          }
        }
      }
    }
  }

  /// The equal bytes at the end of all rows; 0 where those of the whole rows are equal.
  var tail: (byteCount: Int, byte: UInt8) {
    guard let byte = bytes.last, isConstant.last == true, rowCount > 3 else { return (0, 0) }
    let count = zip(isConstant, bytes).reversed().prefix { $0 && $1 == byte }.count
    return count == bytes.count ? (0, 0) : (count, byte)
  }

  /// Whether what all rows end in stands at each half, third or the like of them as well: they are several.
  var isSeveral: Bool {
    let count = bytes.count
    return (2...8).contains { parts in
      guard count.isMultiple(of: parts) else { return false }
      let tail = min(self.tail.byteCount, count / parts / 2)
      return tail > 3
        && (1..<parts).allSatisfy { part in
          let end = count / parts * part
          return (end - tail..<end).allSatisfy { isConstant[$0] && bytes[$0] == bytes[count - 1] }
            && !isConstant[count / parts * (part - 1)..<end].allSatisfy(\.self)
        }
    }
  }

  /// What the first column's break from the last one says for rows that start there, in bits.
  func seam(_ pixel: Int) -> Double {
    guard rowCount > 7, jumps.count > 8 * pixel else { return 0 }
    let first = Double(jumps.prefix(pixel).reduce(0, +)) / Double(pixel)
    let mean = Double(jumps.reduce(0, +)) / Double(jumps.count)
    let evidence = 7 * min(3, max(-0.5, ((first + 4) / (mean + 4)).binaryLogarithm))
    // Rows that break as much at each half or third are several rows.
    for parts in 2...3 where bytes.count.isMultiple(of: parts) {
      let others = (1..<parts).map { part in
        let column = bytes.count / parts * part
        return Double(jumps[column..<column + pixel].reduce(0, +)) / Double(pixel)
      }
      if let least = others.min(), least > 2 * mean, least > 0.6 * first { return evidence - 12 }
    }
    return evidence
  }

  /// Whether the bytes before the last `count` are clearly others than those.
  func isAbrupt(_ count: Int, pixel: Int) -> Bool {
    let edge = bytes.count - count
    let columns = max(0, edge - pixel)..<edge
    return columns.contains { change[$0] > 16 * 2 || abs(Int(bytes[$0]) - Int(bytes[edge])) > 24 }
  }

  /// The bytes at the end of rows that are like random ones while the others are not.
  ///
  /// - Parameter isTelling: whether the byte of a column is one that changes slowly in pictures.
  func garbage(_ isTelling: (_ column: Int) -> Bool) -> Int {
    let telling = bytes.indices.filter(isTelling)
    guard telling.count > 8, rowCount > 7 else { return 0 }
    let sorted = telling.map { jumps[$0] }.sorted()
    // Where more than half of a row is padding, the pixels are the lower part.
    let usual = sorted[sorted.count / 8]
    guard usual < 16 * 26 else { return 0 }
    let least = max(16 * 32, usual * 2)
    var count = 0
    var misses = 0
    for column in bytes.indices.reversed() {
      guard isTelling(column) else { continue }
      if jumps[column] > least, change[column] > 16 * 26 {
        count = bytes.count - column
        misses = 0
      } else {
        misses += 1
        if misses > 1 || count == 0 { break }
      }
    }
    return count
  }
}
