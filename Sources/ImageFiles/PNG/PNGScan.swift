import CZlib
import PixelMemory
import PixelViews

/// What the chunks of a PNG file say that the rows do not need.
///
/// Chunks are copied and checked for their CRC, and hardly looked into. What is damaged is left to
/// libpng, which reads the whole file when it is decoded and says what is wrong.
struct PNGScan {
  private(set) var metadata: Metadata
  /// The pictures of an animation.
  private(set) var animationCount = 0
  /// The bytes behind IEND; `nil` unless that was reached.
  private(set) var trailingByteCount: Int?

  private let header: PNGHeader

  /// Scans the file up to the first rows, or to its end.
  ///
  /// - Complexity: O(chunks); the bytes of rows are not touched.
  init(
    _ buffer: Buffer, _ header: PNGHeader, format: PixelFormat, isWhole: Bool
  ) throws(FormatError) {
    self.header = header
    metadata = Metadata(format: format)
    var reader = HeaderReader(buffer, format: PNG.name, offset: PNG.signature.count)
    var isAfterRows = false
    while buffer.byteCount - reader.offset >= PNGScan.frameByteCount {
      let length = Int(
        try reader.integer("the length of a chunk", bigEndian: true, as: UInt32.self))
      let mark = try reader.bytes(4, "the name of a chunk")
      let data = reader.offset
      guard length <= buffer.byteCount - data - 4 else { return }
      let name = String.latin1(mark)
      switch name {
      case "IEND":
        trailingByteCount = buffer.byteCount - data - 4
        return
      case "IDAT":
        if !isWhole { return }
        isAfterRows = true
      // The rows' own; a palette beside true color, which is a hint for displays; pictures of an
      // animation, which are not read.
      case "IHDR", "PLTE", "tRNS", "fcTL", "fdAT": break
      default:
        guard length <= Metadata.itemByteLimit else {
          metadata.lose("chunk \(name) of \(length) bytes (beyond a limit)")
          break
        }
        let bytes = try reader.bytes(length, "the data of a chunk")
        let sum: UInt32 = try reader.integer("the CRC of a chunk", bigEndian: true)
        guard sum == PNGScan.sum(mark + bytes) else { break }
        take(Metadata.Chunk(name, bytes, isAfterRows: isAfterRows))
      }
      reader.offset = data + length + 4
    }
  }

  /// Length, name and CRC.
  private static let frameByteCount = 12

  private static func sum(_ bytes: [UInt8]) -> UInt32 {
    let sum = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe crc32(0, bytes.baseAddress, UInt32(bytes.count))
    }
    return UInt32(truncatingIfNeeded: sum)
  }

  private mutating func take(_ chunk: Metadata.Chunk) {
    let bytes = chunk.bytes
    switch chunk.name {
    case "iCCP":
      guard metadata.profile == nil, let end = bytes.firstIndex(of: 0), bytes.count > end + 2,
        bytes[end + 1] == 0
      else { return }
      metadata.profile = Metadata.Profile(
        name: .latin1(bytes[..<end]), bytes: Array(bytes[(end + 2)...]), isDeflated: true)
    case "pHYs":
      guard let words = chunk.words(2), bytes.count == 9 else { return }
      metadata.density = Metadata.Density(
        x: .init(words[0]), y: .init(words[1]), unit: bytes[8] == 1 ? .meter : .none)
    case "bKGD": metadata.background = background(bytes)
    case "sBIT": if (1...4).contains(bytes.count) { metadata.significantBits = bytes }
    case "acTL": animationCount = Int(chunk.words(1)?.first ?? 0)
    default:
      guard !chunk.isDamaged else {
        return metadata.lose("\(chunk.summary) (damaged)")
      }
      if !chunk.isRepeatable, metadata.chunk(chunk.name) != nil { return }
      // What is unknown says by the case of its last letter whether it bears other rows.
      guard chunk.isKnown || chunk.name.utf8.last.map({ $0 & 32 != 0 }) == true else {
        return metadata.lose("chunk \(chunk.name) (bound to the old rows)")
      }
      metadata.add(chunk)
    }
  }

  private func background(_ bytes: [UInt8]) -> Metadata.Background? {
    let numbers = stride(from: 0, to: bytes.count - 1, by: 2).map {
      UInt32(bytes[$0]) << 8 | UInt32(bytes[$0 + 1])
    }
    let full = (UInt32(1) << UInt32(header.bitDepth)) - 1
    func wide(_ number: UInt32) -> UInt16 { UInt16(min(number, full) * 65535 / full) }
    switch header.colorType {
    case .palette:
      guard let index = bytes.first.map(Int.init), let palette = header.palette,
        index < palette.count
      else { return nil }
      let color = palette.rgb[3 * index..<3 * index + 3].map { UInt16($0) * 257 }
      return Metadata.Background(red: color[0], green: color[1], blue: color[2], index: index)
    case .gray, .grayAlpha:
      guard numbers.count == 1 else { return nil }
      let gray = wide(numbers[0])
      return Metadata.Background(red: gray, green: gray, blue: gray)
    case .rgb, .rgba:
      guard numbers.count == 3 else { return nil }
      return Metadata.Background(
        red: wide(numbers[0]), green: wide(numbers[1]), blue: wide(numbers[2]))
    }
  }
}
