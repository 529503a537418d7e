import PixelMemory
import PixelViews

/// Samples of one type without a gap between them, and what their axes are: all that the headers of
/// arrays say.
struct StoredArray: Sendable {
  /// The format's name, for errors.
  let format: String
  var element: ArrayElement
  var width: Int
  var height: Int
  var bandCount = 1
  /// What stands next to what.
  var order = SampleGrid.Order.pixel
  var frameCount = 1
  /// Bytes before the first sample.
  var offset = 0
  /// Whether the first row of the file is the lowest of the picture.
  var isBottomUp = false
  /// Whether the sign bit is stored inverted: unsigned numbers where the format has signed ones
  /// only, or the other way round. ``element`` is what the numbers are then.
  var flipsSignBit = false
  /// What the bands mean, where the file says so.
  var mode: Mode?
  /// Which bands of the file are shown, where not all are in their order; ``mode`` is for these.
  var bandOrder: [Int]?
  /// The byte of the header that says the size, for errors.
  var sizeOffset = 0

  /// The samples of all frames; `nil` beyond what can be counted.
  var byteCount: Int? {
    [height, bandCount, frameCount, element.byteCount].reduce(width) {
      $0?.multiplied(by: $1)
    }
  }

  /// The pixels of one frame.
  ///
  /// Bands that no mode has are frames of their own, one after the other.
  ///
  /// - Parameters:
  ///   - byteCount: the bytes of the file that the samples stand in.
  ///   - data: that file, where it is not the one with the header.
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)`` where the file ends before its
  ///   array does, ``FormatError/noFrame(format:frame:count:)``.
  func pixels(
    in byteCount: Int, of data: DataFile? = nil, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Pixels {
    guard width > 0, height > 0, bandCount > 0, frameCount > 0 else {
      throw .notAnImage(format: format, found: words, expected: "no axis may be 0")
    }
    let size = element.byteCount
    guard let row = width.multiplied(by: bandCount)?.multiplied(by: size),
      let image = row.multiplied(by: height), let all = image.multiplied(by: frameCount),
      let end = all.added(to: offset), end.checkedInBits != nil
    else {
      throw .tooLarge(format: format, found: words, limit: "\(Int.max.inWholeBytes) bytes")
    }
    guard offset >= 0, end <= byteCount else {
      throw .endsEarly(
        format: format, offset: sizeOffset, byteCount: byteCount,
        of: data.map { FileName.readable($0.path) }, expected: "\(words) from byte \(offset) on",
        needed: end)
    }
    let pixels = format(bandCount: bandOrder?.count ?? bandCount)
    let framesPerImage = pixels == nil ? bandCount : 1
    let shown = pixels ?? single
    let count = frameCount * framesPerImage
    let frame = try options.frame(of: count, format)
    let (index, band) = frame.quotientAndRemainder(dividingBy: framesPerImage)
    let steps = steps
    var layout = Layout(
      width: width, height: height, offset: offset + index * image + band * steps.band,
      stride: steps.row, pixelStride: steps.pixel,
      fields: (0..<shown.mode.bandCount).map {
        SampleField.element(element, at: (bandOrder?[$0] ?? $0) * steps.band)
      })
    if flipsSignBit { layout.flipSignBits() }
    if isBottomUp { layout = layout.reoriented(.vertical) }
    var result = FileFormat.Pixels(
      layout: layout, format: shown, frameCount: count,
      notes: framesPerImage > 1
        ? ["no mode has \(bandCount) samples of type \(element.name); each band is a frame"] : [])
    result.trailingByteCount = byteCount - end
    return result
  }

  /// The images that are shown one at a time; `nil` beyond what can be counted.
  var imageCount: Int? {
    frameCount.multiplied(by: format(bandCount: bandCount) == nil ? bandCount : 1)
  }

  /// Whether a mode has such samples.
  func holds(_ mode: Mode) -> Bool {
    mode.hasSamples(
      of: PixelFormat(mode, holding: element.number, bitCount: element.byteCount.inBits).type)
  }

  /// In bytes.
  private var steps: (pixel: Int, band: Int, row: Int) {
    let size = element.byteCount
    switch order {
    case .pixel: return (bandCount * size, size, width * bandCount * size)
    case .line: return (size, width * size, width * bandCount * size)
    case .plane: return (size, width * height * size, width * size)
    }
  }

  /// What the pixels of a frame are.
  var shownFormat: PixelFormat { format(bandCount: bandOrder?.count ?? bandCount) ?? single }

  /// What one band is shown as; 16 bits in either order are shown under one name.
  private var single: PixelFormat {
    PixelFormat(showing: element.number, bitCount: element.byteCount.inBits)
  }

  private func format(bandCount: Int) -> PixelFormat? {
    guard bandCount > 1 else { return single }
    guard let mode = mode ?? Mode(showing: element, bandCount: bandCount),
      mode.bandCount == bandCount
    else { return nil }
    let format = PixelFormat(mode, holding: element.number, bitCount: element.byteCount.inBits)
    return mode.hasSamples(of: format.type) ? format : nil
  }

  /// The size in words.
  var words: String {
    (frameCount > 1 ? "\(frameCount) frames of " : "") + "\(width)x\(height)"
      + (bandCount > 1 ? " with \(bandCount) bands" : "") + " of type \(element.name)"
  }
}

extension StoredArray {
  /// An array of two axes and more, the fastest first.
  ///
  /// - Parameters:
  ///   - axes: sizes, each at least 1.
  ///   - bandAxis: which of the first three are the bands; `nil` where none is.
  /// - Throws: ``FormatError/notAnImage(format:found:expected:)`` for fewer than two axes beside
  ///   the
  ///   bands.
  init(
    format: String, _ element: ArrayElement, axes: [Int], bandAxis: Int?, mode: Mode? = nil,
    sizeOffset: Int
  ) throws(FormatError) {
    var places = axes
    let bandCount = bandAxis.map { places.remove(at: $0) } ?? 1
    let sizes = axes.map(String.init).joined(separator: " ")
    guard places.count >= 2 else {
      throw .notAnImage(
        format: format, found: "of size \(sizes)",
        expected: "2 axes and more are needed beside that of the bands")
    }
    guard let frameCount = places[2...].reduce(1, { $0?.multiplied(by: $1) }) else {
      throw .tooLarge(format: format, found: sizes, limit: "\(Int.max) frames")
    }
    self.init(
      format: format, element: element, width: places[0], height: places[1],
      bandCount: bandCount,
      order: bandAxis == 1 ? .line : bandAxis == 2 ? .plane : .pixel, frameCount: frameCount,
      mode: mode, sizeOffset: sizeOffset)
  }
}

extension Layout {
  /// Turns the sign bit between what is stored and what is meant.
  fileprivate mutating func flipSignBits() {
    for band in fields.indices { fields[band].flippedBits = 1 << UInt64(fields[band].bitCount - 1) }
  }
}

/// An image as the array that a file of some format holds.
struct ArrayFile {
  /// The samples of a pixel, as they are stored.
  let words: EqualWords
  /// What the format calls their type.
  let typeName: String
  private let image: Image

  /// - Parameters:
  ///   - rawmode: what `--as` asks for.
  ///   - isBigEndian: the order of bytes, where the format has only one.
  /// - Throws: ``FormatError/cannotHold(format:_:)``,
  ///   ``FormatError/cannotHoldValue(format:reason:)``,
  ///   ``FormatError/tooLarge(format:found:limit:)`` beyond `largest` pixels in either direction.
  init(
    _ image: Image, as rawmode: Rawmode?, in types: ElementNames, format: String,
    isBigEndian: Bool? = nil, largest: Int = Int(Int32.max)
  ) throws(FormatError) {
    var words = EqualWords(storing: image, as: rawmode, isKnown: types.contains)
    if let isBigEndian, rawmode == nil { words = words?.ordered(isBigEndian: isBigEndian) }
    guard let words,
      isBigEndian == nil || words.element.byteCount == 1
        || words.element.isBigEndian == isBigEndian
    else {
      if image.mode == .integer, image.format.type == .f64 {
        let others = FileFormat.holding(image.format, besides: format).joined(separator: ", ")
        throw .cannotHoldValue(
          format: format,
          reason: "they need 64-bit integers, and it has none; save as \(others)")
      }
      guard let rawmode else { throw .cannotHold(format: format, image.format) }
      throw .cannotHoldValue(
        format: format,
        reason: "it has no way to say \(image.mode.name) stored as \(rawmode.name)")
    }
    guard image.width <= largest, image.height <= largest,
      (image.width * words.pixelBits).multiplied(by: image.height) != nil
    else {
      throw .tooLarge(
        format: format, found: "\(image.width)x\(image.height)", limit: "\(largest)x\(largest)")
    }
    self.words = words
    self.image = image
    typeName = try types.name(of: words.element, format)
  }

  /// The file: a header, and the samples as they are, or in planes.
  ///
  /// - Parameter flipsSignBit: whether the sign bit is stored inverted.
  func file(
    header: [UInt8], order: SampleGrid.Order = .pixel, isBottomUp: Bool = false,
    flipsSignBit: Bool = false, trailer: [UInt8] = []
  ) -> PlainFile {
    var layout = Layout(
      width: image.width, height: image.height, bitOffset: header.count.inBits,
      rowBits: image.width * words.pixelBits, pixelBits: words.pixelBits, fields: words.fields)
    if flipsSignBit { layout.flipSignBits() }
    let hasPlanes = order == .plane && words.fields.count > 1
    if hasPlanes {
      layout.pixelBits = words.element.byteCount.inBits
      layout.rowBits = image.width * layout.pixelBits
      for band in layout.fields.indices {
        layout.fields[band].bitOffset = band * image.height * layout.rowBits
      }
    }
    var file = PlainFile(
      header: header, layout: isBottomUp ? layout.reoriented(.vertical) : layout,
      format: image.format, trailer: trailer)
    if hasPlanes {
      file.frameByteCount = image.width * image.height * words.pixelBits.inWholeBytes
    }
    return file
  }
}
