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
  /// - Throws: ``FormatError/unsupported(format:feature:)`` for a name that leads out of the
  ///   folder,
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
    let path =
      header.contains("/")
      ? SaveTarget.join(SaveTarget.split(header).directory, String(plain)) : String(plain)
    do throws(MemoryError) {
      return DataFile(path: path, buffer: try Buffer(mapping: standIn ?? path, access: access))
    } catch { throw .memory(error) }
  }
}

extension DataFolder {
  /// Maps the file that has the header's name with another suffix, the first that is there.
  ///
  /// - Parameter suffixes: with their dots; those of capital letters are looked for as well.
  /// - Throws: as ``open(_:_:)``; ``FormatError/notAnImage(format:found:expected:)`` where none is.
  func open(besideWith suffixes: [String], _ format: String) throws(FormatError) -> DataFile {
    let (directory, file) = SaveTarget.split(header)
    let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    var names: [String] = []
    for suffix in suffixes {
      for name in [stem + suffix, stem + suffix.uppercased()]
      where name != file && !names.contains(name) { names.append(name) }
    }
    let found = names.first { name in
      (try? Syscalls.status(of: SaveTarget.join(directory, name)))?.kind == .regular
    }
    if header == "-" { return try open(stem, format) }
    guard let found else {
      throw .notAnImage(
        format: format, found: "header",
        expected: "its pixels are looked for beside it, in "
          + suffixes.map { FileName.readable(stem + $0) }.joined(separator: ", ")
          + ", and none of these is there")
    }
    return try open(found, format)
  }

  /// The header beside a file of pixels that describes it; `nil` where none does.
  package static func header(of path: String) -> String? {
    let (directory, file) = SaveTarget.split(path)
    let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    for name in [stem + ".hdr", file + ".hdr", stem + ".HDR"] {
      let header = path.contains("/") ? SaveTarget.join(directory, name) : name
      guard header != path, (try? Syscalls.status(of: header))?.kind == .regular,
        let buffer = try? Buffer(mapping: header, access: .readOnly),
        let described = try? DescribedFile(buffer, path: header),
        let data = described.data, SaveTarget.split(data.path).name == file
      else { continue }
      return header
    }
    return nil
  }
}

/// The file with the pixels of a header that stands in a file of its own.
package struct DataFile: Sendable {
  package let path: String
  package let buffer: Buffer
}

extension FileFormat.DescribeOptions {
  /// Maps the file beside the header that has its name with one of some suffixes.
  ///
  /// - Throws: as ``DataFolder/open(besideWith:_:)``; memory has no file beside it.
  func dataFile(
    besideWith suffixes: [String], format: String
  ) throws(FormatError) -> DataFile {
    guard let folder else {
      throw .unsupported(format: format, feature: "its pixels in another file")
    }
    return try folder.open(besideWith: suffixes, format)
  }

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
