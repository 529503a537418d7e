import PixelViews

/// What the length of a file says about the layout that it is read with.
enum LengthHint: Equatable {
  /// As many pixels of another storage fill the file; the option that names it.
  case storage(Rawmode, option: String)
  /// The file holds this many images of the layout, one after the other, or some of another storage.
  case frames(Int, or: Frames?)
  /// Rows this far apart fill the file; the option that names their storage, where it is another.
  case stride(Int, option: String? = nil)
  /// Rows this far apart fill the file, or the image comes after a header of so many bytes.
  case strideOrHeader(Int, header: Int)
  /// Rows of so many bits, the next one starting in the byte in which the last one ends, fill the file.
  case rowBits(Int)
  /// The image fills the file from its first byte on.
  case noOffset

  /// A number of images of a storage, and the option that names it.
  struct Frames: Equatable {
    var count: Int
    var rawmode: Rawmode
    var option: String
  }

  /// The options that were typed and that a hint must not contradict.
  struct Typed: OptionSet {
    let rawValue: Int
    static let mode = Typed(rawValue: 1)
    static let rawmode = Typed(rawValue: 2)
    static let stride = Typed(rawValue: 4)
    static let frame = Typed(rawValue: 8)
  }

  /// What was asked for.
  struct Asked {
    var width: Int
    var height: Int
    var rawmode: Rawmode
    var options: Rawmode.Options
    /// The bytes of the image and of the padding that belongs to it.
    var byteCount: Int
    var typed: Typed
  }

  /// The hint for a file of `byteCount` bytes, the one that explains most; `nil` when the length says
  /// nothing, and when it is right.
  ///
  /// - Complexity: O(rawmodes).
  static func of(_ byteCount: Int, _ asked: Asked) -> LengthHint? {
    let available = byteCount - asked.options.offset
    guard byteCount > 0, available != asked.byteCount, asked.byteCount > 0,
      !asked.typed.contains(.frame)
    else { return nil }
    let isShort = available < asked.byteCount
    if let found = tightRows(available, asked) { return found }
    let isModeOpen = asked.typed.isDisjoint(with: [.mode, .rawmode])
    if isModeOpen, let found = otherMode(available, asked) { return found }
    if !isShort, available.isMultiple(of: asked.byteCount) {
      return .frames(
        available / asked.byteCount, or: isModeOpen ? otherFrames(available, asked) : nil)
    }
    if !isModeOpen, let found = otherStorage(available, asked) { return found }
    if isShort, !isModeOpen, let found = otherMode(available, asked) { return found }
    if isShort, asked.options.offset > 0, byteCount == asked.byteCount { return .noOffset }
    guard !isShort, !asked.typed.contains(.stride) else { return nil }
    return paddedRows(available, asked, asked.rawmode).map { .stride($0) }
      ?? (isModeOpen ? otherPaddedRows(available, asked) : nil)
      ?? evenRows(available, asked)
  }

  /// The storages that people have, by what they are asked for with.
  private static let usual: [(option: String, mode: Mode, rawmode: String)] = [
    ("--mode", .rgb, "RGB"), ("--mode", .rgba, "RGBA"), ("--mode", .gray16, "I;16"),
    ("--rawmode", .rgb, "RGB;16L"), ("--rawmode", .rgba, "RGBA;16L"), ("--mode", .gray, "L"),
    ("--mode", .bilevel, "1"),
  ]

  /// The usual storages of other modes than the one that was asked for, and the options.
  private static func others(than asked: Asked) -> [(rawmode: Rawmode, option: String)] {
    usual.compactMap { option, mode, name in
      guard mode != asked.rawmode.mode, let rawmode = Rawmode.named(name, mode: mode) else {
        return nil
      }
      return (rawmode, "\(option) \(ShellWord.quoted(name))")
    }
  }

  private static func otherMode(_ available: Int, _ asked: Asked) -> LengthHint? {
    others(than: asked).first { fills(available, $0.rawmode, asked) }
      .map { .storage($0.rawmode, option: $0.option) }
  }

  /// Several images of another mode whose pixels are larger.
  private static func otherFrames(_ available: Int, _ asked: Asked) -> Frames? {
    for (rawmode, option) in others(than: asked) {
      guard let frame = byteCount(rawmode, asked), frame > asked.byteCount,
        available.isMultiple(of: frame)
      else { continue }
      return Frames(count: available / frame, rawmode: rawmode, option: option)
    }
    return nil
  }

  private static func otherPaddedRows(_ available: Int, _ asked: Asked) -> LengthHint? {
    for (rawmode, option) in others(than: asked) {
      if let stride = paddedRows(available, asked, rawmode) {
        return .stride(stride, option: option)
      }
    }
    return nil
  }

  /// Another storage of the mode that was asked for; one that its name begins with comes first.
  private static func otherStorage(_ available: Int, _ asked: Asked) -> LengthHint? {
    let others = Rawmode.all.filter {
      $0.mode == asked.rawmode.mode && $0 != asked.rawmode && !$0.isDerived && $0.remark == nil
        && fills(available, $0, asked) && !$0.isRare
        // Colors in one byte are older than most who have colors in files.
        && ($0.bitsPerPixel > 8 || asked.rawmode.bitsPerPixel <= 8)
    }
    // Pillow's names of words of 16 bits begin with the lowest band, not with the first.
    let begins = others.filter { _ in asked.rawmode.bitsPerPixel != 16 }
    let best =
      begins.first { asked.rawmode.name.hasPrefix($0.name) } ?? others.first { $0.name == "BGR;16" }
      ?? others.first { $0.name == asked.rawmode.mode.name } ?? others.first
    return best.map { .storage($0, option: "--rawmode \(ShellWord.quoted($0.name))") }
  }

  private static func fills(_ available: Int, _ rawmode: Rawmode, _ asked: Asked) -> Bool {
    !asked.typed.contains(.stride) && byteCount(rawmode, asked) == available
  }

  /// Rows of bits without padding.
  private static func tightRows(_ available: Int, _ asked: Asked) -> LengthHint? {
    var options = asked.options
    guard !asked.typed.contains(.stride), options.alignment == 1,
      (try? options.setTight(asked.rawmode, width: asked.width)) != nil, let bits = options.rowBits,
      !bits.isWholeBytes,
      bits.multiplied(by: asked.height)?.checkedRoundedUpToByte?.inWholeBytes == available
    else { return nil }
    return .rowBits(bits)
  }

  private static func byteCount(_ rawmode: Rawmode, _ asked: Asked) -> Int? {
    rawmode.hasPlanes
      ? nil
      : rawmode.rowByteCount(width: asked.width)?.roundedUp(to: asked.options.alignment)?
        .multiplied(by: asked.height)
  }

  /// The bytes of a row, and the distance at which rows fill the file, where they do and are longer.
  private static func spreadRows(
    _ available: Int, _ asked: Asked, _ rawmode: Rawmode
  ) -> (row: Int, stride: Int)? {
    guard asked.height > 1, asked.options.interleave == .pixel, !rawmode.hasPlanes,
      let row = rawmode.rowByteCount(width: asked.width),
      available.isMultiple(of: asked.height), available / asked.height > row
    else { return nil }
    return (row, available / asked.height)
  }

  /// The distance of rows that end in padding up to a power of two.
  private static func paddedRows(_ available: Int, _ asked: Asked, _ rawmode: Rawmode) -> Int? {
    guard let (row, stride) = spreadRows(available, asked, rawmode) else { return nil }
    let alignments = [4, 8, 16, 32, 64, 128, 256, 512]
    return alignments.contains { row.roundedUp(to: $0) == stride } ? stride : nil
  }

  /// Rows that end in other padding, whole words of it and less than a row.
  private static func evenRows(_ available: Int, _ asked: Asked) -> LengthHint? {
    guard let (row, stride) = spreadRows(available, asked, asked.rawmode), stride < 2 * row,
      (stride - row).isMultiple(of: 4)
    else { return nil }
    return asked.options.offset > 0
      ? .stride(stride) : .strideOrHeader(stride, header: available - asked.byteCount)
  }

  /// The hint in words, for the file that was asked to hold `asked`.
  func text(_ asked: Asked) -> String {
    let size = "\(asked.width)x\(asked.height)"
    return switch self {
    case .storage(let rawmode, let option):
      "the file holds \(size) \(rawmode.name) exactly; did you mean \(option)?"
    case .frames(let count, let other):
      "the file holds \(count) such frames; --frame N shows one, --frames A..B several"
        + (other.map { other in
          "; or it holds "
            + (other.count == 1
              ? "\(size) \(other.rawmode.name) exactly"
              : "\(other.count) frames of \(other.rawmode.name)") + " (\(other.option))"
        } ?? "")
    case .stride(let stride, let option):
      "rows \(stride) bytes apart fill the file; did you mean "
        + "\(option.map { $0 + " " } ?? "")--stride \(stride)?"
    case .strideOrHeader(let stride, let header):
      "rows \(stride) bytes apart fill the file (--stride \(stride)), or a header of \(header) bytes "
        + "comes first (--offset \(header))"
    case .rowBits(let bits):
      "rows of \(bits) bits without padding fill the file; did you mean --align none?"
    case .noOffset:
      "the file holds \(size) \(asked.rawmode.name) exactly from byte 0; did you mean no --offset?"
    }
  }
}

extension Rawmode {
  /// Whether hardly any file is stored so: color and alpha in a word of 16 bits.
  fileprivate var isRare: Bool {
    bitsPerPixel == 16 && (mode.bandCount == 4 || name.hasPrefix("RGBA") || name.hasPrefix("BGRA"))
  }
}
