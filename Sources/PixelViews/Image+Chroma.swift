/// Chroma of their own for pixels that share samples of it.
extension Image {
  /// The pixels with chroma that is interpolated between the stored samples, computed while they are
  /// read; the image itself where no pixels share any.
  ///
  /// - Parameter siting: where a sample stands among the pixels that share it.
  /// - Throws: ``ViewError/unsupported(operation:mode:)`` for modes other than `YCbCr`, for pixels that are
  ///   computed, and for a view that is turned or leaves pixels out.
  public func withLinearChroma(_ siting: ChromaSiting) throws(ViewError) -> Image {
    guard let share = layout.shares.first else { return self }
    guard mode == .ycbcr, !isDerived, let lens = layout.lens, !lens.isTransposed,
      lens.columns.first == 0, lens.columns.step == 1, abs(lens.rows.step) == 1,
      [1, 2, 4].contains(share.across), [1, 2, 4].contains(share.down)
    else { throw .unsupported(operation: "interpolated chroma", mode: mode) }
    // Blocks begin at the first stored row.
    if lens.rows.step < 0 {
      return try reoriented(.vertical).withLinearChroma(siting).reoriented(.vertical)
    }
    let interpolation = ChromaInterpolation(
      width: width, height: height, columnShare: share.across, rowShare: share.down,
      siting: siting)
    return making(.chroma(interpolation), layout)
  }
}
