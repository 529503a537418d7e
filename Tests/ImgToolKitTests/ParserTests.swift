import Testing

@testable import ImgToolKit

/// From words to an invocation, without a file.
@Suite struct ParserTests {
  @Test func wordsBecomeValues() throws {
    let invocation = try Parser.parse([
      "--threads", "3", "frombuffer", "raw.bin", "--size=8x6", "--mode", "rgb", "--access", "rw",
      "-qv", "--json", "--crop", "4x3+0+0", "--save=a=b.png", "--crop", "1x1+0+0",
    ])
    #expect(invocation.command.name == "frombuffer")
    #expect(invocation.operands == ["raw.bin"])
    #expect(invocation.opening.layout.size == .exact(width: 8, height: 6))
    #expect(invocation.opening.layout.mode == .rgb)
    #expect(invocation.opening.layout.typed == ["--size", "--mode"])
    #expect(invocation.opening.access == .readWrite)
    #expect(invocation.opening.threads == 3)
    #expect(invocation.running.replace == false)
    #expect(invocation.report.quiet && invocation.report.verbose && invocation.report.json)
    #expect(invocation.steps.map(\.text) == ["--crop 4x3+0+0", "--save a=b.png", "--crop 1x1+0+0"])
  }

  @Test func optionsOfOneCommandAreItsOwn() throws {
    let invocation = try Parser.parse([
      "verify", "a", "--save", "b.png", "--save", "c.bmp", "--in-place",
    ])
    let options: VerifyOptions = invocation.own()
    #expect(options.saves == ["b.png", "c.bmp"] && options.inPlace && !options.emulatesCopyOnSave)
    #expect(invocation.steps.isEmpty)
    #expect(invocation.running.replace == nil)
    #expect(invocation.own(ComparisonSettings.self).region == nil)
  }

  @Test(arguments: [
    (["nothing"], "not a command"), (["open"], "needs FILE"), (["open", "a", "b"], "too many"),
    (["open", "a", "--size", "1x1"], "takes no --size"), (["open", "a", "--sav", "b"], "--save"),
    (["open", "a", "--save"], "needs a value"), (["open", "a", "--invert=1"], "takes no value"),
    (["frombuffer", "a", "--invert", "--size", "1x1"], "before the first step, --invert"),
    (["frombuffer", "a", "--size", "1x1", "--size", "2x2"], "given twice"),
    (["frombuffer", "a", "--size", "0x1"], "at least 1"),
    (["hash", "a", "--threads", "0"], "1 to 1024"),
    (["--size", "1x1", "open", "a"], "comes after the command"),
    (["guess", "a", "--limit", "0"], "1 to 1000"),
    (["watch", "a", "--interval", "0"], "0.001"), (["hexdump", "a", "--at", "1"], "X,Y"),
  ])
  func wrongWordsAreRefused(words: [String], says: String) {
    let error = #expect(throws: ToolError.self) { try Parser.parse(words) }
    #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
    #expect(error?.status == .refused)
  }

  @Test func helpIsAskedForInEveryPlace() throws {
    for words in [["open", "a", "--help"], ["open", "-h"], ["open", "--json", "--invert", "-h"]] {
      let invocation = try Parser.parse(words)
      #expect(invocation.command.name == "help" && invocation.operands == ["open"])
      #expect(invocation.report.json == words.contains("--json"))
    }
    #expect(try Parser.parse([]).command.name == "")
  }

  @Test func whatFollowsTwoDashesIsAName() throws {
    #expect(try Parser.parse(["hash", "--", "--json", "-q"]).operands == ["--json", "-q"])
  }
}
