import PixelMemory
import PixelViews

/// A layout in the words of a file's name, or of a program that prints what a device delivers.
struct SaidLayout {
  var size: (width: Int, height: Int)?
  var rawmode: Rawmode?
  var mosaic: Mosaic?
  /// Bytes from one row to the next.
  var stride: Int?
  /// Bytes from one frame to the next.
  var frameByteCount: Int?
  /// A pixel format that is not a rawmode.
  var unknownFormat: String?

  init() {}

  init(_ words: LayoutWords) {
    size = words.size
    rawmode = words.rawmode
    mosaic = words.mosaic
    stride = words.stride
  }

  /// What a text that `v4l2-ctl -V`, `fbset` or libcamera has printed says, the likeliest first; `nil`
  /// for other bytes.
  static func printed(_ bytes: [UInt8]) -> [SaidLayout]? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmed }
    if lines.contains(where: { $0.hasPrefix("Width/Height") }) { return [v4l2(lines)] }
    if lines.contains(where: { $0.hasPrefix("geometry ") }) { return [fbset(lines)] }
    let streams = lines.flatMap(libcamera)
    return streams.isEmpty ? nil : streams
  }

  /// The lines `Key : Value` of `v4l2-ctl --get-fmt-video`.
  private static func v4l2(_ lines: [String]) -> SaidLayout {
    var said = SaidLayout()
    var frames: [Int] = []
    for line in lines {
      let parts = line.split(separator: ":", maxSplits: 1).map { String($0).trimmed }
      guard parts.count == 2 else { continue }
      switch parts[0] {
      case "Width/Height":
        let sides = parts[1].split(separator: "/").compactMap { Int($0) }
        if sides.count == 2 { said.size = (sides[0], sides[1]) }
      case "Pixel Format":
        let code = parts[1].split(separator: "'").first.map(String.init) ?? parts[1]
        said.rawmode = Rawmode.named(code, mode: nil) ?? Rawmode.named(code.trimmed, mode: nil)
        said.mosaic = Mosaic(rawmode: code)
        if said.rawmode == nil { said.unknownFormat = code }
      case "Bytes per Line":
        if let count = Int(parts[1]), count > 0 { said.stride = said.stride ?? count }
      case "Size Image": if let count = Int(parts[1]), count > 0 { frames.append(count) }
      default: break
      }
    }
    // Several planes of memory are written one after the other.
    if !frames.isEmpty { said.frameByteCount = frames.reduce(0) { $0.added(to: $1) ?? .max } }
    return said
  }

  /// The geometry and the fields of a pixel, as `fbset` prints them.
  private static func fbset(_ lines: [String]) -> SaidLayout {
    var said = SaidLayout()
    var (virtual, depth) = ((width: 0, height: 0), 0)
    for line in lines {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      switch words.first {
      case "geometry":
        let numbers = words.dropFirst().compactMap { Int($0) }
        guard numbers.count == 5, numbers.allSatisfy({ $0 > 0 }) else { continue }
        said.size = (numbers[0], numbers[1])
        virtual = (numbers[2], numbers[3])
        depth = numbers[4]
      case "rgba":
        let fields = words.last ?? ""
        said.rawmode = screens["\(depth) \(fields)"].flatMap {
          Rawmode.named($0, mode: $0.contains("A") ? .rgba : .rgb)
        }
        if said.rawmode == nil { said.unknownFormat = "\(depth) bits, rgba \(fields)" }
      case "LineLength": said.stride = words.last.flatMap { Int($0) }
      default: break
      }
    }
    said.stride = said.stride ?? virtual.width.multiplied(by: depth).map { ($0 + 7) / 8 }
    said.frameByteCount = said.stride.flatMap { $0.multiplied(by: virtual.height) }
    return said
  }

  /// Bits of a pixel, and length and offset of red, green, blue and opacity in it.
  private static let screens = [
    "32 8/16,8/8,8/0,0/0": "BGRX", "32 8/16,8/8,8/0,8/24": "BGRA",
    "32 8/0,8/8,8/16,0/0": "RGBX", "32 8/0,8/8,8/16,8/24": "RGBA",
    "32 8/24,8/16,8/8,0/0": "XBGR", "32 8/24,8/16,8/8,8/0": "ABGR",
    "32 8/8,8/16,8/24,0/0": "XRGB", "32 8/8,8/16,8/24,8/0": "ARGB",
    "24 8/16,8/8,8/0,0/0": "BGR", "24 8/0,8/8,8/16,0/0": "RGB",
    "16 5/11,6/5,5/0,0/0": "BGR;16", "16 5/0,6/5,5/11,0/0": "RGB;16",
    "16 5/10,5/5,5/0,0/0": "BGR;15", "15 5/10,5/5,5/0,0/0": "BGR;15",
  ]

  /// The streams of a line: `1920x1080-SBGGR10_CSI2P`, or the size and then the format's name.
  private static func libcamera(_ line: String) -> [SaidLayout] {
    let words = line.split { $0.isWhitespace || $0 == "," || $0 == "/" }
    let streams = words.compactMap { word -> SaidLayout? in
      guard let dash = word.firstIndex(of: "-") else { return nil }
      let format = String(word[word.index(after: dash)...])
      var said = SaidLayout(LayoutWords(String(word[..<dash])))
      said.rawmode = Rawmode.named(format, mode: nil) ?? LayoutWords(format).rawmode
      said.mosaic = LayoutWords(format).mosaic
      return said.size == nil || said.rawmode == nil ? nil : said
    }
    let whole = LayoutWords(line)
    if streams.count == 1 {
      var said = streams[0]
      said.stride = whole.stride
      return [said]
    }
    if !streams.isEmpty { return streams }
    return whole.size == nil || whole.rawmode == nil ? [] : [SaidLayout(whole)]
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    let start = drop(while: \.isWhitespace)
    let end = start.lastIndex { !$0.isWhitespace }
    return end.map { String(start[...$0]) } ?? ""
  }
}
