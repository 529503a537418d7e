import PixelMemory
import PixelViews

/// A file of a format that keeps rows as they are: bytes before, a layout, bytes after.
///
/// The same value says how a file is written and, compared with the layout of a mapped image,
/// whether that image already is the file.
package struct PlainFile: Sendable {
  /// The bytes before the first row.
  package var header: [UInt8]
  /// Where the pixels stand in the file, the header counted. The bands of a pixel are in one row.
  package var layout: Layout
  /// What is stored.
  package var format: PixelFormat
  /// The bytes after the last row.
  package var trailer: [UInt8]
  /// The bytes of all planes, where a row of pixels is not one of bytes.
  var frameByteCount: Int?
  /// What of the image the file does not keep (`palette`, `alpha` …), for the report.
  package var lossy: [Loss]
  /// What of the image is stored in another way than in its file, a sentence each, for the report.
  var changes: [String] = []

  package init(
    header: [UInt8], layout: Layout, format: PixelFormat, trailer: [UInt8] = [],
    lossy: [Loss] = []
  ) {
    self.header = header
    self.layout = layout
    self.format = format
    self.trailer = trailer
    self.lossy = lossy
  }

  /// Whether what the indices of the file mean is in the file.
  var keepsColors: Bool { !lossy.contains { $0.name == "palette" } }

  /// The bytes of all rows, padding counted.
  package var pixelByteCount: Int { frameByteCount ?? abs(layout.stride) * layout.height }

  /// The bytes of the whole file.
  package var byteCount: Int { header.count + pixelByteCount + trailer.count }
}
