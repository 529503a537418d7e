// HGT, heights of the Shuttle Radar Topography Mission ("SRTM Topography", USGS): 16-bit signed samples
// in meters, big-endian, rows from north to south, and no header. The name, which ends in .hgt, and the
// length say what a file is.
//
// Mapped in place, and only read: a raw file of the right length is one.

import PixelMemory
import PixelViews

extension FileFormat {
  static let hgt = FileFormat(
    name: "hgt", summary: "heights of SRTM, known by the length of the file", suffixes: [".hgt"],
    modes: [], describe: HGT.describe)
}

enum HGT {
  static let name = "hgt"
  /// What a sample is where the height is not known.
  private static let unknown = -32768
  /// 3 seconds of arc, 1 second, and 1 second with wider columns in the north.
  private static let sizes = [(1201, 1201), (3601, 3601), (1801, 3601)]

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    guard let (width, height) = sizes.first(where: { $0 * $1 * 2 == reader.byteCount }) else {
      throw reader.malformed(
        at: 0, found: "\(reader.byteCount.bytes) in the file",
        expected: sizes.map { "\($0 * $1 * 2) for \($0)x\($1)" }.joined(separator: ", "))
    }
    let element = ArrayElement(.signed, byteCount: 2, isBigEndian: true)
    let array = StoredArray(format: name, element: element, width: width, height: height)
    var pixels = try array.pixels(in: reader.byteCount, options)
    pixels.notes.append("\(unknown) stands for pixels without a value")
    return .mapped(pixels)
  }
}
