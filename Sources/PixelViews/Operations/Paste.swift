import PixelMemory

extension Image {
  /// Copies all pixels of another image over a rectangle of this one, in the buffer.
  ///
  /// An image of another mode is converted; one with opacity is not pasted into one without. What is
  /// pasted is the other image as it was before: where the paste would store into bytes of it that are
  /// still to be read, it is copied first.
  /// - Parameters:
  ///   - other: what is pasted.
  ///   - x: the column of its left edge here.
  ///   - y: the row of its top edge here.
  ///   - threads: how many work at most.
  ///   - policy: what becomes of samples of another mode that this one cannot hold.
  ///   - name: what the other image is called where its color is lost: see ``takeLosses()``.
  /// - Returns: the bytes that were copied first, which are 0 where images lie apart.
  /// - Throws: ``ViewError/opacityLost(from:to:)``, ``ViewError/samplesDiffer(image:picture:)``,
  ///   ``ViewError/noConversion(from:to:)``; ``ViewError/palettesDiffer(index:from:to:)`` when both
  ///   images have colors and a pixel's would change; ``ViewError/indexBeyondPalette(index:colors:)`` when
  ///   this one alone has, and not enough; ``ViewError/outside(_:width:height:)`` when it does
  ///   not fit, ``ViewError/readOnly(_:)``, what reading and writing throw. Where `other` is converted
  ///   and one of its pixels cannot be, nothing is changed.
  /// - Complexity: O(pixels of `other`), in two passes where it is converted within limits.
  @discardableResult
  public func paste(
    _ other: Image, x: Int, y: Int, threads: Int, policy: ConversionPolicy = .refuse,
    named name: String = "the picture"
  ) throws(ViewError) -> Int {
    if let readOnlyReason { throw .readOnly(readOnlyReason) }
    let losesColor = other.mode.hasColor && other.palette != .gray && !mode.hasColor
    let other = try pasteable(other, policy: policy)
    let target = Rectangle(x: x, y: y, width: other.width, height: other.height)
    try checkEditable(target)
    try checkColors(of: other, threads: threads)
    if pasteCopies(other, x: x, y: y) {
      let copy = try other.copied(threads: threads)
      try paste(copy, x: x, y: y, threads: threads, named: name)
      return copy.buffer.byteCount
    }
    // Nothing is pasted of a picture with a pixel that cannot be.
    if other.refusesPixels { try other.checkReadable(threads: threads) }
    let isSameMemory = buffer.distance(to: other.buffer) != nil
    try editTiles(
      in: target, threads: isSameMemory ? 1 : threads, reading: false
    ) { tile, plain throws(ViewError) in
      var workspace = Workspace()
      let source = Rectangle(x: tile.x - x, y: tile.y - y, width: tile.width, height: tile.height)
      try other.read(source, into: &plain, workspace: &workspace)
    }
    losses.add(other.losses)
    if losesColor {
      losses.add(
        Loss("color", description: "the color of \(name) is lost in mode \(mode.name)"),
        x: x, y: y)
    }
    return 0
  }

  /// Indices are copied as they are: where palettes differ, only those that look the same in both, and of
  /// a picture without a palette only those that have a color here.
  private func checkColors(of other: Image, threads: Int) throws(ViewError) {
    guard mode.isIndexed, let palette, palette != other.palette else { return }
    let changed =
      other.palette.map { colors in
        (0..<256).filter { palette.color($0) != colors.color($0) }
      } ?? Array(palette.count..<256)
    guard !changed.isEmpty else { return }
    let counts = try other.statistics(threads: threads).bands[0].histogram
    guard let index = changed.first(where: { counts[$0] > 0 }) else { return }
    guard let colors = other.palette else {
      throw .indexBeyondPalette(index: index, colors: palette.count)
    }
    throw .palettesDiffer(index: index, from: colors.color(index), to: palette.color(index))
  }

  /// Whether a paste has to copy the other image first, because both lie in the same memory or file,
  /// by whatever names, and the paste would store into pixels before they are read.
  ///
  /// - Complexity: O(bands²).
  package func pasteCopies(_ other: Image, x: Int, y: Int) -> Bool {
    let target = Rectangle(x: x, y: y, width: other.width, height: other.height)
    guard target.isInside(width: width, height: height),
      let distance = buffer.distance(to: other.buffer)
    else { return false }
    guard let source = other.layout.moved(by: distance) else { return true }
    return layout.cropped(to: target).disturbs(source)
  }

  /// Another image with the pixels that a paste into this one stores: as it is, or converted.
  ///
  /// - Throws: ``ViewError/opacityLost(from:to:)`` when this image has no place for the other's opacity;
  ///   ``ViewError/samplesDiffer(image:picture:)`` when a sample has another type here;
  ///   ``ViewError/noConversion(from:to:)``, ``ViewError/paletteMissing(mode:)``.
  package func pasteable(
    _ other: Image, policy: ConversionPolicy = .refuse
  ) throws(ViewError) -> Image {
    if other.format == format { return other }
    let hasOpacity =
      other.mode.alphaBand != nil || other.mode.isIndexed && other.palette?.hasAlpha == true
    if hasOpacity, mode.alphaBand == nil {
      throw .opacityLost(from: other.mode, to: mode)
    }
    let colored = mode == .ycbcr ? other.with(videoColor: videoColor) : other
    let converted = try colored.converted(to: mode, policy: policy)
    guard converted.format == format else {
      throw .samplesDiffer(image: format, picture: converted.format)
    }
    return converted
  }

  /// Copies the pixels into fresh private memory, in the packed natural layout: Pillow's
  /// `im.copy()`. The copy is not tied to the buffer, and says so: ``sharing()``.
  ///
  /// - Throws: ``ViewError/memory(_:)`` when there is not enough memory.
  /// - Complexity: O(pixels), in time and memory.
  public func copied(threads: Int) throws(ViewError) -> Image {
    try pixelsInPrivateMemory(threads: threads).copied(because: "it was made by a copy")
  }

  private func pixelsInPrivateMemory(threads: Int) throws(ViewError) -> Image {
    let layout = try Rawmode.natural(format).layout(width: width, height: height)
    let byteCount = try layout.byteRange().upperBound
    let transport = Transport(layout: layout, format: format)
    if transport.isPlain {
      let rows = try explaining(threads: threads) { () throws(ViewError) in
        try plainRows(threads: threads)
      }
      let buffer = Buffer(taking: rows)
      return Image(
        buffer: buffer, checked: layout, storedFormat: format, palette: palette, stages: [],
        transport: transport, losses: losses, like: self)
    }
    // Packed, so each byte is stored below, unless pixels are smaller than one.
    let storesAll = layout.pixelBits.isWholeBytes
    let buffer = try memory { () throws(MemoryError) in
      try storesAll
        ? Buffer(taking: Scratch(byteCount: byteCount)) : Buffer(allocating: byteCount)
    }
    let copy = Image(
      buffer: buffer, checked: layout, storedFormat: format, palette: palette, stages: [],
      transport: transport, losses: losses, like: self)
    try copy.paste(self, x: 0, y: 0, threads: threads)
    return copy
  }
}
