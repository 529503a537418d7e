import PixelMemory
import PixelViews

/// What a file says of itself: where its pixels stand, or will stand when they are decoded.
package struct DescribedFile: Sendable {
  package let format: FileFormat
  package private(set) var pixels: FileFormat.Pixels
  /// Why the pixels have to be copied; `nil` when they are the file's own.
  package let copyReason: String?
  private let file: Buffer
  private let options: FileFormat.DescribeOptions
  private let decode: (@Sendable (Buffer, Limits) throws(FormatError) -> FileFormat.Decoded)?

  /// Reads a file's header.
  ///
  /// - Parameters:
  ///   - reachesFile: whether edits must reach the file, which is refused where its pixels have to be
  ///     decoded, and where it would be damaged by them.
  ///   - standIn: the path of a file that is mapped in place of the one that a header names.
  /// - Throws: ``FormatError/unknownFormat(known:)``, ``FormatError/foreign(name:advice:)``,
  ///   ``FormatError/unreachable(reason:)``, and what the format's reader throws.
  /// - Complexity: O(header); pixels are read only where a format's header leaves their mode open
  ///   (the alpha of TGA), as far as is needed.
  package init(
    _ buffer: Buffer, path: String, options: FileFormat.DescribeOptions = .init(),
    reachesFile: Bool = false, standIn: String? = nil
  ) throws(FormatError) {
    format = try DescribedFile.format(of: buffer, path: path)
    file = buffer
    var options = options
    options.folder = DataFolder(header: path, access: buffer.access, standIn: standIn)
    self.options = options
    guard let describe = format.describe else {
      throw .unsupported(format: format.name, feature: "no description of its own")
    }
    var reader = HeaderReader(buffer, format: format.name)
    switch try describe(&reader, options) {
    case .mapped(let pixels):
      if reachesFile, let reason = pixels.fixedReason { throw .unreachable(reason: reason) }
      self.pixels = pixels
      copyReason = nil
      decode = nil
    case .decoded(let pixels, let reason, let decode):
      if reachesFile { throw .unreachable(reason: reason) }
      self.pixels = pixels
      copyReason = reason
      self.decode = decode
    }
    if let rescaling = pixels.rescaling, !options.isRescaled {
      pixels.notes.append(
        "the samples stand for other numbers; --scale \(rescaling.scale.plainText) --bias "
          + "\(rescaling.bias.plainText) shows those")
    }
    if pixels.frameCount > 1, options.frame == nil {
      pixels.notes.append(
        "the file holds \(pixels.frameCount) frames; --frame N shows another than the first, "
          + "--each takes all of them")
    }
  }

  /// What the file says beside its pixels, all of it, though the pixels are not decoded.
  ///
  /// - Complexity: O(what is said, and the chunks of a PNG file).
  package func metadata() throws(FormatError) -> Metadata? {
    let metadata = try decode == nil ? pixels.metadata : described(findsEnd: false).metadata
    return metadata.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The bytes after all that the format accounts for; `nil` where it does not say where it ends.
  ///
  /// - Complexity: as of ``metadata()``; O(pages and their segments) for TIFF, O(bytes) where the
  ///   pixels are packed or text, of which none is kept.
  package func trailingByteCount() throws(FormatError) -> Int? {
    try described(findsEnd: true).trailingByteCount
  }

  /// What is said in all of the file.
  private func described(findsEnd: Bool) throws(FormatError) -> FileFormat.Pixels {
    guard let describe = format.describe else { return pixels }
    var options = options
    options.readsAll = true
    options.findsEnd = findsEnd
    var reader = HeaderReader(file, format: format.name)
    switch try describe(&reader, options) {
    case .mapped(let pixels), .decoded(let pixels, _, _): return pixels
    }
  }

  /// The file beside it that the pixels stand in; `nil` where they stand in the file itself.
  package var data: DataFile? { pixels.data }

  /// The bytes of the file with the pixels, or of the memory that it is decoded into.
  package var byteCount: Int {
    if decode == nil { return (data?.buffer ?? file).byteCount }
    return (try? pixels.layout.byteRange().upperBound) ?? .max
  }

  /// The image: a view of the file, or of its decoded pixels; with the bytes after all that the
  /// format accounts for, where the header says it or decoding has found it, and what is not there
  /// of a file that is salvaged.
  ///
  /// - Throws: what the format's reader throws, and ``FormatError/tooLarge(format:found:limit:)``
  ///   beyond the limits.
  /// - Complexity: O(1) where the file is mapped, O(pixels) otherwise.
  package func opened(
    limits: Limits
  ) throws(FormatError) -> (image: Image, trailingByteCount: Int?, losses: [Loss]) {
    let stored = data?.buffer ?? file
    let decoded = try decode.map { decode throws(FormatError) in try decode(stored, limits) }
    var image = try Image(
      showing: decoded?.buffer ?? stored, pixels.layout, pixels.format, palette: pixels.palette
    ).copied(because: copyReason).with(videoColor: pixels.videoColor)
    do throws(ViewError) { image = try image.with(mosaic: pixels.mosaic) } catch {
      throw .view(error)
    }
    let trailing = decoded?.trailingByteCount ?? pixels.trailingByteCount
    let losses = decoded?.losses ?? []
    var metadata = decoded?.metadata ?? pixels.metadata ?? Metadata(format: pixels.format)
    metadata.rescaling = pixels.rescaling
    return (
      metadata.isEmpty ? image : image.with(metadata: metadata), trailing, losses
    )
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
