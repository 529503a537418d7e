import PixelViews

extension Guesser {
  /// Layouts of video and sensors that the name or the length of the file allows: each is as likely as
  /// the best of other guesses that has rows of as many bytes, and what the name says counts beside that.
  ///
  /// - Complexity: O(usual sizes), without a look at the bytes.
  func grouped(besides found: [Guess]) -> [Guess] {
    let named = hints.rawmode.flatMap { $0.hasPlanes ? $0 : nil }
    let usual = Guesser.usualGroups.compactMap { Rawmode.named($0, mode: nil) }
    let rawmodes = named.map { name in [name] + usual.filter { $0 != name } } ?? usual
    let sizes = hints.size.map { [$0] } ?? UsualSizes.all
    return rawmodes.enumerated().flatMap { rank, rawmode in
      sizes.compactMap { size -> Guess? in
        var guess = grouped(rawmode, size.width, size.height, isNamed: rawmode == named)
        guess?.penalty += Double(rank)
        let alike = found.filter { $0.isSupported && $0.stride == guess?.stride && $0.offset == 0 }
        guard let best = alike.min(by: { $0.penalty < $1.penalty }) else { return guess }
        guess?.isSupported = true
        // What the bytes say of groups is among the others; the length alone says less.
        let isSaid = hints.size.map { $0 != (best.width, best.height) } ?? false
        guess?.penalty =
          best.penalty + 9 + Double(rank) - (isSaid ? 40 : 0)
          - (rawmode == named ? 29 : 0)
        return guess
      }
    }
  }

  /// Those that cameras and decoders write most.
  private static let usualGroups = [
    "nv12", "yuv420p", "yuyv", "uyvy", "p010", "v210", "raw10", "raw12",
  ]

  /// The layout, where frames of it fill the file: one, or more where the name says both of size and
  /// rawmode.
  private func grouped(_ rawmode: Rawmode, _ width: Int, _ height: Int, isNamed: Bool) -> Guess? {
    var options = Rawmode.Options()
    if hints.size != nil { options.stride = hints.stride }
    guard let row = rawmode.rowByteCount(width: width),
      let frame = (try? rawmode.frame(width: width, height: height, options: options)) ?? nil,
      frame.byteCount > 0, byteCount.isMultiple(of: frame.byteCount)
    else { return nil }
    let count = byteCount / frame.byteCount
    guard count == 1 || isNamed && hints.size != nil && count > 0 else { return nil }
    var reasons = [
      "\(count == 1 ? "a frame" : "\(count) frames") of \(frame.byteCount.bytes) "
        + "\(count == 1 ? "fills" : "fill") the file"
    ]
    if UsualSizes.contain(width, height) { reasons.append("\(width)x\(height) is a usual size") }
    if hints.size != nil { reasons.append("\(sizeSource) says \(width)x\(height)") }
    if isNamed { reasons.append("the name says \(rawmode.name)") }
    return Guess(
      width: width, height: height, storage: GuessedStorage.gray, rawmode: rawmode.name,
      mode: rawmode.mode, grouped: (row, frame.byteCount), stride: frame.strides[0],
      reasons: reasons, isNamed: isNamed && hints.size != nil, sizeSource: sizeSource,
      penalty: Guesser.evidence(9) - (hints.size == nil ? 0 : 40) - (isNamed ? 20 : 0))
  }
}
