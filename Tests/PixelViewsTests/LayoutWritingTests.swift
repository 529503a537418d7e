import Testing

@testable import PixelViews

@Suite struct LayoutWritingTests {
  /// Whether no bit is that of two samples, by looking at each.
  private func isDisjoint(_ layout: Layout) -> Bool {
    var seen: Set<Int> = []
    for y in 0..<layout.height {
      for x in 0..<layout.width {
        for field in layout.fields {
          let start = y * layout.rowBits + x * layout.pixelBits + field.bitOffset
          for bit in start..<start + field.storedBitCount where !seen.insert(bit).inserted {
            return false
          }
        }
      }
    }
    return true
  }

  /// Whether rows, or columns, lie apart as wholes: no sample of one stands between those of another.
  private func hasLines(_ layout: Layout) -> Bool {
    func range(_ xs: Range<Int>, _ ys: Range<Int>) -> Range<Int> {
      let starts = ys.flatMap { y in
        xs.flatMap { x in
          layout.fields.map { y * layout.rowBits + x * layout.pixelBits + $0.bitOffset }
        }
      }
      return (starts.min() ?? 0)..<(starts.max() ?? 0) + 8
    }
    func areApart(_ lines: [Range<Int>]) -> Bool {
      let sorted = lines.sorted { $0.lowerBound < $1.lowerBound }
      return zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
    }
    let (columns, rows) = (0..<layout.width, 0..<layout.height)
    return areApart(rows.map { range(columns, $0..<$0 + 1) })
      || areApart(columns.map { range($0..<$0 + 1, rows) })
  }

  @Test func `samples that share a bit are never writable, and those of lines apart always are`() {
    var numbers = SeededGenerator(seed: 7)
    var counts = (lines: 0, overlapping: 0)
    for _ in 0..<20_000 {
      func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &numbers) }
      let layout = Layout(
        width: number(1...4), height: number(1...4), rowBits: 8 * number(-24...24),
        pixelBits: 8 * number(-24...24),
        fields: (0..<number(1...3)).map { _ in .byte(at: number(-12...12)) })
      if !isDisjoint(layout) {
        counts.overlapping += 1
        #expect(!layout.isWritable, "\(layout)")
      } else if hasLines(layout) {
        counts.lines += 1
        #expect(layout.isWritable, "\(layout)")
      }
    }
    #expect(counts.lines > 1000 && counts.overlapping > 1000)
  }

  @Test(arguments: [2, 640, 5000])
  func `the fields of a cell of two by two sensor pixels are their own`(width: Int) {
    let cell = Layout(
      width: width / 2, height: 4, rowBits: 2 * width * 8, pixelBits: 16,
      fields: [.byte(at: 0), .byte(at: 1), .byte(at: width + 1)])
    #expect(cell.isWritable)
    for turn in Reorientation.allCases { #expect(cell.reoriented(turn).isWritable) }
    var shared = cell
    shared.fields[2].bitOffset = 2 * width * 8
    #expect(!shared.isWritable)
  }

  @Test func `layouts beyond all measure give an answer and no trap`() {
    for step in [Int.max, 1 << 61, 1 << 60, -1 << 60] {
      for offset in [Int.max - 8, 1 << 61, 0] {
        let layout = Layout(
          width: 2, height: 2, rowBits: step, pixelBits: 16,
          fields: [
            .byte(at: 0),
            SampleField(bitOffset: offset, storage: .bits(.mostSignificantFirst), bitCount: 8),
          ])
        #expect(!layout.isWritable || offset != 0)
      }
    }
  }
}
