/// A length of rows to try.
struct RowLength {
  var byteCount: Int
  /// Bytes before the first row, fewer than those of a row.
  var offset: Int
  /// How much less the bytes differ at this distance than nearby.
  var depth: Double
  /// Whether the last row ends where the file does.
  var isEnded = true
}
