import PixelMemory
import PixelViews

extension TIFF {
  /// A file of one page and one strip, the pixels last.
  ///
  /// - Throws: `FormatError.cannotHold` for modes without a photometric interpretation,
  ///   `cannotHoldValue` for a rawmode that no tags describe, `tooLarge`.
  @Sendable static func plainFile(
    _ image: Image, _ options: FileFormat.EncodeOptions
  ) throws(FormatError) -> PlainFile {
    let samples = try Samples(storing: image, as: options.rawmode)
    guard image.width <= Int(UInt32.max), image.height <= Int(UInt32.max),
      let rowBits = image.width.multiplied(by: samples.pixelBits)?.checkedRoundedUpToByte,
      let byteCount = rowBits.inWholeBytes.multiplied(by: image.height)
    else {
      throw .tooLarge(
        format: "tiff", found: "\(image.width)x\(image.height)", limit: "4294967295x4294967295")
    }
    var header = WrittenDirectory(bigEndian: samples.bigEndian, isBig: false)
    header.describe(image, samples, byteCount: byteCount)
    if header.byteCount > Int(UInt32.max) - byteCount {
      header = WrittenDirectory(bigEndian: samples.bigEndian, isBig: true)
      header.describe(image, samples, byteCount: byteCount)
    }
    let bytes = header.bytes
    let layout = Layout(
      width: image.width, height: image.height, bitOffset: bytes.count.inBits, rowBits: rowBits,
      pixelBits: samples.pixelBits, fields: samples.chunkyFields)
    let losesAlpha = image.mode.isIndexed && image.palette?.hasAlpha == true
    return PlainFile(
      header: bytes, layout: layout, format: image.format,
      lossy: losesAlpha ? ["palette alpha"] : [])
  }
}

extension TIFF.Samples {
  /// How a file holds the pixels of an image: as a rawmode says; as the image stores them, where
  /// they are whole words that TIFF knows; as the mode's natural samples otherwise.
  init(storing image: Image, as rawmode: Rawmode?) throws(FormatError) {
    if let rawmode {
      guard rawmode.mode == image.mode, rawmode.type == image.format.type,
        let samples = TIFF.Samples(image.format, rawmode)
      else {
        throw .cannotHoldValue(
          format: "tiff", reason: "it has no tags for \(image.mode.name) stored as \(rawmode.name)")
      }
      self = samples
    } else if !image.isDerived, let samples = TIFF.Samples(image.format, image.layout.fields),
      samples.isWidelyRead
    {
      self = samples
    } else if let samples = TIFF.Samples(image.format, Rawmode.natural(image.format)) {
      self = samples
    } else {
      throw .cannotHold(format: "tiff", image.format)
    }
  }

  /// Whether most programs read these samples, and not only those that read all of TIFF.
  private var isWidelyRead: Bool {
    switch bits {
    case 8, 32, 64: !isInverted && !reversesBits
    case 16: !isInverted && !reversesBits && number != .float
    default: false
    }
  }

  private init?(_ format: PixelFormat, _ rawmode: Rawmode) {
    guard let layout = try? rawmode.layout(width: 8, height: 1),
      layout.pixelBits == rawmode.bitsPerPixel
    else { return nil }
    self.init(format, layout.fields)
    guard pixelBits == layout.pixelBits else { return nil }
  }

  /// The samples that would be read as these fields, side by side; `nil` when there are none.
  private init?(_ format: PixelFormat, _ fields: [SampleField]) {
    guard TIFF.photometric(format.mode, isInverted: false) != nil, let first = fields.first else {
      return nil
    }
    var isBig = false
    if case .word(_, let bigEndian) = first.storage { isBig = bigEndian }
    self.init(
      bits: first.bitCount, number: first.number, bigEndian: isBig, count: fields.count,
      format: format)
    reversesBits = first.storage == .bits(.reversedBytes)
    isInverted = first.flippedBits != 0 && !format.mode.isIndexed
    hasSignedChroma = format.mode == .lab
    guard chunkyFields == fields, !isInverted || format.mode == .bilevel || format.mode == .gray
    else { return nil }
  }
}

extension TIFF {
  /// Tag 262 of a mode, `nil` for modes that TIFF does not know.
  fileprivate static func photometric(_ mode: Mode, isInverted: Bool) -> Int? {
    switch mode {
    case _ where mode.isIndexed: 3
    case _ where !mode.hasColor: isInverted ? 0 : 1
    case .cmyk: 5
    case .ycbcr: 6
    case .lab: 8
    case .hsv: nil
    default: 2
    }
  }

  /// Tag 338 of a mode that has a sample beyond its colors.
  fileprivate static func extraSample(_ mode: Mode) -> Int? {
    if mode.paddingBand != nil { return 0 }
    return mode.alphaBand == nil ? nil : mode.isPremultiplied ? 1 : 2
  }
}

/// The header and only directory of a file, as bytes.
struct WrittenDirectory {
  private let bigEndian: Bool
  private let isBig: Bool
  private var entries: [(tag: TIFF.Tag, type: UInt16, bytes: [UInt8])] = []

  init(bigEndian: Bool, isBig: Bool) {
    self.bigEndian = bigEndian
    self.isBig = isBig
  }

  /// Adds the entries for an image; they stand in ascending order, as the specification wants them.
  mutating func describe(_ image: Image, _ samples: TIFF.Samples, byteCount: Int) {
    let mode = samples.format.mode
    let count = samples.count
    add(.width, long: image.width)
    add(.height, long: image.height)
    add(.bitsPerSample, short: [Int](repeating: samples.bits, count: count))
    add(.compression, short: [1])
    add(.photometric, short: [TIFF.photometric(mode, isInverted: samples.isInverted) ?? 1])
    if samples.reversesBits { add(.fillOrder, short: [2]) }
    // The offset is known when all entries are.
    add(.stripOffsets, long: 0)
    add(.samplesPerPixel, short: [count])
    add(.rowsPerStrip, long: image.height)
    add(.stripByteCounts, long: byteCount)
    add(.planarConfiguration, short: [1])
    if mode.isIndexed {
      add(.colorMap, short: colorMap(image.palette ?? .gray, bits: samples.bits))
    }
    if let extra = TIFF.extraSample(mode) { add(.extraSamples, short: [extra]) }
    switch samples.number {
    case .unsigned: break
    case .signed: add(.sampleFormat, short: [Int](repeating: 2, count: count))
    case .float: add(.sampleFormat, short: [Int](repeating: 3, count: count))
    }
    if mode == .ycbcr { add(.ycbcrSubsampling, short: [1, 1]) }
    if let metadata = image.metadata { describe(metadata) }
    entries.sort { $0.tag.rawValue < $1.tag.rawValue }
    let offset = self.byteCount
    if let index = entries.firstIndex(where: { $0.tag == .stripOffsets }) {
      entries[index].bytes = encoded([offset], type: entries[index].type)
    }
  }

  /// All red, then all green, then all blue numbers, for each index that the bits can say.
  private func colorMap(_ palette: Palette, bits: Int) -> [Int] {
    let colors = palette.colors
    return (0..<3).flatMap { channel in
      (0..<1 << bits).map { $0 < palette.count ? Int(colors[$0 * 4 + channel]) * 257 : 0 }
    }
  }

  mutating func add(_ tag: TIFF.Tag, short values: [Int]) {
    add(tag, type: 3, bytes: encoded(values, type: 3))
  }

  private mutating func add(_ tag: TIFF.Tag, long value: Int) {
    let type: UInt16 = isBig ? 16 : 4
    add(tag, type: type, bytes: encoded([value], type: type))
  }

  mutating func add(_ tag: TIFF.Tag, _ fractions: [Metadata.Density.Fraction]) {
    let numbers = fractions.flatMap { [Int($0.above), Int($0.below)] }
    add(tag, type: 5, bytes: encoded(numbers, type: 4))
  }

  /// Adds an entry, unless there is one of the tag.
  mutating func add(_ tag: TIFF.Tag, type: UInt16, bytes: [UInt8]) {
    guard !entries.contains(where: { $0.tag == tag }) else { return }
    entries.append((tag, type, bytes))
  }

  private func encoded(_ values: [Int], type: UInt16) -> [UInt8] {
    var bytes: [UInt8] = []
    for value in values { append(value, TIFFDirectory.byteCount(type: type), to: &bytes) }
    return bytes
  }

  private var wordByteCount: Int { isBig ? 8 : 4 }
  private var headerByteCount: Int { isBig ? 16 : 8 }
  private var directoryByteCount: Int {
    (isBig ? 8 : 2) + entries.count * (isBig ? 20 : 12) + wordByteCount
  }

  /// The bytes before the pixels, which start on a multiple of 16 for those who map them.
  var byteCount: Int {
    let outside = entries.reduce(0) { total, entry in
      let size = entry.bytes.count
      // Values start on an even byte.
      return total + (size > wordByteCount ? size + size % 2 : 0)
    }
    return (headerByteCount + directoryByteCount + outside + 15) & ~15
  }

  /// The bytes before the pixels.
  var bytes: [UInt8] {
    var bytes: [UInt8] = bigEndian ? [0x4D, 0x4D] : [0x49, 0x49]
    append(isBig ? 43 : 42, 2, to: &bytes)
    if isBig {
      append(8, 2, to: &bytes)
      append(0, 2, to: &bytes)
    }
    append(headerByteCount, wordByteCount, to: &bytes)
    append(entries.count, isBig ? 8 : 2, to: &bytes)
    var outside: [UInt8] = []
    for entry in entries {
      let size = TIFFDirectory.byteCount(type: entry.type)
      let values = entry.bytes
      append(Int(entry.tag.rawValue), 2, to: &bytes)
      append(Int(entry.type), 2, to: &bytes)
      append(values.count / size, wordByteCount, to: &bytes)
      if values.count > wordByteCount {
        append(headerByteCount + directoryByteCount + outside.count, wordByteCount, to: &bytes)
        outside += values
        if values.count % 2 != 0 { outside.append(0) }
      } else {
        bytes += values + [UInt8](repeating: 0, count: wordByteCount - values.count)
      }
    }
    append(0, wordByteCount, to: &bytes)
    bytes += outside
    return bytes + [UInt8](repeating: 0, count: byteCount - bytes.count)
  }

  private func append(_ value: Int, _ byteCount: Int, to bytes: inout [UInt8]) {
    bytes += value.bytes(byteCount, bigEndian: bigEndian)
  }
}
