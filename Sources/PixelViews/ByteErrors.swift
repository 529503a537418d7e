import CShims

/// The errors of pixels of bytes, band by band, as far as instructions of the processor make short work of
/// them.
struct ByteErrors {
  /// The pixels from the first one on whose errors these are.
  let pixelCount: Int
  private let sums: InlineArray<4, imgtool_error_sums>

  /// - Parameter road: the instructions to use.
  /// - Precondition: both spans hold `count` pixels of `bandCount` bytes, at most 4.
  init(
    _ a: RawSpan, _ b: RawSpan, bandCount: Int, count: Int,
    road: imgtool_road = imgtool_processor_road()
  ) {
    precondition((1...4).contains(bandCount) && count >= 0)
    precondition(count <= min(a.byteCount, b.byteCount) / bandCount)
    var sums = InlineArray<4, imgtool_error_sums>(repeating: imgtool_error_sums())
    var all = sums.mutableSpan
    pixelCount = unsafe a.withUnsafeBytes { a in
      unsafe b.withUnsafeBytes { b in
        unsafe all.withUnsafeMutableBufferPointer { all in
          unsafe imgtool_byte_errors(
            road, a.baseAddress, b.baseAddress, count, bandCount, all.baseAddress)
        }
      }
    }
    self.sums = sums
  }

  /// The sums of a band.
  func callAsFunction(band: Int) -> imgtool_error_sums { sums[band] }
}
