/// How the samples of a mode are stored, by Pillow's names and by clear aliases.
///
/// A rawmode is plain data; ``layout(width:height:options:)`` turns it into numbers for one image.
public struct Rawmode: Hashable, Sendable {
  /// Pillow's name, or ours where Pillow has none.
  public let name: String
  /// The names that V4L2, DRM, ffmpeg and NumPy have for the same bytes.
  public internal(set) var aliases: [String]
  /// The mode that the samples decode to.
  public let mode: Mode
  /// The mode that is stored. Where it is another one, pixels are converted when they are read.
  package let storedMode: Mode
  /// The type of the plain samples: the mode's own, or wider where the file keeps more bits.
  public let type: SampleType
  let shape: Shape

  /// The shapes that stored pixels have.
  enum Shape: Hashable, Sendable {
    /// Equal whole elements side by side. A name that is not a band of the mode is padding.
    case elements([Element], ElementType)
    /// The same, each row holding all samples of the first channel, then all of the second …
    case lines([String], ElementType)
    /// Fields of one little- or big-endian word a pixel.
    case fields(byteCount: Int, bigEndian: Bool, [String: WordField])
    /// One sample of a few bits after the other.
    case bits(count: Int, SampleField.BitOrder, inverted: Bool)
    /// One sample whose bits lie in planes of a row each, least significant first.
    case bitPlanes(count: Int)
    /// Samples that are not all in their pixel's own place, as those of video and of packed sensors.
    case planes([PlaneShape])
  }

  /// One stored channel.
  struct Element: Hashable, Sendable {
    var band: String
    var isInverted = false
  }

  /// The number type of a whole element.
  struct ElementType: Hashable, Sendable {
    var byteCount = 1
    var bigEndian = false
    var number = SampleField.Number.unsigned
    var order: SampleField.BitOrder?
    var isNonzero = false
    /// The low bits of the word that carry the sample, where not all do.
    var significantBits: Int?

    var bitCount: Int { byteCount.inBits }
  }

  struct WordField: Hashable, Sendable {
    var shift: Int
    var bitCount: Int
    var isInverted = false
  }

  /// Choices of the command line that change where the samples of a rawmode stand.
  public struct Options: Hashable, Sendable {
    /// Bytes before the first row.
    public var offset = 0
    /// Bytes from one row to the next; `nil` for packed rows.
    public var stride: Int?
    /// Packed rows are padded to a multiple of this many bytes.
    public var alignment = 1
    public var bottomUp = false
    public var interleave = Interleave.pixel
    /// Bytes from one plane to the next; `nil` for packed planes.
    public var planeStride: Int?
    /// Samples of 10, 12 or 14 bits stand in the high bits of their words.
    public var justifiedToTop = false
    /// Bits from one row to the next, where rows need not start on bytes; `nil` for whole bytes.
    public var rowBits: Int?
    /// Bytes from one row of a plane of chroma to the next; `nil` for as much padding as the rows of
    /// luma have.
    public var chromaStride: Int?
    /// The rows of luma that planes have room for; `nil` for those of the image.
    public var planeRows: Int?
    /// Bytes from the first plane to the others, in order; those that are missing follow at once.
    public var planeOffsets: [Int] = []

    public init() {}
  }

  /// Where the samples of one pixel stand.
  public enum Interleave: String, Sendable, CaseIterable {
    /// Side by side.
    case pixel
    /// In one row after the other.
    case line
    /// In one plane after the other.
    case plane
  }

  /// Whether pixels of the rawmode can be written in place.
  package var isEditable: Bool { !bandsShareBytes && !isDerived }

  /// Whether the pixels are computed from stored ones of another mode.
  public var isDerived: Bool { storedMode != mode }

  /// What the stored samples mean.
  public var storedFormat: PixelFormat { PixelFormat(storedMode, type) }

  /// What is special about the view: why it is read-only, or which bands keep one value.
  package var remark: String? {
    if bandsShareBytes { return "R, G and B share one byte" }
    if isDerived { return "computed from \(storedMode.name)" }
    let stored: Set<String>
    switch shape {
    case .elements(let elements, _): stored = Set(elements.map(\.band))
    case .lines(let bands, _): stored = Set(bands)
    case .fields(_, _, let table): stored = Set(table.keys)
    case .bits, .bitPlanes, .planes: return nil
    }
    let missing = storedMode.bands.filter { !stored.contains($0) }
    return missing.isEmpty ? nil : "no bytes for \(missing.joined(separator: ", "))"
  }

  /// Whether several bands read the same bytes: gray stored for a color mode.
  private var bandsShareBytes: Bool {
    guard mode == .rgba, case .elements(let elements, _) = shape else { return false }
    return elements.contains { $0.band == "L" }
  }
}
