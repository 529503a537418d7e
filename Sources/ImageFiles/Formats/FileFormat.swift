import PixelMemory
import PixelViews

/// A file format: facts and functions. Adding one is a new file and a line in ``all``.
package struct FileFormat: Sendable {
  /// The name that `--format` takes.
  package let name: String
  /// One line for tables.
  package let summary: String
  /// Suffixes that mean this format, with their dots, in lower case.
  package let suffixes: [String]
  /// The modes that a file of the format holds, as 8-bit (or natural) samples.
  package let modes: [Mode]
  /// The modes of which it also holds 16-bit samples.
  package let wideModes: [Mode]
  /// The colors with samples that are numbers which it also holds.
  package var numberColors: [PixelFormat] { listNumberColors() }
  /// Found when they are asked for: for that, all rawmodes must be known.
  private let listNumberColors: @Sendable () -> [PixelFormat]
  /// Whether a file holds samples of a type beside those of its modes, where an image is stored in them
  /// or `--as` names them; `nil` where it holds no others.
  package let otherElements: (@Sendable (ArrayElement) -> Bool)?
  /// The raw options `--as` that change how the format stores pixels are honored.
  package let honorsRawmode: Bool
  /// Whether `--as-stride` pads its rows.
  package let honorsStride: Bool
  /// Whether `--level` changes the file.
  package let honorsLevel: Bool
  /// Whether a file keeps the pixels only nearly, as `--quality` says.
  package let isLossy: Bool
  /// Whether `--bits` changes the file.
  package let honorsBits: Bool
  /// Whether samples are stored as the numbers that they are: indices without a palette, and 64-bit
  /// samples of `I` and `F`.
  package let keepsNumbers: Bool
  /// Whether the colors behind indices are in the file.
  package let keepsPalette: Bool
  /// Whether a file says what its bands mean; else others can only count them.
  package let namesBands: Bool
  /// What makes a file that is read of one that is compressed; `nil` where none is known, or needed.
  package let unpacking: String?
  /// Whether a file holds arrays, whose axes can be taken in several ways.
  package let arrays: Arrays
  /// Whether the first bytes of a file (at most 352) are of this format; `nil` for formats that
  /// cannot be told from their bytes.
  package let recognize: (@Sendable (_ prefix: [UInt8]) -> Bool)?
  /// Whether at least four of the first bytes are of the format, which hardly any raw file begins
  /// with; `nil` where ``recognize`` looks at as many.
  package let isUnmistakable: (@Sendable (_ prefix: [UInt8]) -> Bool)?
  /// Whether a file that begins so is of the format because it is exactly as long as it says, for formats
  /// without a signature; they are looked for last.
  package let fits: (@Sendable (_ prefix: [UInt8], _ byteCount: Int) -> Bool)?
  /// What a file holds: a layout of *this* file's bytes where that can be, so that it is mapped in
  /// place like a raw one. `nil` for formats that are only written.
  package let describe:
    (@Sendable (inout HeaderReader, DescribeOptions) throws(FormatError) -> Description)?
  /// What makes a raw file one of the format when it is put before the rows, for formats that describe
  /// more layouts than they write; `nil` where it is the header of the file that would be written.
  package let prefix: (@Sendable (Layout, Mode) throws(FormatError) -> [UInt8]?)?
  /// What of an image a stream does not keep under the choices; `nil` where it keeps all of it.
  package let unkept: (@Sendable (Image, EncodeOptions) throws(FormatError) -> [Loss])?
  /// What of an image's metadata a file has a place for.
  package let metadata: MetadataPlaces
  /// How an image is written.
  package let encoding: Encoding
  /// Reads what a stream of frames begins with, and says how the rest is cut into files of one frame
  /// each; `nil` where a stream is read to its end first.
  package let cut: (@Sendable (inout PipeReader) throws(FormatError) -> Cutter)?
  /// How files follow each other in a stream of frames.
  package let joining: Joining

  /// The bytes that ``recognize`` is given of a file that has as many.
  static let prefixByteCount = 352

  /// The arrays that a file holds: one, or several with names.
  package enum Arrays: Sendable { case none, one, named }

  /// What a file that describes itself holds, as its header says. No pixel was read for it.
  package enum Description: Sendable {
    /// The pixels stand in the file as a layout describes them.
    case mapped(Pixels)
    /// The pixels must be decoded into private memory, where they will stand so; the reason is told
    /// to the user.
    case decoded(
      Pixels, reason: String,
      decode: @Sendable (Buffer, _ limits: Limits) throws(FormatError) -> Decoded)
  }

  /// Decoded pixels, and what only became known on the way.
  package struct Decoded: Sendable {
    package var buffer: Buffer
    /// Where the header did not say all of it.
    var metadata: Metadata?
    /// The bytes after all that the format accounts for, where decoding found the end.
    var trailingByteCount: Int?
    /// What is not there of a file that is read all the same.
    package var losses: [Loss] = []

    init(buffer: Buffer, metadata: Metadata? = nil, trailingByteCount: Int? = nil) {
      self.buffer = buffer
      self.metadata = metadata
      self.trailingByteCount = trailingByteCount
    }
  }

  /// Pixels, in the file or in the memory that it is decoded into.
  package struct Pixels: Sendable {
    package var layout: Layout
    package var format: PixelFormat
    package var palette: Palette?
    /// What `YCbCr` means in the file; `nil` where it is JPEG's.
    package var videoColor: VideoColor?
    /// Which colors the pixels have seen, where they are those of a sensor's mosaic.
    package var mosaic: Mosaic?
    /// What makes numbers of the samples, where the file says that they stand for others.
    package var rescaling: Rescaling?
    package var frameCount: Int
    /// Why more frames may be there that nothing leads to; `nil` where all were found.
    package var frameFailure: FormatError?
    /// Things in the file that the view does not show, for the report.
    package var notes: [String]
    /// What of these a file with the view alone has no more, beside other frames.
    package var hidden: [Loss] = []
    /// What the file says beside them.
    package var metadata: Metadata?
    /// The bytes after all that the format accounts for; `nil` where that is not known.
    package var trailingByteCount: Int?
    /// The file that the pixels stand in, where that is not the file that says so.
    package var data: DataFile?
    /// Why the file would not be sound any more with other pixels in it; `nil` where it would.
    package var fixedReason: String?

    package init(
      layout: Layout, format: PixelFormat, palette: Palette? = nil, frameCount: Int = 1,
      notes: [String] = [], metadata: Metadata? = nil
    ) {
      self.metadata = metadata
      self.layout = layout
      self.format = format
      self.palette = palette
      self.frameCount = frameCount
      self.notes = notes
    }

    /// Counts what follows the rows, in a format whose files end with them.
    mutating func endFile(_ reader: HeaderReader) {
      let end = (try? layout.byteRange().upperBound) ?? .max
      trailingByteCount = max(0, reader.byteCount - min(end, reader.byteCount))
    }
  }

  /// Choices for reading.
  package struct DescribeOptions: Sendable {
    /// The frame to show; negative counts from the end, `nil` is the first.
    package var frame: Int?
    /// Whether what is said after the pixels is looked for though they are not decoded.
    package var readsAll = false
    /// Whether the end of all that the format accounts for is looked for, wherever it is.
    package var findsEnd = false
    /// Whether the bands of an array are its first axis, or that after the frames, and not its last;
    /// `nil` takes the one that is short enough.
    package var hasPlanes: Bool?
    /// Whether the samples will be shown as the numbers that somebody says they stand for.
    package var isRescaled = false
    /// Where files that a header names are looked for.
    var folder: DataFolder?
    /// Who remembers where frames start, for a file that is described several times.
    package var index: FrameIndex?
    /// The name of the array to show; `nil` takes the first that is an image.
    package var tensor: String?
    /// Whether what is there of a file that is damaged or ends too early is read.
    package var salvages = false
    /// Whether the rows of a large image are decoded when they are asked for, after a first look for damage.
    package var decodesLate = false
    /// The threads to decode on.
    package var threads = Syscalls.hardwareThreads
    var frameNumber: Int { frame ?? 0 }
    package var limits = Limits()
    package init() {}
  }

  /// Choices for writing.
  package struct EncodeOptions: Sendable {
    package var level: Int?
    package var bits: Int?
    /// How near the pixels of a lossy format stay, 1 to 100.
    package var quality: Int?
    package var subsampling: ChromaSubsampling?
    package var rawmode: Rawmode?
    /// Bytes from one row, of the first plane, to the next; `nil` for packed rows.
    package var stride: Int?
    /// Whether what the image's file said beside the pixels is left out.
    package var stripsMetadata = false
    package var threads = 1
    package init() {}

    /// Refuses numbers that no format has.
    ///
    /// - Throws: ``FormatError/choiceOutOfRange(_:found:allowed:)``.
    package func check() throws(FormatError) {
      for (name, found, allowed) in [
        ("level", level, 0...9), ("number of bits", bits, 1...16), ("quality", quality, 1...100),
      ] {
        if let found, !allowed.contains(found) {
          throw .choiceOutOfRange(name, found: found, allowed: allowed)
        }
      }
    }
  }

  /// How many pixels share chroma, as video has names for it.
  package enum ChromaSubsampling: String, CaseIterable, Sendable {
    case none = "444"
    case pairs = "422"
    case blocks = "420"
  }

  /// How pixels become a file.
  package enum Encoding: Sendable {
    /// Header, rows as they are, trailer. The function reads no pixel, only the image's geometry.
    case plain(@Sendable (Image, EncodeOptions) throws(FormatError) -> PlainFile)
    /// A stream of bytes.
    case stream(
      @Sendable (Image, EncodeOptions, inout OutputFile) throws(FormatError) -> Void)
    /// Not at all: files of the format are read only.
    case none
  }

  package init(
    name: String, summary: String, suffixes: [String], modes: [Mode], wideModes: [Mode] = [],
    numberColors: @autoclosure @escaping @Sendable () -> [PixelFormat] = [],
    otherElements: (@Sendable (ArrayElement) -> Bool)? = nil,
    honorsRawmode: Bool = false, honorsStride: Bool = false,
    honorsLevel: Bool = false, honorsBits: Bool = false, isLossy: Bool = false,
    keepsNumbers: Bool = false, keepsPalette: Bool = false, namesBands: Bool = true,
    arrays: Arrays = .none, unpacking: String? = nil,
    recognize: (@Sendable (_ prefix: [UInt8]) -> Bool)? = nil,
    isUnmistakable: (@Sendable (_ prefix: [UInt8]) -> Bool)? = nil,
    fits: (@Sendable (_ prefix: [UInt8], _ byteCount: Int) -> Bool)? = nil,
    describe: (
      @Sendable (inout HeaderReader, DescribeOptions) throws(FormatError) -> Description
    )? = nil,
    prefix: (@Sendable (Layout, Mode) throws(FormatError) -> [UInt8]?)? = nil,
    metadata: MetadataPlaces = .none, joining: Joining = .none,
    cut: (@Sendable (inout PipeReader) throws(FormatError) -> Cutter)? = nil,
    unkept: (@Sendable (Image, EncodeOptions) throws(FormatError) -> [Loss])? = nil,
    encoding: Encoding = .none
  ) {
    self.cut = cut
    self.unkept = unkept
    self.joining = joining
    self.name = name
    self.summary = summary
    self.suffixes = suffixes
    self.modes = modes
    self.wideModes = wideModes
    listNumberColors = numberColors
    self.otherElements = otherElements
    self.honorsRawmode = honorsRawmode
    self.honorsStride = honorsStride
    self.honorsLevel = honorsLevel
    self.honorsBits = honorsBits
    self.isLossy = isLossy
    self.keepsNumbers = keepsNumbers
    self.keepsPalette = keepsPalette
    self.namesBands = namesBands
    self.arrays = arrays
    self.unpacking = unpacking
    self.recognize = recognize
    self.isUnmistakable = isUnmistakable
    self.fits = fits
    self.describe = describe
    self.prefix = prefix
    self.metadata = metadata
    self.encoding = encoding
  }

  /// Whether a file says what it holds.
  package var hasHeader: Bool { describe != nil }

  /// Whether a file can be read again: by its header, or with its layout.
  package var isReadable: Bool {
    if case .plain = encoding { true } else { hasHeader }
  }

  /// Whether images are saved so; else files of the format are read only.
  package var isWritten: Bool {
    if case .none = encoding { false } else { true }
  }

  /// Whether a file can hold pixels of this format.
  package func holds(_ format: PixelFormat) -> Bool {
    if format.isNumberColor { return numberColors.contains(format) }
    return format.type == format.mode.naturalType
      ? modes.contains(format.mode)
      : format.type == .u16 && wideModes.contains(format.mode)
        || format.type == .f64 && modes.contains(format.mode) && keepsNumbers
  }

  /// What pixels of this format are written as where a file holds samples of 16 bits alone: the
  /// kind that shows the same picture exactly.
  package func widened(_ format: PixelFormat) -> PixelFormat? {
    guard modes.isEmpty, !holds(format) else { return nil }
    return wideModes.map { PixelFormat($0, .u16) }.first { $0.shows(format) }
  }

  /// Whether a file holds the samples as they are stored, or as a rawmode stores them, though not the
  /// mode in its own.
  package func holdsSamples(of image: Image, as rawmode: Rawmode? = nil) -> Bool {
    guard let otherElements, image.mode.bandCount == 1 else { return false }
    return EqualWords(storing: image, as: rawmode, isKnown: otherElements) != nil
  }

  /// Whether ``prepare(_:as:)`` finds a storage for pixels of this format.
  package func accepts(_ format: PixelFormat) -> Bool {
    holds(format) || format.mode == .rgbx && holds(PixelFormat(.rgb, format.type))
      || format.mode.isGray16 && holds(PixelFormat(.gray16)) || widened(format) != nil
  }

  /// The image in the storage that the format has for it: `RGBX` without its padding, the names of
  /// 16-bit gray as one. The pixels are the same, unless the format ``narrows(_:_:)`` them.
  ///
  /// - Parameter rawmode: what `--as` asks for.
  /// - Throws: ``FormatError/cannotHold(format:_:)``.
  package func prepare(
    _ image: Image, as rawmode: Rawmode? = nil
  ) throws(FormatError) -> Image {
    if holds(image.format) || holdsSamples(of: image, as: rawmode) { return image }
    if image.mode == .rgbx, holds(PixelFormat(.rgb, image.format.type)) {
      return try viewing { () throws(ViewError) in
        try image.converted(to: .rgb)
      }
    }
    if image.mode.isGray16, holds(PixelFormat(.gray16)) {
      return try viewing { () throws(ViewError) in try image.reinterpreted(as: .gray16) }
    }
    if let target = widened(image.format) {
      return try viewing { () throws(ViewError) in try image.widened(to: target) }
    }
    if narrows(image.format, EncodeOptions()) { return try narrowing(image) }
    throw .cannotHold(format: name, image.format)
  }

  /// Whether samples of 16 bits are rounded to 8 for the file: because it holds the mode with no others,
  /// or because 8 bits were asked for. Gray of the `I;16` modes is a number, and stays one.
  package func narrows(_ format: PixelFormat, _ options: EncodeOptions) -> Bool {
    guard format.type == .u16, !format.mode.isGray16, accepts(PixelFormat(format.mode)) else {
      return false
    }
    return !accepts(format) || options.bits == 8
  }

  /// The image with its samples of 16 bits rounded to 8, as the format stores it.
  ///
  /// - Throws: ``FormatError/cannotHold(format:_:)``.
  func narrowing(_ image: Image) throws(FormatError) -> Image {
    let narrow = try viewing { () throws(ViewError) in try image.narrowedTo8Bits() }
    return try prepare(narrow)
  }
}

extension Image {
  /// Both images in a mode that shows each of them without a loss, as ``inCommonMode(with:)`` finds
  /// it or, where one has the other's mode in 16 bits, or the kind of pixels that a save widens the
  /// other's to, as that kind.
  ///
  /// - Throws: as ``inCommonMode(with:)``.
  package func comparable(
    with other: Image
  ) throws(ViewError) -> (a: Image, b: Image, widened: PixelFormat?)? {
    if let pair = try inCommonMode(with: other) { return (pair.a, pair.b, nil) }
    let kinds = [format, other.format]
    let twin = kinds.first { $0.type == .u16 && kinds.contains(PixelFormat($0.mode)) }
    let wide =
      twin.flatMap { $0.shows(PixelFormat($0.mode)) ? $0 : nil }
      ?? FileFormat.all.lazy.flatMap { kinds.compactMap($0.widened) }.first(where: kinds.contains)
    guard let wide else { return nil }
    return (try widened(to: wide), try other.widened(to: wide), wide)
  }
}
