import PixelMemory

/// What the first bytes of a file say it is.
package enum FileContent: Sendable {
  /// A file that is opened here.
  case format(FileFormat)
  /// A file of a kind that is known and not read here.
  case foreign(ForeignFormat)

  /// The kind of a file that starts so; signatures of four bytes and more come first.
  ///
  /// - Parameter prefix: at least ``ForeignFormat/longestReach`` bytes, or the whole file.
  /// - Complexity: O(formats).
  package static func of(_ prefix: [UInt8]) -> FileContent? {
    let start = Array(prefix.prefix(FileFormat.prefixByteCount))
    let format = FileFormat.all.first { $0.recognize?(start) == true }
    let foreign = ForeignFormat.of(prefix)
    let found = [format.map(FileContent.format), foreign.map(FileContent.foreign)].compactMap { $0 }
    return found.first { $0.isCertain(start) } ?? found.first
  }

  /// The kind of the file in a buffer.
  ///
  /// - Parameter isCertain: only a kind that at least four bytes speak for, with which hardly any raw
  ///   file begins.
  /// - Throws: ``FormatError/memory(_:)`` when the first bytes cannot be read.
  package static func of(
    _ buffer: Buffer, isCertain: Bool = false
  ) throws(FormatError) -> FileContent? {
    var reader = HeaderReader(buffer, format: "file")
    let byteCount = min(ForeignFormat.longestReach, buffer.byteCount)
    let prefix = try reader.bytes(byteCount, "the first bytes")
    guard let kind = of(prefix) ?? ofSize(buffer.byteCount, prefix),
      !isCertain || kind.isCertain(prefix)
    else { return nil }
    return kind
  }

  /// The kind that has no signature and says how long a file is.
  private static func ofSize(_ byteCount: Int, _ prefix: [UInt8]) -> FileContent? {
    FileFormat.all.first { $0.fits?(prefix, byteCount) == true }.map(FileContent.format)
  }

  private func isCertain(_ prefix: [UInt8]) -> Bool {
    switch self {
    case .format(let format):
      format.isUnmistakable?(Array(prefix.prefix(FileFormat.prefixByteCount))) ?? true
    case .foreign(let foreign): foreign.signatureByteCount >= 4
    }
  }

  /// What people call the kind: `PNG`, `JPEG`, `a zip archive`.
  package var name: String {
    switch self {
    case .format(let format): format.name.uppercased()
    case .foreign(let foreign): foreign.name
    }
  }

  /// The kind with an article: `a PNG file`, `an NPY file`, `a zip archive`.
  package var phrase: String {
    if name.hasPrefix("a ") { return name }
    let isVowel = name.first.map { "AEIO".contains($0) } == true
    return (isVowel || FileContent.spelled.contains(name) ? "an " : "a ") + name + " file"
  }

  /// Names that are spelled, and whose first letter's name begins with a vowel.
  private static let spelled = [
    "NPY", "NPZ", "NRRD", "MRC", "HGT", "SGI", "SER", "XWD", "HDF5", "LZ4", "MP4 or QuickTime",
    "SQLite",
  ]
}
