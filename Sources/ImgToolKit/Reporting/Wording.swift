import ImageFiles
import PixelMemory
import PixelViews

/// The words for each floor's errors: the only place where an error becomes text.
extension ToolError {
  init(_ error: MemoryError, name: String? = nil) {
    switch error {
    case .system(let call, let path, let code):
      let words = SystemError(call: call, code: code).message
      self.init("\(path ?? name ?? call): \(words)" + (path == nil ? "" : " (\(call))"))
    case .truncated(let path, let needed, let found):
      self.init(
        "\(path): the file was cut while in use: \(needed) bytes were needed, it has \(found) now")
    case .deviceFault(let path):
      self.init(
        "\(path): a page of the file could not be read or written: the device failed, "
          + "or the file was cut for a moment")
    case .empty(let path):
      self.init("\(path): the file is empty; an image needs at least one byte")
    case .notMappable(let path, let kind):
      self.init(
        "\(path): a \(kind.rawValue) cannot be mapped; a regular file is expected"
          + (kind == .fifo ? ", or - with the pipe as standard input" : ""))
    case .outOfBounds(let offset, let byteCount, let available):
      self.init(
        "\(name.map { "\($0): " } ?? "")\(byteCount) bytes at offset \(offset) lie outside of the "
          + "buffer, which has \(available)")
    case .outOfMemory(let byteCount):
      self.init("out of memory: \(byteCount) bytes could not be had")
    case .readOnly(let path):
      self.init(
        "\(path ?? name ?? "the buffer"): it may be read but not written; use --access cow to "
          + "keep edits private")
    }
  }

  init(_ error: ViewError, name: String) {
    let words: String
    switch error {
    case .memory(let error):
      self.init(error, name: name)
      return
    case .overflow(let width, let height, let stride):
      words =
        "\(width)x\(height)\(stride == 0 ? "" : " with a stride of \(stride)") needs more bytes "
        + "than 64 bits can count"
    case .tooShort(let short): words = ToolError.words(short)
    case .invalid(let fault): words = fault.words
    case .strideTooSmall(let stride, let rowByteCount):
      words =
        "--stride \(stride) is smaller than a row of \(rowByteCount) bytes; at least "
        + "\(rowByteCount) is expected"
    case .emptySize(let width, let height):
      words = "the image is \(width)x\(height); width and height must be at least 1"
    case .outside(let area, let width, let height):
      let what =
        area.width == 1 && area.height == 1
        ? "pixel \(area.x),\(area.y)" : "\(area.width)x\(area.height)+\(area.x)+\(area.y)"
      words =
        "\(what) is outside of the image, which is \(width)x\(height) "
        + "(0,0 to \(width - 1),\(height - 1))"
    case .sampleOutOfRange(let value, let band, let low, let high):
      words =
        "\(value.plainText) is no sample of band \(band), which holds "
        + (low == 0 && high == 255 && band == "1"
          ? "0 or 255" : "\(low.plainText) to \(high.plainText)")
    case .notRepresentable(let x, let y):
      words =
        "the number at \(x),\(y) has more than 53 bits and cannot be shown exactly"
    case .readOnly(let reason): words = ToolError.words(reason)
    case .unsupported(let operation, let mode):
      words =
        "--\(operation) has no meaning in mode \(mode.name)"
        + (mode.isIndexed
          ? ", whose samples are indices; put --convert RGB --copy before it"
          : "; put --convert and --copy before it")
    case .noConversion(let from, let to):
      words = "there is no conversion from \(from.mode.name) to \(to.name)"
    case .paletteMissing(let mode):
      words = "mode \(mode.name) needs a palette; give --palette FILE or --palette gray"
    }
    self.init("\(name): \(words)")
  }

  private static func words(_ reason: ViewError.ReadOnlyReason) -> String {
    switch reason {
    case .buffer: "the image is mapped read-only; use --access cow or --access rw to edit it"
    case .derived:
      "the pixels are computed from the buffer, so the view is read-only; put --copy before the edit"
    case .layout:
      "bands of this rawmode share their bytes, so the view is read-only; put --copy before the edit"
    }
  }

  private static func words(_ short: ViewError.TooShort) -> String {
    "\(short.width)x\(short.height) needs \(short.needed) bytes from offset 0, the file has "
      + "\(short.available)"
  }

  init(_ error: OutputError) {
    switch error {
    case .system(let call, let path, let code):
      self.init("\(path): \(SystemError(call: call, code: code).message) (\(call))")
    case .memory(let error): self.init(error)
    case .noDirectory(let path): self.init("\(path): no such directory; nothing was written")
    case .directoryNotWritable(let path, let code):
      self.init(
        "\(path): a file is saved by renaming, and this directory takes no new file: "
          + SystemError(call: "open", code: code).message)
    case .fileNotWritable(let path, let code):
      self.init(
        "\(path): the file is protected: \(SystemError(call: "access", code: code).message)")
    case .isDirectory(let path): self.init("\(path): is a directory; a file name is expected")
    case .outOfSpace(let path, let needed):
      self.init(
        "\(path): no space left on the device"
          + (needed.map { " for \($0) bytes" } ?? "") + "; nothing was changed")
    case .tooLarge(let path, let byteCount):
      self.init(
        "\(path): \(byteCount) bytes are more than the limit on file sizes; nothing was changed")
    case .mapped(let path):
      let identity = (try? SaveTarget.resolve(path))?.identity
      let name = Buffer.live.first { $0.identity == identity && $0.path != path }?.path
      self.init(
        "\(path) is \(name.map { "\($0), " } ?? "")the file that is mapped; --replace lets the new file take its name, the image "
          + "keeps the old bytes")
    }
  }

  init(_ error: FormatError, name: String) {
    switch error {
    case .malformed(let format, let offset, let found, let expected):
      self.init(
        "\(name): damaged \(format) file: at byte \(offset) there is \(found), expected \(expected)"
      )
    case .unsupported(let format, let feature):
      self.init("\(name): \(format) with \(feature) is not read by this build")
    case .tooLarge(let format, let found, let limit):
      self.init("\(name): \(format): \(found) is beyond the limit of \(limit)")
    case .cannotHold(let format, let pixels):
      let others = FileFormat.all.filter { $0.holds(pixels) }.map(\.name)
      let modes = FileFormat.named(format)?.modes ?? []
      let reachable = modes.filter { Conversion(from: pixels, to: $0, palette: .gray) != nil }
      let target = reachable.first { $0 != .bilevel } ?? reachable.first
      self.init(
        "\(name): \(format) cannot hold mode \(pixels.mode.name)"
          + (pixels.type == pixels.mode.naturalType ? "" : " with \(pixels.type.rawValue) samples")
          + (target.map { "; put --convert \($0.name) before the save, or" } ?? ";")
          + " save as \(others.joined(separator: ", "))")
    case .cannotHoldValue(let format, let reason):
      self.init("\(name): \(format) cannot hold these pixels: \(reason)")
    case .unknownFormat(let known):
      self.init(
        "\(name): the first bytes are of no format that describes itself "
          + "(\(known.joined(separator: ", "))); for raw pixels use `imgtool frombuffer`")
    case .foreign(let kind, let advice):
      self.init("\(name): this is \(kind), which is not read here; \(advice)")
    case .unreachable(let reason):
      self.init(
        "\(name): \(reason), so --access rw cannot reach the file; edit under cow and --save")
    case .noFrame(let format, let frame, let count):
      self.init(
        "\(name): there is no frame \(frame); this \(format) file has \(count), counted from 0")
    case .png(let error): self.init("\(name): \(error.words)")
    case .memory(let error): self.init(error, name: name)
    case .view(let error): self.init(error, name: name)
    case .output(let error): self.init(error)
    }
  }
}
