import PixelMemory
import Testing

@testable import PixelViews

@Suite struct LayoutOverlapTests {
  /// Bits of each pixel, left to right and then top to bottom.
  private func bits(_ layout: Layout) -> [Set<Int>] {
    (0..<layout.height).flatMap { y in
      (0..<layout.width).map { x in
        Set(
          layout.fields.flatMap { field in
            let start =
              layout.bitOffset + y * layout.rowBits + x * layout.pixelBits + field.bitOffset
            return start..<start + field.storedBitCount
          })
      }
    }
  }

  @Test func `an overlap is never missed, whatever two views of one memory are`() throws {
    var numbers = SeededGenerator(seed: 11)
    var (disturbed, apart, calm) = (0, 0, 0)
    for _ in 0..<4000 {
      let mode = [Mode.gray, .rgb, .bilevel].randomElement(using: &numbers)!
      let format = PixelFormat(mode)
      let whole = try Rawmode.natural(format).layout(width: 12, height: 12)
      func view(_ width: Int, _ height: Int) -> Layout {
        var view = whole
        let (columns, rows) = (
          Int.random(in: 1...12 / width, using: &numbers),
          Int.random(in: 1...12 / height, using: &numbers)
        )
        let area = Rectangle(
          x: Int.random(in: 0...12 - width * columns, using: &numbers),
          y: Int.random(in: 0...12 - height * rows, using: &numbers),
          width: width * columns, height: height * rows)
        view = view.cropped(to: area).every(columns: columns, rows: rows)
        for turn in Reorientation.allCases where Bool.random(using: &numbers) && width == height {
          view = view.reoriented(turn)
        }
        return mode == .rgb && Bool.random(using: &numbers)
          ? view.selecting(bands: [Int.random(in: 0...2, using: &numbers)]) : view
      }
      let (width, height) = (
        Int.random(in: 1...6, using: &numbers), Int.random(in: 1...6, using: &numbers)
      )
      let (target, source) = (view(width, height), view(width, height))
      let (stored, read) = (bits(target), bits(source))
      let overlaps = stored.indices.contains { index in
        read.indices.contains { $0 != index && !read[$0].isDisjoint(with: stored[index]) }
      }
      if overlaps {
        disturbed += 1
        #expect(target.disturbs(source), "\(target) and \(source)")
      } else {
        apart += 1
        calm += target.disturbs(source) ? 0 : 1
      }
    }
    #expect(disturbed > 500 && apart > 500)
    // Most pictures that lie apart are not copied.
    #expect(calm * 10 > apart * 6)
  }

  @Test(
    arguments: [
      ("the same place", Rectangle(x: 0, y: 0, width: 40, height: 30), (0, 0), false),
      ("beside", Rectangle(x: 0, y: 0, width: 20, height: 30), (20, 0), false),
      ("below", Rectangle(x: 0, y: 0, width: 40, height: 15), (0, 15), false),
      ("across a corner", Rectangle(x: 0, y: 0, width: 20, height: 15), (20, 15), false),
      ("a column to the right", Rectangle(x: 0, y: 0, width: 39, height: 30), (1, 0), true),
      ("a row down", Rectangle(x: 0, y: 0, width: 40, height: 29), (0, 1), true),
      ("half over", Rectangle(x: 0, y: 0, width: 20, height: 15), (10, 8), true),
    ] as [(String, Rectangle, (Int, Int), Bool)])
  func `what is pasted is copied where it overlaps and only there`(
    name: String, area: Rectangle, place: (Int, Int), copies: Bool
  ) throws {
    for mode in [Mode.gray, .rgb] {
      let image = try Image.plain(
        [UInt8](repeating: 1, count: 1200 * mode.bandCount), PixelFormat(mode), width: 40,
        height: 30)
      for turn in [nil] + Reorientation.allCases.map(Optional.some)
      where turn != .quarter && turn != .threeQuarters {
        let whole = turn.map(image.reoriented) ?? image
        let part = try whole.cropped(to: area)
        #expect(whole.pasteCopies(part, x: place.0, y: place.1) == copies)
        let copied = try whole.paste(part, x: place.0, y: place.1, threads: 2)
        #expect(copied == (copies ? area.width * area.height * mode.bandCount : 0))
      }
    }
  }

  @Test func `a band lies beside another, and not beside a mirror of itself`() throws {
    let image = try Image.plain(
      [UInt8](repeating: 1, count: 300), PixelFormat(.rgb), width: 10, height: 10)
    #expect(try !image.band(0).pasteCopies(image.band(2), x: 0, y: 0))
    #expect(try !image.band(0).pasteCopies(image.band(2).reoriented(.half), x: 0, y: 0))
    #expect(try image.band(1).pasteCopies(image.band(1).reoriented(.vertical), x: 0, y: 0))
    #expect(!image.pasteCopies(try image.copied(threads: 1), x: 0, y: 0))
  }
}
