import ImageFiles
import PixelMemory
import PixelViews

/// The answer to the question whether two images show the same.
struct Comparison: Sendable {
  /// Whether they do, as far as the tolerance asks.
  let isSame: Bool
  /// What was found; `nil` when the images cannot be compared pixel by pixel.
  let difference: Difference?
  /// How much the bands are alike; `nil` as well then.
  let similarity: Similarity?
  /// One line.
  let text: String
  /// What is told of the picture of the errors, if there is one.
  var picture: JSON?
  private let found: [JSON.Member]

  /// Compares two images, or a rectangle of both, in a mode that shows both without a loss.
  ///
  /// Images of different sizes are not the same, unless a rectangle that both hold is compared, and
  /// neither are modes without a common one; that is an answer and not an error.
  static func compare(
    _ a: Image, _ b: Image, names: (String, String), threads: Int, region: Rectangle? = nil,
    tolerance: Tolerance = Tolerance()
  ) throws(ToolError) -> Comparison {
    let shown = (names.0.withoutControls(), names.1.withoutControls())
    guard region != nil || a.width == b.width && a.height == b.height else {
      return Comparison(
        unlike: "sizes differ: \(shown.0) is \(a.width)x\(a.height), \(shown.1) is "
          + "\(b.width)x\(b.height)")
    }
    let pair: (a: Image, b: Image, widened: PixelFormat?)?
    do throws(ViewError) {
      pair =
        try a.comparable(with: b) ?? Comparison.storedVideo(a, b).map { ($0.a, $0.b, nil) }
    } catch { throw ToolError(error, name: names.0) }
    guard let pair else {
      return Comparison(
        unlike: "modes differ: \(shown.0) is \(a.format.words), \(shown.1) is \(b.format.words)"
          + (Comparison.numbersAdvice((a, names.0), (b, names.1))
            ?? Comparison.paletteAdvice((a, shown.0), (b, shown.1))
            ?? Comparison.videoAdvice(a, b) ?? ", and no mode shows both without a loss"))
    }
    let difference: Difference
    let similarity: Similarity
    let firstBytes: (a: Int?, b: Int?)
    do throws(ViewError) {
      difference = try Difference.between(
        pair.a, pair.b, region: region, tolerance: tolerance.error ?? 0, threads: threads)
      similarity = try Comparison.similarity(
        of: (a, b), as: (pair.a, pair.b), region: region, isSame: difference.isSame,
        threads: threads)
      firstBytes = try Comparison.firstBytes(
        of: difference, in: a, b, as: (pair.a, pair.b), region: region, threads: threads)
    } catch {
      let isSecond =
        if case .outside = error { region?.isInside(width: a.width, height: a.height) == true } else
        {
          error.isAbout(b.buffer) && !error.isAbout(a.buffer)
        }
      throw ToolError(error, name: isSecond ? names.1 : names.0)
    }
    if tolerance.ssim != nil, similarity.ssim == nil, !difference.isSame {
      throw ToolError(
        "\(names.0): --fail-ssim needs bands of 8x8 samples or more; leave it out")
    }
    return Comparison(
      difference, similarity, of: (a, b), as: pair.a.format, isWidened: pair.widened != nil,
      firstBytes, tolerance)
  }

  /// How to compare the numbers of images of which one has a mode that holds all of the other's.
  private static func numbersAdvice(
    _ a: (image: Image, name: String), _ b: (image: Image, name: String)
  ) -> String? {
    guard
      let (narrow, wide) = a.image.numberRank.flatMap({ rank in
        b.image.numberRank.map { rank < $0 ? (a, b) : (b, a) }
      }), narrow.image.numberRank != wide.image.numberRank
    else { return nil }
    let opening =
      FileFormat.forPath(narrow.name)?.describe == nil ? "frombuffer" : "open"
    let layout = opening == "open" ? "" : " LAYOUT"
    let mode = ShellWord.quoted(wide.image.mode.name)
    let other = ShellWord.file(wide.name)
    // A step takes no layout for the other file.
    let comparison =
      FileFormat.forPath(wide.name)?.describe == nil
      ? "--save wide.npy`, then compare wide.npy in its place" : "--compare \(other)`"
    return
      "; \(wide.image.mode.name) holds numbers, and shows those of the other: `imgtool \(opening) "
      + "\(ShellWord.file(narrow.name))\(layout) --convert \(mode) \(comparison)"
  }

  /// How to compare the colors of video with those of a picture.
  private static func videoAdvice(_ a: Image, _ b: Image) -> String? {
    guard (a.mode == .ycbcr) != (b.mode == .ycbcr), [a, b].contains(where: { $0.mode == .rgb })
    else { return nil }
    return
      ", and no mode shows both without a loss; to compare rounded colors, open the "
      + "YCbCr file with --convert RGB --compare FILE"
  }

  /// What is missing where one image has indices and nothing says their colors.
  private static func paletteAdvice(
    _ a: (image: Image, name: String), _ b: (image: Image, name: String)
  ) -> String? {
    let bare = [a, b].filter { $0.image.mode.isIndexed && $0.image.palette == nil }
    guard bare.count == 1, [a, b].allSatisfy({ $0.image.format.type == .u8 }) else { return nil }
    return "; \(bare[0].name) has no palette, so its indices show no colors; give --palette FILE "
      + "or --palette gray"
  }

  private init(unlike reason: String) {
    isSame = false
    difference = nil
    similarity = nil
    text = reason
    found = Comparison.members(["same": false, "reason": .string(reason)])
  }

  private init(
    _ difference: Difference, _ similarity: Similarity, of images: (a: Image, b: Image),
    as format: PixelFormat, isWidened: Bool, _ firstBytes: (a: Int?, b: Int?),
    _ tolerance: Tolerance
  ) {
    self.difference = difference
    self.similarity = similarity
    let refusals = tolerance.refusals(of: difference, similarity)
    isSame = refusals.isEmpty
    let offsets =
      difference.first?.fileOffsets(in: images.a, images.b, as: format.mode) ?? (a: nil, b: nil)
    let words = Comparison.text(
      difference, similarity, format, offsets, firstBytes, refusals: refusals)
    let name = format.shortName
    text =
      words
      + (isWidened
        ? "; compared as \(name), to which 8 bits widen exactly: errors and --fail count from 0 to "
          + difference.peak.plainText : "")
    var found = Comparison.members([
      "same": .bool(isSame),
      "first": difference.first.map { first in
        .record([
          "x": .integer(first.x), "y": .integer(first.y),
          "a": PixelText.json(first.a, format: format),
          "b": PixelText.json(first.b, format: format),
          "offset": .object([
            JSON.Member(key: "a", value: firstBytes.a.map(JSON.integer) ?? .null),
            JSON.Member(key: "b", value: firstBytes.b.map(JSON.integer) ?? .null),
          ]),
        ])
      } ?? .null,
      "box": difference.box.map { box in
        .record([
          "x": .integer(box.x), "y": .integer(box.y), "width": .integer(box.width),
          "height": .integer(box.height),
        ])
      } ?? .null,
      "count": .integer(difference.differingPixels),
      "failing": .integer(difference.failingPixels),
      "max": .number(difference.maximum),
      "mean": .number(difference.meanAbsoluteError),
      "mse": .number(difference.meanSquaredError),
      "psnr": difference.isSame ? .null : .number(difference.psnr),
      "pixels": .integer(difference.pixelCount),
      "mode": .string(format.mode.name),
      "peak": .number(difference.peak),
      "bands": similarity.bandsJSON,
      "average": similarity.averageJSON,
    ])
    if isWidened { found.append(JSON.Member(key: "widened", value: .string(name))) }
    self.found = found
  }

  /// Every key of the contract; those without an answer are `null`.
  private static func members(_ found: KeyValuePairs<String, JSON>) -> [JSON.Member] {
    var members = found.map { JSON.Member(key: $0.key, value: $0.value) }
    for key in ["first", "box", "count", "max", "mean", "psnr"]
    where !members.contains(where: { $0.key == key }) {
      members.append(JSON.Member(key: key, value: .null))
    }
    return members
  }

  private var members: [JSON.Member] {
    found + (picture.map { [JSON.Member(key: "picture", value: $0)] } ?? [])
  }

  var json: JSON { .object(members) }

  /// The answer of a command, with what was compared.
  ///
  /// - Parameter frame: its number, where frames are compared one after the other.
  func answer(_ a: Source, _ b: Source, _ notes: [String], frame: Int? = nil) -> JSON {
    let status: ExitStatus = isSame ? .done : .answerIsNo
    let facts = [
      JSON.Member(key: "version", value: 1),
      JSON.Member(key: "sources", value: .array([a.json, b.json])),
      JSON.Member(key: "frame", value: frame.map(JSON.integer) ?? .null),
      JSON.Member(key: "notes", value: .texts(notes)),
    ].filter { $0.value != .null }
    return .object(
      facts + members + [JSON.Member(key: "exit", value: .integer(Int(status.rawValue)))])
  }

  private static func text(
    _ difference: Difference, _ similarity: Similarity, _ format: PixelFormat,
    _ offsets: (a: Int?, b: Int?), _ firstBytes: (a: Int?, b: Int?), refusals: [String]
  ) -> String {
    let count = difference.differingPixels
    guard count > 0 else {
      return "same: \(difference.pixelCount) pixel\(difference.pixelCount == 1 ? "" : "s")"
    }
    var parts: [String] = []
    if let first = difference.first {
      let place = { (offset: Int?) in offset.map { " (byte \($0))" } ?? "" }
      parts.append(
        "pixel \(first.x),\(first.y) differs: \(PixelText.text(first.a, format: format))"
          + "\(place(offsets.a)) and \(PixelText.text(first.b, format: format))\(place(offsets.b))")
    }
    if offsets != firstBytes {
      switch firstBytes {
      case (let a?, let b?):
        parts.append("the first byte of the files that differs is \(a) and \(b)")
      case (let a?, nil): parts.append("the first byte of the first file that differs is \(a)")
      case (nil, let b?): parts.append("the first byte of the second file that differs is \(b)")
      case (nil, nil): break
      }
    }
    let failing = difference.failingPixels
    parts.append(
      "\(count) pixel\(count == 1 ? "" : "s") differ\(count == 1 ? "s" : "")"
        + (failing < count ? ", \(failing == 0 ? "none" : String(failing)) beyond --fail" : "")
        + (difference.box.map { ", within \($0.width)x\($0.height)+\($0.x)+\($0.y)" } ?? "")
        + ", largest error \(difference.maximum.shortText), "
        + "mean \(difference.meanAbsoluteError.shortText), "
        + similarity.text(in: format.mode, pixels: difference.psnr))
    parts += refusals.isEmpty ? ["accepted"] : refusals.filter { !$0.isEmpty }
    return parts.joined(separator: "; ")
  }
}

extension ViewError {
  fileprivate func isAbout(_ buffer: Buffer) -> Bool {
    guard case .file(let path, _) = buffer.origin, case .memory(let error) = self else {
      return false
    }
    switch error {
    case .truncated(path, _, _), .deviceFault(path): return true
    default: return false
    }
  }
}

extension Image {
  /// How much its numbers hold: a mode of a higher rank holds each number of a lower one exactly. `nil` for
  /// pictures of several bands, and of samples that are not numbers.
  fileprivate var numberRank: Int? {
    switch (mode, format.type) {
    case (.gray, .u8): 0
    case (_, .u16) where mode.isGray16: 1
    case (.integer, .i32), (.float, .f32): 2
    default: nil
    }
  }
}
