import PixelMemory

/// How rectangles of stored samples travel between a buffer and private rows.
///
/// The fields of a pixel fall into clusters that lie close together: one for chunky pixels, one a
/// plane for planar ones. For each cluster the doors copy one block of whole bytes, by rows or, for
/// turned images, by columns, whichever is smaller; a ``RowCodec`` does the rest in private memory.
struct Transport: Sendable {
  /// Fields whose bytes one block can hold.
  struct Cluster: Sendable {
    /// Bits from the pixel's origin to the first bit of the cluster.
    let lowBit: Int
    /// The bits of the cluster in one pixel.
    let bitCount: Int
    /// The fields, counted from ``lowBit``.
    let fields: [SampleField]
    let bands: [Int]
  }

  let layout: Layout
  let format: PixelFormat
  let clusters: [Cluster]
  /// Whether samples may be stored as others.
  let rounds: Bool
  /// Whether stored words may have bits that are left out.
  let hasStrayBits: Bool

  init(layout: Layout, format: PixelFormat) {
    self.layout = layout
    self.format = format
    rounds = layout.roundedBitCount(format) != nil
    hasStrayBits = layout.hasStrayBits
    let near = min(
      layout.width > 1 ? abs(layout.pixelBits) : Int.max,
      layout.height > 1 ? abs(layout.rowBits) : Int.max)
    let fields = layout.fields
    var stored = fields.indices.filter { !fields[$0].isConstant }
    let isInOrder = zip(stored, stored.dropFirst()).allSatisfy {
      fields[$0].bitOffset <= fields[$1].bitOffset
    }
    if !isInOrder { stored.sort { fields[$0].bitOffset < fields[$1].bitOffset } }
    var clusters: [Cluster] = []
    var start = 0
    while start < stored.count {
      let lowBit = fields[stored[start]].bitOffset
      var (end, highBit) = (start, lowBit)
      while end < stored.count {
        let high = fields[stored[end]].bitOffset + fields[stored[end]].storedBitCount
        if end > start, high - lowBit > near { break }
        highBit = max(highBit, high)
        end += 1
      }
      // Bands in order let the codec see that a pixel is whole.
      var bands = Array(stored[start..<end])
      if !isInOrder { bands.sort() }
      // Bands without bytes go with the first ones that have some.
      if start == 0, stored.count < fields.count {
        bands += fields.indices.filter { fields[$0].isConstant }
      }
      clusters.append(
        Cluster(layout, lowBit: lowBit, bitCount: highBit - lowBit, bands: bands))
      start = end
    }
    self.clusters = clusters
  }

  /// Whether the stored bytes are the plain rows of all pixels, from the first byte on.
  var isPlain: Bool {
    guard clusters.count == 1, layout.bitOffset == 0 else { return false }
    let plan = rowPlan(
      clusters[0], Rectangle(x: 0, y: 0, width: layout.width, height: layout.height),
      rows: 0..<layout.height)
    return plan.isPlain && plan.block.offset == 0 && layout.rowBits == plan.rowBits
  }

  /// A block of the buffer and where the pixels are in the copy of it.
  struct Plan {
    let block: Block
    let codec: RowCodec
    /// Bits in the copy from its start to the first pixel.
    let originBit: Int
    /// Bits in the copy from a row to the next.
    let rowBits: Int
    let rows: Range<Int>

    /// Whether the copy is the plain rows themselves.
    var isPlain: Bool {
      codec.isIdentity && originBit == 0
        && rowBits == block.rowByteCount.inBits
        && block.rowByteCount == codec.bandCount * codec.type.byteCount * pixelCount
    }
    let pixelCount: Int
  }

  /// The blocks that hold the samples of a rectangle, cluster by cluster.
  ///
  /// - Precondition: the rectangle is inside the layout.
  func plans(_ rectangle: Rectangle) -> [Plan] {
    clusters.count == 1
      ? plans(rectangle, of: clusters[0]) : clusters.flatMap { plans(rectangle, of: $0) }
  }

  /// The blocks that hold the samples of one cluster.
  func plans(_ rectangle: Rectangle, of cluster: Cluster) -> [Plan] {
    if layout.pixelBits.isWholeBytes {
      if isScattered(cluster, rectangle) {
        return (0..<rectangle.height).map { columnPlan(cluster, rectangle, rows: $0..<$0 + 1) }
      }
      if byteCountByColumns(cluster, rectangle) < byteCountByRows(cluster, rectangle) {
        return [columnPlan(cluster, rectangle, rows: 0..<rectangle.height)]
      }
    }
    if layout.rowBits.isWholeBytes || rectangle.height == 1 {
      return [rowPlan(cluster, rectangle, rows: 0..<rectangle.height)]
    }
    // Rows that start at different bits of a byte travel one by one.
    return (0..<rectangle.height).map { rowPlan(cluster, rectangle, rows: $0..<$0 + 1) }
  }

  /// Whether a page or more lies between a pixel and each of its neighbors, which then is neither
  /// read nor written.
  private func isScattered(_ cluster: Cluster, _ rectangle: Rectangle) -> Bool {
    let far = cluster.bitCount + Syscalls.pageByteCount.inBits
    return rectangle.width > 1 && rectangle.height > 1 && abs(layout.pixelBits) >= far
      && abs(layout.rowBits) >= far
  }

  /// What makes pixels of which no band has bytes; `nil` where a band has some.
  var constantCodec: RowCodec? {
    guard clusters.isEmpty else { return nil }
    return RowCodec(
      fields: layout.fields, pixelBits: 0, bands: Array(layout.fields.indices),
      bandCount: format.mode.bandCount, type: format.type)
  }

  /// The bytes that hold so many bits where the first one is the last of its byte.
  private static func mostBytes(holding bitCount: Int) -> Int { (7 + bitCount).inBytesRoundedUp }

  private func byteCountByRows(_ cluster: Cluster, _ rectangle: Rectangle) -> Int {
    let bits = (rectangle.width - 1) * abs(layout.pixelBits) + cluster.bitCount
    return Transport.mostBytes(holding: bits).multiplied(by: rectangle.height) ?? Int.max
  }

  private func byteCountByColumns(_ cluster: Cluster, _ rectangle: Rectangle) -> Int {
    let bits = (rectangle.height - 1) * abs(layout.rowBits) + cluster.bitCount
    return Transport.mostBytes(holding: bits).multiplied(by: rectangle.width) ?? Int.max
  }

  private func rowPlan(_ cluster: Cluster, _ rectangle: Rectangle, rows: Range<Int>) -> Plan {
    let reach = (rectangle.width - 1) * layout.pixelBits
    let start =
      layout.bitOffset + (rectangle.y + rows.lowerBound) * layout.rowBits
      + rectangle.x * layout.pixelBits + cluster.lowBit + min(0, reach)
    let bytes = (start..<start + abs(reach) + cluster.bitCount).inBytes
    return Plan(
      block: Block(
        offset: bytes.lowerBound, rowByteCount: bytes.count, rowCount: rows.count,
        stride: rows.count == 1 ? bytes.count : layout.stride),
      codec: codec(cluster, pixelBits: layout.pixelBits),
      originBit: start.bitInByte + max(0, -reach), rowBits: bytes.count.inBits, rows: rows,
      pixelCount: rectangle.width)
  }

  private func columnPlan(_ cluster: Cluster, _ rectangle: Rectangle, rows: Range<Int>) -> Plan {
    let reach = (rows.count - 1) * layout.rowBits
    let start =
      layout.bitOffset + (rectangle.y + rows.lowerBound) * layout.rowBits
      + rectangle.x * layout.pixelBits + cluster.lowBit + min(0, reach)
    let bytes = (start..<start + abs(reach) + cluster.bitCount).inBytes
    return Plan(
      block: Block(
        offset: bytes.lowerBound, rowByteCount: bytes.count, rowCount: rectangle.width,
        stride: rectangle.width == 1 ? bytes.count : layout.pixelStride),
      codec: codec(cluster, pixelBits: bytes.count.inBits),
      originBit: start.bitInByte + max(0, -reach), rowBits: layout.rowBits, rows: rows,
      pixelCount: rectangle.width)
  }

  func codec(_ cluster: Cluster, pixelBits: Int) -> RowCodec {
    RowCodec(
      fields: cluster.fields, pixelBits: pixelBits, bands: cluster.bands,
      bandCount: format.mode.bandCount, type: format.type)
  }
}

extension Transport.Cluster {
  fileprivate init(_ layout: Layout, lowBit: Int, bitCount: Int, bands: [Int]) {
    self.init(
      lowBit: lowBit, bitCount: bitCount,
      fields: bands.map { band in
        var field = layout.fields[band]
        if !field.isConstant { field.bitOffset -= lowBit }
        return field
      }, bands: bands)
  }
}
