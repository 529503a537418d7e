import PixelMemory
import PixelViews

extension TIFF {
  /// What the samples of a pixel are and mean.
  struct Samples: Hashable, Sendable {
    /// Bits of each sample.
    var bits: Int
    var number: SampleField.Number
    var bigEndian: Bool
    /// FillOrder 2: the bits of each byte in the file go from the least significant one.
    var reversesBits = false
    /// MinIsWhite: the numbers count down from white.
    var isInverted = false
    /// Stored samples of a pixel; at least as many as the mode has bands.
    var count: Int
    var isPlanar = false
    var format: PixelFormat
    /// CIE a and b have the sign bit turned.
    var hasSignedChroma = false
    /// What a file has in place of these samples.
    var source = Source.samples
    /// Whether words of 24 bits, which are bits in a row, had their bytes turned around.
    var turnsWords = false
    var notes: [String] = []

    enum Source: Hashable, Sendable {
      case samples
      /// YCbCr with fewer samples of color, which libtiff makes RGB.
      case colors
      /// Indices that no palette has the colors for.
      case indices
    }
  }
}

extension TIFF.Samples {
  /// - Throws: `FormatError.unsupported` for what no mode shows.
  init(
    _ reader: inout TIFFReader, _ directory: TIFFDirectory, _ compression: TIFF.Compression
  ) throws(FormatError) {
    count = try reader.value(.samplesPerPixel, of: directory, default: 1)
    guard (1...TIFF.sampleLimit).contains(count) else {
      throw .unsupported(format: "tiff", feature: "\(count) samples a pixel")
    }
    let photometric = try reader.value(.photometric, of: directory)
    let isLogarithmic = compression.isLogarithmic && [32844, 32845].contains(photometric)
    let sizes =
      isLogarithmic ? [32] : try reader.values(.bitsPerSample, of: directory, limit: count)
    bits = sizes.first ?? 1
    guard (1...64).contains(bits) else {
      throw .unsupported(format: "tiff", feature: "samples of \(bits) bits")
    }
    guard sizes.allSatisfy({ $0 == sizes[0] }) else {
      throw .unsupported(format: "tiff", feature: "samples of different sizes: \(sizes)")
    }
    let formats =
      isLogarithmic ? [3] : try reader.values(.sampleFormat, of: directory, limit: count)
    switch formats.first ?? 1 {
    case 1, 4: number = .unsigned
    case 2: number = .signed
    case 3 where [16, 32, 64].contains(bits): number = .float
    case let other:
      throw .unsupported(format: "tiff", feature: "sample format \(other) of \(bits) bits")
    }
    guard formats.allSatisfy({ $0 == formats[0] }) else {
      throw .unsupported(format: "tiff", feature: "samples of different formats: \(formats)")
    }
    bigEndian = reader.bigEndian
    reversesBits = try reader.value(.fillOrder, of: directory, default: 1) == 2
    isPlanar =
      try reader.value(.planarConfiguration, of: directory, default: 1) == 2 && count > 1
    let extra = try reader.values(.extraSamples, of: directory, limit: count)
    format = PixelFormat(.gray)
    switch photometric {
    case 0, 1, 32803, 34892: try becomeGray(photometric, extra)
    case 2: try becomeColor(extra)
    case 32844 where isLogarithmic: format = PixelFormat(.float)
    case 32845 where isLogarithmic: format = PixelFormat(.rgb, holding: .float, bitCount: 32)
    case 3: try becomeIndexed(extra)
    case 5:
      let inks = try reader.value(.inkSet, of: directory, default: 1)
      guard inks == 1 else { throw .unsupported(format: "tiff", feature: "inks other than CMYK") }
      format = PixelFormat(.cmyk, try colorType("CMYK", limit: 16))
    case 6:
      let subsampling = try reader.values(.ycbcrSubsampling, of: directory, limit: 2)
      let isJPEG = [.oldJPEG, .jpeg].contains(compression)
      if count == 1 {
        try becomeGray(1, extra)
      } else if subsampling == [1, 1], !isJPEG {
        format = PixelFormat(.ycbcr, try colorType("YCbCr", limit: 8))
      } else {
        format = PixelFormat(.rgb, try colorType("YCbCr", limit: 8))
        // libtiff's decoder of JPEG makes the colors.
        source = compression == .jpeg && !isPlanar ? .samples : .colors
      }
    case 8, 9:
      format = PixelFormat(.lab, try colorType("CIE L*a*b*", limit: 8))
      hasSignedChroma = photometric == 8
    default:
      throw .unsupported(format: "tiff", feature: "photometric interpretation \(photometric)")
    }
    guard count >= format.mode.bandCount || source == .indices else {
      throw reader.header.malformed(
        at: directory.offset, found: "\(count) samples a pixel",
        expected: "\(format.mode.bandCount) for \(format.mode.name)")
    }
    if count > format.mode.bandCount {
      let more = count - format.mode.bandCount
      let nouns = more == 1 ? "sample a pixel is" : "samples a pixel are"
      notes.append("\(more) more \(nouns) not shown")
    }
  }

  private mutating func becomeGray(_ photometric: Int, _ extra: [Int]) throws(FormatError) {
    isInverted = photometric == 0 && number == .unsigned
    if photometric == 0 && number != .unsigned {
      notes.append("the numbers are shown as they are, though 0 stands for white")
    }
    format = PixelFormat(showing: number, bitCount: bits, isBigEndian: bigEndian)
    if format.mode == .bilevel, count > 1 { format = PixelFormat(.gray) }
    guard count == 2, number == .unsigned, bits <= 16, let alpha = extra.first,
      alpha == 1 || alpha == 2
    else { return }
    format = PixelFormat(alpha == 2 ? .grayAlpha : .grayPremultiplied, bits > 8 ? .u16 : .u8)
  }

  private mutating func becomeColor(_ extra: [Int]) throws(FormatError) {
    format = PixelFormat(.rgb, holding: number, bitCount: bits)
    guard count > 3 else { return }
    switch extra.first {
    case 1:
      format.mode = .rgbPremultiplied
      guard format.mode.hasSamples(of: format.type) else {
        _ = try colorType("premultiplied RGB", limit: 16)
        return
      }
    case 0: format.mode = count == 4 && format.type.largest != nil ? .rgbx : .rgb
    // 2 is alpha; a fourth sample that nothing explains, or that CorelDraw does, is alpha too.
    default: format.mode = .rgba
    }
  }

  private mutating func becomeIndexed(_ extra: [Int]) throws(FormatError) {
    guard number == .unsigned, bits <= 8 || bits == 16 && count == 1 else {
      throw .unsupported(format: "tiff", feature: "palette indices of \(bits) bits")
    }
    if bits == 16 {
      (source, format) = (.indices, PixelFormat(.rgb))
      return
    }
    format = PixelFormat(count == 2 && extra.first == 2 ? .paletteAlpha : .palette)
  }

  private func colorType(_ name: String, limit: Int) throws(FormatError) -> SampleType {
    guard number == .unsigned, bits <= limit else {
      throw .unsupported(
        format: "tiff", feature: "\(name) samples of \(bits) bits, \(number.rawValue)")
    }
    return bits <= 8 ? .u8 : .u16
  }
}

extension TIFF.Samples {
  /// Bits of a pixel in one plane.
  var pixelBits: Int { isPlanar ? bits : bits * count }

  /// Whether this processor's words are big-endian.
  static let isBigEndianHere = UInt16(1).bigEndian == 1

  /// What comes out of ``TIFF/Decoding``, in the processor's byte order.
  var decoded: TIFF.Samples {
    var other = self
    other.bigEndian = Self.isBigEndianHere
    other.turnsWords = other.bigEndian != bigEndian
    other.reversesBits = false
    if source != .samples {
      // libtiff fills words with the colors.
      (other.bits, other.isPlanar) = (format.type.bitCount, false)
      other.count = source == .colors ? 4 : 3
    }
    return other
  }

  /// The field of a band that starts some bits after the pixel's origin.
  func field(band: Int, at bitOffset: Int) -> SampleField {
    var field = SampleField(
      bitOffset: bitOffset, storage: storage, bitCount: bits, number: number,
      scaling: isScaled ? .fullRange : .none)
    // The last band of LA and PA is opacity: white and black are not turned in it.
    if isInverted && band == 0 { field.flippedBits = .ones(bits) }
    if hasSignedChroma && band > 0 { field.flippedBits = 1 << UInt64(bits - 1) }
    return field
  }

  /// The fields of chunky pixels.
  var chunkyFields: [SampleField] {
    (0..<format.mode.bandCount).map { field(band: $0, at: $0 * bits) }
  }

  private var storage: SampleField.Storage {
    if reversesBits { return .bits(.reversedBytes) }
    switch bits {
    case 8: return .word(byteCount: 1, bigEndian: false)
    case 16, 32, 64: return .word(byteCount: bits.inWholeBytes, bigEndian: bigEndian)
    case 24 where turnsWords: return .bits(.leastSignificantFirst)
    // All other sizes are bits in a row, in both byte orders; of 24 bits, too, by most programs.
    default: return .bits(.mostSignificantFirst)
    }
  }

  /// Whether fewer bits than the plain sample has are spread over its range.
  private var isScaled: Bool {
    format.mode.isScaled && format.type.largest != nil && bits != format.type.bitCount
  }

  /// The layout of an image whose planes start at some bytes.
  ///
  /// - Throws: `FormatError.malformed` when the file ends before the last row.
  func layout(
    _ segments: TIFF.Segments, _ planes: TIFF.Planes, byteCount: Int
  ) throws(FormatError) -> Layout {
    var fields = chunkyFields
    if isPlanar {
      for band in fields.indices {
        // The offsets lie inside the file, so that their difference fits in bits.
        fields[band].offset = planes.starts[band] - planes.starts[0]
      }
    }
    let layout = Layout(
      width: segments.width, height: segments.height, bitOffset: planes.starts[0].inBits,
      rowBits: planes.stride.inBits, pixelBits: pixelBits, fields: fields)
    do throws(ViewError) { try layout.check(byteCount: byteCount) } catch {
      guard case .tooShort(let short) = error else { throw .view(error) }
      throw .malformed(
        format: "tiff", offset: planes.starts[0],
        found: "the end of the file after \(byteCount.bytes)",
        expected: "\(segments.height) rows, which need \(short.needed)")
    }
    return layout
  }
}
