/// How a row is predicted from what stands before it, by the numbers of the PNG specification (9.2).
///
/// For the byte x, a is the same byte of the pixel to the left, b that of the pixel above, and c that
/// of the one above and to the left; outside of the image each is 0.
enum PNGFilter: UInt8, CaseIterable, Sendable {
  /// x
  case none = 0
  /// x - a
  case sub = 1
  /// x - b
  case up = 2
  /// x - (a + b) / 2, rounded down
  case average = 3
  /// x - that of a, b, c which is nearest to a + b - c
  case paeth = 4
}

/// Which filter each row of a band gets.
enum PNGFiltering: CaseIterable, Hashable, Sendable {
  /// None: right for indices, for samples below a byte, and for flat areas.
  case none
  /// The one with the least sum of absolute differences, as the specification recommends (12.7).
  case adaptive
  /// The one with the fewest different pairs of neighboring bytes: for bytes in which matches are sought.
  case fewestBigrams
}
