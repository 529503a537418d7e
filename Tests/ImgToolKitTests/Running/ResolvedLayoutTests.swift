import PixelViews
import Testing

@testable import ImgToolKit

/// What the options of a layout come to for a file of some length, and why they are refused.
@Suite struct ResolvedLayoutTests {
  typealias Choice = LayoutOptions

  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let choose: @Sendable (inout Choice) -> Void
    let byteCount: Int
    let expected: String

    init(
      _ options: String, _ byteCount: Int, _ expected: String,
      _ choose: @escaping @Sendable (inout Choice) -> Void
    ) {
      testDescription = options
      self.choose = choose
      self.byteCount = byteCount
      self.expected = expected
    }
  }

  /// Size, storage, bytes between rows, padding, the first row's first byte, frames, bytes left.
  private func resolve(_ row: Row, name: String = "it") -> String {
    var choice = Choice()
    row.choose(&choice)
    return outcome { () throws(ToolError) in
      let found = try choice.resolve(name: name, byteCount: row.byteCount)
      let layout = found.layout
      var text =
        "\(layout.width)x\(layout.height) \(found.storage), rows \(found.stride), padding "
        + "\(found.padding), from \(layout.bitOffset / 8), left "
        + "\(found.trailingByteCount(in: row.byteCount))"
      if found.frameCount != 1 { text += ", frames \(found.frameCount)" }
      if let mode = found.shownMode { text += ", shown as \(mode.name)" }
      return text
    }
  }

  static let sizes: [Row] = [
    Row("--size 4x3", 12, "4x3 L, rows 4, padding 0, from 0, left 0") {
      $0.size = .exact(width: 4, height: 3)
    },
    Row("--size 4x3, two bytes more", 14, "4x3 L, rows 4, padding 0, from 0, left 2") {
      $0.size = .exact(width: 4, height: 3)
    },
    // That bytes are missing is told by whoever maps them, with what is there.
    Row("--size 4x3, a byte less", 11, "4x3 L, rows 4, padding 0, from 0, left 0") {
      $0.size = .exact(width: 4, height: 3)
    },
    Row("--size 4x", 14, "4x3 L, rows 4, padding 0, from 0, left 2") { $0.size = .rows(width: 4) },
    Row("--size 4x --mode RGB", 25, "4x2 RGB, rows 12, padding 0, from 0, left 1") {
      ($0.size, $0.mode) = (.rows(width: 4), .rgb)
    },
    Row("--size 4x --offset 3", 14, "4x2 L, rows 4, padding 0, from 3, left 3") {
      $0.size = .rows(width: 4)
      $0.options.offset = 3
    },
    Row("--size 4x --stride 10", 24, "4x3 L, rows 10, padding 6, from 0, left 0") {
      $0.size = .rows(width: 4)
      $0.options.stride = 10
    },
    Row("--size 5x --align 4", 21, "5x3 L, rows 8, padding 3, from 0, left 0") {
      $0.size = .rows(width: 5)
      $0.options.alignment = 4
    },
    Row("--size 4x --orientation -1", 14, "4x3 L, rows 4, padding 0, from 8, left 2") {
      $0.size = .rows(width: 4)
      $0.options.bottomUp = true
    },
    Row("--size 4x --mode RGB --interleave plane", 26, "4x2 RGB, rows 4, padding 0, from 0, left 2")
    {
      ($0.size, $0.mode, $0.interleave) = (.rows(width: 4), .rgb, .plane)
    },
    Row("--size 4x --mode RGB --interleave line", 26, "4x2 RGB, rows 12, padding 0, from 0, left 2")
    {
      ($0.size, $0.mode, $0.interleave) = (.rows(width: 4), .rgb, .line)
    },
    Row("--size 4x --mode RGB --order chw", 24, "4x2 RGB, rows 4, padding 0, from 0, left 0") {
      ($0.size, $0.mode, $0.order) = (.rows(width: 4), .rgb, "chw")
    },
    Row(
      "--size auto", 12,
      "it: --size auto found no WxH in the file's name; give --size WxH, or try `imgtool guess`"
    ) {
      $0.size = .automatic
    },
    Row("no --size", 12, "it: --size WxH is needed; `imgtool guess it` finds sizes that fit") { _ in
    },
  ]

  @Test("Sizes", arguments: sizes)
  func size(_ row: Row) {
    #expect(resolve(row) == row.expected)
  }

  @Test("A size of the file's name is taken where it is asked for, and noted")
  func sizeOfName() throws {
    var choice = Choice()
    choice.size = .automatic
    let found = try choice.resolve(name: "a/cap_4x3.raw", byteCount: 12)
    #expect((found.layout.width, found.layout.height) == (4, 3))
    #expect(found.notes == ["a/cap_4x3.raw: --size auto is 4x3, from the file's name"])
    choice.size = .rows(width: 6)
    #expect(
      try choice.resolve(name: "it", byteCount: 12).notes == ["it: --size 6x is 6x2"])
  }

  static let rawmodes: [Row] = [
    Row("--mode RGB --rawmode BGR", 12, "2x2 BGR, rows 6, padding 0, from 0, left 0") {
      ($0.mode, $0.rawmode) = (.rgb, "BGR")
    },
    Row("--rawmode BGR", 12, "2x2 BGR, rows 6, padding 0, from 0, left 0") { $0.rawmode = "BGR" },
    Row("--mode 1", 2, "2x2 1, rows 1, padding 0, from 0, left 0") { $0.mode = .bilevel },
    Row(
      "--mode L --rawmode BGR", 12,
      "rawmode BGR does not store mode L; it stores RGB, RGBA, RGBX, and L is stored as "
        + "L, L;I, L;R, L;2, L;2I … (`imgtool rawmodes` lists all)"
    ) {
      ($0.mode, $0.rawmode) = (.gray, "BGR")
    },
    Row(
      "--rawmode BGRR", 12,
      "--rawmode is \"BGRR\", which is not a rawmode (did you mean BGR?); "
        + "`imgtool rawmodes bgr` lists them"
    ) { $0.rawmode = "BGRR" },
    Row(
      "--rawmode BGR;16 --interleave plane", 12,
      "it: rawmode BGR;16 keeps its samples in one word, which interleave by plane would part"
    ) { ($0.mode, $0.rawmode, $0.interleave) = (.rgb, "BGR;16", .plane) },
    Row("--order chw --interleave line", 12, "--order chw contradicts --interleave line") {
      ($0.mode, $0.order, $0.interleave) = (.rgb, "chw", .line)
    },
    Row("--plane-stride 9", 12, "--plane-stride needs --interleave plane") {
      $0.mode = .rgb
      $0.options.planeStride = 9
    },
    Row(
      "--interleave plane --plane-stride 3", 12,
      "it: --plane-stride 3 is smaller than a plane of 4 bytes; "
        + "at least 4 is expected"
    ) {
      ($0.mode, $0.interleave) = (.rgb, .plane)
      $0.options.planeStride = 3
    },
    Row("--interleave plane --plane-stride 9", 22, "2x2 RGB, rows 2, padding 5, from 0, left 0") {
      ($0.mode, $0.interleave) = (.rgb, .plane)
      $0.options.planeStride = 9
    },
    Row(
      "--mode L --justify msb", 4,
      "it: --justify msb has no meaning for rawmode L, whose samples fill their "
        + "words; leave it out"
    ) { $0.options.justifiedToTop = true },
    Row(
      "--stride 7 --align 4", 20,
      "it: --stride 7 contradicts --align 4, which makes it 4; give one of them"
    ) {
      $0.options.stride = 7
      $0.options.alignment = 4
    },
    Row("--stride 4 --align 4", 8, "2x2 L, rows 4, padding 2, from 0, left 0") {
      $0.options.stride = 4
      $0.options.alignment = 4
    },
  ]

  @Test("Rawmodes and where their samples stand", arguments: rawmodes)
  func rawmode(_ row: Row) {
    let sized = Row(row.testDescription, row.byteCount, row.expected) {
      $0.size = .exact(width: 2, height: 2)
      row.choose(&$0)
    }
    #expect(resolve(sized) == row.expected)
  }

  static let frames: [Row] = [
    Row("--frame 0", 14, "2x2 L, rows 2, padding 0, from 0, left 0, frames 3") {
      $0.frame = .index(0)
    },
    Row("--frame 2", 14, "2x2 L, rows 2, padding 0, from 8, left 0, frames 3") {
      $0.frame = .index(2)
    },
    Row("--frame last", 14, "2x2 L, rows 2, padding 0, from 8, left 0, frames 3") {
      $0.frame = .last
    },
    Row(
      "--frame 3", 14,
      "it: there is no frame 3; the file holds 3 frames, 0 to 2, of 4 bytes each, from offset 0"
    ) {
      $0.frame = .index(3)
    },
    Row(
      "--frame last, none", 3,
      "it: there is no frame 0; the file holds 0 frames, of 4 bytes each, from offset 0"
    ) { $0.frame = .last },
    Row("--frame 1 --frame-stride 6", 10, "2x2 L, rows 2, padding 0, from 6, left 0, frames 2") {
      ($0.frame, $0.frameStride) = (.index(1), 6)
    },
    Row("--frame 1 --frame-header 3", 14, "2x2 L, rows 2, padding 0, from 10, left 0, frames 2") {
      ($0.frame, $0.frameHeader) = (.index(1), 3)
    },
    Row("--frame 1 --offset 5", 14, "2x2 L, rows 2, padding 0, from 9, left 0, frames 2") {
      $0.frame = .index(1)
      $0.options.offset = 5
    },
    Row(
      "--frame 1 --frame-stride 3", 14,
      "it: --frame-stride 3 is smaller than a frame of 4 bytes; at least 4 is "
        + "expected"
    ) { ($0.frame, $0.frameStride) = (.index(1), 3) },
    Row(
      "--frame-stride 4 --frame-header 1", 14,
      "it: --frame-stride 4 is smaller than a frame of 5 bytes, its "
        + "header counted; at least 5 is expected"
    ) { ($0.frameStride, $0.frameHeader) = (4, 1) },
    // The rows of the second field of a video lie between those of the first.
    Row(
      "--frame 1 --stride 4 --frame-stride 2", 8,
      "2x2 L, rows 4, padding 2, from 2, left 0, frames 2"
    ) {
      ($0.frame, $0.frameStride) = (.index(1), 2)
      $0.options.stride = 4
    },
    Row("--frame 2^62", 14, "it: frame 4611686018427387904 is further than 64 bits can count") {
      $0.frame = .index(1 << 62)
    },
    Row("--frames 0..2", 14, "2x6 L, rows 2, padding 0, from 0, left 0, frames 3") {
      $0.frames = .range(0...2)
    },
    Row("--frames 1..1", 14, "2x2 L, rows 2, padding 0, from 4, left 0, frames 3") {
      $0.frames = .range(1...1)
    },
    Row(
      "--frames 1..3", 14,
      "it: there is no frame 3; the file holds 3 frames, 0 to 2, of 4 bytes each, from offset 0"
    ) {
      $0.frames = .range(1...3)
    },
    Row(
      "--frames 0..1 --frame 1", 14,
      "--frames 0..1 and --frame 1 contradict each other; give one of them"
    ) {
      ($0.frames, $0.frame) = (.range(0...1), .index(1))
    },
    Row(
      "--frames 0..1 --frame-stride 6", 14,
      "it: --frames can only join frames whose rows follow each other from "
        + "the top, each 2 bytes after the one before; use --frame N for one after another"
    ) {
      ($0.frames, $0.frameStride) = (.range(0...1), 6)
    },
    Row(
      "--frames 0..1 --interleave plane", 24,
      "it: planar frames cannot be joined; use --frame N for one after "
        + "another"
    ) { ($0.frames, $0.mode, $0.interleave) = (.range(0...1), .rgb, .plane) },
  ]

  @Test("Frames", arguments: frames)
  func frame(_ row: Row) {
    let sized = Row(row.testDescription, row.byteCount, row.expected) {
      $0.size = .exact(width: 2, height: 2)
      row.choose(&$0)
    }
    #expect(resolve(sized) == row.expected)
  }

  @Test("A file that is too short is refused with what is needed, what is there and what would fit")
  func tooShort() throws {
    var choice = Choice()
    choice.size = .exact(width: 8, height: 9)
    for (offset, expected) in [
      (
        0,
        "it: 8x9 L needs 72 bytes from offset 0, the file has 64 (8 rows fit; did you mean --size 8x8?)"
      ),
      (
        56,
        "it: 8x9 L needs 72 bytes from offset 56, the file has 8 from there on (64 in all) (1 row fits; "
          + "did you mean --size 8x1?)"
      ),
      (60, "it: 8x9 L needs 72 bytes from offset 60, the file has 4 from there on (64 in all)"),
    ] {
      choice.options.offset = offset
      let found = try choice.resolve(name: "it", byteCount: 64)
      let error = try #require(throws: ViewError.self) { try found.layout.check(byteCount: 64) }
      #expect(found.explain(error, name: "it").message == expected)
    }
  }

  @Test("Bytes after the last row are counted in rows that a longer image would show")
  func moreRows() throws {
    var choice = Choice()
    choice.size = .exact(width: 4, height: 3)
    #expect(try choice.resolve(name: "it", byteCount: 12).moreRows(in: 12) == 0)
    #expect(try choice.resolve(name: "it", byteCount: 21).moreRows(in: 21) == 2)
    choice.mode = .rgb
    choice.interleave = .plane
    #expect(try choice.resolve(name: "it", byteCount: 60).moreRows(in: 60) == 2)
    // More rows would move the second plane.
    choice.options.planeStride = 20
    #expect(try choice.resolve(name: "it", byteCount: 60).moreRows(in: 60) == 0)
  }

  @Test("Every rawmode resolves for whole rows, and leaves less than a row of any file")
  func everyRawmode() throws {
    var triedCount = 0
    for rawmode in Rawmode.all {
      // Planes share rows: the first one takes the most.
      let planes = try rawmode.frame(width: 16, height: 1, options: Rawmode.Options())
      let row = try #require(planes?.byteCount ?? rawmode.rowByteCount(width: 16))
      for byteCount in [row, row * 3, row * 3 + row - 1] {
        var choice = Choice()
        (choice.size, choice.mode, choice.rawmode) = (.rows(width: 16), rawmode.mode, rawmode.name)
        let found = try choice.resolve(name: "it", byteCount: byteCount)
        // The last row needs no bytes behind its last sample.
        let more = try rawmode.layout(width: 16, height: found.layout.height + 1)
        try found.layout.check(byteCount: byteCount)
        #expect(throws: ViewError.self) { try more.check(byteCount: byteCount) }
        #expect((0..<row).contains(found.trailingByteCount(in: byteCount)), "\(rawmode.name)")
        #expect(found.storage == rawmode.name && found.format == rawmode.storedFormat)
        #expect(found.shownMode == (rawmode.isDerived ? rawmode.mode : nil))
        triedCount += 1
      }
    }
    #expect(triedCount == Rawmode.all.count * 3 && triedCount > 300)
  }

  @Test("Only indexed modes take a palette")
  func palettes() throws {
    var options = OpenOptions()
    #expect(try options.loadPalette(for: .rgb) == nil)
    options.palette = .gray
    #expect(try options.loadPalette(for: .palette) == .gray)
    let refusal = outcome { () throws(ToolError) in try options.loadPalette(for: .rgb) }
    #expect(refusal == "--palette is for modes P and PA; this image is RGB")
  }
}
