extension Rawmode {
  /// The bits of one pixel when rows are packed, rounded down where pixels share some.
  public var bitsPerPixel: Int {
    switch shape {
    case .elements(let elements, let elementType): elements.count * elementType.bitCount
    case .lines(let bands, let elementType): bands.count * elementType.bitCount
    case .fields(let byteCount, _, _): byteCount.inBits
    case .bits(let count, _, _), .bitPlanes(let count): count
    case .planes(let planes): bitsPerPixel(of: planes)
    }
  }

  private func bitsPerPixel(of planes: [PlaneShape]) -> Int {
    let pixels = groupSize.width * groupSize.height
    let bits = planes.map { $0.groupBits * (pixels / ($0.groupWidth * $0.rowShare)) }
    return bits.reduce(0, +) / pixels
  }

  /// The layout of an image of this rawmode.
  ///
  /// - Parameters:
  ///   - width: pixels in a row, at least 1.
  ///   - height: rows, at least 1.
  ///   - options: offset, stride, padding, orientation and interleave; packed rows from byte 0 on by
  ///     default.
  /// - Returns: a layout whose top-left pixel is at byte `options.offset`, or, bottom-up, in the
  ///   last stored row.
  /// - Throws: ``ViewError`` for sizes below one, a stride below a row, an offset or a plane stride
  ///   below zero, an interleave that the rawmode does not have, and numbers that overflow.
  /// - Complexity: O(bands).
  public func layout(
    width: Int, height: Int, options: Options = Options()
  ) throws(ViewError) -> Layout {
    guard width > 0, height > 0 else { throw .emptySize(width: width, height: height) }
    if options.offset < 0 { throw .negative("offset", found: Double(options.offset)) }
    if let stride = options.planeStride, stride < 0 {
      throw .negative("plane stride", found: Double(stride))
    }
    let interleave = try checked(options.interleave)
    if case .planes(let planes) = shape {
      return try layout(of: planes, width: width, height: height, options: options)
    }
    let overflow = ViewError.overflow(width: width, height: height, stride: options.stride ?? 0)
    guard let rowByteCount = rowByteCount(width: width, interleave: interleave),
      options.alignment >= 1,
      let padded = rowByteCount.added(to: options.alignment - 1)
    else { throw overflow }
    let stride = options.stride ?? padded / options.alignment * options.alignment
    guard stride >= rowByteCount else {
      throw .strideTooSmall(stride: stride, rowByteCount: rowByteCount)
    }
    guard var rowBits = stride.checkedInBits, let bitOffset = options.offset.checkedInBits,
      let planeStride = options.planeStride ?? stride.multiplied(by: height),
      let planeBits = planeStride.checkedInBits
    else { throw overflow }
    let channelBits =
      interleave == .plane
      ? planeBits : width.multiplied(by: elementBits)?.checkedRoundedUpToByte
    if let asked = options.rowBits { rowBits = try checkedRowBits(asked, width: width) }
    guard let channelBits,
      let fields = fields(
        interleave: interleave, channelBits: channelBits, width: width,
        justifiedToTop: options.justifiedToTop)
    else { throw overflow }
    let isInterleaved = interleave == .pixel && !isLineShape
    var layout = Layout(
      width: width, height: height, bitOffset: bitOffset, rowBits: rowBits,
      pixelBits: isInterleaved ? pixelStepBits : elementBits, fields: fields)
    if options.bottomUp {
      guard let reach = (height - 1).multiplied(by: rowBits), bitOffset.added(to: reach) != nil
      else { throw overflow }
      layout = layout.reoriented(.vertical)
    }
    return layout
  }

  /// The bytes of a packed row of `width` pixels (of one plane, when planes are apart); `nil` when
  /// the product overflows.
  public func rowByteCount(width: Int, interleave: Interleave = .pixel) -> Int? {
    let bits = interleave == .plane && canInterleave ? elementBits : bitsPerPixel
    if case .planes(let planes) = shape { return planes[0].rowByteCount(width: width) }
    if case .bitPlanes(let count) = shape {
      return width.checkedRoundedUpToByte.flatMap { $0.inWholeBytes.multiplied(by: count) }
    }
    return width.multiplied(by: bits)?.checkedRoundedUpToByte?.inWholeBytes
  }

  /// How the channels stand when an interleave is asked for: as asked, and by pixel where there is but
  /// one of them.
  ///
  /// - Throws: ``ViewError/oneWord(rawmode:_:)``, ``ViewError/ownPlanes(rawmode:_:)`` for channels
  ///   that cannot be put apart.
  package func checked(_ interleave: Interleave) throws(ViewError) -> Interleave {
    if interleave == .pixel || canInterleave { return interleave }
    guard mode.bandCount == 1 else {
      throw hasPlanes
        ? .ownPlanes(rawmode: name, interleave) : .oneWord(rawmode: name, interleave)
    }
    return .pixel
  }

  /// Whether an interleave can put the channels apart.
  package var canInterleave: Bool {
    if case .elements(let elements, _) = shape { elements.count > 1 } else { false }
  }

  /// The planes of a frame whose channels are apart, those of padding counted.
  package var planeCount: Int {
    switch shape {
    case .elements(let elements, _): elements.count
    case .planes(let planes): planes.count
    case .lines, .fields, .bits, .bitPlanes: 1
    }
  }

  /// Rows that may start anywhere, of samples that may.
  ///
  /// - Throws: ``ViewError/strideTooSmall(stride:rowByteCount:)``, in bits;
  ///   ``ViewError/rowBitsTooFew(found:least:)``, ``ViewError/wordRows(rawmode:rowBits:)`` for samples that start on bytes.
  private func checkedRowBits(_ asked: Int, width: Int) throws(ViewError) -> Int {
    guard let least = width.multiplied(by: bitsPerPixel), asked >= least else {
      throw .rowBitsTooFew(found: asked, least: width * bitsPerPixel)
    }
    guard canStartAnywhere || asked.isWholeBytes else {
      throw .wordRows(rawmode: name, rowBits: asked)
    }
    return asked
  }

  /// Whether samples may start on any bit.
  var canStartAnywhere: Bool { if case .bits = shape { true } else { false } }

  private var isLineShape: Bool {
    if case .lines = shape { true } else { false }
  }

  private var pixelStepBits: Int {
    if case .bitPlanes = shape { 1 } else { bitsPerPixel }
  }

  /// The bits from a sample to the next of the same channel when channels are apart.
  private var elementBits: Int {
    switch shape {
    case .elements(_, let elementType), .lines(_, let elementType): elementType.bitCount
    case .fields(let byteCount, _, _): byteCount.inBits
    case .bits(let count, _, _): count
    case .bitPlanes: 1
    case .planes(let planes): planes[0].bitsPerPixel
    }
  }

  private func fields(
    interleave: Interleave, channelBits: Int, width: Int, justifiedToTop: Bool
  ) -> [SampleField]? {
    func channels(_ elements: [Element], _ elementType: ElementType, step: Int) -> [SampleField]? {
      var fields: [SampleField] = []
      fields.reserveCapacity(storedMode.bandCount)
      for band in storedMode.bands {
        let index =
          elements.firstIndex { $0.band == band }
          ?? (mode == .rgba && band != "A" ? elements.firstIndex { $0.band == "L" } : nil)
        guard let index else {
          fields.append(absent(band, besides: elements.count))
          continue
        }
        guard let offset = index.multiplied(by: step) else { return nil }
        fields.append(
          field(
            elementType, at: offset, isInverted: elements[index].isInverted, band: band,
            justifiedToTop: justifiedToTop))
      }
      return fields
    }
    switch shape {
    case .elements(let elements, let elementType):
      let step = interleave == .pixel ? elementType.bitCount : channelBits
      return channels(elements, elementType, step: step)
    case .lines(let bands, let elementType):
      return channels(bands.map { Element(band: $0) }, elementType, step: channelBits)
    case .fields(let byteCount, let bigEndian, let table):
      return storedMode.bands.map { band in
        guard let entry = table[band] else { return absent(band, besides: table.count) }
        return SampleField(
          bitOffset: 0, storage: .word(byteCount: byteCount, bigEndian: bigEndian),
          shift: entry.shift, bitCount: entry.bitCount, scaling: .fullRange,
          flippedBits: entry.isInverted ? .ones(entry.bitCount) : 0)
      }
    case .bits(let count, let order, let inverted):
      return [
        SampleField(
          bitOffset: 0, storage: .bits(order), bitCount: count,
          scaling: mode.isScaled && count < 8 ? .fullRange : .none,
          flippedBits: inverted ? .ones(count) : 0)
      ]
    case .planes: return nil
    case .bitPlanes(let count):
      guard let step = width.checkedRoundedUpToByte else { return nil }
      return [SampleField(bitOffset: 0, storage: .bitPlanes(step: step), bitCount: count)]
    }
  }

  private func field(
    _ elementType: ElementType, at bitOffset: Int, isInverted: Bool, band: String,
    justifiedToTop: Bool
  ) -> SampleField {
    if let order = elementType.order {
      return SampleField(
        bitOffset: bitOffset, storage: .bits(order), bitCount: elementType.bitCount)
    }
    let bitCount = elementType.significantBits ?? elementType.bitCount
    var flipped: UInt64 = isInverted ? .ones(bitCount) : 0
    // CIE a and b are signed in files and offset by half the range in plain rows.
    if mode == .lab && band != "L" && bitsPerPixel > 8 { flipped ^= 1 << UInt64(bitCount - 1) }
    return SampleField(
      bitOffset: bitOffset,
      storage: .word(
        byteCount: elementType.byteCount,
        bigEndian: elementType.byteCount > 1 && elementType.bigEndian),
      shift: justifiedToTop ? elementType.bitCount - bitCount : 0, bitCount: bitCount,
      number: elementType.number, scaling: elementType.isNonzero ? .nonzero : .none,
      flippedBits: flipped)
  }

  /// A band without bytes: opaque alpha and padding beside color, and zero beside a single band, as
  /// Pillow has them.
  private func absent(_ band: String, besides count: Int) -> SampleField {
    let isFull = count > 1 && (band == "X" || mode == .rgba && band == "A")
    return SampleField(
      bitOffset: 0, storage: .constant(isFull ? 255 : 0), bitCount: 8,
      scaling: type == .u16 ? .fullRange : .none)
  }
}
