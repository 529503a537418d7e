import CShims
import PixelViews

extension PNGHeader {
  /// The header in the words of the shim around libpng.
  ///
  /// - Precondition: The header is valid.
  var shimHeader: imgtool_png_header {
    var header = imgtool_png_header()
    header.width = UInt32(width)
    header.height = UInt32(height)
    header.bit_depth = UInt8(bitDepth)
    header.color_type = colorType.rawValue
    header.interlaced = isInterlaced
    if let palette {
      header.color_count = UInt16(palette.count)
      // The opaque colors at the end of a palette need no entry in tRNS.
      let alpha = palette.alpha
      let alphaCount = (alpha.lastIndex { $0 < 255 } ?? -1) + 1
      header.alpha_count = UInt16(alphaCount)
      unsafe withUnsafeMutableBytes(of: &header.colors) { unsafe $0.copyBytes(from: palette.rgb) }
      unsafe withUnsafeMutableBytes(of: &header.alpha) {
        unsafe $0.copyBytes(from: alpha.prefix(alphaCount))
      }
    }
    switch colorKey {
    case .gray(let value)?:
      header.has_key = true
      header.key.0 = value
    case .rgb(let red, let green, let blue)?:
      header.has_key = true
      header.key = (red, green, blue)
    case nil: break
    }
    return header
  }

  /// What libpng read.
  ///
  /// - Throws: `PNGError.invalidHeader` for what no version of libpng should let through.
  init(_ header: imgtool_png_header) throws(PNGError) {
    guard let colorType = ColorType(rawValue: header.color_type) else {
      throw .invalidHeader(reason: "color type \(header.color_type)")
    }
    self.init(
      width: Int(header.width), height: Int(header.height), bitDepth: Int(header.bit_depth),
      colorType: colorType, isInterlaced: header.interlaced)
    switch colorType {
    case .palette: palette = Self.palette(header, limit: 1 << bitDepth)
    case .gray: if header.has_key { colorKey = .gray(masked(header.key.0)) }
    case .rgb:
      if header.has_key {
        colorKey = .rgb(masked(header.key.0), masked(header.key.1), masked(header.key.2))
      }
    case .grayAlpha, .rgba: break
    }
    try validate()
  }

  private static func palette(_ header: imgtool_png_header, limit: Int) -> Palette? {
    let count = min(Int(header.color_count), limit)
    let alphaCount = min(Int(header.alpha_count), count)
    var rgba: [UInt8] = []
    unsafe withUnsafeBytes(of: header.colors) { colors in
      unsafe withUnsafeBytes(of: header.alpha) { alpha in
        for index in 0..<count {
          unsafe rgba += colors[index * 3..<index * 3 + 3]
          unsafe rgba.append(index < alphaCount ? alpha[index] : 255)
        }
      }
    }
    return Palette(rgba: rgba)
  }

  /// The specification has decoders look at the low bits only.
  private func masked(_ sample: UInt16) -> UInt16 {
    sample & UInt16(truncatingIfNeeded: UInt64.ones(bitDepth))
  }
}
