import PixelViews

/// What words say about the pixels in a raw file: those of its name, as in `cap_640x480_bgra.raw`, or of a
/// line that a program prints.
struct LayoutWords {
  /// The words, in lower case.
  let words: [String]
  /// The last `WxH`, or width and height by their names, or the last size that has a name.
  var size: (width: Int, height: Int)?
  /// The bytes from row to row.
  let stride: Int?
  /// The rawmode that the most words are the name of.
  let rawmode: Rawmode?
  /// The arrangement of colors: `BGGR`, `SBGGR10P`.
  let mosaic: Mosaic?

  /// The words of a file's name.
  init(name path: String) {
    self.init(path.split(separator: "/").last.map(String.init) ?? path)
  }

  init(_ text: String) {
    words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(
      String.init)
    size = LayoutWords.size(words)
    stride = LayoutWords.number(behind: ["stride", "pitch", "linesize", "bytesperline"], in: words)
    rawmode = LayoutWords.rawmode(words)
    mosaic = words.compactMap { Mosaic(rawmode: $0) ?? Mosaic(rawmode: "s" + $0) }.last
  }

  private static func size(_ words: [String]) -> (width: Int, height: Int)? {
    if let typed = words.compactMap(pair).last { return typed }
    if let width = number(behind: ["width", "w"], in: words),
      let height = number(behind: ["height", "h"], in: words)
    {
      return (width, height)
    }
    return words.compactMap { named[$0] ?? lines($0) }.last
  }

  /// `1920x1080`, and `1920x1080p60` as well.
  static func pair(_ word: String) -> (width: Int, height: Int)? {
    let parts = word.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]),
      let height = Int(parts[1]) ?? lineCount(parts[1]), width > 0, height > 0
    else { return nil }
    return (width, height)
  }

  /// The number of `1080p`, `1080i` and `1080p60`.
  private static func lineCount(_ word: Substring) -> Int? {
    let digits = word.prefix(while: \.isNumber)
    let rest = word.dropFirst(digits.count)
    guard rest.first == "p" || rest.first == "i", rest.dropFirst().allSatisfy(\.isNumber) else {
      return nil
    }
    return Int(digits)
  }

  private static func lines(_ word: String) -> (width: Int, height: Int)? {
    lineCount(word[...]).flatMap { widths[$0] }
  }

  /// The frames of television, by their lines.
  private static let widths: [Int: (width: Int, height: Int)] = [
    480: (720, 480), 576: (720, 576), 720: (1280, 720), 1080: (1920, 1080), 1440: (2560, 1440),
    2160: (3840, 2160), 4320: (7680, 4320),
  ]

  private static let named: [String: (width: Int, height: Int)] = [
    "sqcif": (128, 96), "qcif": (176, 144), "cif": (352, 288), "4cif": (704, 576),
    "qvga": (320, 240), "vga": (640, 480), "svga": (800, 600), "xga": (1024, 768),
    "uhd": (3840, 2160),
  ]

  /// The number in the word behind one of some names, or in the same word: `w[4096]`, `stride7168`.
  private static func number(behind names: [String], in words: [String]) -> Int? {
    for (index, word) in words.enumerated() {
      for name in names where word.hasPrefix(name) {
        let digits =
          word == name
          ? words.indices.contains(index + 1) ? words[index + 1][...] : ""
          : word.dropFirst(name.count)
        if let number = Int(digits), number > 0 { return number }
      }
    }
    return nil
  }
}

extension LayoutWords {
  /// The longest run of words that is a rawmode's name, the last of several; then what people write
  /// for one.
  private static func rawmode(_ words: [String]) -> Rawmode? {
    let depth = words.compactMap(depth).last
    for count in (0...min(3, words.count)).reversed() where count > 0 {
      for start in (0...words.count - count).reversed() {
        let run = words[start..<start + count]
        for separator in count == 1 ? [""] : ["", "_", "-"] {
          guard let found = named(run.joined(separator: separator)) else { continue }
          // `gray_640x480_10le` is gray10le.
          return depth.flatMap { named(found.name + $0) ?? named((run.last ?? "") + $0) } ?? found
        }
      }
    }
    for word in words.reversed() {
      if let found = mosaic(word, depth) { return found }
      if let found = loose[word] { return depth.flatMap { named(found + $0) } ?? named(found) }
    }
    return depth.flatMap { named("gray" + $0) }
  }

  /// The rawmode with a name in lower case; names of a letter or two are words of their own.
  private static func named(_ word: String) -> Rawmode? {
    guard word.count > 2, let name = names[word.lowercased()] else { return nil }
    return Rawmode.named(name, mode: nil)
  }

  private static let names = Dictionary(
    Rawmode.all.flatMap { [$0.name] + $0.aliases }.map { ($0.lowercased(), $0) }
  ) { first, _ in first }

  /// Names for families of formats, and the suffix of raw video.
  private static let loose = [
    "yuv": "yuv420p", "yuv420": "yuv420p", "yuv422": "yuv422p", "yuv444": "yuv444p",
    "420p": "yuv420p",
  ]

  /// The end of a rawmode's name that `10le`, `10be` and `10bit` say.
  private static func depth(_ word: String) -> String? {
    let digits = word.prefix(while: \.isNumber)
    let rest = word.dropFirst(digits.count)
    guard ["9", "10", "12", "14", "16"].contains(digits),
      ["le", "be", "bit", "bits"].contains(rest)
    else { return nil }
    return digits + (rest == "be" ? "be" : "le")
  }

  /// The samples of a mosaic: `bggr` and `bggr8` are bytes, `bggr10` little-endian words.
  private static func mosaic(_ word: String, _ depth: String?) -> Rawmode? {
    let phases = ["rggb", "grbg", "gbrg", "bggr"]
    let plain = word.hasPrefix("s") ? word.dropFirst() : word[...]
    guard let phase = phases.first(where: { plain.hasPrefix($0) }) else { return nil }
    var end = String(plain.dropFirst(phase.count))
    if end.isEmpty { end = depth ?? "8" }
    if end.last?.isNumber == true, end != "8" { end += "le" }
    return named("bayer-\(phase)\(end)") ?? named("gray\(end)")
  }
}
