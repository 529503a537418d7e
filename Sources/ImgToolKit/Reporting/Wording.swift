import ImageFiles
import PixelMemory
import PixelViews

/// The words for each floor's errors: the only place where an error becomes text.
extension ToolError {
  /// What the system said of a path.
  init(_ error: SystemError, path: String) {
    self.init(
      path.isEmpty
        ? "the name is empty; a path is expected, or - for standard input or output"
        : "\(path): \(error.message)")
  }

  init(_ error: MemoryError, name: String? = nil) {
    switch error {
    case .system(let call, let path, let code):
      self.init(SystemError(call: call, code: code), path: path ?? name ?? call)
    case .truncated(let path, let needed, let found):
      self.init(
        "\(path): the file was cut while in use: \(needed) bytes were needed, it has \(found) now")
    case .deviceFault(let path):
      self.init(
        "\(path): a page of the file could not be read or written: the device failed, "
          + "or the file was cut for a moment")
    case .lost(let offset):
      self.init(
        "\(name.map { "\($0): " } ?? "")the memory at byte \(offset), or behind it, maps a file that "
          + "was cut while in use, or whose device failed")
    case .empty(let path):
      self.init("\(path): the file is empty; an image needs at least one byte")
    case .notMappable(let path, let kind):
      self.init(
        "\(path): a \(kind.rawValue) cannot be mapped; a regular file is expected"
          + (kind == .fifo ? ", or - with the pipe as standard input" : ""))
    case .outOfBounds(let offset, let byteCount, let available):
      self.init(
        "\(name.map { "\($0): " } ?? "")\(byteCount.bytes) at offset "
          + "\(offset) lie\(byteCount == 1 ? "s" : "") outside of the buffer, which has \(available)"
      )
    case .outOfMemory(let byteCount):
      self.init("out of memory: \(byteCount) bytes could not be had")
    case .readOnly(let path):
      self.init(
        "\(path ?? name ?? "the buffer"): it may be read but not written; use --access cow to "
          + "keep edits private")
    case .interrupted: self.init("interrupted")
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
    case .unsupported("window", let mode):
      words = "--window has no meaning in mode \(mode.name); put --convert L before it"
    case .unsupported(let operation, let mode):
      words =
        "--\(operation) has no meaning in mode \(mode.name)"
        + (mode.isIndexed
          ? ", whose samples are indices; put --convert RGB --copy before it"
          : "; put --convert and --copy before it")
    case .noConversion(let from, let to): words = ToolError.words(from, to)
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
    "\(short.width)x\(short.height) needs \(short.needed.bytes) from offset 0, the file has "
      + "\(short.available)"
  }

  private static func words(_ from: PixelFormat, _ to: Mode) -> String {
    let reachable = Mode.allCases.filter {
      $0 != from.mode && Conversion(from: from, to: $0, palette: .gray) != nil
    }
    let names = reachable.map(\.name).joined(separator: ", ")
    return "there is no conversion from \(from.mode.name) to \(to.name)"
      + (to == .lab || from.mode == .lab
        ? ", which takes a color profile; ImageMagick and libvips have some" : "")
      + (reachable.isEmpty ? "" : "; there is to \(names)")
  }

  /// - Parameter offersReplace: whether the command takes `--replace`.
  init(_ error: OutputError, offersReplace: Bool = true) {
    switch error {
    case .system(_, let path, Errno.noSuchDevice):
      self.init(
        "\(path): a socket, or a device that is not there, cannot be opened for writing; save to a "
          + "file, or to - and a pipe")
    case .system(let call, let path, let code):
      self.init(SystemError(call: call, code: code), path: path)
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
      let target = try? SaveTarget.resolve(path)
      let name = Buffer.live.first { $0.identity == target?.identity && $0.path != path }?.path
      self.init(
        "\(path) is \(name.map { "\($0), " } ?? "")the file that is mapped; "
          + (target?.isStream == true
            ? "what is redirected there would change it or make it longer; give another file"
            : offersReplace
              ? "--replace lets the new file take its name, the image keeps the old bytes"
              : "give another name"))
    case .refused: self.init("the function did not take all bytes; what it has is no file")
    }
  }

  /// - Parameter offersReplace: whether the command takes `--replace`.
  init(_ error: FormatError, name: String, offersReplace: Bool = true) {
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
      let others = FileFormat.all.filter { $0.accepts(pixels) }.map(\.name)
      let ways = FileFormat.named(format)?.ways(from: pixels) ?? []
      self.init(
        "\(name): \(format) cannot hold mode \(pixels.mode.name)"
          + (pixels.type == pixels.mode.naturalType ? "" : " with \(pixels.type.rawValue) samples")
          + (ways.isEmpty ? ";" : "; put \(ways.joined(separator: " or ")) before the save, or")
          + " save as \(others.joined(separator: ", "))")
    case .cannotHoldValue(let format, let reason):
      self.init("\(name): \(format) cannot hold these pixels: \(reason)")
    case .cannotStoreBits(let format, let found, let pixels, let allowed):
      let depths = allowed.map(String.init)
      let choice = [depths.dropLast().joined(separator: ", "), depths.last ?? ""]
        .filter { !$0.isEmpty }.joined(separator: " or ")
      self.init(
        "\(name): --bits is \(found), but \(format) stores mode \(pixels.mode.name) with \(choice) "
          + "bits a sample; leave --bits out"
          + (found < 8 && pixels.mode != .gray
            ? ", or put --convert L before the save" : ""))
    case .cannotStoreAs(let rawmode, let pixels): self.init(rawmode, pixels, name: name)
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
    case .output(let error): self.init(error, offersReplace: offersReplace)
    }
  }

  private init(_ rawmode: Rawmode, _ pixels: PixelFormat, name: String) {
    let found =
      pixels.mode.name
      + (pixels.type == pixels.mode.naturalType ? "" : " with \(pixels.type.rawValue) samples")
    let some = Rawmode.storing(pixels).prefix(4).map(\.name).joined(separator: ", ")
    let reason: String
    if rawmode.isDerived {
      reason =
        "can only be read as \(rawmode.mode.name); put --convert \(rawmode.storedMode.name) before "
        + "--as \(rawmode.name) to save it"
    } else if rawmode.sharing == .readOnly {
      reason = "can only be read: \(rawmode.remark ?? "its bands share bytes")"
    } else {
      let kind = PixelFormat(rawmode.mode, rawmode.type)
      reason =
        "stores \(rawmode.mode.name)"
        + (kind.type == kind.mode.naturalType ? "" : " with \(kind.type.byteCount * 8)-bit samples")
        + ", the image is \(found)"
        + (kind.type == pixels.type ? "" : " with \(pixels.type.byteCount * 8)")
    }
    self.init(
      "\(name): --as \(rawmode.name) \(reason); \(found) is stored as \(some) and others "
        + "(`imgtool rawmodes`)")
  }
}

extension Int {
  /// A number of bytes in words.
  var bytes: String { self == 1 ? "1 byte" : "\(self) bytes" }
}

extension Rawmode {
  /// The rawmodes that pixels can be saved as.
  static func storing(_ pixels: PixelFormat) -> [Rawmode] {
    all.filter { $0.mode == pixels.mode && $0.type == pixels.type && $0.sharing == .readWrite }
  }
}

extension FileFormat {
  /// The steps that make other pixels something that the format holds, the one that keeps most first.
  fileprivate func ways(from pixels: PixelFormat) -> [String] {
    let targets = Mode.allCases.compactMap { mode -> Mode? in
      guard let conversion = Conversion(from: pixels, to: mode, palette: .gray) else { return nil }
      return accepts(conversion.target) && mode != .rgbx ? mode : nil
    }
    let best = targets.min {
      pixels.mode.loss(in: $0).lexicographicallyPrecedes(pixels.mode.loss(in: $1))
    }
    let convert = best.map { ["--convert \($0.name)"] } ?? []
    let isNumber = Window(low: 0, high: 1, source: pixels) != nil && pixels.type != .u8
    return isNumber && accepts(PixelFormat(.gray)) ? ["--window LO,HI"] + convert : convert
  }
}

extension Mode {
  private var hasColor: Bool {
    switch self {
    case .bilevel, .gray, .grayAlpha, .grayPremultiplied, .integer, .float: false
    default: !isGray16
    }
  }

  private var hasAlpha: Bool { alphaBand != nil }

  /// The steps that a sample has, in ranks.
  private var depth: Int {
    switch self {
    case .bilevel: 0
    case .integer, .float: 3
    default: isGray16 ? 2 : 1
    }
  }

  /// What is lost on the way to another mode, the worst first, and what is needlessly added.
  fileprivate func loss(in other: Mode) -> [Int] {
    [
      hasColor && !other.hasColor ? 1 : 0, hasAlpha && !other.hasAlpha ? 1 : 0,
      max(0, depth - other.depth), other.bandCount, max(0, other.depth - depth),
    ]
  }
}
