#if LIBDEFLATE && canImport(CLibdeflate)
  import CLibdeflate
  import PixelMemory

  /// libdeflate's compressor for independent pieces of raw deflate.
  @safe struct LibdeflateStream: ~Copyable {
    /// One for each level that was asked for.
    private var compressors: [Int32: Compressor] = [:]
    private var end: DeflateEnd

    /// Owned by the stream.
    @safe private struct Compressor {
      let pointer: OpaquePointer
    }

    /// What libdeflate gets at once, for it cannot be stopped meanwhile: see ``Interruption``.
    private static let portionByteCount = 1 << 20

    /// The version of the header.
    static var version: String { LIBDEFLATE_VERSION_STRING }

    /// - Throws: `DeflateError.memory`.
    init() throws(DeflateError) { end = try DeflateEnd() }

    deinit {
      for compressor in compressors.values {
        unsafe libdeflate_free_compressor(compressor.pointer)
      }
    }

    private mutating func compressor(_ level: Int32) throws(DeflateError) -> Compressor {
      if let known = compressors[level] { return known }
      guard let pointer = unsafe libdeflate_alloc_compressor(level) else {
        // What the highest levels ask for, roughly.
        throw .memory(.outOfMemory(byteCount: 9 << 20))
      }
      let new = unsafe Compressor(pointer: pointer)
      compressors[level] = new
      return new
    }

    /// Deflates a piece, up to a byte's end.
    ///
    /// - Parameter level: 1 to 12.
    /// - Returns: How many bytes the piece became; `nil` when `output` has no room for them, or when
    ///   the work is to stop.
    mutating func deflate(
      _ input: RawSpan, into output: inout MutableRawSpan, level: Int32, isLast: Bool
    ) throws(DeflateError) -> Int? {
      let (portion, count) = (Self.portionByteCount, input.byteCount)
      let compressor = try compressor(level)
      var (from, to) = (0, 0)
      repeat {
        if Interruption.isAsked { return nil }
        let next = min(count, from + portion)
        let room = output.byteCount - to - DeflateEnd.room
        guard room > 0 else { return nil }
        let made = unsafe input.withUnsafeBytes { input in
          unsafe output.withUnsafeMutableBytes { output in
            unsafe libdeflate_deflate_compress(
              compressor.pointer, input.baseAddress.map { unsafe $0 + from }, next - from,
              output.baseAddress.map { unsafe $0 + to }, room)
          }
        }
        guard made > 0 else { return nil }
        from = next
        if isLast && from == count { return to + made }
        // To find its end the piece is inflated.
        if Interruption.isAsked { return nil }
        to = try end.open(&output, to, byteCount: made)
      } while from < count
      return to
    }
  }
#endif
