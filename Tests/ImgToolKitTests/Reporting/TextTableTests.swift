import Testing

@testable import ImgToolKit

@Suite struct TextTableTests {
  private static let rows = [
    ["name", "what it is", "n"],
    ["a", "one two three four", "1"],
    ["longer", "five", "22"],
  ]

  @Test(
    "Columns are as wide as their longest cell, and the widest one gives way",
    arguments: [
      (
        nil,
        """
        name    what it is          n
        a       one two three four  1
        longer  five                22
        """
      ),
      (
        30,
        """
        name    what it is          n
        a       one two three four  1
        longer  five                22
        """
      ),
      (
        29,
        """
        name    what it is         n
        a       one two three      1
                four
        longer  five               22
        """
      ),
      (
        20,
        """
        name    what it   n
                is
        a       one two   1
                three
                four
        longer  five      22
        """
      ),
      // What has no room beside the words stands below its row.
      (
        16,
        """
        name    what it
                is
        a       one two
                three
                four
            n: 1
        longer  five
            n: 22
        """
      ),
      // A word is never cut.
      (
        1,
        """
        name    what   n
                it is
        a       one    1
                two
                three
                four
        longer  five   22
        """
      ),
    ] as [(Int?, String)])
  func widths(_ width: Int?, _ expected: String) {
    #expect(TextTable(rows: Self.rows).text(width: width) == expected)
  }

  @Test("A table without rows is no text, and one of empty cells has empty lines")
  func empty() {
    #expect(TextTable(rows: []).text(width: 80) == "")
    #expect(TextTable(rows: [["", ""], ["", ""]]).text(width: nil) == "\n")
  }
}
