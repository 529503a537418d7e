#if ISAL && canImport(CISAL)
  import CISAL
  import PixelMemory

  /// ISA-L's compressor for independent pieces of raw deflate.
  @safe struct IgzipStream: ~Copyable {
    private var stream: Scratch
    private var levelBuffer: Scratch

    /// - Throws: `MemoryError.outOfMemory`.
    init() throws(MemoryError) {
      let stream = try Scratch(byteCount: unsafe MemoryLayout<isal_zstream>.size)
      let levelBuffer = try Scratch(byteCount: Self.levelBufferByteCount)
      self.stream = stream
      self.levelBuffer = levelBuffer
    }

    /// Smaller than level 1 by up to a few percent in a tenth more time; level 3 gains little.
    private static let level: UInt32 = 2

    // ISAL_DEF_LVL2_LARGE, which the library recommends; the macros for it are too involved for
    // Swift to see.
    private static let levelBufferByteCount = (4 + 2 * 32 + 4 * 64) * 1024

    /// Deflates a piece, up to a byte's end.
    ///
    /// - Returns: How many bytes the piece became; `nil` when `output` has no room for them.
    mutating func deflate(
      _ input: RawSpan, into output: inout MutableRawSpan, isLast: Bool
    ) throws(DeflateError) -> Int? {
      let capacity = output.byteCount
      let (code, byteCount) = unsafe stream.withUnsafeMutableBytes { stream in
        unsafe levelBuffer.withUnsafeMutableBytes { levelBuffer in
          unsafe input.withUnsafeBytes { input in
            unsafe output.withUnsafeMutableBytes { output in
              // The library's own start leaves fields as they were found, and its output depends
              // on them: the same input came out in different sizes from memory that was used.
              unsafe stream.initializeMemory(as: UInt8.self, repeating: 0)
              let stream = unsafe stream.baseAddress!.assumingMemoryBound(to: isal_zstream.self)
              unsafe isal_deflate_stateless_init(stream)
              // igzip does not write to what it reads.
              unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
              unsafe stream.pointee.avail_in = UInt32(input.count)
              unsafe stream.pointee.next_out =
                output.baseAddress?.assumingMemoryBound(to: UInt8.self)
              unsafe stream.pointee.avail_out = UInt32(capacity)
              unsafe stream.pointee.level = Self.level
              unsafe stream.pointee.level_buf =
                levelBuffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
              unsafe stream.pointee.level_buf_size = UInt32(levelBuffer.count)
              unsafe stream.pointee.flush = UInt16(isLast ? NO_FLUSH : FULL_FLUSH)
              unsafe stream.pointee.end_of_stream = isLast ? 1 : 0
              let code = unsafe isal_deflate_stateless(stream)
              return unsafe (code, Int(stream.pointee.total_out))
            }
          }
        }
      }
      if code == STATELESS_OVERFLOW { return nil }
      guard code == COMP_OK else { throw .library("ISA-L", code: code) }
      return byteCount
    }
  }
#endif
