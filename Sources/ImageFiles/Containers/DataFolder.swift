import PixelMemory

/// The folder of a header, where the file with the pixels is looked for, and nowhere else: a header
/// that comes from somewhere cannot make a program read or change a file of another place.
package struct DataFolder: Sendable {
  /// The path of the header.
  let header: String
  /// What edits of the pixels do.
  let access: Access
  /// The path of the file that is mapped in place of the one that is named.
  let standIn: String?

  /// Maps the file that a header names.
  ///
  /// - Throws: ``FormatError/unsupported(format:feature:)`` for a name that leads out of the folder,
  ///   ``FormatError/memory(_:)`` where the file cannot be mapped.
  func open(_ name: String, _ format: String) throws(FormatError) -> DataFile {
    guard header != "-" else {
      throw .unsupported(
        format: format,
        feature: "its pixels in the file \(FileName.readable(name)), beside a header that is "
          + "standard input,")
    }
    var plain = name[...]
    while plain.hasPrefix("./") { plain = plain.dropFirst(2) }
    guard !plain.isEmpty, !plain.contains("/"), plain != ".", plain != ".." else {
      throw .unsupported(
        format: format,
        feature: "its pixels in \(FileName.readable(name)), where only a file beside the header is "
          + "looked for,")
    }
    let path = SaveTarget.join(SaveTarget.split(header).directory, String(plain))
    do throws(MemoryError) {
      return DataFile(path: path, buffer: try Buffer(mapping: standIn ?? path, access: access))
    } catch { throw .memory(error) }
  }
}

/// The file with the pixels of a header that stands in a file of its own.
package struct DataFile: Sendable {
  package let path: String
  package let buffer: Buffer
}

extension FileFormat.DescribeOptions {
  /// Maps the file beside the header that it names.
  ///
  /// - Throws: as ``DataFolder/open(_:_:)``; memory has no file beside it.
  func dataFile(_ name: String, format: String) throws(FormatError) -> DataFile {
    guard let folder else {
      throw .unsupported(format: format, feature: "its pixels in another file")
    }
    return try folder.open(name, format)
  }
}
