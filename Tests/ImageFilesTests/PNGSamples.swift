import PixelMemory
import PixelViews
import Synchronization
import Testing

@testable import ImageFiles

/// The rows of an image that is made up, packed as PNG has them.
struct PNGSample: Sendable, CustomTestStringConvertible {
  enum Content: String, CaseIterable, Sendable {
    /// Neighbors are alike, as in a photograph.
    case smooth
    /// Every byte is one of 256.
    case noise
    /// Large areas of one color and repeated figures, as on a screen.
    case flat
  }

  let header: PNGHeader
  let bytes: [UInt8]
  let content: Content

  var testDescription: String {
    "\(header.width)x\(header.height) \(header.colorType) \(header.bitDepth) bits, \(content)"
  }

  init(
    _ width: Int, _ height: Int, _ colorType: PNGHeader.ColorType = .rgb, bitDepth: Int = 8,
    content: Content = .smooth, colorKey: PNGHeader.ColorKey? = nil
  ) {
    let colors = (0..<1 << min(bitDepth, 8)).map { [UInt8($0), UInt8(255 - $0), 7, UInt8($0)] }
    header = PNGHeader(
      width: width, height: height, bitDepth: bitDepth, colorType: colorType,
      palette: colorType == .palette ? Palette(rgba: Array(colors.joined())) : nil,
      colorKey: colorKey)
    self.content = content
    let rowByteCount = header.rowByteCount
    let pixelByteCount = max(1, header.pixelBitCount / 8)
    // What a decoder leaves in the bits behind a row is zero.
    let padding = rowByteCount * 8 - width * header.pixelBitCount
    var state: UInt32 = 12345
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rowByteCount * height)
    for y in 0..<height {
      // Tests run without optimization: rows far down repeat those above.
      if y >= 64 {
        bytes += bytes[(y - 61) * rowByteCount..<(y - 60) * rowByteCount]
        continue
      }
      for x in 0..<rowByteCount {
        state = state &* 1_664_525 &+ 1_013_904_223
        let noise = UInt8(truncatingIfNeeded: state >> 24)
        switch content {
        case .noise: bytes.append(noise)
        case .flat: bytes.append(x / 24 % 5 == 0 && y / 8 % 3 == 0 ? noise & 1 : 0xe0)
        case .smooth: bytes.append(UInt8(truncatingIfNeeded: x / pixelByteCount + y) &+ noise >> 6)
        }
      }
      bytes[bytes.count - 1] &= 0xff << UInt8(padding)
    }
    self.bytes = bytes
  }

  /// Every color type with every depth.
  static func allTypes(_ width: Int, _ height: Int, content: Content = .smooth) -> [PNGSample] {
    PNGHeader.ColorType.allCases.flatMap { type in
      type.bitDepths.map {
        PNGSample(width, height, type, bitDepth: $0, content: content)
      }
    }
  }

  /// The rows of a band.
  func fill(_ rows: Range<Int>, _ span: inout MutableRawSpan) {
    let rowByteCount = header.rowByteCount
    precondition(span.byteCount == rows.count * rowByteCount)
    unsafe span.copy(
      from: bytes.span.bytes.slice(rows.lowerBound * rowByteCount, rows.count * rowByteCount))
  }

  func encoded(level: Int? = nil, threads: Int = 1) throws -> [UInt8] {
    var sink = MemorySink()
    try PNGEncoder(header, level: level, threads: threads).encode(to: &sink) { rows, span in
      fill(rows, &span)
    }
    return sink.bytes
  }
}

struct SinkFailure: Error, Equatable {}
struct SourceFailure: Error, Equatable {}
struct RowFailure: Error, Equatable { var row: Int }

/// Keeps what is written, until a call that fails.
struct MemorySink: ByteSink {
  var bytes: [UInt8] = []
  var callCount = 0
  var failingCall: Int?

  mutating func write(_ span: RawSpan) throws(SinkFailure) {
    if callCount == failingCall { throw SinkFailure() }
    callCount += 1
    unsafe span.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }
}

/// Gives bytes in pieces, until a call that fails.
struct MemorySource: ByteSource {
  var bytes: [UInt8]
  var pieceByteCount = 4096
  var failsAt: Int?
  var knowsByteCount = true
  private var offset = 0

  init(
    _ bytes: [UInt8], pieceByteCount: Int = 4096, failsAt: Int? = nil, knowsByteCount: Bool = true
  ) {
    self.bytes = bytes
    self.pieceByteCount = pieceByteCount
    self.failsAt = failsAt
    self.knowsByteCount = knowsByteCount
  }

  var byteCount: Int? { knowsByteCount ? bytes.count : nil }

  mutating func read(into span: inout MutableRawSpan) throws(SourceFailure) -> Int {
    if let failsAt, offset >= failsAt { throw SourceFailure() }
    let count = min(pieceByteCount, span.byteCount, (failsAt ?? bytes.count) - offset)
    unsafe span.copy(from: bytes.span.bytes.slice(offset, count))
    offset += count
    return count
  }
}

extension Buffer {
  /// All bytes of the buffer.
  func allBytes() throws -> [UInt8] {
    var scratch = try Scratch(byteCount: byteCount)
    var span = scratch.mutableBytes
    try copyOut(Block(offset: 0, byteCount: byteCount), to: &span)
    return unsafe span.withUnsafeBytes { unsafe Array($0) }
  }
}

/// The rows that libpng reads from a file.
func decoded(_ bytes: [UInt8]) throws -> (header: PNGHeader, rows: [UInt8]) {
  let decoder = try PNGDecoder(MemorySource(bytes))
  return (decoder.header, try decoder.readImage().allBytes())
}
