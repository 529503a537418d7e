/// The same numbers in bytes, which is what files and callers have, and what layouts are made of
/// except for pixels of a few bits.
extension Layout {
  /// - Precondition: the numbers fit in bits.
  public init(
    width: Int, height: Int, offset: Int = 0, stride: Int, pixelStride: Int, fields: [SampleField]
  ) {
    self.init(
      width: width, height: height, bitOffset: offset.inBits, rowBits: stride.inBits,
      pixelBits: pixelStride.inBits, fields: fields)
  }

  /// Bytes from the start of the buffer to the one where the top-left pixel starts.
  ///
  /// - Precondition: what is set fits in bits.
  public var offset: Int {
    get { bitOffset.byteIndex }
    set { bitOffset = newValue.inBits }
  }

  /// Bytes from a row to the one below it, negative where rows go up; whole ones where rows do not
  /// start on a byte.
  ///
  /// - Precondition: what is set fits in bits.
  public var stride: Int {
    get { rowBits.inWholeBytes }
    set { rowBits = newValue.inBits }
  }

  /// Bytes from a pixel to its right neighbor; whole ones where pixels do not start on a byte.
  ///
  /// - Precondition: what is set fits in bits.
  public var pixelStride: Int {
    get { pixelBits.inWholeBytes }
    set { pixelBits = newValue.inBits }
  }

  /// Whether no two pixels can have bits of one byte, as far as strides alone can tell.
  package var hasWholeByteSteps: Bool {
    gridView == nil && pixelBits.isWholeBytes && rowBits.isWholeBytes
  }

  /// The layout so many bytes further on in the buffer; `nil` when no number is that place.
  package func moved(by byteCount: Int) -> Layout? {
    guard let bits = byteCount.checkedInBits, let moved = bitOffset.added(to: bits) else {
      return nil
    }
    var view = self
    view.bitOffset = moved
    for band in fields.indices where gridView != nil {
      guard let moved = gridView?.grid.planes[band].bitOffset.added(to: bits) else { return nil }
      view.gridView?.grid.planes[band].bitOffset = moved
    }
    return view
  }
}

extension SampleField {
  /// Bytes from the pixel's origin to the one where the sample starts.
  ///
  /// - Precondition: what is set fits in bits.
  package var offset: Int {
    get { bitOffset.byteIndex }
    set { bitOffset = newValue.inBits }
  }
}
