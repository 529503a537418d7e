import PixelMemory
import PixelViews
import Testing

@testable import ImgToolKit

/// What is known of a run before its first step.
@Suite struct RunPlanTests {
  private func plan(_ words: String) throws -> RunPlan {
    let invocation = try Parser.parse(
      ["open", "x.png"] + words.split(separator: " ").map(String.init))
    var console = Console(isQuiet: true)
    return try RunPlan(invocation.steps, given: invocation.given, &console)
  }

  private func image(_ mode: Mode = .rgb, access: Access = .copyOnWrite) throws -> Image {
    let layout = try Rawmode.natural(mode).layout(width: 8, height: 6)
    let buffer = try Buffer(allocating: try layout.byteRange().upperBound)
    return try Image(buffer: buffer, layout: layout, format: PixelFormat(mode), palette: nil)
  }

  private func preview(_ words: String, of image: Image) throws -> Preview {
    let source = Source(image: image, name: "x", storage: image.mode.name, file: image.buffer)
    var preview = Preview(source, Console(isQuiet: true))
    try preview.check(try plan(words).steps)
    return preview
  }

  @Test(arguments: [
    ("--crop 4x3+1+1", "4x3 RGB"), ("--reorient 90", "6x8 RGB"), ("--every 3x2", "3x3 RGB"),
    ("--band G", "8x6 L"), ("--convert L", "8x6 L"), ("--crop 4x3+0+0 --reorient 270", "3x4 RGB"),
    ("--copy --convert L --every 8x6", "1x1 L"), ("--invert --print 7,5", "8x6 RGB"),
  ])
  func viewsArePreviewedFromLeftToRight(words: String, expected: String) throws {
    let shown = try preview(words, of: image()).image
    #expect("\(shown.width)x\(shown.height) \(shown.mode.name)" == expected)
  }

  @Test(arguments: [
    "--crop 9x1+0+0", "--crop 4x3+0+0 --put 4,0=1,1,1", "--put 0,0=1", "--put 0,0=1,2,256",
    "--fill 9x9+0+0=1,1,1", "--swap R,X", "--band 3", "--every 1x1 --band L", "--expect 8,0=1,1,1",
    "--print 0,6", "--convert L --invert", "--window 0,9 --put 0,0=1",
    "--region 9x9+0+0 --compare a.png",
    "--convert L --copy --convert RGB --put 0,0=1,1,1", "--convert F --save a.png",
  ])
  func whatCannotWorkIsRefusedBeforeTheFirstStep(words: String) throws {
    let image = try image()
    let error = #expect(throws: ToolError.self) { try preview(words, of: image) }
    #expect(error?.status == .refused)
  }

  @Test(arguments: [
    "--convert L --copy --put 0,0=1", "--convert RGB --put 0,0=1,1,1", "--copy --band 0 --fill 3",
    "--band R --fill 3", "--convert L --copy --band L --invert",
  ])
  func whatCanWorkIsNot(words: String) throws { _ = try preview(words, of: image()) }

  @Test func palettesAreNotForArithmetic() throws {
    let indexed = try image(.palette)
    for step in ["--invert", "--add 1"] {
      #expect(throws: ToolError.self) { try preview(step, of: indexed) }
    }
  }

  @Test func aTargetIsResolvedWhenThePlanIsMade() throws {
    for words in ["--save none/a.png", "--save a.nothing", "--format nothing --save a"] {
      #expect(throws: ToolError.self) { try plan(words) }
    }
    #expect(try plan("--format png --save /dev/stdout").writesStandardOutput)
    #expect(try !plan("--save a.png").writesStandardOutput)
  }

  @Test func theConsoleIsToldThatStandardOutputIsTakenAlsoWhenALaterStepIsWrong() throws {
    let invocation = try Parser.parse([
      "open", "x.png", "--format", "png", "--save", "/dev/stdout", "--crop", "wrong",
    ])
    var console = Console(isQuiet: true)
    #expect(throws: ToolError.self) { try RunPlan(invocation.steps, &console) }
    #expect(console.outputIsTaken)
  }

  @Test func stepsAreFoundByTheirTraits() throws {
    let plan = try plan("--crop 1x1+0+0 --invert --print 0,0 --show --poke 0=00")
    #expect(plan.contains(.draws) && plan.contains(.edits) && plan.contains(.changesFile))
    #expect(!plan.contains(.sharesStandardError))
  }
}
