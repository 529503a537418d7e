/// What a file says beside its pixels: plain data that an image carries from the file that it was
/// opened from to those that it is saved to. Its views change what they make untrue.
///
/// Nothing here is interpreted but what a turn or a crop changes, and the header of a color profile.
/// What has no type of its own is kept as a chunk of PNG, whose bytes go from file to file as they
/// are: PNG has a chunk for whatever the other formats say.
public struct Metadata: Hashable, Sendable {
  /// An ICC color profile.
  public struct Profile: Hashable, Sendable {
    public var name: String
    /// The profile, or the zlib stream of it.
    public var bytes: [UInt8]
    public var isDeflated: Bool

    public init(name: String, bytes: [UInt8], isDeflated: Bool) {
      self.name = name
      self.bytes = bytes
      self.isDeflated = isDeflated
    }
  }

  /// Pixels in a unit of length, as fractions: 300 an inch is not a whole number of pixels a meter.
  public struct Density: Hashable, Sendable {
    public enum Unit: String, Hashable, Sendable {
      /// Only the shape of a pixel is known.
      case none, inch, centimeter, meter
    }

    public struct Fraction: Hashable, Sendable {
      public var above, below: UInt32
      public init(_ above: UInt32, _ below: UInt32 = 1) {
        self.above = above
        self.below = below
      }
      public var value: Double { below == 0 ? 0 : Double(above) / Double(below) }
    }

    public var x, y: Fraction
    public var unit: Unit

    public init(x: Fraction, y: Fraction, unit: Unit) {
      self.x = x
      self.y = y
      self.unit = unit
    }
  }

  /// A color to show behind the picture, in 16 bits, and its index if it is one of a palette.
  public struct Background: Hashable, Sendable {
    public var red, green, blue: UInt16
    public var index: Int?

    public init(red: UInt16, green: UInt16, blue: UInt16, index: Int? = nil) {
      self.red = red
      self.green = green
      self.blue = blue
      self.index = index
    }
  }

  /// Bytes under one of PNG's names.
  public struct Chunk: Hashable, Sendable {
    public var name: String
    public var bytes: [UInt8]
    public var isAfterRows: Bool

    public init(_ name: String, _ bytes: [UInt8], isAfterRows: Bool = false) {
      self.name = name
      self.bytes = bytes
      self.isAfterRows = isAfterRows
    }
  }

  /// What the samples meant in the file.
  public var format: PixelFormat
  public var profile: Profile?
  public var density: Density?
  public var background: Background?
  /// For each color of ``format``, and its opacity, how many bits of its samples mean something.
  public var significantBits: [UInt8] = []
  /// What makes numbers of the samples of ``format``, where they stand for others.
  package var rescaling: Rescaling?
  /// Everything else, in the order of the file.
  public var chunks: [Chunk] = []
  /// What is not here though the file had it, as nouns: for the notes of a save.
  public var losses: [String] = []
  /// What was changed so that it is still true, a sentence each: for the notes of a save.
  public var changes: [String] = []

  /// What the file says, where this is true of a view of it.
  var origin: Origin?

  public init(format: PixelFormat) { self.format = format }

  /// Whether there is nothing to keep or to say.
  public var isEmpty: Bool { self == Metadata(format: format) }

  public func chunk(_ name: String) -> Chunk? { chunks.first { $0.name == name } }

  /// Bytes of one item, as many as libpng reads by default; of all; and how many there may be.
  package static let itemByteLimit = 8_000_000
  package static let byteLimit = 32_000_000
  package static let countLimit = 1024

  package var byteCount: Int {
    chunks.reduce(profile?.bytes.count ?? 0) { $0 + $1.bytes.count }
  }

  /// Keeps a chunk, or its name as one that is lost where a limit forbids it.
  package mutating func add(_ chunk: Chunk) {
    guard chunk.bytes.count <= Metadata.itemByteLimit,
      byteCount <= Metadata.byteLimit - chunk.bytes.count, chunks.count < Metadata.countLimit
    else { return lose("\(chunk.summary) (beyond a limit)") }
    chunks.append(chunk)
  }

  /// For other samples than those of the file: its rescaling is not theirs.
  ///
  /// - Parameter isMeant: whether whoever asked for these has no use for it any more.
  mutating func dropRescaling(isMeant: Bool) {
    guard rescaling != nil else { return }
    rescaling = nil
    if !isMeant { lose(Metadata.rescalingWords) }
    guard case .file(var file, let view) = origin else { return }
    file.dropRescaling(isMeant: isMeant)
    origin = .file(file, view)
  }

  /// What is lost where a file does not say what its samples stand for.
  package static let rescalingWords = "scale and bias of the samples"

  package mutating func lose(_ what: String) {
    if !losses.contains(what), losses.count < Metadata.countLimit { losses.append(what) }
  }
}

extension Metadata {
  /// A kind of chunk: what it is called, and what becomes of it.
  struct Field: Sendable {
    var chunk: String
    var words: String
    /// How long it is, where it is always as long.
    var byteCount: Int?
    /// Whether a part of the picture, or a turned or thinned one, makes it untrue.
    var isOfWhole = false
    /// Whether it speaks of sample values, and so of one mode and depth.
    var isOfSamples = false
  }

  static let fields = [
    Field(chunk: "sRGB", words: "sRGB rendering intent", byteCount: 1),
    Field(chunk: "gAMA", words: "gamma", byteCount: 4),
    Field(chunk: "cHRM", words: "chromaticities", byteCount: 32),
    Field(chunk: "cICP", words: "code points of the color space", byteCount: 4),
    Field(chunk: "mDCV", words: "mastering display", byteCount: 24),
    Field(chunk: "cLLI", words: "light levels", byteCount: 8),
    Field(chunk: "hIST", words: "histogram of the palette", isOfWhole: true, isOfSamples: true),
    Field(chunk: "oFFs", words: "position on the page", byteCount: 9, isOfWhole: true),
    Field(chunk: "pCAL", words: "calibration of the samples", isOfSamples: true),
    Field(chunk: "sCAL", words: "scale", isOfWhole: true),
    Field(chunk: "sPLT", words: "suggested palette"),
    Field(chunk: "sTER", words: "stereo arrangement", byteCount: 1, isOfWhole: true),
    Field(chunk: "tIME", words: "time of the last change", byteCount: 7),
    Field(chunk: "eXIf", words: "Exif data"),
  ]

  static func field(_ chunk: Chunk) -> Field? {
    if let words = chunk.keyword.flatMap({ VideoKey(rawValue: $0) })?.words {
      return Field(chunk: chunk.name, words: words)
    }
    return fields.first { $0.chunk == chunk.name }
  }

  /// The keys of texts that a header of video has other words for.
  package enum VideoKey: String, CaseIterable, Sendable {
    case frameRate = "Frame rate"
    case interlacing = "Interlacing"
    case pixelAspect = "Pixel aspect"
    /// How many pixels share chroma, and where it was measured.
    case chroma = "Chroma storage"

    fileprivate var words: String {
      switch self {
      case .frameRate: "frame rate"
      case .interlacing: "interlacing"
      case .pixelAspect: "pixel aspect"
      case .chroma: "position of the chroma"
      }
    }

    /// The value that says that nothing is known.
    package var unknown: String? {
      switch self {
      case .frameRate, .pixelAspect: "0:0"
      case .interlacing: "?"
      case .chroma: nil
      }
    }
  }
}

extension Metadata.Chunk {
  /// What it is, as a noun.
  package var summary: String {
    if let words = Metadata.field(self)?.words { return words }
    return keyword.map { "text \($0)" } ?? "chunk \(name)"
  }

  /// The key of a text.
  public var keyword: String? {
    guard Metadata.Chunk.texts.contains(name), let end = bytes.firstIndex(of: 0) else {
      return nil
    }
    return String.latin1(bytes[..<end])
  }

  private static let texts = ["tEXt", "zTXt", "iTXt"]

  /// Whether it is known here what becomes of the chunk.
  package var isKnown: Bool { Metadata.Chunk.texts.contains(name) || Metadata.field(self) != nil }

  /// Whether a file may have several of the name.
  package var isRepeatable: Bool {
    !isKnown || Metadata.Chunk.texts.contains(name) || name == "sPLT"
  }

  /// Whether it has not the form that its name promises.
  package var isDamaged: Bool {
    if Metadata.Chunk.texts.contains(name) { return keyword == nil }
    return Metadata.field(self)?.byteCount.map { $0 != bytes.count } == true
  }

  /// Whether the chunk speaks of the values of samples, and so of one format of pixels.
  package var isOfSamples: Bool { Metadata.field(self)?.isOfSamples == true }
}

extension String {
  /// Text in Latin-1.
  package static func latin1(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    return text
  }

  /// The text in Latin-1; `nil` for what that does not have.
  package var latin1: [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
