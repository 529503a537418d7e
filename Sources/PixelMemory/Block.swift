/// Rows of bytes at a fixed distance in a buffer. All numbers are bytes.
public struct Block: Hashable, Sendable {
  /// Where the first row starts.
  public var offset: Int
  public var rowByteCount: Int
  public var rowCount: Int
  /// From the start of a row to the start of the next; negative when rows go backwards.
  public var stride: Int

  public init(offset: Int, rowByteCount: Int, rowCount: Int, stride: Int) {
    self.offset = offset
    self.rowByteCount = rowByteCount
    self.rowCount = rowCount
    self.stride = stride
  }

  /// One run of bytes.
  public init(offset: Int, byteCount: Int) {
    self.init(offset: offset, rowByteCount: byteCount, rowCount: 1, stride: byteCount)
  }

  /// The bytes that all rows have together; `nil` when no `Int` holds them or a count is negative.
  package var byteCount: Int? {
    guard rowByteCount >= 0, rowCount >= 0 else { return nil }
    let (product, overflow) = rowByteCount.multipliedReportingOverflow(by: rowCount)
    return overflow ? nil : product
  }

  /// From the lowest byte that belongs to a row to the end of the highest; empty when there are no
  /// bytes, `nil` when the arithmetic overflows or a count is negative.
  package var span: Range<Int>? {
    guard let byteCount else { return nil }
    if byteCount == 0 { return offset..<offset }
    let (distance, overflow1) = stride.multipliedReportingOverflow(by: rowCount - 1)
    let (last, overflow2) = offset.addingReportingOverflow(distance)
    let (end, overflow3) = max(offset, last).addingReportingOverflow(rowByteCount)
    if overflow1 || overflow2 || overflow3 { return nil }
    return min(offset, last)..<end
  }
}
