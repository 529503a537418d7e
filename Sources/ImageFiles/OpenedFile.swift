import PixelMemory
import PixelViews

/// The image of a file that describes itself.
package struct OpenedFile: Sendable {
  package let image: Image
  package let format: FileFormat
  package let frameCount: Int
  /// Why the pixels are a private copy; `nil` when they are the file's own.
  package let copyReason: String?
  /// What a user should know about the file, a sentence each.
  package let notes: [String]

  /// - Parameter reachesFile: whether edits must reach the file, which is refused where its pixels
  ///   have to be decoded.
  /// - Throws: ``FormatError/unknownFormat(known:)``, ``FormatError/foreign(name:advice:)``,
  ///   ``FormatError/unreachable(reason:)``, and what the format's reader throws.
  package init(
    _ buffer: Buffer, path: String, options: FileFormat.DescribeOptions = .init(),
    reachesFile: Bool = false
  ) throws(FormatError) {
    format = try OpenedFile.format(of: buffer, path: path)
    guard let describe = format.describe else {
      throw .unsupported(format: format.name, feature: "no description of its own")
    }
    var reader = HeaderReader(buffer, format: format.name)
    switch try describe(&reader, options) {
    case .mapped(let mapped):
      image = try Image(
        showing: buffer, mapped.layout, mapped.format, palette: mapped.palette)
      frameCount = mapped.frameCount
      copyReason = nil
      notes = mapped.notes
    case .decoded(let reason, let decode):
      if reachesFile { throw .unreachable(reason: reason) }
      image = try decode(buffer, options.limits)
      frameCount = 1
      copyReason = reason
      notes = []
    }
  }

  /// The format of a file, by its first bytes or else by its suffix.
  package static func format(of buffer: Buffer, path: String) throws(FormatError) -> FileFormat {
    var reader = HeaderReader(buffer, format: "file")
    let prefix = try reader.bytes(min(64, buffer.byteCount), "the first bytes")
    if let format = FileFormat.all.first(where: { $0.recognize?(prefix) == true }) { return format }
    if let format = FileFormat.forPath(path), format.recognize == nil, format.describe != nil {
      return format
    }
    if let foreign = ForeignFormat.of(prefix) {
      throw .foreign(name: foreign.name, advice: foreign.advice)
    }
    throw .unknownFormat(known: FileFormat.all.filter { $0.describe != nil }.map(\.name))
  }
}
