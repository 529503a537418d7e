import ImageFiles
import PixelMemory
import PixelViews

extension OpenOptions {
  /// The options for a file that describes itself, beside a raw one whose layout they may say.
  var describing: OpenOptions {
    guard layout.isGiven else { return self }
    var options = self
    options.palette = nil
    options.bayer = nil
    options.scale = nil
    options.bias = nil
    options.layout = LayoutOptions()
    return options
  }
}

extension Source {
  /// Opens the two operands of `compare`: those that describe themselves by their headers, the others
  /// with the layout options.
  static func pair(
    _ paths: [String], _ options: OpenOptions
  ) throws(ToolError) -> (a: Source, b: Source) {
    guard paths != ["-", "-"] else {
      throw ToolError("standard input can be one of the images, not both")
    }
    try checkLayoutIsUsed(by: paths, options)
    let a = try operand(paths[0], options)
    let b = try operand(paths[1], options)
    return (a, b)
  }

  /// Opens a file that is only read: by its header where it has one, else with the layout options.
  static func operand(_ path: String, _ options: OpenOptions) throws(ToolError) -> Source {
    let options = options.reading
    let hasLayout = options.layout.isGiven
    guard try describesItself(path, options) else { return try raw(path, options) }
    do throws(ToolError) { return try describing(path, options.describing) } catch {
      guard hasLayout, FileFormat.forPath(path) == nil, let raw = try? raw(path, options) else {
        throw error
      }
      return raw
    }
  }

  /// What one of several files leads to, each of which is described by its header where it has one,
  /// else by the layout options.
  static func findOperand(
    _ path: String, _ options: OpenOptions, readsPixels: Bool
  ) throws(ToolError) -> Found {
    var options = options
    if options.layout.isGiven, try describesItself(path, options) { options = options.describing }
    return try find(path, options, readsPixels: readsPixels)
  }

  /// Whether a file is opened by its header, and not with the layout options.
  static func describesItself(
    _ path: String, _ options: OpenOptions
  ) throws(ToolError) -> Bool {
    let hasLayout = options.layout.isGiven
    // Standard input can be opened once only.
    if path == "-" { return !hasLayout }
    let format = FileFormat.forPath(path)
    if format?.describe != nil { return true }
    // A raw file may begin like another one by chance; its name or the layout says that it is raw.
    if hasLayout && format != nil { return false }
    let buffer = try map(path, access: .readOnly)
    do throws(FormatError) { _ = try DescribedFile.format(of: buffer, path: path) } catch {
      if case .foreign = error, !hasLayout { throw ToolError(error, name: path) }
      return false
    }
    var first = options
    first.layout.frame = nil
    first.layout.frames = nil
    first.layout.order = nil
    first.layout.tensor = nil
    return !hasLayout || (try? header(path, first, in: buffer)) != nil
  }

  /// - Throws: ``ToolError`` for a layout option where every file describes itself. A file that cannot
  ///   be opened says so when it is.
  static func checkLayoutIsUsed(
    by paths: [String], _ options: OpenOptions
  ) throws(ToolError) {
    let layout = options.layout
    // A file that describes itself has frames as well, and an array an order and a name.
    let option = layout.typed.first { layout.isGiven || !LayoutOptions.choices.contains($0) }
    guard let option else { return }
    for path in paths {
      // What is not there is told when it is opened.
      let isThere = path == "-" || (try? Syscalls.status(of: path)) != nil
      guard isThere, (try? describesItself(path, options)) == true else { return }
    }
    let who = paths.count == 1 ? "\(paths[0]) describes itself" : "the files describe themselves"
    throw ToolError("\(who); \(option) changes nothing; leave it out")
  }

  /// Opens the file of a step `--compare`: by its header, or, where it has none and is as long as
  /// the raw file that it is compared with, with that one's layout.
  ///
  /// - Parameter frame: which of several frames in the file is compared; the first one if `nil`. A file
  ///   with one frame has that one for all of them.
  static func comparable(
    _ path: String, with other: Source, frame: Int? = nil
  ) throws(ToolError) -> Source {
    if path == "-" { return try describing(path, OpenOptions()) }
    let buffer = try map(path, access: .readOnly)
    let isRaw = FileFormat.named(other.storage) == nil
    let isAsLong = isRaw && buffer.byteCount == other.file.byteCount
    let isRawByName = FileFormat.forPath(path).map { $0.describe == nil } == true
    if !(isAsLong && isRawByName) {
      var failure: FormatError?
      do throws(FormatError) { _ = try DescribedFile.format(of: buffer, path: path) } catch {
        failure = error
      }
      guard let failure else {
        var options = OpenOptions()
        let count = try frame == nil ? 1 : header(path, options, in: buffer).pixels.frameCount
        if let frame, count > 1 {
          guard frame < count else {
            throw ToolError(
              ToolError.noFrame(frame, in: path, count: count).message, status: .answerIsNo)
          }
          options.layout.frame = .index(frame)
        }
        return try describing(path, options)
      }
      guard case .unknownFormat = failure else { throw ToolError(failure, name: path) }
    }
    guard isAsLong else {
      throw ToolError(
        "\(path): no header says where its pixels stand"
          + (isRaw
            ? ", and it has \(buffer.byteCount) bytes, \(other.name) \(other.file.byteCount)" : "")
          + "; compare raw files with `imgtool compare A B LAYOUT`")
    }
    do throws(ViewError) {
      var image = try Image(
        buffer: buffer, layout: other.image.layout, format: other.image.storedFormat,
        palette: other.image.palette
      ).with(videoColor: other.image.videoColor)
      if let rescaling = other.rescaling {
        image = try image.rescaled(by: rescaling)
      } else if other.image.isDerived {
        image = try image.converted(to: other.image.mode)
      }
      return Source(image: image, name: path, storage: other.storage, file: buffer)
    } catch { throw ToolError(error, name: path) }
  }

  /// What was opened, for reports.
  var json: JSON {
    .record([
      "name": .string(name), "mode": .string(image.mode.name), "rawmode": .string(storage),
      "size": [.integer(image.width), .integer(image.height)],
    ])
  }
}
