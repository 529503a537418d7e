import ImageFiles
import PixelViews

extension SequenceComparison {
  /// What was found of the frames that were compared.
  struct Found {
    /// Which of the sources had no frame where the other one had.
    var ended = (a: false, b: false)
    private let a: FrameSequence
    private let b: FrameSequence
    private var sources: [JSON] = []
    private var count = 0
    private var differing = 0
    private var failing = 0
    private var firstFailing: Int?
    private var mean = Similarity.Mean()
    /// Whether all frames could be compared pixel by pixel.
    private var isComplete = true
    private var worst: (number: Int, similarity: Similarity)?
    private var best: (number: Int, similarity: Similarity)?
    /// Why they are not the same, whatever the frames are.
    private var reason: String?

    init(_ a: FrameSequence, _ b: FrameSequence) { (self.a, self.b) = (a, b) }

    var isSame: Bool { firstFailing == nil && reason == nil }

    /// Adds what was found of the next frame.
    mutating func add(_ comparison: Comparison, _ number: Int, of a: Source, _ b: Source) {
      count += 1
      if sources.isEmpty { sources = [a.json, b.json] }
      if comparison.difference?.isSame != true { differing += 1 }
      if !comparison.isSame {
        failing += 1
        firstFailing = firstFailing ?? number
      }
      if let similarity = comparison.similarity {
        mean.add(similarity)
        let error = similarity.meanSquaredError
        if !(worst.map { error <= $0.similarity.meanSquaredError } ?? false) {
          worst = (number, similarity)
        }
        if !(best.map { error >= $0.similarity.meanSquaredError } ?? false) {
          best = (number, similarity)
        }
      } else {
        isComplete = false
      }
    }

    /// Finds whether one of the sources has more frames than the other.
    ///
    /// - Throws: ``ToolError`` where a pipe ended before frames that were asked for.
    mutating func compareLengths() throws(ToolError) {
      if a.isStream && ended.a { try a.checkEnd(after: count) }
      if b.isStream && ended.b { try b.checkEnd(after: count) }
      let first = a.numbers.lowerBound
      let lengths = [(a, ended.a), (b, ended.b)].map { sequence, isEnded in
        sequence.isStream ? isEnded ? first + count : nil : sequence.count
      }
      guard a.numbers.count != b.numbers.count, lengths[0] != lengths[1] else { return }
      let most = first + count
      let said = zip([a, b], lengths).map { sequence, length in
        let name = sequence.name.withoutControls()
        guard let length else { return "\(name) has more than \(most)" }
        return "\(name) has \(length) frame\(length == 1 ? "" : "s")"
      }
      reason = "lengths differ: " + said.joined(separator: ", ")
    }

    private var meanSimilarity: Similarity? { isComplete ? mean.similarity : nil }

    /// The line after those of the frames.
    var text: String {
      var parts = ["\(count) frame\(count == 1 ? "" : "s")"]
      if differing == 0 {
        parts = ["same: " + parts[0]]
      } else {
        parts.append("\(differing) differ\(differing == 1 ? "s" : "")")
        if let firstFailing {
          parts.append("the first that fails is frame \(firstFailing)")
        } else {
          parts.append("accepted")
        }
        if isComplete, let worst, count > 1 {
          parts.append("the worst is frame \(worst.number), \(worst.similarity.text)")
        }
        if let similarity = meanSimilarity, count > 1 {
          parts.append("the mean is \(similarity.text)")
        }
      }
      return (parts + [reason].compactMap(\.self)).joined(separator: "; ")
    }

    func json(status: ExitStatus) -> JSON {
      func judged(_ frame: (number: Int, similarity: Similarity)?) -> JSON {
        guard let frame else { return .null }
        return .members([
          "frame": .integer(frame.number), "psnr": .decibels(frame.similarity.psnr),
          "ssim": frame.similarity.ssim.map(JSON.number) ?? .null,
        ])
      }
      let similarity = meanSimilarity
      return .record([
        "version": 1,
        "sources": .array(sources),
        "notes": .texts(a.notes + b.notes),
        "same": .bool(isSame),
        "reason": reason.map(JSON.string) ?? .null,
        "summary": .members([
          "frames": .integer(count), "differing": .integer(differing),
          "failing": .integer(failing),
          "firstFailing": firstFailing.map(JSON.integer) ?? .null,
          "worst": judged(worst), "best": judged(best),
          "bands": similarity?.bandsJSON ?? .null, "average": similarity?.averageJSON ?? .null,
        ]),
        "exit": .integer(Int(status.rawValue)),
      ])
    }
  }
}
