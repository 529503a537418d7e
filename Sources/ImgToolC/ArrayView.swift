import PixelMemory
import PixelViews

/// The pixels of an image as numbers in place: whole elements at equal distances.
@safe struct ArrayView {
  /// What the elements are, by the letters of NumPy.
  enum Kind: UInt8 {
    case boolean = 0x62
    case float = 0x66
    case signed = 0x69
    case unsigned = 0x75
  }

  /// The first sample of the top-left pixel.
  let data: UnsafeMutableRawPointer
  let kind: Kind
  let itemByteCount: Int
  let isBigEndian: Bool
  let isReadOnly: Bool
  /// In bytes, from a row, a pixel, a sample to the next; 0 between samples of a single band.
  let rowStride, pixelStride, bandStride: Int

  /// - Throws: ``Refusal`` with status 1 and the reason, where no array shows the stored pixels.
  init(_ image: Image) throws(Refusal) {
    if image.isDerived { throw .no("no array shows pixels that are computed; copy them first") }
    let layout = image.layout
    let natural = try viewing { () throws(ViewError) in
      try Rawmode.natural(image.storedFormat).layout(width: 1, height: 1)
    }
    let fields = layout.fields
    let first = fields[0]
    guard fields.allSatisfy(\.isWholeElement),
      case .word(let byteCount, let bigEndian) = first.storage
    else { throw .no("no array shows samples that are not whole elements; copy them first") }
    let step = fields.count > 1 ? fields[1].bitOffset - first.bitOffset : 0
    for (band, field) in fields.enumerated() {
      guard field.storage == first.storage, field.number == first.number,
        field.scaling == first.scaling, field.bitOffset == first.bitOffset + band * step
      else { throw .no("no array shows samples at unequal distances; copy them first") }
      guard field.flippedBits == natural.fields[band].flippedBits else {
        throw .no("no array shows samples that are stored inverted; copy them first")
      }
    }
    guard
      [layout.bitOffset + first.bitOffset, layout.rowBits, layout.pixelBits, step]
        .allSatisfy({ $0.isWholeBytes })
    else { throw .no("no array shows pixels that start inside of a byte; copy them first") }
    switch (first.scaling, first.number) {
    case (.nonzero, _): kind = .boolean
    case (.none, .unsigned): kind = .unsigned
    case (.none, .signed): kind = .signed
    case (.none, .float): kind = .float
    case (.fullRange, _):
      throw .no("no array shows samples that are scaled when they are read; copy them first")
    }
    itemByteCount = byteCount
    isBigEndian = bigEndian
    isReadOnly = image.readOnlyReason != nil
    rowStride = layout.stride
    pixelStride = layout.pixelStride
    bandStride = step.inWholeBytes
    unsafe data = unsafe image.buffer.pointerForCallers(
      at: (layout.bitOffset + first.bitOffset).byteIndex)
  }
}
