import PixelMemory
import PixelViews

/// The pixels of an image as numbers in place: whole elements at equal distances.
@safe struct ArrayView {
  /// The first sample of the top-left pixel.
  let data: UnsafeMutableRawPointer
  let element: ArrayElement
  let isReadOnly: Bool
  /// In bytes, from a row, a pixel, a sample to the next; 0 between samples of a single band.
  let rowStride, pixelStride, bandStride: Int

  /// - Throws: ``Refusal`` with status 1 and the reason, where an array cannot show the stored pixels.
  init(_ image: Image) throws(Refusal) {
    if image.isDerived {
      throw .no("an array cannot show pixels that are computed; copy them first")
    }
    let layout = image.layout
    if layout.grid != nil {
      throw .no("an array cannot show pixels that share or group their samples; copy them first")
    }
    let natural = try viewing { () throws(ViewError) in
      try Rawmode.natural(image.storedFormat).layout(width: 1, height: 1)
    }
    let fields = layout.fields
    let first = fields[0]
    guard fields.allSatisfy({ ArrayElement($0) != nil }), let element = ArrayElement(first) else {
      throw .no("an array cannot show samples that are not whole elements; copy them first")
    }
    let step = fields.count > 1 ? fields[1].bitOffset - first.bitOffset : 0
    for (band, field) in fields.enumerated() {
      guard field.storage == first.storage, field.number == first.number,
        field.scaling == first.scaling, field.bitOffset == first.bitOffset + band * step
      else { throw .no("an array cannot show samples at unequal distances; copy them first") }
      guard field.flippedBits == natural.fields[band].flippedBits else {
        throw .no("an array cannot show samples that are stored inverted; copy them first")
      }
    }
    guard
      [layout.bitOffset + first.bitOffset, layout.rowBits, layout.pixelBits, step]
        .allSatisfy({ $0.isWholeBytes })
    else { throw .no("an array cannot show pixels that start inside of a byte; copy them first") }
    guard first.scaling != .fullRange else {
      throw .no("an array cannot show samples that are scaled when they are read; copy them first")
    }
    self.element = element
    isReadOnly = image.readOnlyReason != nil
    rowStride = layout.stride
    pixelStride = layout.pixelStride
    bandStride = step.inWholeBytes
    unsafe data = unsafe image.buffer.pointerForCallers(
      at: (layout.bitOffset + first.bitOffset).byteIndex)
  }
}
