import PixelViews

/// Whole samples of one type at fixed distances: all that a header of another program can say about
/// the pixels of a raw file.
package struct SampleGrid: Sendable {
  /// What stands next to what.
  package enum Order: String, Sendable {
    /// All samples of a pixel side by side.
    case pixel
    /// All samples of a band's row side by side, then those of the next band.
    case line
    /// All samples of a band side by side, then those of the next band.
    case plane
  }

  /// Samples without a gap, some of them padding.
  package struct Arrangement: Sendable {
    package var order: Order
    /// Bytes before the first sample.
    package var offset: Int
    /// The bands in the order of the file; `nil` for samples that belong to no band.
    package var slots: [String?]
  }

  package let width: Int
  package let height: Int
  /// The type of every sample.
  package let element: ArrayElement
  package let bands: [String]
  /// Bytes before the first sample of the top row, for each band.
  package let offsets: [Int]
  /// In bytes; negative for mirrored rows.
  package let pixelStride: Int
  /// In bytes; negative for rows that are stored bottom-up.
  package let rowStride: Int
  private let origin: Int

  /// - Parameter format: the name of the header, for errors.
  /// - Throws: ``FormatError/cannotHoldValue(format:reason:)`` when samples are not whole words, or
  ///   not all of one type.
  package init(_ layout: Layout, _ mode: Mode, for format: String) throws(FormatError) {
    func refuse(_ reason: String) -> FormatError {
      .cannotHoldValue(format: format, reason: reason)
    }
    if layout.grid != nil { throw refuse("pixels share samples, or have them in groups") }
    var elements: [ArrayElement] = []
    for (band, field) in zip(mode.bands, layout.fields) {
      guard let element = ArrayElement(field) else {
        throw refuse(
          field.isConstant
            ? "band \(band) has no bytes"
            : "band \(band) is \(field.bitCount) bits, not whole bytes"
        )
      }
      guard field.flippedBits == 0 else { throw refuse("band \(band) is stored inverted") }
      elements.append(element)
    }
    guard let first = elements.first, elements.allSatisfy({ $0 == first }) else {
      throw refuse("the bands are of different types")
    }
    width = layout.width
    height = layout.height
    element = first
    bands = mode.bands
    origin = layout.offset
    offsets = layout.fields.map { (layout.bitOffset + $0.bitOffset).byteIndex }
    // A single column has no direction.
    pixelStride = layout.width == 1 ? abs(layout.pixelStride) : layout.pixelStride
    rowStride = layout.stride
  }

  /// The samples as a box without gaps.
  ///
  /// - Throws: ``FormatError/cannotHoldValue(format:reason:)`` for rows with padding, rows that are
  ///   stored bottom-up and other strides that no box has.
  package func arrangement(for format: String) throws(FormatError) -> Arrangement {
    func refuse(_ reason: String) -> FormatError {
      .cannotHoldValue(format: format, reason: reason)
    }
    guard pixelStride >= 0 else { throw refuse("pixels are stored right to left") }
    guard rowStride > 0 || height == 1 else { throw refuse("rows are stored bottom-up") }
    let size = element.byteCount
    let lowest = offsets.reduce(Int.max, min)
    let highest = offsets.reduce(Int.min, max)
    // A pixel may begin with a byte that is not a band's.
    let start =
      (origin...origin + max(0, pixelStride - size)).contains(highest)
      ? min(origin, lowest) : lowest
    if pixelStride.isMultiple(of: size), highest - start + size <= pixelStride {
      let packed = width * pixelStride
      guard rowStride == packed || height == 1 else {
        throw refuse("rows are \(rowStride) bytes apart, packed ones \(packed)")
      }
      return try box(.pixel, start: start, unit: size, count: pixelStride / size, format)
    }
    guard pixelStride == size else {
      throw refuse("pixels are \(pixelStride) bytes apart, samples have \(size)")
    }
    let row = width * size
    if rowStride == row || height == 1 {
      let plane = row * height
      return try box(
        .plane, start: lowest, unit: plane, count: (highest - lowest) / plane + 1, format)
    }
    guard rowStride.isMultiple(of: row), highest - lowest < rowStride else {
      throw refuse("rows are \(rowStride) bytes apart, packed ones \(row)")
    }
    return try box(.line, start: lowest, unit: row, count: rowStride / row, format)
  }

  /// The samples as a box, for a format that has no names for bands: they must stand in the order of
  /// the mode, with no sample beside them.
  ///
  /// - Throws: as ``arrangement(for:)``, and where other programs would take one band for another.
  package func unnamedArrangement(for format: String) throws(FormatError) -> Arrangement {
    let found = try arrangement(for: format)
    guard found.slots == bands else {
      let stored = found.slots.map { $0 ?? "padding" }.joined(separator: ",")
      throw .cannotHoldValue(
        format: format,
        reason: "the bands are stored as \(stored), and it has no names that would say so; it is "
          + "read as \(bands.joined(separator: ","))")
    }
    return found
  }

  private func box(
    _ order: Order, start: Int, unit: Int, count: Int, _ format: String
  ) throws(FormatError) -> Arrangement {
    // Bands further apart than this are two pictures and not one.
    let most = 16
    guard count <= most, offsets.allSatisfy({ ($0 - start).isMultiple(of: unit) }) else {
      throw .cannotHoldValue(
        format: format,
        reason: "the bands start at bytes \(offsets.map(String.init).joined(separator: ", ")), "
          + "which is not a whole number of \(order.rawValue)s apart")
    }
    var slots = [String?](repeating: nil, count: count)
    for (band, offset) in zip(bands, offsets) {
      let index = (offset - start) / unit
      if let other = slots[index] {
        throw .cannotHoldValue(
          format: format, reason: "bands \(other) and \(band) share their bytes")
      }
      slots[index] = band
    }
    return Arrangement(order: order, offset: start, slots: slots)
  }
}
