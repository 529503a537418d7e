extension ExploreKey {
  private static func size(_ step: Int) -> Deed {
    .change { state, scene throws(ToolError) in try state.wider(by: step, scene) }
  }
  private static func stride(_ step: Int) -> Deed {
    .change { state, scene throws(ToolError) in try state.stride(by: step, scene) }
  }
  private static func offset(_ step: Int, rows: Bool = false) -> Deed {
    .change { state, scene throws(ToolError) in
      try state.offset(by: step * (rows ? scene.facts.resolved.stride : 1), scene)
    }
  }
  private static func scroll(_ screens: Double) -> Deed {
    .change { state, scene throws(ToolError) in
      try state.scrolled(byScreens: screens, scene)
    }
  }
  private static func scroll(toEnd isEnd: Bool) -> Deed {
    .change { state, scene throws(ToolError) in
      try state.scrolled(to: isEnd ? scene.frame.imageHeight : 0, scene)
    }
  }
  private static func format(_ step: Int) -> Deed {
    .change { state, scene throws(ToolError) in try state.format(by: step, scene) }
  }
  private static func frame(_ step: Int) -> Deed {
    .change { state, scene throws(ToolError) in try state.frame(by: step, scene) }
  }
  private static func zoom(in isIn: Bool) -> Deed {
    .change { state, scene throws(ToolError) in try state.zoomed(in: isIn, scene) }
  }
  private static func window(_ factor: Double) -> Deed {
    .change { state, scene throws(ToolError) in try state.windowed(times: factor, scene) }
  }

  /// What keys do right after `z`, where `-` and `=` are no strides.
  static let zooming: [Key: Deed] = [
    .character("+"): zoom(in: true), .character("="): zoom(in: true),
    .character("-"): zoom(in: false), .character("_"): zoom(in: false),
  ]

  /// Every key, in the order of the help.
  static let all: [ExploreKey] = [
    ExploreKey(
      "Tab Shift-Tab", "the next guess, the one before",
      [.named(.tab): .guess(1), .named(.tab, isShifted: true): .guess(-1)]),
    ExploreKey(
      "← →", "one pixel less or more in a row; with Shift 16",
      [
        .named(.left): size(-1), .named(.right): size(1),
        .named(.left, isShifted: true): size(-16), .named(.right, isShifted: true): size(16),
      ]),
    ExploreKey(
      "↑ ↓ PgUp PgDn Home End", "go through rows that are not all on the screen",
      [
        .named(.up): scroll(-0.1), .named(.down): scroll(0.1), .named(.pageUp): scroll(-1),
        .named(.pageDown): scroll(1), .named(.home): scroll(toEnd: false),
        .named(.end): scroll(toEnd: true),
      ]),
    ExploreKey(
      "w h O", "type the width, the rows, the offset",
      [
        .character("w"): .ask(.width), .character("h"): .ask(.height),
        .character("O"): .ask(.offset),
      ]),
    ExploreKey(
      ", .", "start a byte earlier or later; with Shift (< >) a row",
      [
        .character(","): offset(-1), .character("."): offset(1),
        .character("<"): offset(-1, rows: true), .character(">"): offset(1, rows: true),
      ]),
    ExploreKey(
      "- =", "put rows a byte nearer or further apart",
      [.character("-"): stride(-1), .character("="): stride(1)]),
    ExploreKey(
      "f F", "the next format of the family, the one before",
      [.character("f"): format(1), .character("F"): format(-1)]),
    ExploreKey(
      "g", "the next family: gray, color, video, sensor, numbers, palette",
      [
        .character("g"): .change { state, scene throws(ToolError) in try state.family(scene) }
      ]),
    ExploreKey("/", "type a format by name; Tab completes", [.character("/"): .ask(.format)]),
    ExploreKey(
      "e", "turn the byte order",
      [
        .character("e"): .change { state, scene throws(ToolError) in
          try state.variant("other byte order", scene, \.inOtherByteOrder)
        }
      ]),
    ExploreKey(
      "s", "take numbers with a sign, or without",
      [
        .character("s"): .change { state, scene throws(ToolError) in
          try state.variant("form with another sign", scene, \.withOtherSign)
        }
      ]),
    ExploreKey(
      "j", "take 10, 12 or 14 bits from the other end of their words",
      [
        .character("j"): .change { state, scene throws(ToolError) in try state.justified(scene) }
      ]),
    ExploreKey(
      "i", "turn black and white",
      [
        .character("i"): .change { state, scene throws(ToolError) in
          try state.variant("inverted form", scene, \.inverted)
        }
      ]),
    ExploreKey(
      "o", "the next order of channels: RGB, BGR, …",
      [
        .character("o"): .change { state, scene throws(ToolError) in
          try state.variant("other order of the channels", scene, \.inNextOrder)
        }
      ]),
    ExploreKey(
      "b", "the next phase of a sensor's mosaic (Bayer), and none",
      [
        .character("b"): .change { state, scene throws(ToolError) in try state.nextMosaic(scene) }
      ]),
    ExploreKey(
      "p", "samples by pixel, by line, by plane",
      [
        .character("p"): .change { state, scene throws(ToolError) in try state.interleaved(scene) }
      ]),
    ExploreKey(
      "v", "turn upside down: rows are stored from the bottom",
      [
        .character("v"): .change { state, scene throws(ToolError) in try state.upsideDown(scene) }
      ]),
    ExploreKey(
      "n N", "the next frame, the one before",
      [.character("n"): frame(1), .character("N"): frame(-1)]),
    ExploreKey(
      "c", "show one band after the other, then all",
      [
        .character("c"): .change { state, scene throws(ToolError) in try state.nextBand(scene) }
      ]),
    ExploreKey(
      "[ ] a", "make the window of samples narrower, wider, or fit it to the picture",
      [
        .character("["): window(0.8), .character("]"): window(1.25),
        .character("a"): .change { state, _ in state.withAutomaticWindow() },
      ]),
    ExploreKey(
      "z + _",
      "all of the picture, its width, its pixels; enlarge; make smaller (right after z - too)",
      [
        .character("z"): .change { state, scene in state.withNextZoom(scene) },
        .character("+"): zoom(in: true), .character("_"): zoom(in: false),
      ]),
    // The mouse is no key of the table: what it does depends on where it is.
    ExploreKey("mouse", "click for a pixel, drag the picture, zoom with the wheel", [:]),
    ExploreKey("x", "the bytes behind the pixel, or its value", [.character("x"): .bytes]),
    ExploreKey("u", "undo", [.character("u"): .undo]),
    ExploreKey(
      "S L", "save the picture, the layout",
      [
        .character("S"): .ask(.picture), .character("L"): .ask(.layout),
      ]),
    ExploreKey(
      "? Ctrl-L", "this page; draw the screen again",
      [
        .character("?"): .help, .control("l"): .redraw,
      ]),
    ExploreKey("Enter", "end, and print the layout", [.named(.enter): .accept]),
    ExploreKey(
      "q Esc", "end without one",
      [
        .character("q"): .cancel, .named(.escape): .cancel,
      ]),
  ]
}
