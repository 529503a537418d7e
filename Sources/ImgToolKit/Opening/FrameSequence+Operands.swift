import ImageFiles
import PixelMemory
import PixelViews

extension FrameSequence {
  /// The frames of both operands of `compare`.
  static func pair(
    _ paths: [String], _ options: OpenOptions
  ) throws(ToolError) -> (a: FrameSequence, b: FrameSequence) {
    guard paths != ["-", "-"] else {
      throw ToolError("standard input can be one of the images, not both")
    }
    try Source.checkLayoutIsUsed(by: paths.map { firstFile(of: $0, options) }, options)
    let a = try operand(paths[0], options)
    let b = try operand(paths[1], options)
    return (a, b)
  }

  /// The frames of a file that is only read: by its header where it has one, else with the layout
  /// options; of files whose names have a number, where `%d` stands for it and there is no such file.
  static func operand(_ path: String, _ options: OpenOptions) throws(ToolError) -> FrameSequence {
    let options = options.reading
    if isPattern(path), options.layout.frame == nil { return try numbered(path, options) }
    guard options.layout.isGiven, try Source.describesItself(path, options) else {
      return try any(path, options)
    }
    var described = options.describing
    described.layout.frames = options.layout.frames
    return try any(path, described)
  }

  /// Whether a name is that of many files.
  private static func isPattern(_ path: String) -> Bool {
    path.contains("%") && path != "-" && (try? Syscalls.status(of: path)) == nil
  }

  /// The file, or the first of those whose names have a number.
  static func firstFile(of path: String, _ options: OpenOptions) -> String {
    guard isPattern(path), let name = try? NumberedName(path, .frames, of: path) else {
      return path
    }
    return name.name(options.layout.frames?.first ?? 0)
  }

  /// How many files may be missing between two others for that to be noticed.
  private static let longestHole = 1000

  /// Files that have one frame each, and its number in the name.
  private static func numbered(
    _ path: String, _ options: OpenOptions
  ) throws(ToolError) -> FrameSequence {
    let name = try NumberedName(path, .frames, of: "the name")
    let frames = options.layout.frames
    var options = options
    options.layout.frames = nil
    guard name.isNumbered else { throw ToolError("\(path): there is no such file") }
    func isThere(_ number: Int) -> Bool {
      (try? Syscalls.status(of: name.name(number))) != nil
    }
    let first = frames?.first ?? 0
    var count = first
    if case .range(let range) = frames {
      guard isThere(first), range.upperBound < .max else {
        throw ToolError("\(name.name(first)): there is no such file")
      }
      count = range.upperBound + 1
    } else {
      while isThere(count) { count += 1 }
      if count > first, let later = (count + 1...count + longestHole).first(where: isThere) {
        throw ToolError(
          "\(name.name(count)): there is no such file, but \(name.name(later)) is there; "
            + "--frames \(first)..\(count - 1) leaves out what follows the hole")
      }
    }
    guard count > first else {
      throw ToolError("\(name.name(first)): there is no such file; frames are counted from 0")
    }
    let choices = options
    return try FrameSequence(
      path, frames, count: count, frameByteCount: try frameByteCount(name.name(first), options)
    ) { number throws(ToolError) in try Source.operand(name.name(number), choices) }
  }

  /// The bytes of the samples of a file.
  private static func frameByteCount(
    _ path: String, _ options: OpenOptions
  ) throws(ToolError) -> Int {
    let image = try Source.operand(path, options).image
    return image.height.multiplied(by: image.plainRowByteCount) ?? .max
  }

  /// What a frame is called.
  func label(of source: Source, _ number: Int) -> String {
    source.name == name ? FrameSequence.label(name, number) : source.name
  }

  /// One frame of a name as ``label(_:_:)`` gives it; `nil` for any other name, and that of a file.
  static func frame(labeled label: String) -> (path: String, number: Int)? {
    guard label.last == "]", let bracket = label.lastIndex(of: "["), bracket > label.startIndex,
      (try? Syscalls.status(of: label)) == nil
    else { return nil }
    let digits = label[label.index(after: bracket)...].dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(digits)
    else { return nil }
    return (String(label[..<bracket]), number)
  }
}
