import PixelMemory
import PixelViews

extension Flag {
  /// Every option of the tool.
  package static let all: [Flag] =
    layouts + steps + verifying + concurrent + output + comparing + commands

  /// A number of bytes that must not be negative, put to a place in the invocation.
  private static func bytes(
    _ name: String, _ summary: String,
    _ path: any WritableKeyPath<Invocation, Int?> & Sendable
  ) -> Flag {
    Flag(name, "N", .layout, summary) { invocation, text throws(ToolError) in
      invocation[keyPath: path] = try Values.byteCount(text, name)
    }
  }

  private static let layouts: [Flag] = [
    Flag("--size", "WxH", .layout, "pixels; `Wx` takes as many rows as the file holds") {
      invocation, text throws(ToolError) in
      if text == "auto" {
        invocation.layout.size = .automatic
      } else if text.hasSuffix("x"), text != "x" {
        invocation.layout.size = .rows(width: try Values.width(text, "--size"))
      } else {
        let size = try Values.size(text, "--size")
        invocation.layout.size = .exact(width: size.width, height: size.height)
      }
    },
    Flag("--mode", "M", .layout, "what the samples mean (default L)", choices: .modes) {
      invocation, text throws(ToolError) in
      invocation.layout.mode = try Values.mode(text, "--mode")
    },
    Flag(
      "--rawmode", "R", .layout, "how they are stored (default: the mode itself)",
      choices: .rawmodes
    ) {
      invocation, text in invocation.layout.rawmode = text
    },
    Flag("--offset", "N", .layout, "bytes before the first row; 0x… and suffixes K M G") {
      invocation, text throws(ToolError) in
      invocation.layout.options.offset = try Values.byteCount(text, "--offset")
    },
    bytes(
      "--stride", "bytes from one row to the next (default: the packed row)",
      \.layout.options.stride),
    Flag("--align", "N", .layout, "pad packed rows to a multiple of N bytes") {
      invocation, text throws(ToolError) in
      let alignment = try Values.byteCount(text, "--align")
      guard alignment > 0 else { throw ToolError("--align is 0; at least 1 byte is expected") }
      invocation.layout.options.alignment = alignment
    },
    Flag(
      "--orientation", "1|-1", .layout, "1: first row on top (default); -1: bottom-up",
      choices: .names(["1", "-1"])
    ) { invocation, text throws(ToolError) in
      guard text == "1" || text == "-1" else {
        throw ToolError("--orientation is \(Values.quoted(text)); 1 or -1 is expected")
      }
      invocation.layout.options.bottomUp = text == "-1"
    },
    Flag(
      "--interleave", "pixel|line|plane", .layout, "where a pixel's samples stand",
      choices: .names(Rawmode.Interleave.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.layout.interleave = try Values.choice(text, "--interleave")
    },
    bytes("--plane-stride", "bytes from one plane to the next", \.layout.options.planeStride),
    Flag(
      "--order", "hwc|chw", .layout, "the order of a tensor's axes: chw is --interleave plane",
      choices: .names(["hwc", "chw"])
    ) { invocation, text throws(ToolError) in
      guard text == "hwc" || text == "chw" else {
        throw ToolError("--order is \(Values.quoted(text)); hwc or chw is expected")
      }
      invocation.layout.order = text
    },
    Flag(
      "--justify", "lsb|msb", .layout, "which end of a word 10, 12 or 14 bits stand at",
      choices: .names(["lsb", "msb"])
    ) { invocation, text throws(ToolError) in
      guard text == "lsb" || text == "msb" else {
        throw ToolError("--justify is \(Values.quoted(text)); lsb or msb is expected")
      }
      invocation.layout.options.justifiedToTop = text == "msb"
    },
    Flag("--frame", "N|last", .mapping, "which of several images in one buffer") {
      invocation, text throws(ToolError) in
      if text == "last" {
        invocation.layout.frame = .last
      } else {
        let index = try Values.integer(text, "--frame")
        guard index >= 0 else { throw ToolError("--frame is \(index); frames are counted from 0") }
        invocation.layout.frame = .index(index)
      }
    },
    Flag("--frames", "A..B", .layout, "several frames, one below the other") {
      invocation, text throws(ToolError) in
      invocation.layout.frames = try Values.range(text, "--frames")
    },
    bytes("--frame-stride", "bytes from one frame to the next", \.layout.frameStride),
    bytes("--frame-header", "bytes before the pixels of each frame", \.layout.frameHeader),
    Flag(
      "--palette", "FILE|gray", .mapping, "the colors of P and PA: RGB triples, or a gray ramp",
      choices: .file
    ) {
      invocation, text in
      invocation.layout.palette = text == "gray" ? .gray : .file(text)
    },
    Flag(
      "--access", "ro|cow|rw", .mapping,
      "ro refuses edits, cow keeps them private, rw writes them to the file",
      choices: .names(Access.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.layout.access = try Values.choice(text, "--access")
    },
    Flag(
      "--trailing", "ok|warn|error", .mapping, "what bytes after the last row mean (default warn)",
      choices: .names(Invocation.Trailing.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.layout.trailing = try Values.choice(text, "--trailing")
    },
    Flag(
      "--layout", "FILE", .layout, "read the layout from what `info --emit-layout` wrote",
      choices: .file
    ) {
      invocation, text in invocation.layout.layoutFile = text
    },
  ]

  private static let verifying: [Flag] = [
    Flag(
      "--save", "OUT", .verify, "save here instead of to a scratch file of each format",
      choices: .file, repeats: true
    ) { invocation, text in invocation.verify.saves.append(text) },
    Flag("--in-place", .verify, "work on the file itself and leave it as it was") {
      invocation, _ in invocation.verify.inPlace = true
    },
    Flag(
      "--emulate", "copy-on-save", .verify, "break the tie on purpose, to see that verify can fail",
      choices: .names(["copy-on-save"])
    ) { invocation, text throws(ToolError) in
      guard text == "copy-on-save" else {
        throw ToolError("--emulate is \(Values.quoted(text)); copy-on-save is expected")
      }
      invocation.verify.emulateCopyOnSave = true
    },
  ]

  private static let concurrent: [Flag] = [
    Flag(
      "--consistent", "[=N]", .concurrent,
      "only pixels that stood still while they were read; N tries (default 10), else exit 1"
    ) { invocation, text throws(ToolError) in
      let tries = text.isEmpty ? 10 : try Values.integer(text, "--consistent")
      guard 1...1_000_000 ~= tries else {
        throw ToolError("--consistent is \(tries); 1 to 1000000 tries are expected")
      }
      invocation.consistency = tries
    },
    Flag("--lock", .concurrent, "lock the file (flock) while it is open, as its writers should") {
      invocation, _ in invocation.locks = true
    },
  ]

  private static let output: [Flag] = [
    Flag("--replace", .output, "let a save take the name of the mapped file by rename") {
      invocation, _ in invocation.replace = true
    },
    Flag("--no-copy", .output, "make a step that copies the image an error") {
      invocation, _ in invocation.noCopy = true
    },
    Flag("--json", .general, "one JSON object on standard output") {
      invocation, _ in invocation.report.json = true
    },
    Flag("--quiet", short: "q", .general, "no notes") {
      invocation, _ in invocation.report.quiet = true
    },
    Flag(
      "--verbose", short: "v", .general,
      "the source and each step, with the time and the bytes copied"
    ) {
      invocation, _ in invocation.report.verbose = true
    },
    Flag("--threads", "N", .general, "threads to use (default: all cores)") {
      invocation, text throws(ToolError) in
      let count = try Values.integer(text, "--threads")
      guard 1...1024 ~= count else {
        throw ToolError("--threads is \(count); 1 to 1024 is expected")
      }
      invocation.threads = count
    },
    Flag("--limit-pixels", "N", .general, "pixels that a decoded file may have (default 2^30)") {
      invocation, text throws(ToolError) in
      invocation.limits.pixels = try Values.byteCount(text, "--limit-pixels")
    },
  ]

  /// An option of one command, kept as text for it.
  static func extra(
    _ name: String, _ value: String? = nil, _ group: Group, _ summary: String,
    choices: Choices = .none
  ) -> Flag {
    Flag(name, value, group, summary, choices: choices) { invocation, text in
      invocation.extra[name] = text
    }
  }

  private static let commands: [Flag] = [
    extra("--emit-layout", .info, "print the layout as JSON, for --layout"),
    extra(
      "--format", "F", .header, "the header's format: npy, pgm, bmp, tiff …, envi, nrrd, mhd, vrt",
      choices: .names(RawHeader.names)),
    extra(
      "--output", "FILE", .header, "write it here instead of to standard output", choices: .file),
    extra(
      "--at", "X,Y[,WxH]", .hexdump,
      "the pixel, or the rectangle of at most \(PixelDump.mostPixels) pixels"),
    extra("--limit", "N", .guess, "guesses to tell (default 10)"),
    extra("--stats", .info, "smallest, largest and mean sample of each band, and a histogram"),
    Flag(
      "--protocol", "P", .show, "how to draw: kitty, sixel, blocks, 256, ascii or auto (default)",
      choices: .names(["auto"] + Drawing.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      guard text == "auto" || Drawing(rawValue: text) != nil else {
        let names = ["auto"] + Drawing.allCases.map(\.rawValue)
        throw ToolError(
          "--protocol is \(Values.quoted(text)); it is one of \(names.joined(separator: ", "))"
            + Suggestion.hint(text, in: names))
      }
      invocation.showing.drawing = Drawing(rawValue: text)
    },
    Flag("--width", "N", .show, "columns of the picture (default: what fits the terminal)") {
      invocation, text throws(ToolError) in
      let width = try Values.integer(text, "--width")
      guard 1...ShowChoice.widest ~= width else {
        throw ToolError("--width is \(width); 1 to \(ShowChoice.widest) columns are expected")
      }
      invocation.showing.width = width
    },
    Flag("--interval", "SECONDS", .watch, "how often to look (default 0.2)") {
      invocation, text throws(ToolError) in
      let seconds = try Values.number(text, "--interval")
      guard 0.001...86400 ~= seconds else {
        throw ToolError("--interval is \(text); 0.001 to 86400 seconds are expected")
      }
      invocation.watching.nanoseconds = UInt64(seconds * 1e9)
    },
    Flag("--count", "N", .watch, "end after the steps have run N times") {
      invocation, text throws(ToolError) in
      let count = try Values.integer(text, "--count")
      guard count > 0 else { throw ToolError("--count is \(count); at least 1 is expected") }
      invocation.watching.count = count
    },
  ]

  private init(
    _ name: String, short: Character? = nil, _ group: Group, _ summary: String,
    apply: @escaping @Sendable (inout Invocation, String) throws(ToolError) -> Void
  ) {
    self.init(name, short: short, nil, group, summary, choices: .none, apply: apply)
  }

  private static func extra(_ name: String, _ group: Group, _ summary: String) -> Flag {
    extra(name, nil, group, summary)
  }
}
