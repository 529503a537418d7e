import PixelMemory
import PixelViews

/// An image as a screen can show it: RGBA with 8 bits, computed while it is read.
///
/// Wider samples and numbers are spread from their smallest to their largest value; LAB is shown by
/// its lightness; indices without a palette are shown as gray.
struct Rendition: Sendable {
  /// The image, in the mode that is read.
  let image: Image
  /// The samples that become black and white, where they are spread.
  private(set) var window: ClosedRange<Double>?
  /// What the picture does not say about itself, the window aside.
  private(set) var notes: [String] = []
  private let conversion: Conversion

  /// - Parameter given: the samples that become black and white; `nil` for the smallest and the largest of
  ///   wide samples, and for those of 8 bits as they are.
  /// - Throws: ``ViewError/noConversion(from:to:)``; for wide samples what reading throws.
  /// - Complexity: O(1) for samples of 8 bits or a window; else O(pixels), to find their range.
  init(
    _ image: Image, window given: ClosedRange<Double>? = nil, threads: Int
  ) throws(ViewError) {
    var image = image
    if image.mode == .ycbcr, image.videoColor != nil { image = try image.converted(to: .rgb) }
    if image.mode == .lab {
      image = try image.band(0)
      notes.append("LAB is shown by its lightness")
    }
    if image.mode.isIndexed, image.palette == nil {
      image = image.with(palette: .gray)
      notes.append("there is no palette; the indices are shown as gray")
    }
    if image.mode == .cmyk || image.mode.isPremultiplied { image = try image.converted(to: .rgba) }
    if image.format.type != .u8 || given != nil {
      let window = if let given { given } else { try image.automaticWindow(threads: threads) }
      image = try image.windowed(window.lowerBound, window.upperBound, policy: .clamp)
      self.window = window
    }
    guard let conversion = Conversion(from: image.format, to: .rgba, palette: image.palette) else {
      throw .noConversion(from: image.format, to: .rgba)
    }
    self.image = image
    self.conversion = conversion
  }

  /// What is to be said of the window.
  var windowNote: String? {
    window.map {
      "samples from \($0.lowerBound.shortText) to \($0.upperBound.shortText) are shown as black to white"
    }
  }

  /// The bytes of a pixel in the widest of the rows that are held.
  var pixelByteCount: Int {
    max(4, image.format.pixelByteCount, image.storedFormat.pixelByteCount)
  }
}

extension Rendition {
  /// The private memory of one reader.
  struct Reader: ~Copyable {
    /// RGBA quadruples.
    var colors = Scratch()
    fileprivate var plain = Scratch()
    fileprivate var workspace = Workspace()
  }

  /// Reads a rectangle of the image into the reader's colors.
  func read(_ tile: Rectangle, with reader: inout Reader) throws(ViewError) {
    let count = tile.width * tile.height
    do throws(MemoryError) {
      try reader.plain.ensure(byteCount: count * image.format.pixelByteCount)
      try reader.colors.ensure(byteCount: count * 4)
    } catch { throw .memory(error) }
    try fill(&reader.plain, tile, &reader.workspace)
    try Image.Stage.convert(conversion).check(tile, reader.plain.bytes)
    convert(count, reader.plain, &reader.colors)
  }

  private func fill(
    _ plain: inout Scratch, _ tile: Rectangle, _ workspace: inout Workspace
  ) throws(ViewError) {
    var rows = plain.mutableBytes
    try image.read(tile, into: &rows, workspace: &workspace)
  }

  private func convert(_ count: Int, _ plain: borrowing Scratch, _ colors: inout Scratch) {
    var rows = colors.mutableBytes
    conversion.apply(count: count, from: plain.bytes, to: &rows)
  }

  /// Lets go of pages that were read, where rows stand in order.
  func forget(_ tile: Rectangle) {
    guard tile.width == image.width, image.layout.rowBits >= image.layout.pixelBits,
      image.layout.pixelBits > 0, let rows = try? image.cropped(to: tile)
    else { return }
    image.buffer.forget(rows.byteRange)
  }
}
