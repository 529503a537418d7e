import ImageFiles
import PixelMemory
import PixelViews

/// What the command line adds to the errors of the floors below, which say what was found and what
/// was expected: the options that help.
extension ToolError {
  private init(_ error: some DescribedError, about name: String?, _ advice: String?) {
    let sentence = error.sentence(about: name)
    self.init(advice.map { "\(sentence); \($0)" } ?? sentence)
  }

  /// What the system said of a path.
  init(_ error: SystemError, path: String) { self.init(MemoryError(error, path: path)) }

  init(_ error: MemoryError, name: String? = nil) {
    self.init(error, about: name, error.advice)
  }

  init(_ error: ViewError, name: String) { self.init(error, about: name, error.advice) }

  /// - Parameter offersReplace: whether the command takes `--replace`.
  init(_ error: OutputError, offersReplace: Bool = true) {
    self.init(error, about: nil, error.advice(offersReplace: offersReplace))
  }

  /// - Parameters:
  ///   - offersReplace: whether the command takes `--replace`.
  ///   - image: the one that was to be saved.
  init(_ error: FormatError, name: String, offersReplace: Bool = true, saving image: Image? = nil) {
    let advice = error.advice(offersReplace: offersReplace, saving: image, name: name)
    self.init(error, about: name, advice)
  }
}

extension Sharing {
  /// The reason, and the option that helps; `nil` when the image is shared.
  var explanation: String? {
    let advice: String? =
      switch self {
      case .unknown(.pageTable): "use --access ro or --access rw"
      case .unknown(.lowerLayer): "use --access rw"
      case .shared, .detached, .ownMemory, .copy, .replaced, .unknown(.remote): nil
      }
    return reason.map { reason in advice.map { "\(reason); \($0)" } ?? reason }
  }
}

extension MemoryError {
  fileprivate var advice: String? {
    switch self {
    case .system(_, "", _): "or - for standard input or output"
    case .notMappable(_, .fifo): "or - with the pipe as standard input"
    case .notMappable(_, .characterDevice): "or - with its bytes piped to standard input"
    case .system(_, let path?, Errno.noEntry) where path.contains("://"):
      "only files are opened: download it, or pipe it with curl -s URL | imgtool open -"
    case .readOnly: "use --access cow to keep edits private"
    default: nil
    }
  }
}

extension ViewError {
  fileprivate var advice: String? {
    switch self {
    case .memory(let error): error.advice
    case .strideTooSmall: "give a larger --stride, or leave it out"
    case .chromaStrideTooSmall: "give a larger --chroma-stride, or leave it out"
    case .readOnly(.buffer): "use --access cow or --access rw to edit it"
    case .readOnly: "put --copy before the edit"
    case .unsupported("window", let mode):
      // No conversion takes LAB, but its first band is gray.
      "put \(mode == .lab ? "--band L" : "--convert \(mode.shownInWindow.name)") before it"
    case .unsupported("map", let mode):
      "put --\(mode.isIndexed || mode == .lab ? "band 0" : "convert L") before it"
    case .unsupported(_, .integer), .unsupported(_, .float), .unbounded:
      "put --window auto --copy before it"
    case .unsupported(_, let mode):
      "put --convert \(mode.isIndexed ? "RGB" : "L") --copy before it"
    case .opacityLost: "save it without alpha first (--convert RGB --save)"
    case .clamped(let sample): sample.advice
    case .palettesDiffer:
      "put --convert RGB --copy before it, or give the image those colors with --palette FILE"
    case .noMosaic(let mode) where mode.bandCount == 1:
      "give --bayer \(Mosaic.names.joined(separator: "|")), or a rawmode that says it, like bayer-rggb8"
    case .noMosaic: "leave it out"
    case .paletteMissing: "give --palette FILE or --palette gray"
    default: nil
    }
  }
}

extension ViewError.ClampedSample {
  /// The options that spread the picture's numbers over gray, or clamp them.
  fileprivate var advice: String {
    if value.isNaN { return "--clamp makes it 0" }
    if bandIndex == source.mode.alphaBand { return "--clamp makes it transparent or opaque" }
    var window = "--window auto"
    if let range, range.lowerBound < range.upperBound {
      let ends = [range.lowerBound, range.upperBound].map(\.plainText).joined(separator: ",")
      window = "--window \(ends) or \(window)"
    }
    let shades = source.mode.hasColor ? "8 bits" : "gray"
    return "put \(window) in place of the conversion to spread it over \(shades), or --clamp"
  }
}

extension ViewError.ClampedSample {
  /// The run that makes a picture of 8 bits to paste.
  func advice(pasting path: String) -> String {
    if value.isNaN { return "--clamp before it makes it 0" }
    var ends = "auto"
    if let range, range.lowerBound < range.upperBound {
      ends = [range.lowerBound, range.upperBound].map(\.plainText).joined(separator: ",")
    }
    return "`imgtool open \(ShellWord.file(path)) --window \(ends) --save PATH` makes a picture "
      + "of 8 bits to paste, or put --clamp before it"
  }
}

extension OutputError {
  fileprivate func advice(offersReplace: Bool) -> String? {
    switch self {
    case .system(_, "", _), .noDirectory(""): "or - for standard output"
    case .system(_, _, Errno.noSuchDevice): "save to a file, or to - and a pipe"
    case .memory(let error): error.advice
    case .mappedStream: "give another file"
    case .mapped where offersReplace:
      "--replace lets the new file take its name, and the image keeps the old bytes"
    case .mapped: "give another name"
    default: nil
    }
  }
}

extension FormatError {
  fileprivate func advice(offersReplace: Bool, saving image: Image?, name: String) -> String? {
    switch self {
    case .cannotHold(let format, let pixels):
      FileFormat.named(format)?.ways(from: pixels, of: image).map { "or put \($0) before the save" }
    case .cannotStoreBits(_, let found, let pixels, _):
      "--bits is \(found): leave it out"
        + (found < 8 && pixels.mode != .gray
          ? ", or put \(pixels.isNumber ? "--window auto" : "--convert L") before the save" : "")
    case .cannotStoreAs(let rawmode, let pixels) where rawmode.isVideo && pixels.mode == .ycbcr:
      "put --convert RGB before --as \(rawmode.name)"
    case .cannotStoreAs(let rawmode, _) where rawmode.isDerived:
      "put --convert \(ShellWord.quoted(rawmode.storedMode.name)) before --as "
        + "\(ShellWord.quoted(rawmode.name)), or give another "
        + "(`imgtool rawmodes`)"
    case .cannotStoreAs(let rawmode, _):
      "leave --as \(ShellWord.quoted(rawmode.name)) out, or give another (`imgtool rawmodes`)"
    case .unknownFormat:
      "for raw pixels use `imgtool frombuffer \(ShellWord.file(name)) --size WxH --mode M`"
    case .unsupported(let format, let feature) where feature.hasSuffix(" compression"):
      FileFormat.named(format)?.unpacking
    case .unreachable: "edit under --access cow and --save"
    case .memory(let error): error.advice
    case .view(let error): error.advice
    case .lossy: "--strict makes that an error"
    case .output(let error): error.advice(offersReplace: offersReplace)
    default: nil
    }
  }
}

extension FileFormat {
  /// The steps that make other pixels something that the format holds, the one that keeps most first.
  fileprivate func ways(from pixels: PixelFormat, of image: Image?) -> String? {
    let targets = Mode.allCases.compactMap { mode -> Mode? in
      guard let conversion = Conversion(from: pixels, to: mode, palette: .gray) else { return nil }
      return accepts(conversion.target) && mode != .rgbx && mode != pixels.mode ? mode : nil
    }
    // A way that takes the color is none where the format holds some.
    let keepsColor =
      pixels.mode.hasColor
      && Mode.allCases.contains {
        $0.hasColor && accepts(PixelFormat($0))
      }
    let best = targets.filter { $0.hasColor || !keepsColor }.min {
      pixels.mode.loss(in: $0).lexicographicallyPrecedes(pixels.mode.loss(in: $1))
    }
    let convert = best.map { "--convert \(ShellWord.quoted($0.name))" }
    guard pixels.isNumber else { return convert }
    // Numbers are spread over 8 bits first: a conversion would clamp most of them, or round all to 0.
    let shown = Window(low: 0, high: 1, source: pixels)?.target
    guard let shown, accepts(shown) else {
      // Floats are whatever whole numbers were.
      guard best == .float else { return convert.map { "--window auto \($0)" } }
      return [storage(of: pixels), convert].compactMap(\.self).joined(separator: " or ")
    }
    let full = image?.fullWindow ?? pixels.fullWindow
    let ways = ["--window auto"] + [full.map { "--window \($0)" }].compactMap(\.self)
    return ways.joined(separator: " or ")
  }
}

extension FileFormat {
  /// The option that stores numbers in samples which the format has beside those of its modes.
  fileprivate func storage(of pixels: PixelFormat) -> String? {
    let signed = Rawmode.storing(pixels).compactMap { rawmode in
      rawmode.arrayElement.map { (name: rawmode.name, element: $0) }
    }.filter { $0.element.kind == .signed && otherElements?($0.element) == true }
    let widest = signed.max { $0.element.byteCount < $1.element.byteCount }
    return widest.map { "--as \(ShellWord.quoted($0.name)) (\($0.element.byteCount * 8) bits)" }
  }
}

extension Image {
  /// The window of all numbers that the stored samples can stand for, fewer bits than their type has and
  /// a scale counted; `nil` where those say nothing of what is usual.
  fileprivate var fullWindow: String? {
    guard let range = storedRange else { return format.fullWindow }
    return [range.lowerBound, range.upperBound].map(\.plainText).joined(separator: ",")
  }
}

extension PixelFormat {
  /// Whether samples are numbers that a window spreads over 8 bits.
  var isNumber: Bool {
    type != .u8 && (mode.isNumber || isNumberColor || mode == .gray)
  }

  /// The window of all numbers that samples usually have; `nil` when they have none in common.
  fileprivate var fullWindow: String? {
    switch type {
    case .u8, .i32: nil
    case .u16: "0,65535"
    case .f32, .f64: "0,1"
    }
  }
}

extension Mode {
  private var hasAlpha: Bool { alphaBand != nil }

  /// The mode that a window takes in place of this one.
  fileprivate var shownInWindow: Mode {
    hasColor ? (isPremultiplied ? .rgba : .rgb) : isPremultiplied ? .grayAlpha : .gray
  }

  /// The steps that a sample has, in ranks.
  private var depth: Int {
    switch naturalType {
    case .u8: self == .bilevel ? 0 : 1
    case .u16: 2
    case .i32, .f32, .f64: 3
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
