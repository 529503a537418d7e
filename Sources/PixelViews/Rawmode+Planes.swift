extension Rawmode {
  /// A plane of a rawmode whose samples are not all in their pixel's own place: groups of the same shape,
  /// one after the other.
  struct PlaneShape: Hashable, Sendable {
    /// Pixels side by side, and above each other, that share a sample.
    var columnShare = 1
    var rowShare = 1
    /// The bits of a group.
    var groupBits: Int
    /// For each band in the plane the samples of a group, in order.
    var samples: [String: [SampleField]]
    /// Packed rows are padded to a multiple of this many bytes.
    var alignment = 1

    /// The samples of one band in a group.
    private var count: Int { samples.values.first?.count ?? 1 }

    /// Pixels of a row that a group is for.
    var groupWidth: Int { columnShare * count }

    /// The bits of a pixel, rounded down where it shares some.
    var bitsPerPixel: Int { groupBits / (groupWidth * rowShare) }

    /// The bytes of a packed row for so many pixels; `nil` when they do not fit.
    func rowByteCount(width: Int) -> Int? {
      ((width - 1) / groupWidth + 1).multiplied(by: groupBits)?.checkedRoundedUpToByte?
        .inWholeBytes.roundedUp(to: alignment)
    }

    /// The rows of samples for so many rows of pixels.
    func rowCount(height: Int) -> Int { (height - 1) / rowShare + 1 }
  }

  /// Whether the rawmode has planes or groups, and not each sample in its pixel's own place.
  package var hasPlanes: Bool { if case .planes = shape { true } else { false } }

  /// Whether samples of luma and chroma are stored, each for one pixel or for several.
  package var isVideo: Bool { storedMode == .ycbcr && hasPlanes }

  /// The most bits that a stored sample has.
  package var bitDepth: Int {
    (try? layout(width: 1, height: 1))?.bitDepth ?? type.bitCount
  }

  /// The pixels that a group of samples is for, across and down: what a crop must not cut in a file.
  package var groupSize: (width: Int, height: Int) {
    guard case .planes(let planes) = shape else { return (1, 1) }
    return (
      planes.reduce(1) { $0.commonMultiple($1.groupWidth) },
      planes.reduce(1) { $0.commonMultiple($1.rowShare) }
    )
  }

  /// The bytes of a frame of planes, those that pad its rows counted, and what each plane begins with.
  ///
  /// - Throws: ``ViewError``, as ``layout(width:height:options:)``.
  package func frame(
    width: Int, height: Int, options: Options
  ) throws(ViewError) -> (byteCount: Int, offsets: [Int], strides: [Int])? {
    guard case .planes(let planes) = shape else { return nil }
    return try frame(of: planes, width: width, height: height, options: options)
  }

  /// The bytes of each plane of an image, one where there are no planes of their own.
  package func planeByteCounts(
    width: Int, height: Int, options: Options
  ) throws(ViewError) -> [Int] {
    guard case .planes(let planes) = shape else { return [] }
    let frame = try frame(of: planes, width: width, height: height, options: options)
    return zip(planes, frame.strides).map { $1 * $0.rowCount(height: options.planeRows ?? height) }
  }

  /// The bits of a row of so many pixels without any padding; `nil` when they do not fit. Rows of
  /// several planes are whole bytes where those of all are.
  fileprivate func tightRowBits(width: Int) -> Int? {
    guard case .planes(let planes) = shape else { return width.multiplied(by: bitsPerPixel) }
    // A group that ends in the next row cannot be: its samples would stand elsewhere in each.
    let cut = planes.first { !width.isMultiple(of: $0.groupWidth) }
    guard let cut else { return planes[0].rowByteCount(width: width)?.checkedInBits }
    return width.multiplied(by: cut.groupBits).map { $0 / cut.groupWidth }
  }

  /// The most rows that a buffer of `byteCount` bytes holds.
  package func rows(width: Int, byteCount: Int, options: Options) -> Int {
    var (low, high) = (0, byteCount)
    while low < high {
      let middle = low + (high - low + 1) / 2
      let layout = try? layout(width: width, height: middle, options: options)
      let fits = (try? layout?.check(byteCount: byteCount)) != nil
      (low, high) = fits ? (middle, high) : (low, middle - 1)
    }
    return low
  }

  private func frame(
    of planes: [PlaneShape], width: Int, height: Int, options: Options
  ) throws(ViewError) -> (byteCount: Int, offsets: [Int], strides: [Int]) {
    let overflow = ViewError.overflow(width: width, height: height, stride: options.stride ?? 0)
    let rows = options.planeRows ?? height
    guard rows >= height else { throw .planeRowsTooFew(found: rows, height: height) }
    guard rows <= Grid.longestSide || rows == height else {
      throw .invalid(.quantity("the rows of a plane", found: rows, allowed: 1...Grid.longestSide))
    }
    guard max(width, rows) <= Grid.longestSide else { throw overflow }
    var strides: [Int] = []
    var offsets: [Int] = []
    var end = 0
    for (index, plane) in planes.enumerated() {
      guard let packed = plane.rowByteCount(width: width)?.roundedUp(to: options.alignment) else {
        throw overflow
      }
      let stride =
        (index == 0
          ? options.stride
          : options.chromaStride ?? scaled(plane, planes[0], options, width: width))
        ?? packed
      guard let least = plane.rowByteCount(width: width), stride >= least else {
        let row = plane.rowByteCount(width: width) ?? 0
        throw index == 0 || options.chromaStride == nil
          ? .strideTooSmall(stride: stride, rowByteCount: row)
          : .chromaStrideTooSmall(stride: stride, rowByteCount: row)
      }
      strides.append(stride)
      let asked = index > 0 ? options.planeOffsets.dropFirst(index - 1).first : 0
      offsets.append(asked ?? end)
      guard let size = stride.multiplied(by: plane.rowCount(height: rows)),
        let next = offsets[index].added(to: size)
      else { throw overflow }
      end = next
    }
    var last = 0
    for (index, plane) in planes.enumerated() {
      guard let size = strides[index].multiplied(by: plane.rowCount(height: rows)),
        let end = offsets[index].added(to: size)
      else { throw overflow }
      last = max(last, end)
    }
    guard last.checkedInBits != nil else { throw overflow }
    return (last, offsets, strides)
  }

  /// The stride of chroma that goes with a stride of luma: as many bytes for as many pixels, and those of
  /// the last one of an odd count.
  private func scaled(
    _ plane: PlaneShape, _ first: PlaneShape, _ options: Options, width: Int
  ) -> Int? {
    guard let stride = options.stride,
      let bits = stride.multiplied(by: plane.groupBits)?.multiplied(by: first.groupWidth)
    else { return nil }
    let share = first.groupBits * plane.groupWidth
    return max((bits - 1) / share + 1, plane.rowByteCount(width: width) ?? 0)
  }

  func layout(
    of planes: [PlaneShape], width: Int, height: Int, options: Options
  ) throws(ViewError) -> Layout {
    if let found = options.rowBits, !found.isWholeBytes {
      throw .wordRows(rawmode: name, rowBits: found)
    }
    var options = options
    if let rowBits = options.rowBits { options.stride = rowBits.inWholeBytes }
    let frame = try frame(of: planes, width: width, height: height, options: options)
    let overflow = ViewError.overflow(width: width, height: height, stride: frame.strides[0])
    var places: [Grid.Plane] = []
    for band in storedMode.bands {
      guard let index = planes.firstIndex(where: { $0.samples[band] != nil }),
        let fields = planes[index].samples[band]
      else { preconditionFailure("rawmode \(name) has no samples of band \(band)") }
      guard let offset = options.offset.added(to: frame.offsets[index])?.checkedInBits,
        let rowBits = frame.strides[index].checkedInBits
      else { throw overflow }
      places.append(
        Grid.Plane(
          bitOffset: offset, rowBits: rowBits, columnShare: planes[index].columnShare,
          rowShare: planes[index].rowShare, groupBits: planes[index].groupBits, fields: fields))
    }
    var layout = Layout(grid: Grid(width: width, height: height, planes: places))
    if options.justifiedToTop {
      throw .unsupported(operation: "justify", mode: mode)
    }
    if options.bottomUp { layout = layout.reoriented(.vertical) }
    _ = try layout.byteRange()
    return layout
  }
}

extension Rawmode.Options {
  /// Lets rows of so many pixels follow each other without padding, not even to whole bytes.
  ///
  /// - Throws: ``ViewError/wordRows(rawmode:rowBits:)`` where samples would not start as they must.
  package mutating func setTight(_ rawmode: Rawmode, width: Int) throws(ViewError) {
    guard let bits = rawmode.tightRowBits(width: width) else {
      throw .overflow(width: width, height: 1, stride: 0)
    }
    if !bits.isWholeBytes {
      guard rawmode.canStartAnywhere else { throw .wordRows(rawmode: rawmode.name, rowBits: bits) }
      rowBits = bits
    }
  }
}

extension Int {
  /// The next multiple of a number that is at least 1; `nil` when it does not fit.
  package func roundedUp(to alignment: Int) -> Int? {
    added(to: alignment - 1).map { $0 / alignment * alignment }
  }
}
