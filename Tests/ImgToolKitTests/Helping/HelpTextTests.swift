import Testing

@testable import ImgToolKit

struct HelpTextTests {
  @Test(arguments: [24, 40, 60, 80, 100]) func noLineIsLonger(_ width: Int) {
    var page = HelpText(width: width)
    page.paragraph(String(repeating: "some words ", count: 30))
    page.rows([("--bayer rggb|grbg|gbrg|bggr", "a summary of several words"), ("-q", "short")])
    page.example(Example("imgtool open " + String(repeating: "x", count: 150) + " --invert", "it"))
    page.entry("--plane-offset N[,N]", String(repeating: "y", count: 230))
    #expect(page.lines.allSatisfy { $0.count <= width })
  }

  @Test func aTermBesideItsTextIsInAColumn() {
    var page = HelpText(width: 40)
    page.rows([("a", "one two three four five six seven eight"), ("long-term", "b")])
    #expect(
      page.text == """
          a          one two three four five six
                     seven eight
          long-term  b
        """)
  }

  @Test func aTermTooLongForTheColumnStandsAbove() {
    var page = HelpText(width: 40)
    page.rows([("a-term-that-is-longer-than-that", "text")])
    #expect(page.lines == ["  a-term-that-is-longer-than-that", "                text"])
  }

  @Test func theShortPageNamesOptionsThatThereAre() {
    #expect(HelpPage.common.isSubset(of: Flag.all.map(\.name)))
  }

  @Test func everyExampleOfAnOptionIsUnderstood() throws {
    for command in Command.all {
      for flag in command.flags where !flag.details.example.isEmpty {
        let words = flag.details.example.split(separator: " ", maxSplits: 1).map {
          $0.filter { $0 != "'" }
        }
        let operands = Array(repeating: "a", count: command.operands.lowerBound)
        let invocation = try Parser.parse([command.name] + operands + words)
        for step in invocation.steps where step.record.governs == nil {
          var settings = StepSettings()
          _ = try step.record.make(step.argument ?? "", &settings)
        }
      }
    }
  }
}
