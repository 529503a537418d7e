import Testing

@testable import PixelViews

/// Which rawmodes can have their channels apart.
@Suite struct InterleaveTests {
  @Test(arguments: Rawmode.all)
  func `channels of one word are not put apart, and one channel stands as it does`(
    _ rawmode: Rawmode
  ) throws {
    let plain = try rawmode.layout(width: 9, height: 2)
    for interleave in [Rawmode.Interleave.line, .plane] {
      var options = Rawmode.Options()
      options.interleave = interleave
      if rawmode.canInterleave {
        #expect(try rawmode.layout(width: 9, height: 2, options: options) != plain)
      } else if rawmode.mode.bandCount == 1 {
        #expect(try rawmode.layout(width: 9, height: 2, options: options) == plain)
      } else {
        let refusal =
          rawmode.hasPlanes
          ? ViewError.ownPlanes(rawmode: rawmode.name, interleave)
          : ViewError.oneWord(rawmode: rawmode.name, interleave)
        #expect(throws: refusal) {
          try rawmode.layout(width: 9, height: 2, options: options)
        }
      }
    }
  }
}
