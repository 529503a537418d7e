import PixelMemory
import PixelViews

/// The form that Pillow gives pixels in Arrow (its src/libImaging/Arrow.c): four bytes for each pixel
/// of more than one band, gray apart from its opacity; a byte of 0 or 255 for mode 1; signed words
/// for the modes of 16 bits.
struct PillowArrow {
  let type: ArrowType
  /// Where the samples of a pixel stand in its four bytes.
  private let offsets: [Int]
  private let element: ArrayElement

  /// - Throws: ``Refusal`` with status 1 and the reason, for pixels that Pillow does not have.
  init(_ image: Image) throws(Refusal) {
    let mode = image.mode
    guard image.format == PixelFormat(mode), mode != .gray16Big else {
      throw .no(
        "Pillow's arrays have no \(mode.name) with \(image.format.type.rawValue) samples in this "
          + "order of bytes; convert it first")
    }
    let bands = mode.bandCount
    let samples = image.format.type
    element = ArrayElement(
      number: samples == .u16 ? .signed : samples.number, byteCount: samples.byteCount)
    guard let letter = element.arrowLetter else {
      throw .no("Arrow has no type for numbers stored like these; copy them as another mode")
    }
    type = ArrowType(mode: mode, listSize: bands == 1 ? 1 : 4, letter: letter)
    offsets = bands == 2 ? [0, 3] : Array(0..<bands)
  }

  /// The values in place where they stand so, else of a copy; with what keeps them.
  func values(of handle: ImageHandle) throws(Refusal) -> (ArrowValues, ImageHandle) {
    let image = handle.image
    // Modes 1 and LAB are stored in other bytes than Pillow's arrays have.
    if ![.bilevel, .lab].contains(image.mode), let view = try? ArrayView(image),
      let values = try? ArrowValues(image), values.type.listSize == type.listSize,
      view.element.byteCount == element.byteCount
    {
      return (unsafe ArrowValues(values.data, pixelCount: values.pixelCount, type: type), handle)
    }
    let copy = try viewing { () throws(ViewError) in try copied(image) }
    let data = unsafe copy.buffer.pointerForCallers()
    return (
      unsafe ArrowValues(data, pixelCount: image.width * image.height, type: type),
      ImageHandle(copy.copied(because: "it was made for Arrow"))
    )
  }

  private func copied(_ image: Image) throws(ViewError) -> Image {
    let threads = Syscalls.hardwareThreads
    let source = image.mode == .bilevel ? try image.converted(to: .gray) : image
    guard type.listSize > 1 else { return try source.copied(threads: threads) }
    let bytes = try Rawmode.natural(PixelFormat(.gray)).layout(
      width: image.width * 4, height: image.height)
    let byteCount = try bytes.byteRange().upperBound
    let buffer: Buffer
    do throws(MemoryError) { buffer = try Buffer(allocating: byteCount) } catch {
      throw .memory(error)
    }
    let plain = try Image(buffer: buffer, layout: bytes, format: PixelFormat(.gray))
    // Pillow's padding is opaque.
    try plain.fill(plain.bounds, with: Pixel([255]), threads: threads)
    var layout = try Rawmode.natural(image.format).layout(width: image.width, height: image.height)
    layout.stride = image.width * 4
    layout.pixelStride = 4
    for (band, offset) in offsets.enumerated() {
      layout.fields[band].offset = offset
      layout.fields[band].flippedBits = 0
    }
    let copy = try Image(
      buffer: buffer, layout: layout, format: image.format, palette: image.palette)
    try copy.paste(source, x: 0, y: 0, threads: threads)
    if offsets.count == 2 {
      // The bytes between gray and opacity repeat the gray.
      for column in 1...2 {
        let rest = Rectangle(
          x: column, y: 0, width: plain.width - column, height: plain.height)
        let repeated = try plain.cropped(to: rest).every(columns: 4, rows: 1)
        try repeated.paste(copy.band(0), x: 0, y: 0, threads: threads)
      }
    }
    return copy
  }
}
