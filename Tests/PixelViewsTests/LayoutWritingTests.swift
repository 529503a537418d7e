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

  @Test func `a layout is writable exactly when no two samples share a bit`() {
    var numbers = SeededGenerator(seed: 7)
    var counts = (writable: 0, overlapping: 0)
    for _ in 0..<20_000 {
      func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &numbers) }
      let layout = Layout(
        width: number(1...4), height: number(1...4), rowBits: 8 * number(-12...12),
        pixelBits: 8 * number(-12...12),
        fields: (0..<number(1...3)).map { _ in .byte(at: number(-20...20)) })
      let expected = isDisjoint(layout)
      if expected { counts.writable += 1 } else { counts.overlapping += 1 }
      #expect(layout.isWritable == expected, "\(layout)")
    }
    #expect(counts.writable > 1000 && counts.overlapping > 1000)
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
        if layout.isWritable { #expect(offset != 0) }
      }
    }
  }
}
