import ImageFiles
import PixelMemory
import PixelViews

extension Command {
  static let compare = Command(
    "compare", "A B [LAYOUT...]",
    "find the first differing pixel and its bytes; exit 0 if none differs, 1 if one does",
    for: .comparing, operands: 2...2, groups: [.layout, .mapping, .sequence, .concurrent, .losses],
    own: ComparisonOption.all.map { option in
      .own(
        option.name, option.value, option.summary, details: option.details, choices: option.choices,
        apply: option.apply)
    },
    examples: [
      Example(
        "imgtool compare fb.raw photo.png --size 640x480 --rawmode BGRX --stride 2624 --region 32x32+0+0",
        "compare one region of a raw frame with a golden image (exit 1)"),
      Example(
        "imgtool compare a.png b.png --fail 2 --fail-percent 0.1 --diff errors.png",
        "accept errors of up to 2, and a few larger ones"),
      Example(
        "imgtool compare clip.raw coded.y4m --size 640x480 --rawmode yuv420p --each --fail-psnr 40",
        "compare frame by frame; exit 1 at the first below 40 dB"),
    ]
  ) { invocation, console throws(ToolError) in
    let settings: ComparisonSettings = invocation.own()
    for option in ComparisonOption.all {
      guard let reason = option.idleReason(in: settings) else { continue }
      throw ToolError("\(option.name) changes nothing: \(reason); leave it out")
    }
    let isEach = invocation.opening.isEach
    let plan = try ComparisonPlan(settings, isEach ? .frames : .none)
    console.outputIsTaken = plan.writesStandardOutput
    if isEach { return try SequenceComparison.run(invocation, plan, console) }
    let (a, b) = try Source.pair(invocation.operands, invocation.opening)
    var notes: [String] = []
    for source in [a, b] { notes += try console.introduce(source) }
    let threads = invocation.opening.threadCount
    let comparison = try FrameWitness.reading(
      [a.image, b.image], tries: invocation.running.consistency, threads: threads,
      "\(a.name) and \(b.name)"
    ) { () throws(ToolError) in
      try plan.compare(a.image, b.image, names: (a.name, b.name), threads: threads)
    }
    for source in [a, b] { notes += try console.tellLosses(of: source) }
    try plan.savePicture(of: comparison, a.image, b.image, threads: threads, console)
    let status: ExitStatus = comparison.isSame ? .done : .answerIsNo
    if invocation.report.json {
      try console.answer(comparison.answer(a, b, notes).text)
    } else if !invocation.report.quiet {
      try console.answer(comparison.text)
    }
    return status
  }
}
