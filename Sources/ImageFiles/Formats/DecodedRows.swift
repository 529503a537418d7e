import PixelMemory
import PixelViews

/// Rows of a decoder on their way into private memory.
struct DecodedRows: ~Copyable {
  /// The memory of the rows; of none where they are not kept.
  let buffer: Buffer
  /// The bytes of one packed row.
  let rowByteCount: Int
  /// The row to be stored next; it starts as zeros and keeps what it holds from row to row.
  var row: Scratch

  private let isKept: Bool

  /// Takes zeroed memory for an image.
  ///
  /// - Parameter isKept: whether rows are stored, and not just decoded to see where they end.
  /// - Throws: ``FormatError/tooLarge(format:found:limit:)`` beyond a limit;
  ///   ``FormatError/memory(_:)`` when there is not that much memory.
  init(
    format name: String, width: Int, height: Int, rawmode: Rawmode, limits: Limits,
    isKept: Bool = true
  ) throws(FormatError) {
    let rowByteCount = try rawmode.stored(width: width, height: height).stride
    let byteCount = isKept ? rowByteCount.multiplied(by: height) ?? .max : 1
    if isKept { try limits.check(name, width: width, height: height, byteCount: byteCount) }
    // A struct with a deinit cannot be left half made, so all that throws comes first.
    let buffer = try Buffer.zeroed(byteCount: byteCount)
    var row = Scratch()
    try row.resize(rowByteCount)
    self.buffer = buffer
    self.row = row
    self.isKept = isKept
    self.rowByteCount = rowByteCount
    clearRow()
  }

  mutating func clearRow() {
    let count = rowByteCount
    var bytes = row.mutableBytes
    bytes.zero(count)
  }

  /// Stores the row.
  mutating func store(at y: Int) throws(FormatError) {
    guard isKept else { return }
    try buffer.store(Block(offset: y * rowByteCount, byteCount: rowByteCount), from: row.bytes)
  }
}
