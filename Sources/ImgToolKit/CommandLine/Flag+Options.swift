import ImageFiles
import PixelMemory
import PixelViews

extension Flag {
  /// The options that several commands take, the steps among them.
  static let shared: [Flag] =
    layouts + [each] + StepRecord.all.map(Flag.init) + concurrent + output + showing + general

  /// Every option of the tool; those of one command in the order of the commands.
  package static var all: [Flag] { shared + Command.all.flatMap(\.own) }

  /// The same by groups, those of one command each under its name.
  static var sections: [(title: String, flags: [Flag])] {
    Group.allCases.flatMap { group in
      group == .own
        ? Command.all.map { (title: $0.title(of: group), flags: $0.own) }
        : [(title: group.title, flags: shared.filter { $0.group == group })]
    }.filter { !$0.flags.isEmpty }
  }

  /// A number of bytes that must not be negative, put to a place among the layout options.
  private static func bytes(
    _ name: String, _ summary: String,
    _ path: any WritableKeyPath<LayoutOptions, Int?> & Sendable
  ) -> Flag {
    Flag(name, "N", .layout, summary) { invocation, text throws(ToolError) in
      invocation.opening.layout[keyPath: path] = try Values.byteCount(text, name)
    }
  }

  /// A finite number that samples are computed with.
  private static func number(
    _ name: String, _ value: String, _ summary: String,
    _ path: any WritableKeyPath<OpenOptions, Double?> & Sendable
  ) -> Flag {
    Flag(name, value, .mapping, summary) { invocation, text throws(ToolError) in
      if name == "--scale", text.hasSuffix("%") || text.contains("x") && !text.contains("0x") {
        throw ToolError(
          "--scale is \(Values.quoted(text)); a number is expected that samples are multiplied by; for "
            + "a smaller picture use --every 2x2")
      }
      let number = try Values.number(text, name)
      guard number.isFinite, name != "--scale" || number != 0 else {
        throw ToolError(
          "\(name) is \(text); a finite number" + (name == "--scale" ? " other than 0" : "")
            + " is expected")
      }
      invocation.opening[keyPath: path] = number
    }
  }

  private static let layouts: [Flag] = [
    Flag(
      "--size", "WxH", .layout, "set width and height; `Wx` takes as many rows as the file holds"
    ) {
      invocation, text throws(ToolError) in
      if text == "auto" {
        invocation.opening.layout.size = .automatic
      } else if text.hasSuffix("x"), text != "x" {
        invocation.opening.layout.size = .rows(width: try Values.width(text, "--size"))
      } else {
        let size = try Values.size(text, "--size")
        invocation.opening.layout.size = .exact(width: size.width, height: size.height)
      }
    },
    Flag("--mode", "M", .layout, "say what the samples mean (default L)", choices: .modes) {
      invocation, text throws(ToolError) in
      invocation.opening.layout.mode = try Values.mode(text, "--mode")
    },
    Flag(
      "--rawmode", "R", .layout, "say how samples are stored (default: the mode itself)",
      choices: .rawmodes
    ) {
      invocation, text in invocation.opening.layout.rawmode = text
    },
    Flag("--offset", "N", .layout, "skip N bytes before the first row; 0x… and suffixes K M G") {
      invocation, text throws(ToolError) in
      invocation.opening.layout.options.offset = try Values.byteCount(text, "--offset")
    },
    bytes(
      "--stride", "put rows N bytes apart (default: the packed row)",
      \.options.stride),
    bytes(
      "--row-bits", "put rows N bits apart, which need not be whole bytes", \.options.rowBits),
    Flag(
      "--align", "N|none", .layout,
      "pad packed rows to a multiple of N bytes, or (none) not even to whole bytes",
      choices: .names(["none"])
    ) {
      invocation, text throws(ToolError) in
      invocation.opening.layout.isTight = text == "none"
      if text == "none" { return }
      let alignment = try Values.byteCount(text, "--align")
      guard alignment > 0 else { throw ToolError("--align is 0; at least 1 byte is expected") }
      invocation.opening.layout.options.alignment = alignment
    },
    Flag(
      "--orientation", "1|-1", .layout,
      "put the first row on top (1, default) or at the bottom (-1)",
      choices: .names(["1", "-1"])
    ) { invocation, text throws(ToolError) in
      guard text == "1" || text == "-1" else {
        throw ToolError("--orientation is \(Values.quoted(text)); 1 or -1 is expected")
      }
      invocation.opening.layout.options.bottomUp = text == "-1"
    },
    Flag(
      "--interleave", "pixel|line|plane", .layout, "say where a pixel's samples stand",
      choices: .names(Rawmode.Interleave.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.layout.interleave = try Values.choice(text, "--interleave")
    },
    bytes("--plane-stride", "put planes N bytes apart", \.options.planeStride),
    bytes(
      "--chroma-stride",
      "put rows of chroma N bytes apart (default: as --stride, for as many pixels)",
      \.options.chromaStride),
    bytes(
      "--plane-rows", "let planes have room for N rows of luma (default: those of the image)",
      \.options.planeRows),
    Flag(
      "--plane-offset", "N[,N]", .layout,
      "put planes behind the first N bytes after its start"
    ) { invocation, text throws(ToolError) in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      invocation.opening.layout.options.planeOffsets = try parts.map { part throws(ToolError) in
        try Values.byteCount(String(part), "--plane-offset")
      }
    },
    Flag(
      "--order", "hwc|chw", .mapping, "set the order of a tensor's axes: chw is --interleave plane",
      choices: .names(["hwc", "chw"])
    ) { invocation, text throws(ToolError) in
      guard text == "hwc" || text == "chw" else {
        throw ToolError("--order is \(Values.quoted(text)); hwc or chw is expected")
      }
      invocation.opening.layout.order = text
    },
    Flag("--tensor", "NAME", .mapping, "choose one of several named arrays in a file") {
      invocation, text in
      invocation.opening.layout.tensor = text
    },
    Flag(
      "--justify", "lsb|msb", .layout, "say which end of a word 10, 12 or 14 bits stand at",
      choices: .names(["lsb", "msb"])
    ) { invocation, text throws(ToolError) in
      guard text == "lsb" || text == "msb" else {
        throw ToolError("--justify is \(Values.quoted(text)); lsb or msb is expected")
      }
      invocation.opening.layout.options.justifiedToTop = text == "msb"
    },
    Flag("--frame", "N|last", .mapping, "choose one of several images in a buffer, from 0") {
      invocation, text throws(ToolError) in
      if text == "last" {
        invocation.opening.layout.frame = .last
      } else {
        let index = try Values.integer(text, "--frame")
        guard index >= 0 else { throw ToolError("--frame is \(index); frames are counted from 0") }
        invocation.opening.layout.frame = .index(index)
      }
    },
    Flag(
      "--frames", "A..B|all", .mapping,
      "show several frames, one below the other; with --each, one after the other",
      choices: .names(["all"])
    ) { invocation, text throws(ToolError) in
      invocation.opening.layout.frames =
        text == "all" ? .all : .range(try Values.range(text, "--frames"))
    },
    bytes("--frame-stride", "put frames N bytes apart", \.frameStride),
    bytes("--frame-header", "skip N bytes before the pixels of each frame", \.frameHeader),
    Flag(
      "--palette", "FILE|gray", .mapping, "give P and PA their colors: RGB triples, or a gray ramp",
      choices: .file
    ) {
      invocation, text in
      invocation.opening.palette = text == "gray" ? .gray : .file(text)
    },
    Flag(
      "--matrix", "601|709|2020", .mapping,
      "take YCbCr for that of video, by ITU-R BT.601 (default), 709 or 2020",
      choices: .names(VideoColor.Matrix.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.matrix = try Values.choice(text, "--matrix")
    },
    Flag(
      "--range", "limited|full", .mapping,
      "take YCbCr for that of video, black at 16 (limited, default) or at 0 (full)",
      choices: .names(VideoColor.Range.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.range = try Values.choice(text, "--range")
    },
    Flag(
      "--chroma", "repeat|linear", .mapping,
      "repeat the chroma that pixels share, or interpolate it",
      choices: .names(ChromaChoice.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.chroma = try Values.choice(text, "--chroma")
    },
    Flag(
      "--siting", "left|center|topleft", .mapping,
      "say where chroma stands: as in H.264, JPEG or BT.2020",
      choices: .names(ChromaSiting.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.siting = try Values.choice(text, "--siting")
    },
    Flag(
      "--bayer", Mosaic.names.joined(separator: "|"), .mapping,
      "say which colors a sensor's pixels have seen: the first 2x2 cell, row by row",
      choices: .names(Mosaic.names), serves: ["--demosaic", "--black", "--white", "--wb"]
    ) { invocation, text throws(ToolError) in
      guard let mosaic = Mosaic(text) else {
        throw ToolError(
          "--bayer is \(Values.quoted(text)); it is one of \(Mosaic.names.joined(separator: ", "))"
            + Suggestion.hint(text, in: Mosaic.names))
      }
      invocation.opening.bayer = mosaic
    },
    number(
      "--scale", "S",
      "multiply each sample by S, add --bias, and show the result as a float", \.scale),
    number("--bias", "B", "add B to each sample, after --scale", \.bias),
    Flag(
      "--access", "ro|cow|rw", .mapping,
      "refuse edits (ro), keep them private (cow, default) or write them to the file (rw)",
      choices: .names(Access.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.access = try Values.choice(text, "--access")
    },
    Flag(
      "--trailing", "ok|warn|error", .mapping,
      "accept bytes left after the last row, warn of them (default) or refuse them",
      choices: .names(OpenOptions.Trailing.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.trailing = try Values.choice(text, "--trailing")
    },
    Flag("--salvage", .mapping, "show what a damaged PNG or JPEG file still holds") {
      invocation, _ in invocation.opening.salvages = true
    },
    Flag(
      "--layout", "FILE|auto", .layout,
      "read the layout from a file: of `info --emit-layout`, or of what `v4l2-ctl -V`, fbset or libcamera "
        + "prints; `auto` reads the source's name", choices: .file
    ) {
      invocation, text in invocation.opening.layout.file = text
    },
  ]

  private static let each = Flag(
    "--each", .sequence, "run the steps for one frame after the other"
  ) { invocation, _ in invocation.opening.isEach = true }

  private static let concurrent: [Flag] = [
    Flag(
      "--consistent", "[=N]", .concurrent,
      "use only pixels that did not change while read; try N times (default 10), else exit 1"
    ) { invocation, text throws(ToolError) in
      let tries = text.isEmpty ? 10 : try Values.integer(text, "--consistent")
      guard 1...1_000_000 ~= tries else {
        throw ToolError("--consistent is \(tries); 1 to 1000000 tries are expected")
      }
      invocation.running.consistency = tries
    },
    Flag("--lock", .concurrent, "lock the file (flock) while it is open, as its writers should") {
      invocation, _ in invocation.opening.locks = true
    },
  ]

  private static let output: [Flag] = [
    Flag(
      "--replace", nil, .output, "let a save take the name of the mapped file by rename",
      serves: ["--save"]
    ) {
      invocation, _ in invocation.running.replace = true
    },
    Flag("--no-copy", .output, "make a step that copies the image an error") {
      invocation, _ in
      invocation.running.noCopy = true
      invocation.opening.noCopy = true
    },
    clamp,
    Flag("--strict", .losses, "make what is rounded, masked or left out of a file an error") {
      invocation, _ in invocation.running.isStrict = true
    },
  ]

  /// In force for all steps, wherever it stands.
  static let clamp = Flag(
    "--clamp", nil, .output, "clamp what a conversion, a window or a paste cannot hold",
    serves: ["--convert", "--window", "--map", "--paste"]
  ) { _, _ in }

  private static let general: [Flag] = [
    Flag("--json", .general, "print one JSON object on standard output") {
      invocation, _ in invocation.report.json = true
    },
    Flag("--quiet", short: "q", .general, "print no notes") {
      invocation, _ in invocation.report.quiet = true
    },
    Flag(
      "--verbose", short: "v", .general,
      "print the source and each step, with its time and the bytes it copied"
    ) {
      invocation, _ in invocation.report.verbose = true
    },
    Flag("--threads", "N", .general, "use N threads (default: all cores)") {
      invocation, text throws(ToolError) in
      let count = try Values.integer(text, "--threads")
      guard 1...1024 ~= count else {
        throw ToolError("--threads is \(count); 1 to 1024 is expected")
      }
      invocation.running.threads = count
      invocation.opening.threads = count
    },
    Flag(
      "--limit-pixels", "N", .general, "refuse to decode more than N pixels (default 2^30)"
    ) {
      invocation, text throws(ToolError) in
      invocation.opening.limits.pixels = try Values.byteCount(text, "--limit-pixels")
    },
  ]

  private static let showing: [Flag] = [
    Flag(
      "--protocol", "P", .show, "draw with kitty, sixel, blocks, 256, ascii or auto (default)",
      choices: .names(["auto"] + Drawing.allCases.map(\.rawValue)), serves: ["--show"]
    ) { invocation, text throws(ToolError) in
      guard text == "auto" || Drawing(rawValue: text) != nil else {
        let names = ["auto"] + Drawing.allCases.map(\.rawValue)
        throw ToolError(
          "--protocol is \(Values.quoted(text)); it is one of \(names.joined(separator: ", "))"
            + Suggestion.hint(text, in: names))
      }
      invocation.showing.drawing = Drawing(rawValue: text)
    },
    Flag(
      "--width", "N", .show, "draw N columns wide (default: what fits the terminal)",
      serves: ["--show"]
    ) { invocation, text throws(ToolError) in
      let width = try Values.integer(text, "--width")
      guard 1...ShowOptions.widest ~= width else {
        throw ToolError("--width is \(width); 1 to \(ShowOptions.widest) columns are expected")
      }
      invocation.showing.width = width
    },
  ]

  private init(
    _ name: String, short: Character? = nil, _ group: Group, _ summary: String,
    apply: @escaping @Sendable (inout Invocation, String) throws(ToolError) -> Void
  ) {
    self.init(name, short: short, nil, group, summary, choices: .none, apply: apply)
  }
}
