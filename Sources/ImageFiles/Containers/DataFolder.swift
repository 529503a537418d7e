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
  /// - Throws: ``FormatError/noDataFile(format:file:reason:)`` for a name, or a symbolic link, that leads
  ///   out of the folder, and for the header itself; ``FormatError/memory(_:)`` where the file cannot be
  ///   mapped.
  func open(_ name: String, _ format: String) throws(FormatError) -> DataFile {
    func refusal(_ reason: String) -> FormatError {
      .noDataFile(format: format, file: name.isEmpty ? nil : name, reason: reason)
    }
    guard header != "-" else {
      throw refusal(
        "which is looked for beside the header, and the header is standard input: give its path")
    }
    var plain = name[...]
    while plain.hasPrefix("./") { plain = plain.dropFirst(2) }
    guard !plain.isEmpty, !plain.contains("/"), plain != ".", plain != ".." else {
      throw refusal("and only a file beside the header is opened; \(DataFolder.advice)")
    }
    let directory = SaveTarget.split(header).directory
    let path = header.contains("/") ? SaveTarget.join(directory, String(plain)) : String(plain)
    if DataFolder.leads(path, outOf: directory) {
      throw refusal(
        "a symbolic link that leads out of the folder of the header; \(DataFolder.advice)")
    }
    if let own = try? Syscalls.status(of: header).identity,
      own == (try? Syscalls.status(of: path).identity)
    {
      throw refusal("which is the header itself, and a file with the samples is expected")
    }
    do throws(MemoryError) {
      return DataFile(path: path, buffer: try Buffer(mapping: standIn ?? path, access: access))
    } catch { throw .memory(error) }
  }

  private static let advice = "move it there, or show it by `imgtool frombuffer`"

  /// Whether a path is a symbolic link to a file of another folder. One that leads to no file is left to
  /// whoever maps it.
  private static func leads(_ path: String, outOf directory: String) -> Bool {
    guard (try? Syscalls.status(of: path, followingLinks: false))?.kind == .symbolicLink,
      let target = try? SaveTarget.resolve(path), case .regular = target.kind
    else { return false }
    let folder = try? Syscalls.status(of: directory).identity
    return folder == nil || (try? Syscalls.status(of: target.directory).identity) != folder
  }
}

extension DataFolder {
  /// Maps the file that has the header's name with another suffix, the first that is there.
  ///
  /// - Parameter suffixes: with their dots; those of capital letters are looked for as well.
  /// - Throws: as ``open(_:_:)``; ``FormatError/noDataFile(format:file:reason:)`` where none is.
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
      throw .noDataFile(
        format: format, file: nil,
        reason: "which is looked for beside it as "
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
