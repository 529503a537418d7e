// OpenEXR without compression, `.exr` ("OpenEXR File Layout", openexr.com).
//
//      offset  bytes, numbers little-endian
//           0      4  76 2F 31 01
//           4      4  version 2, and flags: 0x200 tiles, 0x400 long names, 0x800 deep, 0x1000 parts
//           8      …  attributes: name, 0, type, 0, byte count (4), value; a 0 ends them
//           …      8  for each row, where its chunk starts
//           …      …  chunks: y (4), byte count n (4), then for each channel, by name, the row's samples
//
// Without compression each row is a chunk, so that rows are 8 + n bytes apart, upward or downward: mapped in
// place. Channels R, G, B and A of one type, or Y, are one picture; others are told. Where there are no such, each
// channel is a frame. Not written: a file is not a header and plain rows. Refused: compression, tiles,
// deep pixels, several parts, channels with fewer samples than pixels.

import PixelMemory
import PixelViews

extension FileFormat {
  static let exr = FileFormat(
    name: "exr", summary: "OpenEXR without compression", suffixes: [".exr"], modes: [],
    unpacking: "`ffmpeg -i IN.exr -compression none OUT.exr` unpacks it",
    recognize: { $0.starts(with: EXR.magic) },
    describe: EXR.describe)
}

enum EXR {
  static let name = "exr"
  static let magic: [UInt8] = [0x76, 0x2F, 0x31, 0x01]
  static let types = ElementNames(numbers: [("u32", 0), ("f16", 1), ("f32", 2)])
  static let compressions = [
    "none", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB", "HTJ2K", "HTJ2K",
  ]

  /// The samples of one name.
  struct Channel: Hashable {
    var name: String
    var element: ArrayElement
    /// Bytes from the first sample of a row to this one's.
    var start = 0
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    reader.offset = magic.count
    let version = try reader.integer("version", as: UInt32.self)
    guard version & 0xFF == 2 else {
      throw .unsupported(format: name, feature: "version \(version & 0xFF)")
    }
    for (flag, feature) in [(0x200, "tiles"), (0x800, "deep pixels"), (0x1000, "several parts")]
    where Int(version) & flag != 0 {
      throw .unsupported(format: name, feature: feature)
    }
    let header = try Header(&reader)
    let chunks = try chunks(&reader, header)
    return .mapped(try pixels(reader, header, chunks, options))
  }

  /// Where the samples of the first stored row start, and the bytes from a row of pixels to the next.
  private static func chunks(
    _ reader: inout HeaderReader, _ header: Header
  ) throws(FormatError) -> (first: Int, stride: Int) {
    let start = reader.offset
    // Of each row there is a place in the table, a chunk's head, and the samples.
    let needed = header.rowByteCount.added(to: 16)?.multiplied(by: header.height)?.added(to: start)
    guard let rowByteCount = header.rowByteCount.added(to: 8), let needed,
      needed <= reader.byteCount
    else {
      throw reader.endsEarly(
        at: start, expected: "\(header.height) rows of \(header.rowByteCount) + 16 bytes",
        needed: needed)
    }
    let tableEnd = start + header.height * 8
    var places: [Int] = []
    for index in 0..<header.height {
      let place = try reader.integer("the place of a row", as: UInt64.self)
      guard let first = Int(exactly: place), first >= tableEnd,
        first <= reader.byteCount - rowByteCount
      else {
        throw reader.malformed(
          at: start + index * 8, found: "row \(index) at byte \(place)",
          expected: "\(rowByteCount) bytes within bytes \(tableEnd) to \(reader.byteCount)")
      }
      places.append(first)
    }
    let stride = places.count > 1 ? places[1] - places[0] : rowByteCount
    for (index, place) in places.enumerated() {
      guard place == places[0] + index * stride, abs(stride) >= rowByteCount else {
        throw .unsupported(format: name, feature: "rows at uneven distances")
      }
      // The heads of all rows would touch every page: the first and the last ones are looked at.
      guard index < 2 || index > places.count - 3 else { continue }
      reader.offset = place
      let y = Int(Int32(bitPattern: try reader.integer("y", as: UInt32.self)))
      let count = Int(try reader.integer("the bytes of a row", as: UInt32.self))
      guard y == header.top + index, count == header.rowByteCount else {
        throw reader.malformed(
          at: place, found: "row \(y) of \(count.bytes)",
          expected: "row \(header.top + index) of \(header.rowByteCount)")
      }
    }
    return (places[0] + 8, stride)
  }

  private static func pixels(
    _ reader: HeaderReader, _ header: Header, _ chunks: (first: Int, stride: Int),
    _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Pixels {
    let images = header.images
    let shown = images[try options.frame(of: images.count, name)]
    let element = shown.channels[0].element
    let layout = Layout(
      width: header.width, height: header.height, offset: chunks.first, stride: chunks.stride,
      pixelStride: element.byteCount,
      fields: shown.channels.map { SampleField.element(element, at: $0.start) })
    var result = FileFormat.Pixels(layout: layout, format: shown.format, frameCount: images.count)
    // Where there are several images, each channel is one.
    let others = images.count > 1 ? [] : header.channels.filter { !shown.channels.contains($0) }
    if !others.isEmpty {
      let names = others.map(\.name).listed()
      result.notes.append(
        others.count == 1
          ? "the channel \(names) is not shown" : "the channels \(names) are not shown")
      result.hidden.append("other channels")
    }
    if images.count > 1 {
      result.notes.append("each channel is a frame: \(header.channels.map(\.name).listed())")
    }
    if header.hasOtherWindow {
      result.notes.append("it is \(header.windows); the pixels of the data window are shown")
    }
    var metadata = Metadata(format: shown.format)
    if !header.others.isEmpty {
      metadata.lose("attributes of EXR (\(header.others.listed()))")
      result.metadata = metadata
    }
    let last = chunks.first + (header.height - 1) * chunks.stride
    let end = max(chunks.first, last) + header.rowByteCount
    result.trailingByteCount = max(0, reader.byteCount - end)
    return result
  }
}
