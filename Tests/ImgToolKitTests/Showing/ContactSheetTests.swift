import Testing

@testable import ImgToolKit

@Suite struct ContactSheetTests {
  private let red = ScreenColor(255, 0, 0)

  private func picture(_ width: Int, _ height: Int, _ colors: ScreenColor...) -> Thumbnail {
    Thumbnail(width: width, height: height, pixels: colors)
  }

  private func sheet(of count: Int, _ columns: Int, _ rows: Int, width: Int? = nil) -> ContactSheet
  {
    var kind = TerminalKind(drawing: .ascii)
    (kind.columns, kind.rows) = (columns, rows)
    var choice = ShowOptions()
    choice.width = width
    return ContactSheet(of: count, on: Display(kind: kind, choice: choice, threads: 1))
  }

  @Test(
    "As many stand side by side as let all be seen, as large as that allows",
    arguments: [
      (1, 80, 24, 1, Room(columns: 80, rows: 22)), (2, 80, 24, 2, Room(columns: 39, rows: 19)),
      (3, 80, 24, 3, Room(columns: 26, rows: 13)), (40, 80, 24, 4, Room(columns: 19, rows: 9)),
      (6, 200, 51, 4, Room(columns: 49, rows: 24)), (6, 200, 50, 5, Room(columns: 39, rows: 19)),
      (6, 200, 100, 3, Room(columns: 66, rows: 33)),
      (9, 10, 5, 1, Room(columns: 10, rows: 3)), (9, 1, 1, 1, Room(columns: 1, rows: 1)),
      (2, 400, 20, 2, Room(columns: 199, rows: 18)),
    ])
  func grid(_ count: Int, _ columns: Int, _ rows: Int, _ across: Int, _ cell: Room) {
    let sheet = sheet(of: count, columns, rows)
    #expect(sheet.count == across && sheet.cell == cell)
  }

  @Test("No number of files and no size of a screen makes cells without room")
  func everyGrid() {
    var count = 0
    for total in [1, 2, 3, 7, 100, 100_000] {
      for (columns, rows) in [(1, 1), (2, 3), (15, 9), (17, 2), (80, 24), (1000, 400)] {
        let sheet = sheet(of: total, columns, rows)
        #expect(sheet.cell.columns > 0 && sheet.cell.rows > 0)
        #expect(sheet.count * (sheet.cell.columns + 1) - 1 <= columns)
        count += 1
      }
    }
    #expect(count == 36)
  }

  @Test("What has no color is left as it is, between pictures and above low ones")
  func clear() {
    let pictures = [picture(1, 3, red, red, red), nil, picture(1, 1, red)]
    let strip = Thumbnail(pictures, each: 2, apart: 1)
    #expect((strip.width, strip.height) == (7, 3))
    #expect(
      Blocks.characters(strip).split(separator: "\n") == [":      ", ":      ", ":     :"])
    let ink = "\u{1B}[38;2;255;0;0"
    #expect(
      Blocks.halfBlocks(strip, .direct)
        == "\(ink);48;2;255;0;0m▀\u{1B}[49m      \u{1B}[0m\n\(ink)m▀     ▀\u{1B}[0m")
    #expect(Sixel.encode(strip) == "\u{1B}P0;1q\"1;1;7;3#0;2;100;0;0#0F!5?C\u{1B}\\")
    #expect(Kitty.encode(strip, Kitty.Placement()).contains("f=32,s=7,v=3"))
  }

  @Test("A picture that stands on its lower half has the terminal's paper above it")
  func lowerHalf() {
    let strip = Thumbnail([picture(1, 2, red, red), picture(1, 1, red)], each: 1, apart: 0)
    #expect(
      Blocks.halfBlocks(strip, .direct)
        == "\u{1B}[38;2;255;0;0;48;2;255;0;0m▀\u{1B}[49m▄\u{1B}[0m")
  }

  @Test(
    "A text has as many columns as terminals give it",
    arguments: [
      ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("ｆ", 2), ("😀", 2), ("🖼", 1),
      ("🖼\u{FE0F}", 2), ("한글", 4), ("\u{200B}x", 1),
    ])
  func columns(_ text: String, _ count: Int) {
    #expect(text.columns == count)
  }

  @Test(
    "A text that is too wide loses its start",
    arguments: [
      ("abcdef", 6, "abcdef"), ("abcdef", 5, "…cdef"), ("abcdef", 1, "…"), ("日本語.png", 7, "…語.png"),
      ("日本語.png", 6, "….png"), ("abc", 0, ""),
    ])
  func cut(_ text: String, _ width: Int, _ expected: String) {
    #expect(text.cut(toColumns: width) == expected)
  }
}
