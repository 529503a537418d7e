import ImageFiles
import PixelMemory
import PixelViews

extension Session {
  /// Asks a question whose answer may be no.
  mutating func check(_ step: Step) throws(ToolError) {
    switch step.action {
    case .expect(let x, let y, let value):
      let wanted = try PixelText.pixel(value, for: image.format, step.name)
      let image = image
      let found = try viewing(step) { () throws(ViewError) in
        try image.check(wanted)
        return try image.pixel(x: x, y: y)
      }
      current.add("found", PixelText.json(found, format: image.format))
      if !found.isSame(as: wanted.rounded(to: image.format)) {
        throw ToolError(
          "\(step.text): pixel \(x),\(y) is \(PixelText.text(found, format: image.format))",
          status: .answerIsNo)
      }
    case .expectShared:
      var reason = copyReason
      if reason == nil { reason = try sharing(step).explanation }
      if let reason {
        throw ToolError("\(step.text): \(reason)", status: .answerIsNo)
      }
    case .expectDetached:
      guard copyReason == nil else { return }
      let sharing = try sharing(step)
      switch sharing {
      case .detached, .ownMemory, .replaced: return
      case .shared, .unknown:
        let found = sharing.explanation ?? "the image is shared with \(source.name)"
        throw ToolError("\(step.text): \(found)", status: .answerIsNo)
      }
    case .expectHash(let wanted):
      let found = try hash(step)
      current.add("found", .string(found))
      if found != wanted.lowercased() {
        throw ToolError("\(step.text): the hash is \(found)", status: .answerIsNo)
      }
    case .compare(let path): try compare(path, step)
    default: return
    }
  }

  /// Why the image is a copy; `nil` when it is none.
  private var copyReason: String? {
    source.copyReason.map { "the image is a copy: \($0)" }
      ?? (isCopied ? "the image is a copy, made by --copy" : nil)
  }

  /// Whether reading the image reads the file as it is now.
  private mutating func sharing(_ step: Step) throws(ToolError) -> Sharing {
    let found: Sharing
    do throws(MemoryError) { found = try image.buffer.sharing(in: image.byteRange) } catch {
      throw ToolError(error, name: source.name).about(step.text)
    }
    if let count = found.detachedPageCount { current.add("detachedPages", .integer(count)) }
    return found
  }

  /// The hash of the pixels, in hexadecimal.
  func hash(_ step: Step) throws(ToolError) -> String {
    let (image, threads) = (image, threads)
    let digest = try viewing(step) { () throws(ViewError) in try image.hash(threads: threads) }
    return digest.text
  }

  private mutating func compare(_ path: String, _ step: Step) throws(ToolError) {
    let other = try Source.comparable(path, with: source)
    current.copiedBytes += other.copiedBytes
    let difference = try comparing.compare(
      image, other.image, names: (source.name, path), threads: threads)
    current.add("difference", difference.json)
    if !difference.isSame {
      try comparing.savePicture(
        of: difference, image, other.image, threads: threads, console)
      throw ToolError("\(step.text): \(difference.text)", status: .answerIsNo)
    }
  }

  /// Says something about the pixels.
  mutating func report(_ step: Step) throws(ToolError) {
    let image = image
    switch step.action {
    case .print(let x, let y):
      let pixel = try viewing(step) { () throws(ViewError) in try image.pixel(x: x, y: y) }
      current.add("pixel", PixelText.json(pixel, format: image.format))
      if !isJSON { try console.answer(PixelText.text(pixel, format: image.format)) }
    case .hash:
      let found = try hash(step)
      current.add("hash", .string(found))
      if !isJSON {
        try console.answer(hashLine: HashList.line(hash: found, name: source.name))
      }
    case .stats:
      let threads = threads
      let statistics = try viewing(step) { () throws(ViewError) in
        try image.statistics(threads: threads)
      }
      current.add("bands", statistics.json(image.format))
      if !isJSON { try console.answer(statistics.text(image.format)) }
    case .show: try show(step)
    default: return
    }
  }
}

extension Pixel {
  /// Whether all samples are the same, what is no number included.
  fileprivate func isSame(as other: Pixel) -> Bool {
    zip(samples, other.samples).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  /// The samples as a format holds them: what `0.1` is as a 32-bit float.
  fileprivate func rounded(to format: PixelFormat) -> Pixel {
    format.type == .f32 ? Pixel(samples.map { Double(Float($0)) }) : self
  }
}
