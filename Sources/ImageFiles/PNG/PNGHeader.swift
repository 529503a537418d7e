import PixelViews

/// IHDR, PLTE and tRNS: what the rows of a PNG file mean.
package struct PNGHeader: Hashable, Sendable {
  /// The samples of a pixel, by the numbers of the PNG specification.
  package enum ColorType: UInt8, Sendable, CaseIterable {
    case gray = 0
    case rgb = 2
    case palette = 3
    case grayAlpha = 4
    case rgba = 6

    package var samplesPerPixel: Int {
      switch self {
      case .gray, .palette: 1
      case .grayAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }

    /// The sample sizes, in bits, that the specification allows.
    package var bitDepths: [Int] {
      switch self {
      case .gray: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .rgb, .grayAlpha, .rgba: [8, 16]
      }
    }
  }

  /// The one color that is transparent in an image without alpha, in samples of the image's depth.
  package enum ColorKey: Hashable, Sendable {
    case gray(UInt16)
    case rgb(UInt16, UInt16, UInt16)
  }

  /// Pixels.
  package var width, height: Int
  /// Bits of one sample.
  package var bitDepth: Int
  package var colorType: ColorType
  package var isInterlaced: Bool
  /// The colors of an image of type `palette`; its alpha is tRNS.
  package var palette: Palette?
  package var colorKey: ColorKey?

  package init(
    width: Int, height: Int, bitDepth: Int, colorType: ColorType, isInterlaced: Bool = false,
    palette: Palette? = nil, colorKey: ColorKey? = nil
  ) {
    self.width = width
    self.height = height
    self.bitDepth = bitDepth
    self.colorType = colorType
    self.isInterlaced = isInterlaced
    self.palette = palette
    self.colorKey = colorKey
  }

  /// The greatest width and height of the format.
  package static let sideLimit = Int(Int32.max)

  /// Bits of one pixel.
  package var pixelBitCount: Int { colorType.samplesPerPixel * bitDepth }

  /// Bytes of one packed row, without its filter byte.
  ///
  /// - Precondition: The header is valid.
  package var rowByteCount: Int { (width * pixelBitCount).inBytesRoundedUp }

  /// Bytes of all rows, one after the other; `nil` when they are too many to count.
  ///
  /// - Precondition: The header is valid.
  package var byteCount: Int? {
    let (product, isTooLarge) = rowByteCount.multipliedReportingOverflow(by: height)
    return isTooLarge ? nil : product
  }

  /// Whether a byte has to do with the bytes beside it; indices and packed samples have not.
  var isPredictable: Bool { colorType != .palette && bitDepth >= 8 }

  /// - Throws: `PNGError.invalidHeader` for numbers that the specification forbids.
  package func validate() throws(PNGError) {
    guard (1...Self.sideLimit).contains(width), (1...Self.sideLimit).contains(height) else {
      throw .invalidHeader(reason: "\(width)x\(height) is not from 1x1 to 2147483647x2147483647")
    }
    guard colorType.bitDepths.contains(bitDepth) else {
      throw .invalidHeader(reason: "\(bitDepth) bits are not allowed for \(colorType)")
    }
    switch (colorType, palette) {
    case (.palette, let palette?):
      guard palette.count <= 1 << bitDepth else {
        throw .invalidHeader(reason: "\(palette.count) colors do not fit \(bitDepth) bits")
      }
    case (.palette, nil): throw .invalidHeader(reason: "the palette is missing")
    case (_, nil): break
    case (_, _?): throw .invalidHeader(reason: "\(colorType) has no palette")
    }
    switch (colorType, colorKey) {
    case (_, nil): break
    case (.gray, .gray(let value)?): try validate(key: [value])
    case (.rgb, .rgb(let red, let green, let blue)?): try validate(key: [red, green, blue])
    default: throw .invalidHeader(reason: "the color key does not suit \(colorType)")
    }
  }

  private func validate(key: [UInt16]) throws(PNGError) {
    guard key.allSatisfy({ Int($0) < 1 << bitDepth }) else {
      throw .invalidHeader(reason: "the color key \(key) does not fit \(bitDepth) bits")
    }
  }
}
