/// A length of rows to try.
struct RowLength {
  var byteCount: Int
  /// Bytes before the first row.
  var offset: Int
  /// How much less the bytes differ at this distance than nearby.
  var depth: Double
  /// Whether rows of this length fill the file to its end.
  var isExact: Bool
  /// What speaks for it in bits a byte: rows of a wrong length seldom fill the file.
  var bonus: Double
}
