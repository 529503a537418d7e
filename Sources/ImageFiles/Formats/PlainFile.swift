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

  /// Rows as a rawmode stores them, after a header with sizes of 32 bits.
  ///
  /// - Parameters:
  ///   - name: the format's name, for errors.
  ///   - header: what goes before rows of a layout that begins at byte 0; `nil` for those that it
  ///     cannot describe.
  /// - Throws: ``FormatError/cannotStoreAs(_:_:)``, ``FormatError/tooLarge(format:found:limit:)``,
  ///   ``FormatError/cannotHoldValue(format:reason:)``.
  init(
    _ image: Image, as rawmode: Rawmode, format name: String, header: (Layout) -> [UInt8]?
  ) throws(FormatError) {
    guard rawmode.mode == image.mode, rawmode.type == image.format.type else {
      throw .cannotStoreAs(rawmode, image.format)
    }
    let layout = try rawmode.stored(width: image.width, height: image.height)
    guard image.width <= UInt32.max, image.height <= UInt32.max, layout.stride <= UInt32.max else {
      throw .tooLarge(
        format: name, found: "\(image.width)x\(image.height)",
        limit: "\(UInt32.max) rows, of as many bytes")
    }
    guard let header = header(layout), let placed = layout.moved(by: header.count) else {
      throw .cannotHoldValue(
        format: name, reason: "it has no way to say \(image.mode.name) stored as \(rawmode.name)")
    }
    self.init(header: header, layout: placed, format: image.format)
  }

  /// The file without the first bytes of its header.
  func dropping(_ byteCount: Int) -> PlainFile {
    guard let moved = layout.moved(by: -byteCount) else { return self }
    var file = self
    file.header.removeFirst(byteCount)
    file.layout = moved
    return file
  }

  /// Whether what the indices of the file mean is in the file.
  var keepsColors: Bool { !lossy.contains { $0.name == "palette" } }

  /// The bytes of all rows, padding counted.
  package var pixelByteCount: Int { frameByteCount ?? abs(layout.stride) * layout.height }

  /// The bytes of the whole file.
  package var byteCount: Int { header.count + pixelByteCount + trailer.count }
}
