import PixelMemory

/// How rectangles of stored samples travel between a buffer and private rows.
///
/// The samples of an image fall into passes, each at equal steps: one for chunky pixels, one a plane for
/// planar ones, one for each place in a group. Passes whose samples lie close together are a cluster: for
/// each cluster the doors copy one block of whole bytes, by rows or, for turned images, by columns,
/// whichever is smaller; a ``RowCodec`` for each pass does the rest in private memory.
struct Transport: Sendable {
  /// Samples at equal steps: those of each `period.across`th pixel in each `period.down`th row.
  struct Pass: Sendable {
    /// The first pixel that has them.
    var x = 0
    var y = 0
    let period: (across: Int, down: Int)
    /// Bits from the samples to those a period further on.
    let bits: (across: Int, down: Int)
    /// Bits from the buffer's start to the first bit of the first samples.
    let firstBit: Int
    /// The bits from there to the last one of the first samples.
    let bitCount: Int
    /// The samples, counted from ``firstBit``.
    let fields: [SampleField]
    let bands: [Int]
    /// The periods by which the first samples are ahead of those of the cluster.
    var ahead = (across: 0, down: 0)

    /// Which of some pixels in a row, or rows, have the samples: the first, and how many.
    fileprivate static func share(
      of range: Range<Int>, from first: Int, each period: Int
    ) -> (first: Int, count: Int) {
      let skipped = range.lowerBound <= first ? 0 : (range.lowerBound - first - 1) / period + 1
      let start = first + skipped * period
      return (start, start >= range.upperBound ? 0 : (range.upperBound - start - 1) / period + 1)
    }
  }

  /// Passes whose bytes one block can hold.
  struct Cluster: Sendable {
    var passes: [Pass]
    /// The way in which the passes have different periods, if they have.
    var uneven = Axis?.none

    init(_ pass: Pass) { passes = [pass] }

    fileprivate var first: Pass { passes[0] }
  }

  let layout: Layout
  let format: PixelFormat
  let clusters: [Cluster]
  /// Whether samples may be stored as others.
  let rounds: Bool
  /// Whether stored words may have bits that are left out.
  let hasStrayBits: Bool
  /// The bytes of all samples of a grid, beyond which no block may reach.
  private let limits: Range<Int>?

  init(layout: Layout, format: PixelFormat) {
    self.layout = layout
    self.format = format
    rounds = layout.roundedBitCount(format) != nil
    hasStrayBits = layout.hasStrayBits
    limits = layout.gridView == nil ? nil : try? layout.byteRange()
    clusters =
      layout.gridView == nil ? Transport.clusters(layout) : Transport.clustersOfGrid(layout)
  }

  /// Whether the stored bytes are the plain rows of all pixels, from the first byte on.
  var isPlain: Bool {
    guard clusters.count == 1, layout.bitOffset == 0 else { return false }
    let all = Rectangle(x: 0, y: 0, width: layout.width, height: layout.height)
    let plan = plan(clusters[0], all, by: .rows)
    return plan.isPlain && plan.block.offset == 0
      && layout.rowBits == plan.block.rowByteCount.inBits
  }

  /// A block of the buffer, and where the samples are in the copy of it.
  struct Plan {
    let block: Block
    let parts: [Part]
    /// Whether the copy is the plain rows themselves.
    let isPlain: Bool
    /// The rows of the rectangle that the block is for.
    let rows: Range<Int>
  }

  /// The samples of one pass in the copy of a block.
  struct Part {
    let codec: RowCodec
    /// The place in the rectangle of the first pixel that has samples.
    let x, y: Int
    /// How many pixels of a row have some, and how many rows.
    let width, height: Int
    /// Rows of the rectangle from one with samples to the next.
    let rowStep: Int
    /// Bits in the copy from its start to the first samples, and from a row of them to the next.
    let startBit, rowBits: Int

    /// Whether another part has the same bytes as samples of the next pixels: those that they share.
    func isTwin(of other: Part) -> Bool {
      codec.kernel == .bytes && other.x == x + 1 && other.y == y && other.width == width
        && other.startBit == startBit && other.codec.fields == codec.fields
        && other.codec.bands == codec.bands && codec.plainStep > 1
    }

    /// Where the samples of row `index` of the part start in the copy.
    func startBit(_ index: Int) -> Int { startBit + index * rowBits }
    /// The row of the rectangle that row `index` of the part is.
    func row(_ index: Int) -> Int { y + index * rowStep }
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
    let plans = blocks(rectangle, of: cluster)
    guard let limits, cluster.passes.count > 1,
      plans.contains(where: { !$0.block.isInside(limits) || $0.block.overlapsItself })
    else { return plans }
    // A block for several passes has corners where none of them has a sample, and its rows may meet where
    // those of a pass do not: what was stored to one would be undone by the next.
    return cluster.passes.flatMap { blocks(rectangle, of: Cluster($0)) }
  }

  private func blocks(_ rectangle: Rectangle, of cluster: Cluster) -> [Plan] {
    let bits = cluster.first.bits
    func rowByRow(_ axis: Axis) -> [Plan] {
      (0..<rectangle.height).map { y in
        var row = rectangle
        row.y += y
        row.height = 1
        return plan(cluster, row, by: axis, from: y)
      }.filter { !$0.parts.isEmpty }
    }
    if cluster.uneven == .columns { return [plan(cluster, rectangle, by: .columns)] }
    if bits.across.isWholeBytes, cluster.uneven == nil {
      if isScattered(cluster, rectangle) { return rowByRow(.columns) }
      if byteCount(cluster, rectangle, by: .columns) < byteCount(cluster, rectangle, by: .rows) {
        return [plan(cluster, rectangle, by: .columns)].filter { !$0.parts.isEmpty }
      }
    }
    if bits.down.isWholeBytes || rectangle.height == 1 {
      return [plan(cluster, rectangle, by: .rows)].filter { !$0.parts.isEmpty }
    }
    // Rows that start at different bits of a byte travel one by one.
    return rowByRow(.rows)
  }

  /// Whether a page or more lies between a sample and each of its neighbors, which then is neither
  /// read nor written.
  private func isScattered(_ cluster: Cluster, _ rectangle: Rectangle) -> Bool {
    let (first, far) = (cluster.first, cluster.bitCount + Syscalls.pageByteCount.inBits)
    return rectangle.width > 1 && rectangle.height > 1 && abs(first.bits.across) >= far
      && abs(first.bits.down) >= far
  }

  /// What makes pixels of which no band has bytes; `nil` where a band has some.
  var constantCodec: RowCodec? {
    guard clusters.isEmpty else { return nil }
    return RowCodec(
      fields: layout.fields, pixelBits: 0, bands: Array(layout.fields.indices),
      bandCount: format.mode.bandCount, type: format.type)
  }

  /// What a row of a block is: pixels side by side, or above each other.
  enum Axis { case rows, columns }

  /// The most bytes that a block can have.
  private func byteCount(_ cluster: Cluster, _ rectangle: Rectangle, by axis: Axis) -> Int {
    let first = cluster.first
    let across = (rectangle.width - 1) / first.period.across
    let down = (rectangle.height - 1) / first.period.down
    let (inner, outer) =
      axis == .rows
      ? (across * abs(first.bits.across), down) : (down * abs(first.bits.down), across)
    // Bits that start at the last one of a byte.
    return (7 + inner + cluster.bitCount).inBytesRoundedUp.multiplied(by: outer + 1) ?? Int.max
  }

  /// The block for a rectangle, whose rows are those of the image or its columns.
  ///
  /// - Parameter row: the row of a larger rectangle that this one begins at.
  private func plan(
    _ cluster: Cluster, _ rectangle: Rectangle, by axis: Axis, from row: Int = 0
  ) -> Plan {
    // Where the samples of each pass begin, in periods from those of the cluster.
    struct Span {
      let pass: Pass
      let x, y: (first: Int, count: Int)
      let across, down: Int
    }
    let spans = cluster.passes.compactMap { pass -> Span? in
      let x = Pass.share(
        of: rectangle.x..<rectangle.x + rectangle.width, from: pass.x, each: pass.period.across)
      let y = Pass.share(
        of: rectangle.y..<rectangle.y + rectangle.height, from: pass.y, each: pass.period.down)
      guard x.count > 0, y.count > 0 else { return nil }
      return Span(
        pass: pass, x: x, y: y, across: (x.first - pass.x) / pass.period.across,
        down: (y.first - pass.y) / pass.period.down)
    }
    let rows = row..<row + rectangle.height
    guard let leading = spans.first else {
      return Plan(block: Block(offset: 0, byteCount: 0), parts: [], isPlain: false, rows: rows)
    }
    let byRows = axis == .rows
    // The bits within a row of the block are counted from its first line, the lines from the cluster.
    var (low, high) = (Int.max, Int.min)
    var (firstLine, lastLine) = (Int.max, Int.min)
    for span in spans {
      let bits = span.pass.bits
      let (inner, count, step) =
        byRows ? (span.across, span.x.count, bits.across) : (span.down, span.y.count, bits.down)
      let (line, lines, ahead, lineBits) =
        byRows
        ? (span.down, span.y.count, span.pass.ahead.down, bits.down)
        : (span.across, span.x.count, span.pass.ahead.across, bits.across)
      let start = span.pass.firstBit + inner * step - ahead * lineBits
      let reach = (count - 1) * step
      low = min(low, start + min(0, reach))
      high = max(high, start + max(0, reach) + span.pass.bitCount)
      firstLine = min(firstLine, line + ahead)
      lastLine = max(lastLine, line + ahead + lines - 1)
    }
    let lineBits = byRows ? leading.pass.bits.down : leading.pass.bits.across
    let start = low + firstLine * lineBits
    let bytes = (start..<start + (high - low)).inBytes
    let lineCount = lastLine - firstLine + 1
    let copyBits = bytes.count.inBits
    let parts = spans.map { span in
      let (pass, bits) = (span.pass, span.pass.bits)
      let first = pass.firstBit + span.across * bits.across + span.down * bits.down
      let line =
        (byRows ? span.down + pass.ahead.down : span.across + pass.ahead.across) - firstLine
      return Part(
        codec: codec(
          pass, pixelBits: byRows ? bits.across : copyBits, period: pass.period.across),
        x: span.x.first - rectangle.x, y: row + span.y.first - rectangle.y, width: span.x.count,
        height: span.y.count, rowStep: pass.period.down,
        startBit: first - bytes.lowerBound.inBits - line * lineBits + line * copyBits,
        rowBits: byRows ? copyBits : bits.down)
    }
    let pixelBytes = parts[0].codec.bandCount * format.type.byteCount
    return Plan(
      block: Block(
        offset: bytes.lowerBound, rowByteCount: bytes.count, rowCount: lineCount,
        stride: lineCount == 1 ? bytes.count : lineBits.inWholeBytes),
      parts: parts,
      isPlain: byRows && parts.count == 1 && parts[0].codec.isIdentity && parts[0].startBit == 0
        && bytes.count == pixelBytes * rectangle.width && parts[0].height == rectangle.height,
      rows: rows)
  }

  func codec(_ pass: Pass, pixelBits: Int, period: Int) -> RowCodec {
    RowCodec(
      fields: pass.fields, pixelBits: pixelBits, bands: pass.bands,
      bandCount: format.mode.bandCount, type: format.type, plainStep: period)
  }
}

extension Block {
  /// Whether rows have bytes in common.
  fileprivate var overlapsItself: Bool { rowCount > 1 && abs(stride) < rowByteCount }

  fileprivate func isInside(_ limits: Range<Int>) -> Bool {
    let reach = (rowCount - 1) * stride
    return offset + min(0, reach) >= limits.lowerBound
      && offset + max(0, reach) + rowByteCount <= limits.upperBound
  }
}
