// SER: video of telescopes (Lumenera's "LUCAM-RECORDER"; SER Format Description, version 3b, 2014).
//
//   offset  bytes, numbers little-endian
//        0     14  "LUCAM-RECORDER"
//       14      4  number of the camera
//       18      4  0 mono; 8 RGGB, 9 GRBG, 10 GBRG, 11 BGGR; 16 to 19 of cyan, yellow and magenta; 100 RGB;
//                  101 BGR
//       22      4  order of bytes: 0 is little-endian, though the field is called LittleEndian
//       26      8  width, height
//       34      4  bits of a sample, 1 to 16; above 8 a sample has two bytes
//       38      4  frames
//       42    120  names of observer, instrument and telescope, 40 bytes each
//      162     16  when it began, in the local time and in UTC: 100 ns since the year 1
//      178         the frames, without a gap, rows from the top; then the time of each, 8 bytes
//
// The first programs that wrote such files took the flag for its opposite, and those of today follow them
// (free-astro.org, Siril), as this one does; ffmpeg goes by the specification. Mapped in place; written with
// one frame.
// Refused: mosaics of cyan, yellow and magenta, of which no view is made.

import PixelMemory
import PixelViews

extension FileFormat {
  static let ser = FileFormat(
    name: "ser", summary: "video of telescopes, LUCAM-RECORDER", suffixes: [".ser"],
    modes: [.gray, .rgb, .gray16, .gray16Little, .gray16Big, .gray16Native], wideModes: [.rgb],
    honorsRawmode: true,
    recognize: { $0.starts(with: SER.magic) },
    describe: SER.describe,
    metadata: MetadataPlaces(holds: { chunk in SER.keys.contains { SER.text($0, of: chunk) != nil }
    }),
    encoding: .plain { image, options throws(FormatError) in
      try SER.plainFile(image, as: options.rawmode)
    })
}

enum SER {
  static let name = "ser"
  static let magic = Array("LUCAM-RECORDER".utf8)
  static let headerByteCount = 178
  static let keys = ["Observer", "Instrument", "Telescope"]
  static let textByteCount = 40

  /// The samples of a frame.
  struct Samples {
    /// Those of colors, by their place among the bands of the mode.
    var order: [Int]
    var depth: Int
    var isBigEndian: Bool

    var byteCount: Int { depth > 8 ? 2 : 1 }

    var format: PixelFormat {
      order.count == 3
        ? PixelFormat(.rgb, depth > 8 ? .u16 : .u8) : PixelFormat(depth > 8 ? .gray16 : .gray)
    }

    func layout(width: Int, height: Int, offset: Int) -> Layout? {
      guard let row = width.multiplied(by: order.count * byteCount),
        row.multiplied(by: height)?.added(to: offset)?.checkedInBits != nil
      else { return nil }
      let fields = order.map { index in
        var field = SampleField.word(
          at: index * byteCount, byteCount: byteCount, bigEndian: isBigEndian)
        field.bitCount = depth
        // The numbers of gray of more bits are what they are; levels fill their range.
        if depth < byteCount.inBits, format.mode.isScaled { field.scaling = .fullRange }
        return field
      }
      return Layout(
        width: width, height: height, offset: offset, stride: row,
        pixelStride: order.count * byteCount, fields: fields)
    }
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    reader.offset = 0
    guard try reader.bytes(magic.count, "\"LUCAM-RECORDER\"") == magic else {
      throw reader.malformed(at: 0, found: "other bytes", expected: "\"LUCAM-RECORDER\"")
    }
    var numbers: [Int] = []
    for what in [
      "camera", "colors", "order of bytes", "width", "height", "bits of a sample", "frames",
    ] {
      numbers.append(Int(Int32(bitPattern: try reader.integer(what))))
    }
    func number(_ index: Int, in range: ClosedRange<Int>, _ what: String) throws(FormatError) -> Int
    {
      guard range.contains(numbers[index]) else {
        throw reader.malformed(
          at: 14 + index * 4, found: "\(what) \(numbers[index])",
          expected: "\(range.lowerBound) to \(range.upperBound)")
      }
      return numbers[index]
    }
    var texts: [[UInt8]] = []
    for key in keys { texts.append(try reader.bytes(textByteCount, key)) }
    let times = try reader.bytes(16, "the time")
    let width = try number(3, in: 1...Int(Int32.max), "width")
    let height = try number(4, in: 1...Int(Int32.max), "height")
    let depth = try number(5, in: 1...16, "bits of a sample:")
    let count = try number(6, in: 1...Int(Int32.max), "number of frames")
    let order: [Int]
    switch numbers[1] {
    case 0, 8...11: order = [0]
    case 100: order = [0, 1, 2]
    case 101: order = [2, 1, 0]
    case 16...19:
      throw .unsupported(format: name, feature: "a mosaic of cyan, yellow and magenta")
    default:
      throw reader.malformed(
        at: 18, found: "colors \(numbers[1])", expected: "0, 8 to 11, 16 to 19, 100 or 101")
    }
    let samples = Samples(order: order, depth: depth, isBigEndian: numbers[2] != 0)
    let first = samples.layout(width: width, height: height, offset: headerByteCount)
    let needed = first.flatMap {
      ($0.stride * height).multiplied(by: count)?.added(to: headerByteCount)
    }
    guard let first, let end = needed, end <= reader.byteCount else {
      throw reader.endsEarly(
        at: 26,
        expected: "\(headerByteCount), and \(count) frames of \(width)x\(height), "
          + "\((order.count * samples.byteCount).bytes) a pixel", needed: needed)
    }
    let frame = try options.frame(of: count, name)
    guard let layout = first.moved(by: frame * first.stride * height) else {
      throw .tooLarge(format: name, found: "\(count) frames", limit: "\(Int.max) bytes")
    }
    var pixels = FileFormat.Pixels(layout: layout, format: samples.format, frameCount: count)
    if 8...11 ~= numbers[1] { pixels.mosaic = Mosaic(Mosaic.names[numbers[1] - 8]) }
    let timesByteCount = count * 8
    let hasTimes = reader.byteCount - end >= timesByteCount
    pixels.trailingByteCount = reader.byteCount - end - (hasTimes ? timesByteCount : 0)
    var metadata = Metadata(format: samples.format)
    for (key, text) in zip(keys, texts) {
      let words = String.latin1(text.prefix { $0 != 0 }).trimmed
      if !words.isEmpty { metadata.add(.text(key, words)) }
    }
    if times.contains(where: { $0 != 0 }) { metadata.lose("time of the recording") }
    if hasTimes { metadata.lose("times of the frames") }
    pixels.metadata = metadata.isEmpty ? nil : metadata
    return .mapped(pixels)
  }
}
