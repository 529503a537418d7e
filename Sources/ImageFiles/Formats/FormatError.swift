import PixelMemory
import PixelViews

/// What can go wrong between an image and a file of some format.
public enum FormatError: Error, Equatable, Sendable {
  /// The file is damaged: what stands at a byte offset is not what must stand there.
  case malformed(format: String, offset: Int, found: String, expected: String)
  /// The file is damaged or ends too early, where `--salvage` shows what is there.
  case damaged(format: String, reason: String)
  /// The file is sound, but uses something that this build does not read.
  case unsupported(format: String, feature: String)
  /// The file is sound, but this build is without the library that reads such a one.
  case needsLibrary(format: String, feature: String, library: String, package: String)
  /// The build can use a library for it that is not installed; the package is Debian's.
  case missingLibrary(format: String, feature: String, library: String, package: String)
  /// The file is sound, but what it holds is not an image.
  case notAnImage(format: String, found: String, expected: String)
  /// The file holds named arrays and none with the name that was asked for; `known` lists some of them.
  case noArray(format: String, what: String, name: String, known: String?)
  /// The header is sound, but the file that it names for its pixels is not to be opened.
  case noDataFile(format: String, file: String?, reason: String)
  /// The image is larger than the format, or the limit, allows.
  case tooLarge(format: String, found: String, limit: String)
  /// The first bytes are of none of the formats that are known here.
  case unknownFormat(known: [String])
  /// The first bytes are those of a kind of file that is not read here.
  case foreign(name: String, advice: String)
  /// Edits cannot reach the file: its pixels had to be copied out of it.
  case unreachable(reason: String)
  /// The format has no way to hold the pixels.
  case cannotHold(format: String, PixelFormat)
  /// Pixels that the format cannot hold exactly, where others of the mode are fine.
  case cannotHoldValue(format: String, reason: String)
  /// The file would not keep the pixels as they are, where that is an error.
  case lossy([Loss])
  /// The format does not store samples of the mode in this many bits.
  case cannotStoreBits(format: String, found: Int, PixelFormat, allowed: [Int])
  /// The rawmode stores other pixels, or can only be read.
  case cannotStoreAs(Rawmode, PixelFormat)
  /// No format has this name.
  case noFormat(name: String, known: [String])
  /// The suffix of a path is of no format.
  case unknownSuffix(path: String, known: [String])
  /// A choice for a save that is a number outside of what there is.
  case choiceOutOfRange(String, found: Int, allowed: ClosedRange<Int>)
  /// There is no such frame.
  case noFrame(format: String, frame: Int, count: Int)
  case png(PNGError)
  case memory(MemoryError)
  case view(ViewError)
  case output(OutputError)

  /// The file ends before its samples do.
  ///
  /// - Parameters:
  ///   - offset: the byte of the header that says how many there are.
  ///   - byteCount: the bytes of the file.
  ///   - file: the name of that file, where it is not the one with the header.
  ///   - needed: the bytes that it must have; `nil` beyond what can be counted.
  static func endsEarly(
    format: String, offset: Int, byteCount: Int, of file: String? = nil, expected: String,
    needed: Int?
  ) -> FormatError {
    var expected = expected
    if let needed, needed > byteCount {
      let missing = needed - byteCount
      expected +=
        ", \(needed.bytes) in all: \(missing.bytes) \(missing == 1 ? "is" : "are") missing"
    }
    return .malformed(
      format: format, offset: offset, found: "\(byteCount.bytes) in \(file ?? "the file")",
      expected: expected)
  }

  /// Whether what is there of the file can be read all the same.
  package var isSalvageable: Bool {
    switch self {
    case .damaged, .png(.truncated(.rows)), .png(.truncated(.end)): true
    default: false
    }
  }
}
