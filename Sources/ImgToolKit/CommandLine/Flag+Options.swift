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
    _ name: String, _ summary: String, details: OptionDetails,
    _ path: any WritableKeyPath<LayoutOptions, Int?> & Sendable
  ) -> Flag {
    Flag(name, "N", .layout, summary, details: details) { invocation, text throws(ToolError) in
      invocation.opening.layout[keyPath: path] = try Values.byteCount(text, name)
    }
  }

  /// A finite number that samples are computed with.
  private static func number(
    _ name: String, _ value: String, _ summary: String, details: OptionDetails,
    _ path: any WritableKeyPath<OpenOptions, Double?> & Sendable
  ) -> Flag {
    Flag(name, value, .mapping, summary, details: details) { invocation, text throws(ToolError) in
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
      "--size", "WxH", .layout, "set width and height; `Wx` takes as many rows as the file holds",
      details: .init(
        """
        Required for a raw file. `Wx` takes as many whole rows as the file holds; `auto` \
        reads WxH in the file's name.
        """, example: "--size 640x480")
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
    Flag(
      "--mode", "M", .layout, "say what the samples mean (default L)",
      details: .init(
        """
        A mode says how many bands a pixel has and what they are: L is gray, RGB is color, I;16 \
        is a 16-bit number. `imgtool modes` lists them. Without --mode, the rawmode decides it.
        """, example: "--mode RGB"), choices: .modes
    ) {
      invocation, text throws(ToolError) in
      invocation.opening.layout.mode = try Values.mode(text, "--mode")
    },
    Flag(
      "--rawmode", "R", .layout, "say how samples are stored (default: the mode itself)",
      details: .init(
        """
        A rawmode says in which order and with how many bits samples are stored. `imgtool \
        rawmodes` lists them all, `imgtool rawmodes 565` those that contain 565. Names of \
        Pillow, V4L2, DRM, ffmpeg, GenICam, ROS and NumPy are accepted.
        """, example: "--rawmode BGRX"),
      choices: .rawmodes
    ) {
      invocation, text in invocation.opening.layout.rawmode = text
    },
    Flag(
      "--offset", "N", .layout, "skip N bytes before the first row; 0x… and suffixes K M G",
      details: .init(
        """
        Default 0. Numbers of bytes are decimal, hexadecimal (0x100), or have a suffix: \
        K, M and G are powers of 1024.
        """, example: "--offset 0x100")
    ) {
      invocation, text throws(ToolError) in
      invocation.opening.layout.options.offset = try Values.byteCount(text, "--offset")
    },
    bytes(
      "--stride", "put rows N bytes apart (default: the packed row)",
      details: .init(
        """
        Counted from the first byte of a row to the first byte of the next, so it includes the \
        padding. It cannot be less than a row. For separate planes it is the stride of the first \
        one.
        """, example: "--stride 2624"),
      \.options.stride),
    bytes(
      "--row-bits", "put rows N bits apart, which need not be whole bytes",
      details: .init(
        """
        For packed samples whose rows do not start on a byte, such as mono12p without \
        padding. Use --stride where rows are whole bytes apart.
        """, example: "--row-bits 7684"), \.options.rowBits),
    Flag(
      "--align", "N|none", .layout,
      "pad packed rows to a multiple of N bytes, or (none) not even to whole bytes",
      details: .init(
        """
        Rounds each packed row up, as GPUs, BMP and X11 do. `none` lets a row of packed \
        bits start in the middle of a byte. Use either this or --stride.
        """, example: "--align 4"),
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
      details: .init(
        """
        1 means that the first row in memory is the top one; -1 means that it is the \
        bottom one, as in OpenGL and BMP.
        """, example: "--orientation -1"),
      choices: .names(["1", "-1"])
    ) { invocation, text throws(ToolError) in
      guard text == "1" || text == "-1" else {
        throw ToolError("--orientation is \(Values.quoted(text)); 1 or -1 is expected")
      }
      invocation.opening.layout.options.bottomUp = text == "-1"
    },
    Flag(
      "--interleave", "pixel|line|plane", .layout, "say where a pixel's samples are",
      details: .init(
        """
        pixel: RGBRGB… (default); line: a row of R, a row of G, a row of B; plane: all \
        of R, then all of G, then all of B.
        """, example: "--interleave plane"),
      choices: .names(Rawmode.Interleave.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.layout.interleave = try Values.choice(text, "--interleave")
    },
    bytes(
      "--plane-stride", "put planes N bytes apart",
      details: .init(
        """
        Counted from the start of a plane to the start of the next. By default planes follow \
        each other without a gap.
        """, example: "--plane-stride 0x4b000"), \.options.planeStride),
    bytes(
      "--chroma-stride",
      "put rows of chroma N bytes apart (default: as --stride, for as many pixels)",
      details: .init(
        """
        For formats with planes of chroma, such as nv12 and yuv420p. The default follows \
        from --stride.
        """, example: "--chroma-stride 2048"),
      \.options.chromaStride),
    bytes(
      "--plane-rows", "give each plane room for N rows of luma (default: the image's height)",
      details: .init(
        """
        Decoders often round the height up to 16 or 32 rows and leave the rest unused. \
        The default is the height of the image.
        """, example: "--plane-rows 1088"),
      \.options.planeRows),
    Flag(
      "--plane-offset", "N[,N]", .layout,
      "start the second plane, and the third, N bytes after the first",
      details: .init(
        """
        Gives the start of the second plane, and of the third, counted from the start of \
        the first. By default planes follow each other.
        """, example: "--plane-offset 0x200000")
    ) { invocation, text throws(ToolError) in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      invocation.opening.layout.options.planeOffsets = try parts.map { part throws(ToolError) in
        try Values.byteCount(String(part), "--plane-offset")
      }
    },
    Flag(
      "--order", "hwc|chw", .mapping, "set the order of a tensor's axes: chw is --interleave plane",
      details: .init(
        """
        hwc is height, width, channels, as in Pillow and TensorFlow; chw is channels, \
        height, width, as in PyTorch.
        """, example: "--order chw"),
      choices: .names(["hwc", "chw"])
    ) { invocation, text throws(ToolError) in
      guard text == "hwc" || text == "chw" else {
        throw ToolError("--order is \(Values.quoted(text)); hwc or chw is expected")
      }
      invocation.opening.layout.order = text
    },
    Flag(
      "--tensor", "NAME", .mapping, "choose one of several named arrays in a file",
      details: .init(
        """
        For .npz and .safetensors files, which hold several arrays. Without it, the file \
        must hold one image only; the error lists the names.
        """, example: "--tensor right")
    ) {
      invocation, text in
      invocation.opening.layout.tensor = text
    },
    Flag(
      "--justify", "lsb|msb", .layout, "say which end of its word a 10, 12 or 14-bit sample fills",
      details: .init(
        """
        lsb: the number is in the low bits (default); msb: in the high bits, with \
        zeros below, as many cameras and P010 store it.
        """, example: "--justify msb"),
      choices: .names(["lsb", "msb"])
    ) { invocation, text throws(ToolError) in
      guard text == "lsb" || text == "msb" else {
        throw ToolError("--justify is \(Values.quoted(text)); lsb or msb is expected")
      }
      invocation.opening.layout.options.justifiedToTop = text == "msb"
    },
    Flag(
      "--frame", "N|last", .mapping, "choose one of several images, counted from 0",
      details: .init(
        """
        Counted from 0; `last` is the last whole frame in the file. The default is 0.
        """, example: "--frame 2")
    ) {
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
      details: .init(
        """
        Both ends are included: 0..9 is ten frames. The image is as wide as a frame and \
        as high as all of them. With --each the steps run once for each frame instead.
        """, example: "--frames 0..9"),
      choices: .names(["all"])
    ) { invocation, text throws(ToolError) in
      invocation.opening.layout.frames =
        text == "all" ? .all : .range(try Values.range(text, "--frames"))
    },
    bytes(
      "--frame-stride", "put frames N bytes apart",
      details: .init(
        """
        Counted from the start of a frame, its header included, to the start of the next. By \
        default frames follow each other without a gap.
        """, example: "--frame-stride 1M"),
      \.frameStride),
    bytes(
      "--frame-header", "skip N bytes before the pixels of each frame",
      details: .init(
        "Default 0. Every frame has this header; --offset is skipped once, before the first frame.",
        example: "--frame-header 64"),
      \.frameHeader),
    Flag(
      "--palette", "FILE|gray", .mapping, "give P and PA their colors: RGB triples, or a gray ramp",
      details: .init(
        """
        A file holds 1 to 256 RGB triples of bytes, 768 bytes at most; `gray` makes \
        index 0 black and index 255 white.
        """, example: "--palette colors.act"),
      choices: .file
    ) {
      invocation, text in
      invocation.opening.palette = text == "gray" ? .gray : .file(text)
    },
    Flag(
      "--matrix", "601|709|2020", .mapping,
      "read YCbCr as video: ITU-R BT.601 (default), 709 or 2020",
      details: .init(
        """
        601 is for standard definition, 709 for high definition, 2020 for ultra high definition. \
        For Y4M and video layouts such as nv12. Other YCbCr images follow JPEG unless you give \
        this option.
        """, example: "--matrix 709"),
      choices: .names(VideoColor.Matrix.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.matrix = try Values.choice(text, "--matrix")
    },
    Flag(
      "--range", "limited|full", .mapping,
      "read YCbCr as video: black is 16 (limited, default) or 0 (full)",
      details: .init(
        """
        limited: black is 16 and white is 235 of 8 bits; full: 0 and 255.
        """, example: "--range full"),
      choices: .names(VideoColor.Range.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.range = try Values.choice(text, "--range")
    },
    Flag(
      "--chroma", "repeat|linear", .mapping,
      "repeat the chroma that pixels share, or interpolate it",
      details: .init(
        """
        repeat gives each pixel the chroma of its group (default), as most decoders do; \
        linear interpolates between neighboring groups.
        """, example: "--chroma linear"),
      choices: .names(ChromaChoice.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.chroma = try Values.choice(text, "--chroma")
    },
    Flag(
      "--siting", "left|center|topleft", .mapping,
      "say where chroma samples lie: as in H.264, JPEG or BT.2020",
      details: .init(
        """
        left is H.264 and MPEG-2 (default), center is JPEG and MPEG-1, topleft is \
        BT.2020. Only --chroma linear uses it.
        """, example: "--siting center"),
      choices: .names(ChromaSiting.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.siting = try Values.choice(text, "--siting")
    },
    Flag(
      "--bayer", Mosaic.names.joined(separator: "|"), .mapping,
      "name the colors of a sensor's first 2x2 pixels, row by row",
      details: .init(
        """
        The four letters are the colors of the pixels at (0,0), (1,0), (0,1) and (1,1). \
        Needed by --demosaic, --black, --white and --wb.
        """, example: "--bayer rggb"),
      choices: .names(Mosaic.names), serves: ["--demosaic", "--black", "--white", "--wb"]
    ) { invocation, text throws(ToolError) in
      guard let mosaic = Mosaic(text) else {
        throw ToolError(
          "--bayer is \(Values.quoted(text)); choose one of \(Mosaic.names.joined(separator: ", "))"
            + Suggestion.hint(text, in: Mosaic.names))
      }
      invocation.opening.bayer = mosaic
    },
    number(
      "--scale", "S",
      "multiply each sample by S, add --bias, and show the result as a float",
      details: .init(
        """
        Applies the scale that a header gives for its samples, such as BSCALE in FITS or \
        scl_slope in NIfTI: value = S * sample + B. The result is a mode F image that cannot be \
        edited. Default 1.
        """, example: "--scale 0.25"), \.scale),
    number(
      "--bias", "B", "add B to each sample, after --scale",
      details: .init(
        """
        The B of value = S * sample + B. Default 0.
        """, example: "--bias -256"), \.bias),
    Flag(
      "--access", "ro|cow|rw", .mapping,
      "refuse edits (ro), keep them private (cow, default) or write them to the file (rw)",
      details: .init(
        """
        Under cow, pixels follow the file until an edit touches their page (4 KiB). \
        Under rw, an edit is in the file as soon as the step is done; --sync waits for \
        the disk.
        """, example: "--access rw"),
      choices: .names(Access.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.access = try Values.choice(text, "--access")
    },
    Flag(
      "--trailing", "ok|warn|error", .mapping,
      "accept bytes after the last row, warn about them (default) or refuse them",
      details: .init(
        """
        A file that is longer than the image may have a wrong --size, or hold more \
        frames.
        """, example: "--trailing ok"),
      choices: .names(OpenOptions.Trailing.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.opening.trailing = try Values.choice(text, "--trailing")
    },
    Flag(
      "--salvage", .mapping, "show what a damaged PNG or JPEG file still holds",
      details: """
        For a PNG that ends too early, and a JPEG that is damaged or ends too early. Rows that are missing \
        or cannot be decoded are black, and a note says which. Without it, the file is refused.
        """
    ) {
      invocation, _ in invocation.opening.salvages = true
    },
    Flag(
      "--layout", "FILE|auto", .layout,
      "read the layout from a file: `info --emit-layout` or `v4l2-ctl -V`, fbset or libcamera "
        + "prints; `auto` reads the source's name",
      details: .init(
        """
        A layout file replaces --size, --mode and the other layout options; an option that you \
        give as well overrides it. `auto` reads a name such as frame_640x480_nv12.yuv.
        """, example: "--layout camera.json"), choices: .file
    ) {
      invocation, text in invocation.opening.layout.file = text
    },
  ]

  private static let each = Flag(
    "--each", .sequence, "run the steps once for each frame",
    details: """
      The frames are those of --frames, or all. In a name to save or compare, %d becomes the \
      frame's number, and %04d has leading zeros. Several frames are processed at once; output \
      stays in order. A pipe is read frame by frame.
      """
  ) { invocation, _ in invocation.opening.isEach = true }

  private static let concurrent: [Flag] = [
    Flag(
      "--consistent", "[=N]", .concurrent,
      "use only pixels that did not change while read; try N times (default 10), else exit 1",
      details: .init(
        """
        For buffers that another program writes while they are read. N is from 1 to 1000000. A \
        frame counts as still if its pixels are the same before and after the step used them.
        """, example: "--consistent=100")
    ) { invocation, text throws(ToolError) in
      let tries = text.isEmpty ? 10 : try Values.integer(text, "--consistent")
      guard 1...1_000_000 ~= tries else {
        throw ToolError("--consistent is \(tries); 1 to 1000000 tries are expected")
      }
      invocation.running.consistency = tries
    },
    Flag(
      "--lock", .concurrent, "lock the file (flock) while it is open, as its writers should",
      details: """
        Waits until no other program holds a lock. The lock is shared for reading and \
        exclusive under --access rw.
        """
    ) {
      invocation, _ in invocation.opening.locks = true
    },
  ]

  private static let output: [Flag] = [
    Flag(
      "--replace", nil, .output, "let a save replace the mapped file, by rename",
      details: """
        Without it, saving other bytes onto the file that is mapped is refused. With it, \
        the new file takes the name, and the image keeps the old bytes.
        """,
      serves: ["--save"]
    ) {
      invocation, _ in invocation.running.replace = true
    },
    Flag(
      "--no-copy", .output, "fail if a step copies the image",
      details: """
        Fails on --copy, on a file that has to be decoded, and on a paste that needs a \
        copy.
        """
    ) {
      invocation, _ in
      invocation.running.noCopy = true
      invocation.opening.noCopy = true
    },
    clamp,
    Flag(
      "--strict", .losses, "fail if a save, an edit or a read rounds, masks or drops anything",
      details: """
        Without it, such losses are notes, and the exit status is 0.
        """
    ) {
      invocation, _ in invocation.running.isStrict = true
    },
  ]

  /// In force for all steps, wherever it stands.
  static let clamp = Flag(
    "--clamp", nil, .output, "clamp samples that a conversion, a window or a paste cannot hold",
    details: """
      Without it, a sample that the target cannot hold is an error that names its \
      place. It applies to all steps, wherever you put it.
      """,
    serves: ["--convert", "--window", "--map", "--paste"]
  ) { _, _ in }

  private static let general: [Flag] = [
    Flag(
      "--json", .general, "print one JSON object on standard output",
      details: """
        Documentation/json.md lists every key. When a save writes to standard output, \
        the object goes to standard error. A failure is an object as well.
        """
    ) {
      invocation, _ in invocation.report.json = true
    },
    Flag(
      "--quiet", short: "q", .general, "print no notes",
      details: """
        Errors are still printed.
        """
    ) {
      invocation, _ in invocation.report.quiet = true
    },
    Flag(
      "--verbose", short: "v", .general,
      "print the source and each step, with its time and the bytes it copied",
      details: """
        Also says when a file was decoded instead of mapped.
        """
    ) {
      invocation, _ in invocation.report.verbose = true
    },
    Flag(
      "--color", "auto|always|never", .general, "color the help, and draw pictures in color",
      details: .init(
        """
        auto (default) uses color when standard output is a terminal and NO_COLOR is not set. \
        never also draws pictures with letters, as NO_COLOR does.
        """, example: "--color never"),
      choices: .names(TextStyle.Choice.allCases.map(\.rawValue))
    ) { invocation, text throws(ToolError) in
      invocation.report.color = try Values.choice(text, "--color")
      invocation.showing.isColorless = invocation.report.color == .never
    },
    Flag(
      "--threads", "N", .general, "use N threads (default: all cores)",
      details: .init(
        """
        From 1 to 1024. The output does not depend on it.
        """, example: "--threads 2")
    ) {
      invocation, text throws(ToolError) in
      let count = try Values.integer(text, "--threads")
      guard 1...1024 ~= count else {
        throw ToolError("--threads is \(count); 1 to 1024 is expected")
      }
      invocation.opening.threads = count
    },
    Flag(
      "--limit-pixels", "N", .general, "refuse to decode more than N pixels (default 2^30)",
      details: .init(
        """
        For formats that are decoded, where a short file can demand a lot of memory. Suffixes \
        K, M and G are powers of 1024.
        """, example: "--limit-pixels 64M")
    ) {
      invocation, text throws(ToolError) in
      invocation.opening.limits.pixels = try Values.byteCount(text, "--limit-pixels")
    },
  ]

  private static let showing: [Flag] = [
    Flag(
      "--protocol", "P", .show, "draw with kitty, sixel, blocks, 256, ascii or auto (default)",
      details: .init(
        """
        auto asks the terminal. kitty and sixel draw real pixels; blocks needs 24-bit color, 256 \
        a terminal with 256 colors; ascii works everywhere.
        """, example: "--protocol blocks"),
      choices: .names(["auto"] + Drawing.allCases.map(\.rawValue)), serves: ["--show"]
    ) { invocation, text throws(ToolError) in
      guard text == "auto" || Drawing(rawValue: text) != nil else {
        let names = ["auto"] + Drawing.allCases.map(\.rawValue)
        throw ToolError(
          "--protocol is \(Values.quoted(text)); choose one of \(names.joined(separator: ", "))"
            + Suggestion.hint(text, in: names))
      }
      invocation.showing.drawing = Drawing(rawValue: text)
    },
    Flag(
      "--width", "N", .show, "draw N columns wide (default: what fits the terminal)",
      details: .init(
        """
        From 1 to 1000 columns. The height keeps the picture's proportions.
        """, example: "--width 60"),
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
    details: OptionDetails,
    apply: @escaping @Sendable (inout Invocation, String) throws(ToolError) -> Void
  ) {
    self.init(
      name, short: short, nil, group, summary, details: details, choices: .none, apply: apply)
  }
}
