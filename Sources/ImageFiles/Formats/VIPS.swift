// The native format of libvips, `.v` (libvips: header.c, vips.c).
//
//      offset  bytes, numbers in the file's byte order
//           0      4  b6 a6 f2 08: little-endian; 08 f2 a6 b6: big-endian
//           4      4  width
//           8      4  height
//          12      4  bands
//          16      4  not used
//          20      4  0 u8, 1 i8, 2 u16, 3 i16, 4 u32, 5 i32, 6 f32, 7 complex, 8 f64, 9 complex
//          24      4  coding: 0 none, 2 LABQ, 6 Radiance
//          28      4  interpretation: 1 gray, 15 CMYK, 22 sRGB, 25 and 26 16-bit colors and gray, 28 scRGB, 29 HSV …
//          32      8  pixels a millimeter, two f32
//          40      8  not used
//          48      8  origin
//          56      8  not used
//          64         rows, chunky, without padding; then metadata as XML, a <field> each
//
// Mapped in place and written, in both byte orders; of the metadata only the density is read and
// written, the fields are named when they get lost. Two to four bands are shown as the mode that has such
// samples; of other images the first band. Refused: complex numbers, LABQ, Radiance; bitmaps and
// palettes, which the format does not know.

import PixelMemory
import PixelViews

extension FileFormat {
  static let vips = FileFormat(
    name: "vips", summary: "libvips' native format", suffixes: [".v", ".vips"],
    modes: [
      .gray, .grayAlpha, .rgb, .rgba, .cmyk, .hsv, .integer, .float, .gray16, .gray16Little,
      .gray16Big, .gray16Native,
    ],
    wideModes: [.gray, .grayAlpha, .rgb, .rgba, .cmyk],
    numberColors: PixelFormat.numberColors, honorsRawmode: true, keepsNumbers: true,
    recognize: { $0.starts(with: VIPS.littleMagic) || $0.starts(with: VIPS.bigMagic) },
    describe: VIPS.describe,
    metadata: MetadataPlaces(holdsDensity: true),
    encoding: .plain { image, options throws(FormatError) in
      try VIPS.plainFile(image, as: options.rawmode)
    })
}

enum VIPS {
  static let littleMagic: [UInt8] = [0xB6, 0xA6, 0xF2, 0x08]
  static let bigMagic: [UInt8] = [0x08, 0xF2, 0xA6, 0xB6]
  static let headerByteCount = 64

  /// The numbers of `VipsBandFormat` that are read.
  private static let words: [(format: Int, number: SampleField.Number, byteCount: Int)] = [
    (0, .unsigned, 1), (1, .signed, 1), (2, .unsigned, 2), (3, .signed, 2), (4, .unsigned, 4),
    (5, .signed, 4), (6, .float, 4), (8, .float, 8),
  ]

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    try options.checkOnlyFrame("vips")
    reader.offset = 0
    let magic = try reader.bytes(4, "magic number")
    guard magic == littleMagic || magic == bigMagic else {
      throw reader.malformed(at: 0, found: "\(magic)", expected: "b6 a6 f2 08 or 08 f2 a6 b6")
    }
    let bigEndian = magic == bigMagic
    var numbers: [Int] = []
    for name in ["width", "height", "bands", "bits", "band format", "coding", "interpretation"] {
      let number: UInt32 = try reader.integer(name, bigEndian: bigEndian)
      numbers.append(Int(number))
    }
    let (width, height, bandCount) = (numbers[0], numbers[1], numbers[2])
    guard width > 0, height > 0, bandCount > 0 else {
      throw reader.malformed(
        at: 4, found: "\(width)x\(height), \(bandCount) bands", expected: "at least one sample")
    }
    guard numbers[5] == 0 else {
      throw .unsupported(format: "vips", feature: "coding \(numbers[5])")
    }
    guard let word = words.first(where: { $0.format == numbers[4] }) else {
      throw .unsupported(format: "vips", feature: "band format \(numbers[4])")
    }
    let element = ArrayElement(
      number: word.number, byteCount: word.byteCount, isBigEndian: bigEndian)
    let format = format(element, bandCount: bandCount, interpretation: numbers[6])
    let fields = (0..<format.mode.bandCount).map {
      SampleField.element(element, at: $0 * element.byteCount)
    }
    // 32 bits for each factor but the word: at most 2^70, hence the check.
    guard let pixelBits = bandCount.multiplied(by: element.byteCount.inBits),
      let rowBits = width.multiplied(by: pixelBits)
    else {
      throw reader.malformed(
        at: 4, found: "\(width)x\(height), \(bandCount) bands", expected: "rows below 2^60 bytes")
    }
    let layout = Layout(
      width: width, height: height, bitOffset: headerByteCount.inBits, rowBits: rowBits,
      pixelBits: pixelBits, fields: fields)
    do throws(ViewError) { try layout.check(byteCount: reader.byteCount) } catch {
      throw reader.endsEarly(
        at: headerByteCount,
        expected: "\(layout.pixelStride.bytes) for each of \(width)x\(height) pixels",
        needed: try? layout.byteRange().upperBound)
    }
    var metadata = Metadata(format: format)
    metadata.density = try density(&reader, bigEndian: bigEndian)
    let rowsEnd = headerByteCount + rowBits.inWholeBytes * height
    let said = try writtenFields(&reader, at: rowsEnd)
    if !said.names.isEmpty {
      metadata.lose("metadata of libvips (\(said.names.listed()))")
    }
    let hidden = bandCount - format.mode.bandCount
    var pixels = FileFormat.Pixels(
      layout: layout, format: format, metadata: metadata.isEmpty ? nil : metadata)
    pixels.trailingByteCount = max(0, reader.byteCount - said.end)
    if hidden > 0 {
      pixels.notes.append("\(hidden) more \(hidden == 1 ? "band is" : "bands are") not shown")
      pixels.hidden.append("extra bands")
    }
    return .mapped(pixels)
  }

  /// The names of the fields of metadata that stand after the rows, and where the XML ends; where the
  /// rows end if what follows is not XML.
  private static func writtenFields(
    _ reader: inout HeaderReader, at start: Int
  ) throws(FormatError) -> (names: [String], end: Int) {
    let count = min(max(0, reader.byteCount - start), Metadata.byteLimit)
    reader.offset = start
    guard count > 0, let head = try? reader.bytes(5, "metadata"), head == Array("<?xml".utf8)
    else { return ([], start) }
    reader.offset = start
    let text = String(decoding: try reader.bytes(count, "metadata"), as: UTF8.self).utf8
    guard let close = text.firstRange(of: "</root>".utf8) else { return ([], start) }
    var names: [String] = []
    for field in text[..<close.lowerBound].split(separator: "<field ".utf8).dropFirst() {
      let words = field.prefix { $0 != UInt8(ascii: ">") }
      guard let name = words.split(separator: "name=\"".utf8).dropFirst().first else { continue }
      names.append(String(decoding: name.prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self))
    }
    let rest = text[close.upperBound...].drop { Netpbm.isSpace($0) }
    return (names, start + text.distance(from: text.startIndex, to: rest.startIndex))
  }

  /// What is said of the density; 1 pixel a millimeter stands for nothing.
  private static func density(
    _ reader: inout HeaderReader, bigEndian: Bool
  ) throws(FormatError) -> Metadata.Density? {
    reader.offset = 32
    var values: [Float] = []
    for _ in 0..<2 {
      values.append(Float(bitPattern: try reader.integer("density", bigEndian: bigEndian)))
    }
    guard values != [1, 1], let x = Metadata.Density.Fraction(perMillimeter: values[0]),
      let y = Metadata.Density.Fraction(perMillimeter: values[1])
    else { return nil }
    return Metadata.Density(x: x, y: y, unit: .meter)
  }

  /// What samples mean to us.
  private static func format(
    _ element: ArrayElement, bandCount: Int, interpretation: Int
  ) -> PixelFormat {
    let isWide = element.byteCount == 2
    let hasInks = element.number == .unsigned && element.byteCount <= 2
    let mode: Mode? =
      switch (bandCount, interpretation) {
      case (3, 29) where hasInks && !isWide: .hsv
      case (4...5, 15) where hasInks: .cmyk
      default: Mode(showing: element, bandCount: bandCount)
      }
    // The first of many bands; 16 bits in either order are shown under one name.
    let single = PixelFormat(showing: element.number, bitCount: element.byteCount * 8)
    guard let mode, mode.bandCount > 1 else { return single }
    return PixelFormat(mode, holding: element.number, bitCount: element.byteCount.inBits)
  }

  /// A file whose only metadata is the density.
  static func plainFile(
    _ image: Image, as rawmode: Rawmode?
  ) throws(FormatError) -> PlainFile {
    func format(_ element: ArrayElement) -> Int? {
      VIPS.words.first { $0.number == element.number && $0.byteCount == element.byteCount }?.format
    }
    let words = EqualWords(storing: image, as: rawmode) { format($0) != nil }
    guard let words, let format = format(words.element) else {
      if image.mode == .integer, image.format.type == .f64 {
        let others = FileFormat.holding(image.format, besides: "vips").joined(separator: ", ")
        throw .cannotHoldValue(
          format: "vips",
          reason: "they need 64-bit integers, and it has 32 bits at most; save as \(others)")
      }
      guard let rawmode else { throw .cannotHold(format: "vips", image.format) }
      throw .cannotHoldValue(
        format: "vips",
        reason: "it has no way to say \(image.mode.name) stored as \(rawmode.name)")
    }
    let limit = Int(Int32.max)
    guard image.width <= limit, image.height <= limit,
      (image.width * words.pixelBits).multiplied(by: image.height) != nil
    else {
      throw .tooLarge(
        format: "vips", found: "\(image.width)x\(image.height)", limit: "\(limit)x\(limit)")
    }
    var header = words.element.isBigEndian ? bigMagic : littleMagic
    let bits = words.element.byteCount.inBits
    let density = image.metadata?.density?.perMillimeter ?? (x: 1, y: 1)
    for number in [
      image.width, image.height, words.fields.count, bits, format, 0, interpretation(image.format),
      Int(Float(density.x).bitPattern), Int(Float(density.y).bitPattern), 0, 0, 0, 0, 0, 0,
    ] {
      header += number.bytes(4, bigEndian: words.element.isBigEndian)
    }
    let layout = Layout(
      width: image.width, height: image.height, bitOffset: headerByteCount.inBits,
      rowBits: image.width * words.pixelBits, pixelBits: words.pixelBits, fields: words.fields)
    return PlainFile(header: header, layout: layout, format: image.format)
  }

  private static func interpretation(_ format: PixelFormat) -> Int {
    let isWide = format.type == .u16
    // Numbers of colors: scRGB as floats, and bands of which nothing is known.
    if format.isNumberColor { return format.type == .f32 ? 28 : 0 }
    switch format.mode {
    case .cmyk: return 15
    case .hsv: return 29
    case .rgb, .rgba: return isWide ? 25 : 22
    default: return isWide ? 26 : 1
    }
  }
}
