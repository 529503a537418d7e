import PixelMemory
import PixelViews

/// The image of a file that describes itself.
package struct OpenedFile: Sendable {
  package let image: Image
  package let frameCount: Int
  /// Why the pixels are a private copy; `nil` when they are the file's own.
  package let copyReason: String?

  /// - Throws: ``FormatError/unknownFormat(_:)``, and what the format's reader throws.
  package init(_ buffer: Buffer, path: String, frame: Int = 0) throws(FormatError) {
    let format = try OpenedFile.recognize(buffer, path: path)
    var options = FileFormat.DescribeOptions()
    options.frame = frame
    var reader = HeaderReader(buffer, format: format.name)
    guard let describe = format.describe else {
      throw .unsupported(format: format.name, feature: "no description of its own")
    }
    switch try describe(&reader, options) {
    case .mapped(let mapped):
      do throws(ViewError) {
        image = try Image(
          buffer: buffer, layout: mapped.layout, format: mapped.format, palette: mapped.palette)
      } catch { throw .view(error) }
      frameCount = mapped.frameCount
      copyReason = nil
    case .decoded(let reason, let decode):
      image = try decode(buffer, options.limits)
      frameCount = 1
      copyReason = reason
    }
  }

  /// The format of a file, by its first bytes or else by its suffix.
  private static func recognize(
    _ buffer: Buffer, path: String
  ) throws(FormatError) -> FileFormat {
    var reader = HeaderReader(buffer, format: "file")
    let prefix = try reader.bytes(min(64, buffer.byteCount), "the first bytes")
    if let format = FileFormat.all.first(where: { $0.recognize?(prefix) == true }) { return format }
    if let format = FileFormat.forPath(path), format.recognize == nil, format.describe != nil {
      return format
    }
    throw .unknownFormat(known: FileFormat.all.filter { $0.describe != nil }.map(\.name))
  }
}
