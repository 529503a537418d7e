import PixelViews
import Testing

@testable import ImgToolKit

/// Keys as functions of states. No file is opened: the parser and the opener know its length alone.
@Suite struct ExploreStateTests {
  private let file = ExploredFile(path: "dump.bin", byteCount: 92_160)

  private func state(_ line: String) throws -> ExploreState {
    let words = line.split(separator: " ").map(String.init)
    let invocation = try Parser.parse(["frombuffer", file.path] + words)
    return try ExploreState(TypedLayout(invocation.typedLayout), of: file)
  }

  private func scene(_ state: ExploreState, _ columns: Int = 80) throws(ToolError) -> ExploreScene {
    let facts = try state.facts(of: file)
    let frame = PictureFrame(
      width: facts.width, height: facts.height, state.view, in: Room(columns: columns, rows: 19),
      TerminalKind(drawing: .blocks))
    return ExploreScene(
      facts: facts, frame: frame, window: 0...255, format: facts.resolved.format)
  }

  /// What would be typed after some keys, or why one of them is refused.
  private func pressed(_ keys: String, on line: String) throws -> String {
    var state = try state(line)
    for key in keys.split(separator: " ") {
      let names: [Substring: Key] = [
        "left": .named(.left), "right": .named(.right), "LEFT": .named(.left, isShifted: true),
        "RIGHT": .named(.right, isShifted: true),
      ]
      let key = try #require(names[key] ?? key.first.map { .character($0) })
      guard case .change(let change)? = ExploreKey.deeds[key] else {
        Issue.record("\(key) changes nothing")
        continue
      }
      do throws(ToolError) { state = try change(state, try scene(state)) } catch {
        return error.message
      }
    }
    return try state.facts(of: file).exact.words.joined(separator: " ")
  }

  @Test(
    "A key changes what would be typed",
    arguments: [
      ("right", "--size 160x --mode RGB", "--size 161x190 --mode RGB"),
      ("LEFT left", "--size 160x --mode RGB", "--size 143x214 --mode RGB"),
      (". .", "--size 160x --mode RGB", "--size 160x191 --mode RGB --offset 2"),
      (". ,", "--size 160x --mode RGB", "--size 160x192 --mode RGB"),
      ("> .", "--size 160x --mode RGB", "--size 160x190 --mode RGB --offset 481"),
      ("= =", "--size 160x --mode RGB", "--size 160x191 --mode RGB --stride 482"),
      ("= -", "--size 160x --mode RGB", "--size 160x192 --mode RGB"),
      ("o", "--size 160x --mode RGB", "--size 160x192 --rawmode BGR"),
      ("o o", "--size 160x --mode RGB", "--size 160x192 --mode RGB"),
      ("o o", "--size 160x --mode RGBA", "--size 160x144 --rawmode ARGB"),
      ("o", "--size 160x --rawmode nv12", "--size 160x384 --rawmode nv21"),
      ("o", "--size 160x --rawmode rgb565le", "--size 160x288 --rawmode bgr565le"),
      ("e", "--size 160x --rawmode rgb565le", "--size 160x288 --rawmode RGB565BE"),
      ("e", "--size 160x --mode I;16", "--size 160x288 --rawmode gray16be"),
      ("e e", "--size 160x --mode I;16", "--size 160x288 --rawmode gray16le"),
      ("e", "--size 160x --rawmode p010", "--size 160x192 --rawmode p010be"),
      ("e", "--size 160x --rawmode mono12p", "--size 160x384 --rawmode tiff12"),
      ("s", "--size 160x --mode L", "--size 160x576 --rawmode int8"),
      ("s", "--size 160x --mode I;16", "--size 160x288 --rawmode int16"),
      ("s s", "--size 160x --mode I;16", "--size 160x288 --rawmode gray16le"),
      ("i", "--size 160x --mode L", "--size 160x576 --rawmode L;I"),
      ("i i", "--size 160x --mode L", "--size 160x576 --mode L"),
      ("j", "--size 160x --rawmode gray12le", "--size 160x288 --rawmode gray12le --justify msb"),
      ("j f", "--size 160x --rawmode gray14le", "--size 160x4608 --mode 1"),
      ("b", "--size 160x --mode L", "--size 160x576 --rawmode bayer-rggb8"),
      ("b b b b b", "--size 160x --mode L", "--size 160x576 --mode L"),
      ("b e", "--size 160x --rawmode gray16le", "--size 160x288 --rawmode bayer-rggb16be"),
      ("b", "--size 160x --rawmode raw10", "--size 160x460 --rawmode SRGGB10P"),
      ("b", "--size 160x --mode L --bayer rggb", "--size 160x576 --rawmode bayer-grbg8"),
      ("p p", "--size 160x --mode RGB", "--size 160x192 --mode RGB --interleave plane"),
      ("p p p", "--size 160x --mode RGB", "--size 160x192 --mode RGB"),
      ("v", "--size 160x --mode RGB", "--size 160x192 --mode RGB --orientation -1"),
      ("n n N", "--size 160x64 --mode RGB", "--size 160x64 --mode RGB --frame 1"),
      ("g", "--size 160x --mode L", "--size 160x192 --mode RGB"),
      ("f f F", "--size 160x --mode RGB", "--size 160x144 --mode RGBA"),
      ("F", "--size 160x --mode L", "--size 160x1152 --rawmode gray4"),
    ])
  func keys(_ keys: String, _ line: String, _ wanted: String) throws {
    let found = try pressed(keys, on: line)
    #expect(found == wanted)
  }

  @Test(
    "A refusal is the parser's own",
    arguments: [
      ("left", "--size 1x --mode L", "the width must be at least 1"),
      (",", "--size 160x --mode RGB", "cannot be negative"),
      ("-", "--size 160x --mode RGB", "480"), ("N", "--size 160x64 --mode RGB", "counted from 0"),
      ("n n n", "--size 160x64 --mode RGB", "there is no frame 3"),
      ("s", "--size 160x --rawmode nv12", "there is no form with another sign of nv12"),
      ("e", "--size 160x --mode RGB", "there is no other byte order of RGB"),
      ("j", "--size 160x --mode RGB", "--justify msb has no meaning"),
      ("b", "--size 160x --mode RGB", "no name for a mosaic"),
      ("p", "--size 160x --mode L", "nothing can stand apart"),
      ("p", "--size 160x --rawmode nv12", "nv12"), ("c", "--size 160x --mode L", "L has one band"),
      ("_", "--size 10x10 --mode L", "all of the picture"),
    ])
  func refusals(_ keys: String, _ line: String, _ wanted: String) throws {
    let found = try pressed(keys, on: line)
    #expect(found.contains(wanted))
  }

  @Test("Rows that were asked for come back when there is room for them")
  func height() throws {
    var narrow = try state("--size 160x100 --mode RGB")
    #expect(narrow.height == 100)
    narrow = try narrow.wider(by: 200, try scene(narrow))
    #expect(try narrow.facts(of: file).exact["--size"] == "360x85")
    narrow = try narrow.wider(by: -200, try scene(narrow))
    #expect(try narrow.facts(of: file).exact["--size"] == "160x100")
  }

  @Test("What fills the file goes on filling it")
  func whole() throws {
    #expect(try state("--size 160x192 --mode RGB").height == nil)
    #expect(try state("--size 160x191 --mode RGB").height == 191)
    #expect(try state("--size 160x192 --mode RGB --frame 0").height == 192)
  }

  @Test("Every format of the families is a rawmode that the key of families and formats leads to")
  func families() {
    #expect(FormatFamily.all.map(\.rawmodes.count).reduce(0, +) >= 50)
    for (family, found) in FormatFamily.all.enumerated() {
      #expect(found.rawmodes.count == found.nameCount, "\(found.name)")
      for (format, rawmode) in found.rawmodes.enumerated() {
        let place = FormatFamily.place(of: rawmode)
        #expect(place.family == family && place.format == format, "\(rawmode.name)")
      }
    }
  }

  @Test("No key does two things")
  func table() {
    let keys = ExploreKey.all.flatMap(\.deeds.keys)
    #expect(Set(keys).count == keys.count && keys.count > 40)
    #expect(Set(ExploreKey.all.map(\.label)).count == ExploreKey.all.count)
  }

  @Test(
    "The part of a picture that is seen stays within it",
    arguments: [(1, 1), (7, 3), (640, 480), (4, 100_000), (100_000, 4), (3, 1 << 40)])
  func frames(_ width: Int, _ height: Int) {
    var count = 0
    for drawing in [Drawing.blocks, .ascii, .kitty] {
      for zoom in [ExploreView.Zoom.whole, .width, .power(-40), .power(-1), .power(0), .power(6)] {
        for center in [nil, PixelPlace(x: -9, y: 1 << 50), PixelPlace(x: width / 2, y: height / 3)]
        {
          var view = ExploreView()
          (view.zoom, view.center) = (zoom, center)
          let frame = PictureFrame(
            width: width, height: height, view, in: Room(columns: 20, rows: 4),
            TerminalKind(drawing: drawing))
          let seen = frame.visible
          #expect(seen.x >= 0 && seen.y >= 0 && seen.width > 0 && seen.height > 0)
          #expect(seen.x + seen.width <= width && seen.y + seen.height <= height)
          let place = frame.place(column: 0, row: 0)
          #expect(place.map { frame.cell(of: $0) != nil } == true)
          count += 1
        }
      }
    }
    #expect(count == 54)
  }
}
