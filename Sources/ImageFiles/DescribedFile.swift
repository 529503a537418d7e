import PixelMemory
import PixelViews

/// What a file says of itself: where its pixels stand, or will stand when they are decoded.
package struct DescribedFile: Sendable {
  package let format: FileFormat
  package let pixels: FileFormat.Pixels
  /// Why the pixels have to be copied; `nil` when they are the file's own.
  package let copyReason: String?
  private let file: Buffer
  private let decode: (@Sendable (Buffer, Limits) throws(FormatError) -> Buffer)?

  /// Reads a file's header.
  ///
  /// - Parameter reachesFile: whether edits must reach the file, which is refused where its pixels
  ///   have to be decoded.
  /// - Throws: ``FormatError/unknownFormat(known:)``, ``FormatError/foreign(name:advice:)``,
  ///   ``FormatError/unreachable(reason:)``, and what the format's reader throws.
  /// - Complexity: O(header); pixels are read only where a format's header leaves their mode open
  ///   (the alpha of TGA), as far as is needed.
  package init(
    _ buffer: Buffer, path: String, options: FileFormat.DescribeOptions = .init(),
    reachesFile: Bool = false
  ) throws(FormatError) {
    format = try DescribedFile.format(of: buffer, path: path)
    file = buffer
    guard let describe = format.describe else {
      throw .unsupported(format: format.name, feature: "no description of its own")
    }
    var reader = HeaderReader(buffer, format: format.name)
    switch try describe(&reader, options) {
    case .mapped(let pixels):
      self.pixels = pixels
      copyReason = nil
      decode = nil
    case .decoded(let pixels, let reason, let decode):
      if reachesFile { throw .unreachable(reason: reason) }
      self.pixels = pixels
      copyReason = reason
      self.decode = decode
    }
  }

  /// The bytes of the file, or of the memory that it is decoded into.
  package var byteCount: Int {
    decode == nil ? file.byteCount : (try? pixels.layout.byteRange().upperBound) ?? .max
  }

  /// The image: a view of the file, or of its decoded pixels.
  ///
  /// - Throws: what the format's reader throws, and ``FormatError/tooLarge(format:found:limit:)``
  ///   beyond the limits.
  /// - Complexity: O(1) where the file is mapped, O(pixels) otherwise.
  package func image(limits: Limits = Limits()) throws(FormatError) -> Image {
    let buffer = if let decode { try decode(file, limits) } else { file }
    return try Image(showing: buffer, pixels.layout, pixels.format, palette: pixels.palette)
      .copied(because: copyReason)
  }

  /// The format of a file, by its first bytes or else by its suffix.
  package static func format(of buffer: Buffer, path: String) throws(FormatError) -> FileFormat {
    switch try FileContent.of(buffer) {
    case .format(let format): return format
    case .foreign(let foreign): throw .foreign(name: foreign.name, advice: foreign.advice)
    case nil: break
    }
    if let format = FileFormat.forPath(path), format.recognize == nil, format.describe != nil {
      return format
    }
    throw .unknownFormat(known: FileFormat.all.filter { $0.describe != nil }.map(\.name))
  }
}
