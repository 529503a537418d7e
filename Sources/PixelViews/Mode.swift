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
  public var bands: [String] {
    switch self {
    case .bilevel: ["1"]
    case .gray: ["L"]
    case .grayAlpha: ["L", "A"]
    case .grayPremultiplied: ["L", "a"]
    case .palette: ["P"]
    case .paletteAlpha: ["P", "A"]
    case .rgb: ["R", "G", "B"]
    case .rgba: ["R", "G", "B", "A"]
    case .rgbx: ["R", "G", "B", "X"]
    case .rgbPremultiplied: ["R", "G", "B", "a"]
    case .cmyk: ["C", "M", "Y", "K"]
    case .ycbcr: ["Y", "Cb", "Cr"]
    case .lab: ["L", "A", "B"]
    case .hsv: ["H", "S", "V"]
    case .integer: ["I"]
    case .float: ["F"]
    case .gray16, .gray16Little, .gray16Big, .gray16Native: ["I"]
    }
  }

  /// The samples of one pixel.
  public var bandCount: Int { bands.count }

  /// The plain sample type of the mode's natural storage.
  public var naturalType: SampleType {
    switch self {
    case .integer: .i32
    case .float: .f32
    case .gray16, .gray16Little, .gray16Big, .gray16Native: .u16
    default: .u8
    }
  }

  /// Whether the mode is one of the four names of 16-bit gray, which differ in storage only.
  package var isGray16: Bool {
    switch self {
    case .gray16, .gray16Little, .gray16Big, .gray16Native: true
    default: false
    }
  }

  /// Whether a sample is an index into a palette.
  public var isIndexed: Bool { self == .palette || self == .paletteAlpha }

  /// The band that holds opacity, if the mode has one.
  public var alphaBand: Int? {
    switch self {
    case .grayAlpha, .grayPremultiplied, .paletteAlpha: 1
    case .rgba, .rgbPremultiplied: 3
    default: nil
    }
  }

  /// One line for tables.
  package var summary: String {
    switch self {
    case .bilevel: "black and white, 1 bit a pixel, rows padded to bytes"
    case .gray: "gray, 8 bits"
    case .grayAlpha: "gray and alpha"
    case .grayPremultiplied: "gray and alpha, gray multiplied by alpha"
    case .palette: "index into a palette, 8 bits"
    case .paletteAlpha: "index into a palette, and alpha"
    case .rgb: "true color, 3 x 8 bits"
    case .rgba: "true color and alpha, 4 x 8 bits"
    case .rgbx: "true color and a byte of padding"
    case .rgbPremultiplied: "true color and alpha, color multiplied by alpha"
    case .cmyk: "cyan, magenta, yellow, black"
    case .ycbcr: "luma and two chroma samples, as in JPEG"
    case .lab: "CIE L*a*b*, a and b stored with the sign bit turned"
    case .hsv: "hue, saturation, value"
    case .integer: "32-bit signed integers"
    case .float: "32-bit floating point"
    case .gray16: "gray, 16 bits, little-endian"
    case .gray16Little: "gray, 16 bits, little-endian (another name of I;16)"
    case .gray16Big: "gray, 16 bits, big-endian"
    case .gray16Native: "gray, 16 bits, this machine's byte order"
    }
  }
}

extension Mode {
  /// Whether some rawmode gives samples of a type to the mode.
  func hasSamples(of type: SampleType) -> Bool {
    PixelFormat.stored.contains(PixelFormat(self, type))
  }
}

/// A mode and how wide its plain samples are: all that a row operation must know.
public struct PixelFormat: Hashable, Sendable {
  public var mode: Mode
  public var type: SampleType

  fileprivate static let stored = Set(Rawmode.all.map { PixelFormat($0.mode, $0.type) })

  public init(_ mode: Mode, _ type: SampleType? = nil) {
    self.mode = mode
    self.type = type ?? mode.naturalType
  }

  /// The mode, and the type of its samples where that is not the natural one.
  package var words: String {
    type == mode.naturalType ? mode.name : "\(mode.name) with \(type.rawValue) samples"
  }

  /// The bytes of one pixel in a plain row.
  public var pixelByteCount: Int { mode.bandCount * type.byteCount }
}
