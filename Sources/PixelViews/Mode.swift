/// What the samples of a pixel mean, by Pillow's names.
///
/// A mode says nothing about bytes: how its samples are stored is a ``Rawmode``.
public enum Mode: String, Sendable, CaseIterable {
  case bilevel = "1"
  case gray = "L"
  case grayAlpha = "LA"
  case grayPremultiplied = "La"
  case palette = "P"
  case paletteAlpha = "PA"
  case rgb = "RGB"
  case rgba = "RGBA"
  case rgbx = "RGBX"
  case rgbPremultiplied = "RGBa"
  case cmyk = "CMYK"
  case ycbcr = "YCbCr"
  case lab = "LAB"
  case hsv = "HSV"
  case integer = "I"
  case float = "F"
  case gray16 = "I;16"
  case gray16Little = "I;16L"
  case gray16Big = "I;16B"
  case gray16Native = "I;16N"

  /// Pillow's name.
  public var name: String { rawValue }

  /// The names of the bands, in the order of a plain row.
  public var bands: [String] { record.bands }

  /// The samples of one pixel.
  public var bandCount: Int { record.bands.count }

  /// The plain sample type of the mode's natural storage.
  public var naturalType: SampleType { record.type }

  /// Whether the mode is one of the four names of 16-bit gray, which differ in storage only.
  package var isGray16: Bool { record.type == .u16 }

  /// Whether a sample is an index into a palette.
  public var isIndexed: Bool { record.meaning == .index }

  /// Whether the pixels can have colors other than grays.
  package var hasColor: Bool { record.meaning == .color || record.meaning == .index }

  /// Whether a pixel is a number.
  package var isNumber: Bool { record.meaning == .number }

  /// Whether samples are spread over the range of their type, so that the largest one is white, or
  /// all of an ink; indices and numbers mean what they are.
  package var isScaled: Bool { record.meaning == .gray || record.meaning == .color }

  /// The band that holds opacity, if the mode has one.
  public var alphaBand: Int? {
    switch record.last {
    case .alpha, .multiplyingAlpha: bandCount - 1
    case .picture, .padding: nil
    }
  }

  /// Whether the color is multiplied by the opacity.
  package var isPremultiplied: Bool { record.last == .multiplyingAlpha }

  /// The band that means nothing, if the mode has one.
  package var paddingBand: Int? { record.last == .padding ? bandCount - 1 : nil }

  /// One line for tables.
  package var summary: String { record.summary }
}

extension Mode {
  /// What there is to know of a mode.
  private struct Record {
    let bands: [String]
    let meaning: Meaning
    let last: LastBand
    let type: SampleType
    let summary: String

    init(
      _ bands: [String], _ meaning: Meaning, last: LastBand = .picture, type: SampleType = .u8,
      _ summary: String
    ) {
      self.bands = bands
      self.meaning = meaning
      self.last = last
      self.type = type
      self.summary = summary
    }
  }

  /// What the samples of a mode are.
  private enum Meaning { case gray, color, index, number }

  /// What the last band of a mode is.
  private enum LastBand { case picture, alpha, multiplyingAlpha, padding }

  private var record: Record {
    switch self {
    case .bilevel: Record(["1"], .gray, "black and white, 1 bit a pixel, rows padded to bytes")
    case .gray: Record(["L"], .gray, "gray, 8 bits")
    case .grayAlpha: Record(["L", "A"], .gray, last: .alpha, "gray and alpha")
    case .grayPremultiplied:
      Record(
        ["L", "a"], .gray, last: .multiplyingAlpha, "gray and alpha, gray multiplied by alpha")
    case .palette: Record(["P"], .index, "index into a palette, 8 bits")
    case .paletteAlpha:
      Record(["P", "A"], .index, last: .alpha, "index into a palette, and alpha")
    case .rgb: Record(["R", "G", "B"], .color, "true color, 3 x 8 bits")
    case .rgba:
      Record(["R", "G", "B", "A"], .color, last: .alpha, "true color and alpha, 4 x 8 bits")
    case .rgbx:
      Record(["R", "G", "B", "X"], .color, last: .padding, "true color and a byte of padding")
    case .rgbPremultiplied:
      Record(
        ["R", "G", "B", "a"], .color, last: .multiplyingAlpha,
        "true color and alpha, color multiplied by alpha")
    case .cmyk: Record(["C", "M", "Y", "K"], .color, "cyan, magenta, yellow, black")
    case .ycbcr:
      Record(["Y", "Cb", "Cr"], .color, "luma and two chroma samples, as in JPEG")
    case .lab:
      Record(["L", "A", "B"], .color, "CIE L*a*b*, a and b stored with the sign bit turned")
    case .hsv: Record(["H", "S", "V"], .color, "hue, saturation, value")
    case .integer: Record(["I"], .number, type: .i32, "32-bit signed integers")
    case .float: Record(["F"], .number, type: .f32, "32-bit floating point")
    case .gray16: Record(["I"], .number, type: .u16, "gray, 16 bits, little-endian")
    case .gray16Little:
      Record(
        ["I"], .number, type: .u16, "gray, 16 bits, little-endian (another name of I;16)")
    case .gray16Big: Record(["I"], .number, type: .u16, "gray, 16 bits, big-endian")
    case .gray16Native:
      Record(["I"], .number, type: .u16, "gray, 16 bits, this machine's byte order")
    }
  }
}

extension Mode {
  /// Whether some rawmode gives samples of a type to the mode.
  package func hasSamples(of type: SampleType) -> Bool {
    PixelFormat.stored.contains(PixelFormat(self, type))
  }
}

/// A mode and how wide its plain samples are: all that a row operation must know.
public struct PixelFormat: Hashable, Sendable {
  public var mode: Mode
  public var type: SampleType

  fileprivate static let stored = Set(Rawmode.all.map { PixelFormat($0.mode, $0.type) })

  /// All colors with samples that are numbers.
  package static let numberColors = Array(stored.filter(\.isNumberColor))

  public init(_ mode: Mode, _ type: SampleType? = nil) {
    self.mode = mode
    self.type = type ?? mode.naturalType
  }

  /// The mode, and the type of its samples where that is not the natural one.
  package var words: String {
    if type == mode.naturalType { return mode.name }
    // Integers of more than 32 bits are held as such numbers.
    return mode == .integer && type == .f64
      ? "\(mode.name) with 64-bit integers" : "\(mode.name) with \(type.rawValue) samples"
  }

  /// The bytes of one pixel in a plain row.
  public var pixelByteCount: Int { mode.bandCount * type.byteCount }
}
