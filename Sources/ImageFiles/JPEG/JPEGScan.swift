import PixelMemory
import PixelViews

/// What the segments of a JPEG file say before its first scan.
///
/// No picture is needed for it: what is damaged after it is left to libjpeg.
struct JPEGScan {
  private(set) var width = 0
  private(set) var height = 0
  private(set) var componentCount = 0
  private(set) var metadata = Metadata(format: PixelFormat(.gray))
  /// The fewest blocks of 8x8 samples that the file has a code for each, of one bit at least; 0 where
  /// several may have less than a bit.
  private(set) var blockCount = 0

  private var profile: [UInt8: [UInt8]] = [:]
  private var profileCount: UInt8?
  private var isProfileDamaged = false

  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)``;
  ///   ``FormatError/unsupported(format:feature:)`` for what libjpeg does not decode to 8 bits.
  /// - Complexity: O(bytes before the first scan).
  init(_ reader: inout HeaderReader) throws(FormatError) {
    reader.offset = 2
    while true {
      let marker = try JPEG.nextMarker(&reader)
      if marker == JPEG.startOfScan { break }
      if JPEG.isAlone(marker) { continue }
      let start = reader.offset
      let bytes = try JPEG.segment(&reader)
      if JPEG.isFrame(marker) {
        try take(frame: bytes, marker, reader, at: start)
      } else {
        take(segment: bytes, marker)
      }
    }
    guard width > 0 else {
      throw reader.malformed(
        at: reader.offset, found: "a scan without a frame", expected: "the size before it")
    }
    finishProfile()
    metadata.format = format
  }

  /// What the pixels are.
  var format: PixelFormat {
    PixelFormat(componentCount == 1 ? .gray : componentCount == 3 ? .rgb : .cmyk)
  }

  private mutating func take(
    frame bytes: [UInt8], _ marker: UInt8, _ reader: HeaderReader, at offset: Int
  ) throws(FormatError) {
    guard bytes.count >= 6, bytes.count == 6 + 3 * Int(bytes[5]) else {
      throw reader.malformed(
        at: offset, found: "\(bytes.count.bytes) of a frame", expected: "3 for each component")
    }
    func refuse(_ feature: String) -> FormatError {
      .unsupported(format: JPEG.name, feature: feature)
    }
    switch marker & 0x0F {
    case 0, 1, 2, 9, 10: break
    case 3, 11: throw refuse("lossless compression")
    default: throw refuse("hierarchical compression")
    }
    guard bytes[0] == 8 else { throw refuse("\(bytes[0])-bit samples") }
    height = Int(bytes[1]) << 8 | Int(bytes[2])
    width = Int(bytes[3]) << 8 | Int(bytes[4])
    componentCount = Int(bytes[5])
    guard width > 0 else {
      throw reader.malformed(at: offset + 5, found: "a width of 0", expected: "at least 1")
    }
    guard height > 0 else { throw refuse("a height that follows the rows") }
    guard [1, 3, 4].contains(componentCount) else {
      throw refuse("\(componentCount) component\(componentCount == 1 ? "" : "s")")
    }
    let factors = stride(from: 7, to: bytes.count, by: 3).map {
      (x: Int(bytes[$0] >> 4), y: Int(bytes[$0] & 15))
    }
    guard factors.allSatisfy({ 1...4 ~= $0.x && 1...4 ~= $0.y }) else {
      throw reader.malformed(
        at: offset, found: "sampling factors beyond 4", expected: "1 to 4 of them")
    }
    if marker & 0x0F >= 9 { return }
    let (widest, highest) = (factors.map(\.x).max() ?? 1, factors.map(\.y).max() ?? 1)
    func blocks(_ size: Int, _ factor: Int, of largest: Int) -> Int {
      (size * factor + 8 * largest - 1) / (8 * largest)
    }
    blockCount =
      factors.map { blocks(width, $0.x, of: widest) * blocks(height, $0.y, of: highest) }.min()
      ?? 0
  }

  private mutating func take(segment bytes: [UInt8], _ marker: UInt8) {
    /// What follows a name; `nil` where the segment has another.
    func body(_ name: String) -> [UInt8]? {
      bytes.starts(with: name.utf8) ? Array(bytes.dropFirst(name.utf8.count)) : nil
    }
    switch marker {
    case JPEG.application(0):
      if let body = body(JPEG.jfif) { take(jfif: body) } else { lose(bytes, marker) }
    case JPEG.application(1):
      if let body = body(JPEG.exif) {
        if metadata.chunk("eXIf") == nil {
          metadata.add(Metadata.Chunk("eXIf", body))
        } else {
          metadata.lose("second Exif data")
        }
      } else if let body = body(JPEG.xmp) {
        metadata.add(.text(Metadata.xmpKey, String(decoding: body, as: UTF8.self)))
      } else {
        lose(bytes, marker)
      }
    case JPEG.application(2):
      if let body = body(JPEG.profile), body.count >= 2 {
        take(profile: body)
      } else {
        lose(bytes, marker)
      }
    // Which numbers are inverted, and how colors are transformed: of the pixels.
    case JPEG.application(14): if body("Adobe") == nil { lose(bytes, marker) }
    case JPEG.comment:
      let text = bytes.prefix { $0 != 0 }
      if !text.isEmpty {
        let value = String(validating: text, as: UTF8.self) ?? .latin1(text)
        metadata.add(.text(JPEG.commentKey, value))
      }
    case JPEG.application(0)...JPEG.application(15): lose(bytes, marker)
    default: break
    }
  }

  private mutating func take(jfif body: [UInt8]) {
    guard body.count >= 9 else { return }
    let x = UInt32(body[3]) << 8 | UInt32(body[4])
    let y = UInt32(body[5]) << 8 | UInt32(body[6])
    let units: [Metadata.Density.Unit] = [.none, .inch, .centimeter]
    // Square pixels of no size say nothing.
    if body[2] < 3, x > 0, y > 0, body[2] != 0 || x != y {
      metadata.density = Metadata.Density(x: .init(x), y: .init(y), unit: units[Int(body[2])])
    }
    if body[7] > 0, body[8] > 0 { metadata.lose("small picture") }
  }

  private mutating func take(profile body: [UInt8]) {
    let (number, count) = (body[0], body[1])
    isProfileDamaged =
      isProfileDamaged || profile[number] != nil || number == 0 || number > count
      || count != profileCount ?? count
    profileCount = count
    profile[number] = Array(body.dropFirst(2))
  }

  private mutating func finishProfile() {
    guard let profileCount else { return }
    let parts = (1...max(1, profileCount)).compactMap { profile[$0] }
    let byteCount = parts.reduce(0) { $0 + $1.count }
    guard !isProfileDamaged, parts.count == profileCount, byteCount <= Metadata.itemByteLimit
    else { return metadata.lose("color profile (damaged or beyond a limit)") }
    metadata.profile = Metadata.Profile(
      name: "ICC profile", bytes: Array(parts.joined()), isDeflated: false)
    profile = [:]
  }

  /// Names what has no place.
  private mutating func lose(_ bytes: [UInt8], _ marker: UInt8) {
    let known = JPEG.others.first { bytes.starts(with: $0.start.utf8) }
    metadata.lose(known?.words ?? "segment APP\(marker - JPEG.application(0))")
  }
}
