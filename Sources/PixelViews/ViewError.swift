import PixelMemory

/// What can go wrong between bytes and pixels.
public enum ViewError: Error, Equatable, Sendable {
  /// The bytes could not be read or written.
  case memory(MemoryError)
  /// A product or sum of the layout's numbers does not fit 64 bits.
  case overflow(width: Int, height: Int, stride: Int)
  /// The layout reaches outside the buffer.
  case tooShort(TooShort)
  /// A number of the layout that no stored sample can have.
  case invalid(LayoutFault)
  /// The stride is smaller than a row.
  case strideTooSmall(stride: Int, rowByteCount: Int)
  /// Fewer bits from row to row than a row has.
  case rowBitsTooFew(found: Int, least: Int)
  /// Rows that do not start on bytes, of samples that must.
  case wordRows(rawmode: String, rowBits: Int)
  /// The stride of a plane of chroma is smaller than a row of it.
  case chromaStrideTooSmall(stride: Int, rowByteCount: Int)
  /// Planes with room for fewer rows than the image has.
  case planeRowsTooFew(found: Int, height: Int)
  /// A size below one pixel.
  case emptySize(width: Int, height: Int)
  /// A rectangle or a pixel outside the image.
  case outside(Rectangle, width: Int, height: Int)
  /// A sample that the storage cannot hold.
  case sampleOutOfRange(value: Double, band: String, lowest: Double, highest: Double)
  /// A stored number that no plain sample holds exactly (a 64-bit integer above 2⁵³).
  case notRepresentable(x: Int, y: Int)
  /// A sample of the image that a file's storage of this many bits cannot hold.
  case cannotStore(value: Double, x: Int, y: Int, bitCount: Int)
  /// A sum that a storage of so many bits would round, where it may not be.
  case doesNotFit(value: Double, x: Int, y: Int, bits: Int, nearest: Double)
  /// A sample that a conversion would have to clamp.
  case clamped(ClampedSample)
  /// An index that the palette has no color for.
  case noColor(index: Int, x: Int, y: Int, colors: Int)
  /// An index to store that the palette has no color for.
  case indexBeyondPalette(index: Int, colors: Int)
  /// The image cannot be edited.
  case readOnly(ReadOnlyReason)
  /// An edit of some of the pixels that share samples of the bands: of how many across and down, and the
  /// smallest rectangle that covers them all, where one lies within the image.
  case sharedSamples(bands: [String], across: Int, down: Int, whole: Rectangle?)
  /// The operation has no meaning in this mode.
  case unsupported(operation: String, mode: Mode)
  /// The operation has no meaning for samples without a largest number.
  case unbounded(operation: String, PixelFormat)
  /// There is no such conversion.
  case noConversion(from: PixelFormat, to: Mode)
  /// A palette is needed.
  case paletteMissing(mode: Mode)
  /// The mode has no band of this number.
  case noBand(Int, mode: Mode)
  /// A pixel, or a choice of bands, has another number of samples than the mode.
  case sampleCount(found: Int, mode: Mode)
  /// Each how many columns and rows: less than one.
  case stepTooSmall(columns: Int, rows: Int)
  /// A window needs two numbers, of which the second is the larger.
  case emptyWindow(low: Double, high: Double)
  /// The image is not known to be the mosaic of a color sensor.
  case noMosaic(mode: Mode)
  /// A mosaic that does not have all colors.
  case mosaicTooSmall(width: Int, height: Int)
  /// Levels of a mosaic that its samples, from 0 to the largest, do not have.
  case badLevels(largest: Double)
  /// A number of a layout, or of a comparison, that may not be below zero, or is none.
  case negative(String, found: Double)
  /// An image with opacity that a paste into one without would lose.
  case opacityLost(from: Mode, to: Mode)
  /// A picture, shown in the mode of the image that it is pasted into, has samples of another type.
  case samplesDiffer(image: PixelFormat, picture: PixelFormat)
  /// A rawmode keeps all samples of a pixel in one word, which an interleave would part.
  case oneWord(rawmode: String, Rawmode.Interleave)
  /// A rawmode with planes or groups of its own, which an interleave would contradict.
  case ownPlanes(rawmode: String, Rawmode.Interleave)
  /// Two images that must have the same kind of pixels have not.
  case formatsDiffer(PixelFormat, PixelFormat)
  /// An index that stands for one color (RGBA) where it is and for another where it would go; a palette
  /// that ends before it has none.
  case palettesDiffer(index: Int, from: [UInt8], to: [UInt8])
  /// Two images that must have the same size have not.
  case sizesDiffer(width: Int, height: Int, otherWidth: Int, otherHeight: Int)

  /// The error about a pixel of an image, where it was found in the image turned upside down.
  package func mirrored(height: Int) -> ViewError {
    switch self {
    case .notRepresentable(let x, let y): return .notRepresentable(x: x, y: height - 1 - y)
    case .cannotStore(let value, let x, let y, let bitCount):
      return .cannotStore(value: value, x: x, y: height - 1 - y, bitCount: bitCount)
    case .noColor(let index, let x, let y, let colors):
      return .noColor(index: index, x: x, y: height - 1 - y, colors: colors)
    case .clamped(var sample):
      sample.y = height - 1 - sample.y
      return .clamped(sample)
    default: return self
    }
  }

  /// The numbers behind "the buffer is too short".
  public struct TooShort: Hashable, Sendable {
    public var needed: Int
    public var available: Int
    public var offset: Int
    public var stride: Int
    public var rowByteCount: Int
    public var width: Int
    public var height: Int
    public var fittingRows: Int
  }

  /// The numbers behind "a conversion would clamp a sample".
  public struct ClampedSample: Hashable, Sendable {
    /// Where it stands: the first place in reading order, once ``range`` is known.
    public var x, y: Int
    public var value: Double
    /// What it is converted from, and to.
    public var source: PixelFormat
    public var target: Mode
    /// The numbers that are converted without clamping.
    public var lowest, highest: Double
    /// The finite numbers of the whole picture, once it was looked at.
    public var range: ClosedRange<Double>?

    /// The number of its band.
    public var bandIndex = 0

    /// The band of the sample.
    public var band: String { source.mode.bands[bandIndex] }
  }

  /// Why an image cannot be edited.
  public enum ReadOnlyReason: Hashable, Sendable {
    /// The buffer was mapped read-only.
    case buffer
    /// The pixels are computed from the buffer.
    case derived
    /// A band has no bytes of its own, or shares them with another.
    case layout
  }
}

/// A rectangle of pixels; the origin is the top-left corner.
public struct Rectangle: Hashable, Sendable {
  public var x: Int
  public var y: Int
  public var width: Int
  public var height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// Whether the rectangle has pixels and all of them are inside an image of this size.
  public func isInside(width imageWidth: Int, height imageHeight: Int) -> Bool {
    width > 0 && height > 0 && x >= 0 && y >= 0
      && width <= imageWidth && height <= imageHeight
      && x <= imageWidth - width && y <= imageHeight - height
  }

  /// The smallest rectangle around both.
  func union(_ other: Rectangle) -> Rectangle {
    let (left, top) = (min(x, other.x), min(y, other.y))
    return Rectangle(
      x: left, y: top, width: max(x + width, other.x + other.width) - left,
      height: max(y + height, other.y + other.height) - top)
  }
}
