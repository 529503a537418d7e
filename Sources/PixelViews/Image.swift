import PixelMemory

/// A view: a buffer, a layout and a mode. It owns no pixels.
///
/// Reading an image reads its buffer as it is now; editing it edits the buffer. The pixels of a
/// conversion are computed row by row while they are read; such an image is still tied to the buffer,
/// but read-only.
public struct Image: Sendable {
  /// The bytes.
  public let buffer: Buffer
  /// Where the stored samples stand.
  public let layout: Layout
  /// What the stored samples mean.
  public let storedFormat: PixelFormat
  /// The colors of an indexed mode.
  public let palette: Palette?
  /// What is computed from the stored samples, in order.
  package let stages: [Stage]
  /// What the buffer was made for, where it is a copy. All views of a copy have it.
  let purpose: String?
  let transport: Transport
  let losses: LossLog
  /// In one word, as most images have none.
  private let attachment: Attachment?

  /// What `YCbCr` means in the image and in what becomes of it; `nil` where it is JPEG's.
  public private(set) var videoColor: VideoColor?
  /// Which colors the pixels have seen, where they are those of a sensor's mosaic.
  public internal(set) var mosaic: Mosaic?

  /// What a file said beside the pixels, as far as it is true of them; `nil` for nothing.
  public var metadata: Metadata? { attachment?.metadata }

  private final class Attachment: Sendable {
    let metadata: Metadata
    init(_ metadata: Metadata) { self.metadata = metadata }
  }

  /// A step between stored and shown pixels; each works on one pixel alone, but for the first.
  package enum Stage: Sendable {
    /// Always the first: what it is made of has the stages before it.
    case neighborhood(Neighborhood)
    case convert(Conversion)
    case window(Window)
    case curve(SampleCurve)
    case rescale(RescaledSamples)
    /// Some bands of the pixel, as pixels of another format.
    case select(bands: [Int], from: PixelFormat, to: PixelFormat)

    /// The format that comes out.
    package var format: PixelFormat {
      switch self {
      case .neighborhood(let neighborhood): neighborhood.format
      case .curve(let curve): curve.format
      case .rescale(let samples): samples.format
      case .convert(let conversion): conversion.target
      case .window(let window): window.target
      case .select(_, _, let format): format
      }
    }

    fileprivate func seen(through lens: Lens) -> Stage {
      guard case .neighborhood(let neighborhood) = self else { return self }
      return .neighborhood(neighborhood.seen(through: lens))
    }
  }

  /// A checked view of a buffer.
  ///
  /// - Throws: ``ViewError`` when the layout is not one of the format, or reaches outside the buffer:
  ///   see ``Layout/validate(as:)``.
  /// - Complexity: O(bands); no pixel is touched.
  public init(
    buffer: Buffer, layout: Layout, format: PixelFormat, palette: Palette? = nil
  ) throws(ViewError) {
    try layout.validate(as: format)
    try layout.check(byteCount: buffer.byteCount)
    self.init(
      buffer: buffer, checked: layout, storedFormat: format, palette: palette, stages: [])
  }

  /// A view with other samples than the mode has: it is read, and bits of it may be left out.
  ///
  /// - Throws: ``ViewError`` when the layout reaches outside the buffer.
  package init(
    buffer: Buffer, reading layout: Layout, as format: PixelFormat, palette: Palette? = nil
  ) throws(ViewError) {
    try layout.check(byteCount: buffer.byteCount)
    self.init(
      buffer: buffer, checked: layout, storedFormat: format, palette: palette, stages: [])
  }

  init(
    buffer: Buffer, checked layout: Layout, storedFormat: PixelFormat, palette: Palette?,
    stages: [Stage], purpose: String? = nil, transport: Transport? = nil,
    losses: LossLog = LossLog(), like other: Image? = nil
  ) {
    self.purpose = purpose
    attachment = other?.attachment
    videoColor = other?.videoColor
    self.buffer = buffer
    self.layout = layout
    self.storedFormat = storedFormat
    self.palette = palette
    self.stages = stages
    self.transport = transport ?? Transport(layout: layout, format: storedFormat)
    self.losses = losses
    mosaic = hasMosaicSamples ? other?.mosaic : nil
  }

  /// Pixels in a row.
  public var width: Int { layout.width }
  /// Rows.
  public var height: Int { layout.height }
  /// What the pixels mean that come out of ``read(_:into:workspace:)``.
  public var format: PixelFormat { stages.last?.format ?? storedFormat }
  public var mode: Mode { format.mode }
  /// Whether pixels are computed, not stored.
  public var isDerived: Bool { !stages.isEmpty }
  /// The whole image.
  public var bounds: Rectangle { Rectangle(x: 0, y: 0, width: width, height: height) }
  /// The bytes of one plain row.
  public var plainRowByteCount: Int { width * format.pixelByteCount }
  /// The bytes of the buffer that the image spans, or is made of.
  public var byteRange: Range<Int> {
    if case .neighborhood(let neighborhood) = stages.first {
      return neighborhood.byteRange(width: width, height: height)
    }
    return (try? layout.byteRange()) ?? 0..<0
  }

  /// Why the image cannot be edited in place; `nil` when it can.
  public var readOnlyReason: ViewError.ReadOnlyReason? {
    if isDerived { return .derived }
    if buffer.access == .readOnly { return .buffer }
    return layout.isWritable ? nil : .layout
  }

  /// The stored pixels, without what is computed from them.
  package var stored: Image {
    isDerived
      ? Image(
        buffer: buffer, checked: layout, storedFormat: storedFormat, palette: palette, stages: [],
        purpose: purpose, transport: transport, losses: losses, like: self) : self
  }

  /// The numbers that band `band` may have.
  ///
  /// - Precondition: the band exists.
  public func range(band: Int) -> ClosedRange<Double> {
    isDerived ? format.type.range : layout.fields[band].range(as: format.type)
  }
}

extension Image {
  /// Throws for a rectangle that is empty or reaches outside of the image.
  ///
  /// - Throws: ``ViewError/outside(_:width:height:)``.
  @inline(__always)
  package func check(inside rectangle: Rectangle) throws(ViewError) {
    guard rectangle.isInside(width: width, height: height) else {
      throw .outside(rectangle, width: width, height: height)
    }
  }

  /// The pixels of a rectangle, as a view.
  ///
  /// - Throws: ``ViewError/outside(_:width:height:)``.
  public func cropped(to rectangle: Rectangle) throws(ViewError) -> Image {
    try check(inside: rectangle)
    if rectangle == bounds { return self }
    return replacing(layout.cropped(to: rectangle), Lens(cropping: rectangle)) {
      $0.cropped(from: layout, width: rectangle.width, height: rectangle.height)
    }
  }

  /// The pixels mirrored or turned, as a view.
  public func reoriented(_ reorientation: Reorientation) -> Image {
    let turned = layout.reoriented(reorientation)
    return replacing(turned, Lens(reorientation, width: width, height: height)) {
      $0.reoriented(reorientation, from: layout, width: turned.width, height: turned.height)
    }
  }

  /// The rows from the last to the first, for a file that has them so: what is lost of them is told by
  /// the rows of this image.
  package var upsideDown: Image {
    let lens = Lens(.vertical, width: width, height: height)
    return Image(
      buffer: buffer, checked: layout.reoriented(.vertical), storedFormat: storedFormat,
      palette: palette, stages: stages.map { $0.seen(through: lens) }, purpose: purpose,
      losses: losses.mirrored(height: height))
  }

  /// Each `columns`th column and `rows`th row, as a view.
  ///
  /// - Throws: ``ViewError/stepTooSmall(columns:rows:)``.
  public func every(columns: Int, rows: Int) throws(ViewError) -> Image {
    guard columns >= 1, rows >= 1 else { throw .stepTooSmall(columns: columns, rows: rows) }
    let thinned = layout.every(columns: columns, rows: rows)
    let lens = Lens(columns: columns, rows: rows, width: width, height: height)
    return replacing(thinned, lens) {
      $0.every(
        columns: columns, rows: rows, from: layout, width: thinned.width, height: thinned.height)
    }
  }

  /// Some bands as an image of another mode; a view where they are stored.
  ///
  /// - Throws: ``ViewError/noBand(_:mode:)``; ``ViewError/sampleCount(found:mode:)`` unless there is
  ///   one for each band of the mode; ``ViewError/invalid(_:)`` for samples that the mode has not.
  public func selecting(bands: [Int], as mode: Mode) throws(ViewError) -> Image {
    guard bands.count == mode.bandCount else {
      throw .sampleCount(found: bands.count, mode: mode)
    }
    for band in bands { try check(band: band) }
    guard mode.hasSamples(of: format.type) else {
      throw .invalid(.sampleType(format.type, mode: mode))
    }
    let selected = PixelFormat(mode, format.type)
    if isDerived { return appending(.select(bands: bands, from: format, to: selected)) }
    return Image(
      buffer: buffer, checked: layout.selecting(bands: bands), storedFormat: selected,
      palette: palette, stages: [], purpose: purpose, losses: losses, like: self)
  }

  /// Throws for a band that is not there.
  func check(band: Int) throws(ViewError) {
    guard band >= 0, band < mode.bandCount else { throw .noBand(band, mode: mode) }
  }

  /// One band as a gray image, or as numbers where the samples are numbers. Where pixels share samples of
  /// the band, each sample is a pixel, so that the image is smaller.
  ///
  /// - Throws: ``ViewError/noBand(_:mode:)``.
  public func band(_ band: Int) throws(ViewError) -> Image {
    let mode: Mode =
      switch format.type {
      case .u16: .gray16
      case .i32: .integer
      case .f32: .float
      case .f64: self.mode == .integer || storesWholeNumbers(band) ? .integer : .float
      case .u8: self.mode == .bilevel ? .bilevel : .gray
      }
    let image = try selecting(bands: [band], as: mode)
    let samples = image.layout.unshared()
    return isDerived || samples == image.layout ? image : image.replacing(samples, Lens()) { $0 }
  }

  /// Whether a band is stored in whole numbers.
  private func storesWholeNumbers(_ band: Int) -> Bool {
    !isDerived && layout.fields.indices.contains(band) && layout.fields[band].number != .float
  }

  /// The same samples under another name of the same storage (`RGBX` as `RGB`, `I;16B` as `I;16`).
  ///
  /// - Throws: ``ViewError/sampleCount(found:mode:)`` unless both modes have the same number of bands;
  ///   ``ViewError/invalid(_:)`` for samples that the other mode has not.
  public func reinterpreted(as mode: Mode) throws(ViewError) -> Image {
    try selecting(bands: Array(0..<self.mode.bandCount), as: mode)
  }

  /// The image with another palette.
  public func with(palette: Palette?) -> Image {
    Image(
      buffer: buffer, checked: layout, storedFormat: storedFormat, palette: palette, stages: stages,
      purpose: purpose, losses: losses, like: self)
  }

  /// The image with another meaning of `YCbCr`, which conversions from it and to it follow, and pastes
  /// into the image. Mode and samples stay.
  public func with(videoColor: VideoColor?) -> Image {
    var image = self
    image.videoColor = videoColor
    return image
  }

  /// The image with other metadata.
  public func with(metadata: Metadata?) -> Image {
    var metadata = metadata
    // It is said of this image, whatever it was said of before.
    metadata?.origin = nil
    return attaching(metadata)
  }

  func attaching(_ metadata: Metadata?) -> Image {
    Image(self, layout, metadata.map(Attachment.init), Lens())
  }

  private init(
    _ image: Image, _ layout: Layout, _ attachment: Attachment?, _ lens: Lens
  ) {
    buffer = image.buffer
    self.layout = layout
    storedFormat = image.storedFormat
    palette = image.palette
    stages = image.stages.map { $0.seen(through: lens) }
    purpose = image.purpose
    transport = Transport(layout: layout, format: image.storedFormat)
    losses = image.losses
    videoColor = image.videoColor
    mosaic = image.mosaic?.seen(through: lens)
    self.attachment = attachment
  }

  private func replacing(
    _ layout: Layout, _ lens: Lens, _ change: (Metadata) -> Metadata
  ) -> Image {
    Image(self, layout, attachment.map { Attachment(change($0.metadata)) }, lens)
  }
}
