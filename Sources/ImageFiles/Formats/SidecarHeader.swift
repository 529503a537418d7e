import PixelMemory
import PixelViews

/// A text that says where the pixels of another file are, and leaves that file as it is.
package struct SidecarHeader: Sendable {
  /// The name that `--format` takes.
  package let name: String
  /// One line for tables.
  package let summary: String
  /// The suffix that programs look for, with its dot.
  package let suffix: String
  /// Whether the text names the file with the pixels.
  package let namesFile: Bool
  /// Whether the text says which band is which.
  package var namesBands = true
  /// Whether it is opened here, with the file beside it.
  package var isOpened = false
  /// Whether the text has an encoding, as XML has, which the name of the file must be in; the others
  /// do not look at the bytes.
  var hasEncoding = false
  /// The text for a grid in a file with this name.
  let text: @Sendable (SampleGrid, _ file: String) throws(FormatError) -> String

  /// The header for the stored pixels of an image.
  ///
  /// - Parameter file: the path of the file with the pixels, as seen from the header's directory.
  /// - Throws: ``FormatError/cannotHoldValue(format:reason:)`` with what the format cannot say.
  package func text(
    _ layout: Layout, _ mode: Mode, file: String
  ) throws(FormatError) -> String {
    let grid = try SampleGrid(layout, mode, for: name)
    guard !namesFile || !file.contains(where: \.isNewline) else {
      throw .cannotHoldValue(format: name, reason: "the file's name has a line end")
    }
    guard !hasEncoding || !FileName.hasEscapes(file) else {
      throw .cannotHoldValue(format: name, reason: "the file's name is not UTF-8")
    }
    return try text(grid, file)
  }

  /// Every sidecar header of this build.
  package static let all: [SidecarHeader] = [.envi, .nrrd, .metaImage, .vrt]

  /// The header with a name or suffix.
  package static func named(_ name: String) -> SidecarHeader? {
    let lowered = name.lowercased()
    return all.first { $0.name == lowered || $0.suffix == "." + lowered }
  }
}
