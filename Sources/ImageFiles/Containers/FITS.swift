// FITS ("Definition of the Flexible Image Transport System", version 4.0, IAU FITS Working Group).
//
//      a unit: cards of 80 characters, "KEYWORD =                VALUE / comment"
//        SIMPLE  = T, or XTENSION= 'IMAGE   '    what the first unit and the others begin with
//        BITPIX  = 16                            8 u8, 16 i16, 32 i32, 64 i64, -32 f32, -64 f64
//        NAXIS   = 2                             axes, the fastest first: NAXIS1, NAXIS2 …
//        BSCALE, BZERO                           a number is BSCALE times the sample + BZERO
//        END, blanks up to a multiple of 2880 bytes
//      its samples, big-endian, the lowest row first; zeros up to a multiple of 2880 bytes
//      more units
//
// Mapped in place; written as one unit, colors as planes. The planes of all units of images are frames; three
// or four of them are bands where CTYPE3 is 'RGB'. BZERO of half the range makes unsigned samples of signed
// ones, as BZERO -128 does signed bytes: that is the sign bit, inverted. Other BSCALE and BZERO are
// said and not applied. Refused: random groups, and files whose only images are compressed
// (ZIMAGE). Tables are not shown.

import PixelMemory
import PixelViews

extension FileFormat {
  static let fits = FileFormat(
    name: "fits", summary: "FITS, images of astronomy", suffixes: [".fits", ".fit", ".fts"],
    modes: [
      .gray, .rgb, .rgba, .integer, .float, .gray16, .gray16Little, .gray16Big, .gray16Native,
    ],
    wideModes: [.gray, .rgb, .rgba], numberColors: PixelFormat.numberColors,
    honorsRawmode: true, keepsNumbers: true,
    recognize: { $0.starts(with: FITS.magic) },
    describe: FITS.describe,
    metadata: MetadataPlaces(holdsRescaling: { _, image in image.mode.bandCount == 1 }),
    encoding: .plain { image, options throws(FormatError) in
      try FITS.plainFile(image, as: options.rawmode)
    })
}

enum FITS {
  static let name = "fits"
  static let magic = Array("SIMPLE  =".utf8)
  static let blockByteCount = 2880

  /// BITPIX of the types, those with an inverted sign bit after those that are stored as they are.
  static let types = ElementNames(numbers: [
    ("u8", 8), ("i16", 16), ("i32", 32), ("i64", 64), ("f32", -32), ("f64", -64),
    ("i8", 8), ("u16", 16), ("u32", 32), ("u64", 64),
  ])

  /// BZERO of the types with an inverted sign bit.
  static let zeros: [(bits: Int, element: String, zero: Double)] = [
    (8, "i8", -128), (16, "u16", 0x1p15), (32, "u32", 0x1p31), (64, "u64", 0x1p63),
  ]

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    let contents = try options.contents { () throws(FormatError) in try Contents(&reader) }
    let frame = try options.frame(of: contents.count, name)
    guard let (unit, array, first) = contents.image(with: frame) else {
      preconditionFailure("frame \(frame) of \(contents.count) is in no unit")
    }
    var chosen = options
    chosen.frame = frame - first
    var pixels = try array.pixels(in: reader.byteCount, chosen)
    pixels.frameCount = contents.count
    pixels.rescaling = unit.rescaling
    pixels.metadata = unit.metadata
    pixels.trailingByteCount = reader.byteCount - contents.end
    if let blank = unit.blank {
      pixels.notes.append("\(blank) stands for pixels without a value")
    }
    pixels.notes += contents.notes
    pixels.hidden += contents.hidden
    return .mapped(pixels)
  }

  /// What all units say, of which each frame needs one.
  private struct Contents: Sendable {
    /// Those with images, and the first frame of each.
    private var images: [(unit: Unit, array: StoredArray, first: Int)] = []
    private(set) var count = 0
    /// The end of the last unit.
    let end: Int
    private(set) var notes: [String] = []
    private(set) var hidden: [Loss] = []

    init(_ reader: inout HeaderReader) throws(FormatError) {
      let units: [Unit]
      (units, end) = try FITS.units(&reader)
      var counts: [Int] = []
      for unit in units {
        guard let array = unit.array else { continue }
        guard let imageCount = array.imageCount, let sum = count.added(to: imageCount) else {
          throw .tooLarge(
            format: name, found: "\(units.count) units", limit: "\(Int.max) frames")
        }
        images.append((unit, array, count))
        counts.append(imageCount)
        count = sum
      }
      guard !images.isEmpty else { throw try refusal(units) }
      notes = FITS.notes(images.map(\.unit), counts)
      let others = units.count { $0.isTable || $0.compression != nil }
      guard others > 0 else { return }
      hidden = [Loss(others == 1 ? "table or compressed image" : "tables and compressed images")]
      notes.append(
        "\(others) table\(others == 1 ? " or compressed image is" : "s and compressed images are") "
          + "not shown")
    }

    /// The image that a frame is of.
    ///
    /// - Complexity: O(log units).
    func image(with frame: Int) -> (unit: Unit, array: StoredArray, first: Int)? {
      var range = images.indices
      while range.count > 1 {
        let middle = range.lowerBound + range.count / 2
        range =
          images[middle].first <= frame ? middle..<range.upperBound : range.lowerBound..<middle
      }
      return range.first.map { images[$0] }
    }
  }

  /// The units of the file, and the end of the last.
  private static func units(
    _ reader: inout HeaderReader
  ) throws(FormatError) -> (units: [Unit], end: Int) {
    var units: [Unit] = []
    var end = 0
    repeat {
      reader.offset = end
      let unit = try Unit(&reader)
      units.append(unit)
      end = unit.end
      reader.offset = end
    } while reader.starts(with: Unit.extensionMark)
    return (units, end)
  }

  /// Which frames are those of which unit, where there are several.
  private static func notes(_ images: [Unit], _ counts: [Int]) -> [String] {
    guard images.count > 1 else { return [] }
    var first = 0
    let names = zip(images, counts).map { unit, count in
      defer { first += count }
      let frames = count == 1 ? "frame \(first)" : "frames \(first) to \(first + count - 1)"
      return "\(unit.name) (\(frames))"
    }
    return ["its images are \(names.listed())"]
  }

  /// Why none of the units is shown.
  private static func refusal(_ units: [Unit]) throws(FormatError) -> FormatError {
    if let method = units.lazy.compactMap(\.compression).first {
      return .unsupported(format: name, feature: "\(method) compression")
    }
    return .notAnImage(
      format: name,
      found: units.contains(where: \.isTable) ? "with tables alone" : "without pixels",
      expected: "a unit with 2 axes and more is needed")
  }
}

extension FITS {
  static func plainFile(
    _ image: Image, as rawmode: Rawmode?
  ) throws(FormatError) -> PlainFile {
    let array = try ArrayFile(
      image, as: rawmode, in: types, format: name, isBigEndian: true)
    let bandCount = image.mode.bandCount
    guard bandCount == 1 || [.rgb, .rgba].contains(image.mode) else {
      throw .cannotHold(format: name, image.format)
    }
    let element = array.words.element
    let zero = zeros.first { $0.element == element.name }?.zero
    let line = image.metadata?.rescaling
    // Of samples with an inverted sign bit, and those that would be taken for such, a card says this.
    let isHeld =
      zero == nil
      && !(line?.scale == 1 && element.kind != .float
        && zeros.contains { $0.bits == element.byteCount.inBits && $0.zero == line?.bias })
    var cards = [
      ("SIMPLE", "T"), ("BITPIX", array.typeName), ("NAXIS", bandCount > 1 ? "3" : "2"),
      ("NAXIS1", "\(image.width)"), ("NAXIS2", "\(image.height)"),
    ]
    if bandCount > 1 { cards += [("NAXIS3", "\(bandCount)"), ("CTYPE3", colorAxis)] }
    if let zero { cards += [("BSCALE", "1"), ("BZERO", zero.plainText)] }
    if let line, isHeld {
      cards += [("BSCALE", line.scale), ("BZERO", line.bias)].map {
        ($0, $1.plainText.uppercased())
      }
    }
    let text = cards.map { key, value in
      card(key.padded(to: 8) + "= " + value.padded(to: 20, isLeft: !value.hasPrefix("'")))
    }
    let header = filled((text + [card("END")]).joined().utf8, with: UInt8(ascii: " "))
    let byteCount = image.height * image.width * array.words.pixelBits.inWholeBytes
    let padding = (blockByteCount - byteCount % blockByteCount) % blockByteCount
    var file = array.file(
      header: header, order: .plane, isBottomUp: true, flipsSignBit: zero != nil,
      trailer: [UInt8](repeating: 0, count: padding))
    if line != nil, !isHeld { file.lossy.append(Loss(Metadata.rescalingWords)) }
    return file
  }

  /// What CTYPE3 says of planes that are bands, as a card has it.
  private static let colorAxis = "'RGB     '"

  private static func card(_ text: String) -> String { text.padded(to: Unit.cardByteCount) }

  /// The bytes, and others up to a whole number of blocks.
  private static func filled(_ bytes: String.UTF8View, with byte: UInt8) -> [UInt8] {
    var block = Array(bytes)
    while !block.count.isMultiple(of: blockByteCount) { block.append(byte) }
    return block
  }
}

extension String {
  /// The text with blanks after it, or before it, up to a length.
  fileprivate func padded(to count: Int, isLeft: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, count - utf8.count))
    return isLeft ? blanks + self : self + blanks
  }
}
