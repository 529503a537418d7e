/// How an image is cut into bands of rows, which are filtered and deflated on their own.
///
/// The cut depends on the image's geometry and the effort only, so that a file does not depend on the number of
/// threads that made it.
struct PNGBandPlan: Hashable, Sendable {
  let height: Int
  let rowsPerBand: Int

  var count: Int { (height + rowsPerBand - 1) / rowsPerBand }

  /// A band's first row, and deflate's empty window, cost up to a few percent of a small band; a
  /// large one costs memory, and threads wait for the last one.
  private static let byteCounts = 128 << 10...1 << 20
  /// How many bands keep a few threads busy to the end.
  private static let wantedCount = 32
  /// The same where time is spent on size.
  private static let thoroughByteCounts = 512 << 10...2 << 20
  private static let thoroughCount = 8

  /// - Precondition: The header is valid.
  init(_ header: PNGHeader, effort: PNGEffort) {
    height = header.height
    let rowByteCount = header.rowByteCount + 1
    let total = rowByteCount.multipliedReportingOverflow(by: height)
    let (limits, wanted) =
      switch effort {
      case .thorough: (Self.thoroughByteCounts, Self.thoroughCount)
      default: (Self.byteCounts, Self.wantedCount)
      }
    let share = total.overflow ? Int.max : total.partialValue / wanted
    let byteCount = min(max(share, limits.lowerBound), limits.upperBound)
    rowsPerBand = min(height, max(1, byteCount / rowByteCount))
  }

  func rows(of band: Int) -> Range<Int> {
    band * rowsPerBand..<min(height, (band + 1) * rowsPerBand)
  }
}
