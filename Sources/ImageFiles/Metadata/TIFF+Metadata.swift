import PixelViews

extension TIFF {
  /// Texts: the tags of a TIFF file, and PNG's words for the same.
  static let texts: [(tag: Tag, key: String)] = [
    (.documentName, "Title"), (.imageDescription, "Description"), (.make, "Make"),
    (.model, "Source"), (.software, "Software"), (.artist, "Author"),
    (.hostComputer, "Host Computer"), (.copyright, "Copyright"), (.xmp, Metadata.xmpKey),
  ]

  /// What a page says beside its pixels, in other words than PNG has.
  private static let others: [(tag: UInt16, words: String)] = [
    (263, "thresholding"), (264, "width of the halftone cell"),
    (265, "height of the halftone cell"), (280, "smallest sample value"),
    (281, "largest sample value"), (285, "page name"), (286, "position on the page"),
    (287, "position on the page"), (290, "unit of the gray response"),
    (291, "gray response curve"), (301, "transfer function"), (330, "pages below this one"),
    (333, "names of the inks"), (336, "dot range"), (340, "smallest sample value"),
    (341, "largest sample value"), (529, "coefficients of YCbCr"),
    (532, "reference black and white"),
    (34853, "position of the camera"), (33723, "IPTC data"), (34377, "Photoshop data"),
    (34665, "Exif data"), (37724, "layers of Photoshop"), (50838, "ImageJ metadata"),
    (50839, "ImageJ metadata"),
  ]

  /// Tags that say how the pixels are stored, what page it is and how to show it.
  private static let ofPixels: Set<UInt16> = [
    254, 255, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 288, 289, 292, 293, 296,
    297, 317, 320, 321, 322, 323, 324, 325, 326, 327, 328, 332, 334, 338, 339, 347, 512, 513, 514,
    515, 517, 518,
    519, 520, 521, 530, 531, 559, 32995, 32996, 32997, 32998, 50674,
  ]

  /// What a page says beside its pixels.
  ///
  /// - Complexity: O(bytes of it); nothing is read of a page that says nothing.
  static func metadata(
    _ reader: inout TIFFReader, _ directory: TIFFDirectory, _ format: PixelFormat
  ) -> Metadata? {
    var metadata = Metadata(format: format)
    for (tag, key) in texts {
      guard let entry = directory.entry(tag) else { continue }
      guard let bytes = reader.bytes(entry) else {
        metadata.lose("text \(key) (damaged or beyond a limit)")
        continue
      }
      let text = bytes.prefix { $0 != 0 }
      let value = String(validating: text, as: UTF8.self) ?? .latin1(text)
      if tag == .imageDescription, isOfStack(value) { continue }
      if !value.isEmpty { metadata.add(.text(key, value)) }
    }
    if let entry = directory.entry(.iccProfile) {
      if let bytes = reader.bytes(entry), !bytes.isEmpty {
        metadata.profile = Metadata.Profile(name: "ICC profile", bytes: bytes, isDeflated: false)
      } else {
        metadata.lose("color profile (damaged or beyond a limit)")
      }
    }
    if let x = reader.fractions(.xResolution, of: directory, count: 1)?.first,
      let y = reader.fractions(.yResolution, of: directory, count: 1)?.first
    {
      let unit = try? reader.value(.resolutionUnit, of: directory, default: 2)
      metadata.density = Metadata.Density(
        x: x, y: y, unit: unit == 3 ? .centimeter : unit == 1 ? .none : .inch)
    }
    if let white = reader.fractions(.whitePoint, of: directory, count: 2),
      let primaries = reader.fractions(.primaryChromaticities, of: directory, count: 6)
    {
      metadata.add(.chromaticities(white + primaries))
    }
    if let entry = directory.entry(.dateTime) {
      let text = reader.bytes(entry).map { String.latin1($0.prefix { $0 != 0 }) } ?? ""
      if let time = Metadata.Chunk.time(text) {
        metadata.add(time)
      } else if !text.isEmpty {
        metadata.add(.text("Date Time", text))
      }
    }
    let known = Set(texts.map(\.tag.rawValue)).union(ofPixels).union([
      282, 283, 306, 318, 319, Tag.iccProfile.rawValue,
    ])
    for tag in directory.entries.keys.sorted() where !known.contains(tag) {
      metadata.lose(others.first { $0.tag == tag }?.words ?? "tag \(tag)")
    }
    return metadata.isEmpty ? nil : metadata
  }

  /// Whether a description is that of a program's own way to store images, and false of any other file.
  private static func isOfStack(_ text: String) -> Bool {
    text.hasPrefix("ImageJ=") || text.hasPrefix("{\"shape\": ")
  }

  /// The images that lie one after the other after a page, as ImageJ or tifffile say.
  static func stackCount(
    _ reader: inout TIFFReader, _ directory: TIFFDirectory, _ samples: Samples, _ size: (Int, Int)
  ) -> (program: String, count: Int)? {
    guard let entry = directory.entry(.imageDescription), let bytes = reader.bytes(entry) else {
      return nil
    }
    let text = String.latin1(bytes.prefix { $0 != 0 })
    guard isOfStack(text) else { return nil }
    if text.hasPrefix("ImageJ=") {
      let line = text.split(separator: "\n").first { $0.hasPrefix("images=") }
      return line.flatMap { Int($0.dropFirst(7)) }.map { ("ImageJ", $0) }
    }
    let axes = text.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }.split(separator: ",")
    let product = axes.reduce(1 as Int?) { product, axis in
      Int(axis.filter { $0 != " " }).flatMap { product?.multiplied(by: $0) }
    }
    let page = size.0.multiplied(by: size.1)?.multiplied(by: samples.count)
    guard let product, let page, page > 0, product.isMultiple(of: page) else { return nil }
    return ("tifffile", product / page)
  }
}

extension TIFFReader {
  /// The bytes of an entry, as they stand in the file; `nil` beyond a limit or the file's end.
  fileprivate mutating func bytes(_ entry: TIFFDirectory.Entry) -> [UInt8]? {
    guard TIFFDirectory.byteCount(type: entry.type) == 1, entry.count <= Metadata.itemByteLimit
    else { return nil }
    header.offset = entry.position
    return try? header.bytes(entry.count, "the value of a tag")
  }

  fileprivate mutating func fractions(
    _ tag: TIFF.Tag, of directory: TIFFDirectory, count: Int
  ) -> [Metadata.Density.Fraction]? {
    guard let entry = directory.entry(tag), entry.type == 5, entry.count == count else {
      return nil
    }
    header.offset = entry.position
    var fractions: [Metadata.Density.Fraction] = []
    for _ in 0..<count {
      guard let above = try? number(4, "a fraction"), let below = try? number(4, "a fraction")
      else { return nil }
      fractions.append(
        .init(UInt32(truncatingIfNeeded: above), UInt32(truncatingIfNeeded: below)))
    }
    return fractions
  }
}

extension WrittenDirectory {
  /// Adds the entries for what an image's file said beside the pixels.
  mutating func describe(_ metadata: Metadata) {
    for chunk in metadata.chunks {
      guard let key = chunk.keyword, let text = TIFF.texts.first(where: { $0.key == key }),
        let value = chunk.value
      else { continue }
      // A packet of XMP is bytes and ends without a zero.
      if text.tag == .xmp {
        add(text.tag, type: 1, bytes: Array(value.utf8))
      } else {
        add(text.tag, type: 2, bytes: Array(value.utf8) + [0])
      }
    }
    if let density = metadata.density {
      add(.xResolution, [density.written.x])
      add(.yResolution, [density.written.y])
      add(.resolutionUnit, short: [density.unit == .none ? 1 : density.unit == .inch ? 2 : 3])
    }
    if let numbers = metadata.chunk("cHRM")?.words(8) {
      let fractions = numbers.map { Metadata.Density.Fraction($0, 100_000) }
      add(.whitePoint, Array(fractions.prefix(2)))
      add(.primaryChromaticities, Array(fractions.dropFirst(2)))
    }
    if let time = metadata.chunk("tIME")?.timeText {
      add(.dateTime, type: 2, bytes: Array(time.utf8) + [0])
    }
    if let profile = metadata.profile?.plain { add(.iccProfile, type: 7, bytes: profile) }
  }
}

extension MetadataPlaces {
  /// Tags of TIFF.
  static let tiff = MetadataPlaces(
    holdsProfile: true, holdsDensity: true, holdsPixelShape: true,
    holds: { chunk in
      if let key = chunk.keyword {
        return TIFF.texts.contains { $0.key == key }
          && chunk.value.map { !$0.isEmpty && !$0.utf8.contains(0) } == true
      }
      return chunk.name == "cHRM" || chunk.name == "tIME"
    })

  /// All that PNG says, and so all that there is.
  static let png = MetadataPlaces(
    holdsProfile: true, holdsStreams: true, holdsDensity: true, holdsPixelShape: true,
    holdsBackground: true,
    holdsSignificantBits: true, repeatsTexts: true, holds: { _ in true })
}

extension Metadata.Density {
  /// The same in units that TIFF has: a meter is 100 centimeters.
  fileprivate var written: (x: Fraction, y: Fraction) {
    func hundredth(_ fraction: Fraction) -> Fraction {
      if fraction.above.isMultiple(of: 100) {
        return Fraction(fraction.above / 100, fraction.below)
      }
      let (below, isTooLarge) = fraction.below.multipliedReportingOverflow(by: 100)
      return isTooLarge
        ? Fraction(fraction.above / 100, fraction.below)
        : Fraction(fraction.above, below)
    }
    return unit == .meter ? (hundredth(x), hundredth(y)) : (x, y)
  }
}

extension Metadata.Chunk {
  /// White point and primaries, from fractions.
  fileprivate static func chromaticities(
    _ fractions: [Metadata.Density.Fraction]
  ) -> Metadata.Chunk {
    let bytes = fractions.flatMap { fraction in
      let number = UInt32(min(max((fraction.value * 100_000).rounded(), 0), 0x7FFF_FFFF))
      return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }
    return Metadata.Chunk("cHRM", bytes)
  }

  /// "2026:11:26 17:02:44" as a chunk; `nil` for other text.
  static func time(_ text: String) -> Metadata.Chunk? {
    let numbers = text.split { $0 == ":" || $0 == " " }.map { Int($0) }
    return text.utf8.count == 19 ? time(numbers) : nil
  }

  /// Year, month, day, hour, minute and second as a chunk; `nil` for what is not a time.
  static func time(_ numbers: [Int?]) -> Metadata.Chunk? {
    let limits = [0...65535, 1...12, 1...31, 0...23, 0...59, 0...60]
    guard numbers.count == limits.count else { return nil }
    var bytes: [UInt8] = []
    for (number, limit) in zip(numbers, limits) {
      guard let number, limit.contains(number) else { return nil }
      if bytes.isEmpty { bytes.append(UInt8(truncatingIfNeeded: number >> 8)) }
      bytes.append(UInt8(truncatingIfNeeded: number))
    }
    return Metadata.Chunk("tIME", bytes)
  }

  /// The time that a chunk says, as TIFF has it.
  package var timeText: String? {
    guard name == "tIME", bytes.count == 7 else { return nil }
    func digits(_ number: Int, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let year = Int(bytes[0]) << 8 | Int(bytes[1])
    let rest = bytes[2...].map { digits(Int($0), 2) }
    return "\(digits(year, 4)):\(rest[0]):\(rest[1]) \(rest[2]):\(rest[3]):\(rest[4])"
  }
}
