/// What the numbers of `YCbCr` mean in video: which colors they are weighed for, which number is black
/// and which is white, and how many bits they have.
///
/// Without one, `YCbCr` is what JPEG files have, by Pillow's formulas: the matrix of 601 in the full
/// range, with terms that are rounded one by one.
public struct VideoColor: Hashable, Sendable {
  /// The ITU-R recommendation that says how much of red and blue is luma.
  public enum Matrix: String, Sendable, CaseIterable {
    /// Standard definition, and whatever does not say otherwise.
    case bt601 = "601"
    /// High definition.
    case bt709 = "709"
    /// Ultra-high definition, with a luma that is not constant.
    case bt2020 = "2020"

    /// Red's and blue's shares of luma, Kr and Kb, in ten thousandths.
    package var shares: (red: Int, blue: Int) {
      switch self {
      case .bt601: (2990, 1140)
      case .bt709: (2126, 722)
      case .bt2020: (2627, 593)
      }
    }
  }

  /// The numbers that stand for black and white.
  public enum Range: String, Sendable, CaseIterable {
    /// Of 8 bits, 16 to 235 for luma, and 16 to 240 for chroma.
    case limited
    /// All numbers.
    case full
  }

  public var matrix: Matrix
  public var range: Range

  /// The bits of a sample, from 8 to 16. Those of 8 bits are `u8` in plain rows and stand for colors of
  /// `u8`; those of more are `u16`, from 0 to 2ⁿ − 1, and stand for colors of `u16`, from 0 to 65535.
  public let bitDepth: Int

  /// - Precondition: `bitDepth` is from 8 to 16.
  public init(_ matrix: Matrix = .bt601, _ range: Range = .limited, bitDepth: Int = 8) {
    precondition(8...16 ~= bitDepth)
    self.matrix = matrix
    self.range = range
    self.bitDepth = bitDepth
  }

  /// The format of plain rows of such samples.
  package var format: PixelFormat { PixelFormat(.ycbcr, bitDepth == 8 ? .u8 : .u16) }

  /// Black's luma, and how much more white's is.
  var luma: (black: Int, span: Int) {
    let unit = 1 << (bitDepth - 8)
    return range == .full ? (0, 256 * unit - 1) : (16 * unit, 219 * unit)
  }

  /// Gray's chroma, and how far the least chroma is from the greatest.
  var chroma: (gray: Int, span: Int) {
    let unit = 1 << (bitDepth - 8)
    return (128 * unit, range == .full ? 256 * unit - 1 : 224 * unit)
  }
}

extension Rawmode {
  /// What `YCbCr` means in a layout of video, until something else is said: 601 in the limited range.
  package var videoColor: VideoColor? {
    guard case .planes(let planes) = shape, storedMode == .ycbcr,
      let luma = planes.first?.samples["Y"]?.first
    else { return nil }
    return VideoColor(bitDepth: luma.bitCount)
  }
}
