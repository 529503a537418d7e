import ImageFiles
import PixelMemory
import PixelViews

extension Command {
  static let frombuffer = Command(
    "frombuffer", "SOURCE LAYOUT... [STEP...]", "map a raw file as an image and run the steps",
    for: .converting, operands: 1...1,
    groups: [.layout, .mapping, .sequence] + stepGroups + [.concurrent, .output, .losses, .show],
    examples: [
      Example(
        "imgtool frombuffer raw.bin --size 1x1 --mode L --save out.png",
        "save one byte as an image of one gray pixel"),
      Example(
        "imgtool frombuffer fb.raw --size 640x480 --rawmode BGRX --stride 2624 --save fb.png",
        "save a framebuffer that has a spare byte per pixel and padded rows"),
      Example(
        "imgtool frombuffer fb.raw --size 640x480 --rawmode BGRX --stride 2624 --access rw --fill 100x50+10+10=#ff0000",
        "paint a red rectangle into the file itself"),
      Example(
        "imgtool frombuffer sensor.raw --size 320x --rawmode gray12le --window 0,4095 --save sensor.png",
        "stretch 12-bit samples to 8 bits, with as many rows as the file holds"),
      Example(
        "imgtool frombuffer fb.raw --size 640x480 --rawmode BGRX --stride 2624 --each --save 'fb-%04d.png'",
        "save each frame under its number: fb-0000.png, ..."),
      Example(
        "imgtool frombuffer fb.raw --size 640x480 --rawmode BGRX --stride 2624 --expect 10,10=#ff0000 --expect-shared",
        "exit 0 if the pixel is red and the image still shares the file's bytes"),
    ]
  ) { invocation, console throws(ToolError) in
    try runSteps(invocation, &console) { () throws(ToolError) in
      try Source.raw(invocation.operands[0], invocation.opening)
    }
  }

  static let open = Command(
    "open", "FILE [STEP...]", "open a PNG, BMP, TIFF, NPY, … and run the steps",
    for: .converting, operands: 1...1,
    groups: [.mapping, .sequence] + stepGroups + [.concurrent, .output, .losses, .show],
    examples: [
      Example(
        "imgtool open photo.bmp --access rw --put 3,4=255,0,0",
        "change three bytes of the file"),
      Example(
        "imgtool open photo.png --convert L --save gray.pgm",
        "convert a PNG to gray"),
      Example(
        "imgtool open photo.png --crop 32x32+8+8 --reorient 90 --save part.bmp",
        "crop a part and turn it clockwise"),
    ]
  ) { invocation, console throws(ToolError) in
    try runSteps(invocation, &console) { () throws(ToolError) in
      try Source.describing(invocation.operands[0], invocation.opening)
    }
  }

  /// Opens the source, does the steps and reports.
  private static func runSteps(
    _ invocation: Invocation, _ console: inout Console, _ open: () throws(ToolError) -> Source
  ) throws(ToolError) -> ExitStatus {
    if invocation.opening.isEach { return try FrameRun.run(invocation, &console) }
    let plan = try RunPlan(invocation.steps, given: invocation.given, &console)
    var source = try open()
    source.notes = try console.introduce(source)
    // That a file was decoded is not news; a step that then cannot do what it says tells it.
    if let reason = source.copyReason, console.isVerbose {
      console.note("\(source.name): \(reason); the image is a copy")
    }
    let isJSON = invocation.report.json
    var session = Session(source, invocation, console, log: console.isVerbose ? console : nil)
    let failure = session.perform(plan.steps)
    let status = failure?.status ?? .done
    if isJSON {
      let access = invocation.opening.runAccess
      try console.answer(session.json(access: access, status: status, failure: failure).text)
    }
    if var failure {
      failure.isReported = isJSON
      throw failure
    }
    return status
  }
}

extension Session {
  /// The report of the whole run.
  ///
  /// - Parameter access: what was asked for; memory that is not the file's may have another.
  func json(access: Access, status: ExitStatus, failure: ToolError?) -> JSON {
    .record([
      "version": 1,
      "source": .string(source.name),
      "frame": turn.map { .integer($0.number) } ?? .null,
      "image": .record([
        "mode": .string(source.image.mode.name),
        "rawmode": .string(source.storage),
        "size": [.integer(source.image.width), .integer(source.image.height)],
        "access": .string(access.rawValue),
        "shared": .bool(source.copyReason == nil),
        "copyReason": source.copyReason.map(JSON.string) ?? .null,
        "frames": .integer(source.frameCount),
      ]),
      "steps": .array(reports.map(\.json)),
      "copiedBytes": .integer(source.copiedBytes + reports.reduce(0) { $0 + $1.copiedBytes }),
      "notes": .texts(notes),
      "error": failure.map { .string($0.message) } ?? .null,
      "exit": .integer(Int(status.rawValue)),
    ])
  }
}
