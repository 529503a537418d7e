import CShims
import CZlib
import PixelMemory
import PixelViews

#if ISAL && canImport(CISAL)
  import CISAL
#endif

/// Turns independent pieces of data into raw deflate that ends on a byte's end, so that the results
/// can be joined (RFC 1951). The libraries' memory is taken when they are first needed, and kept.
struct Deflater: ~Copyable {
  private let road: imgtool_road
  private var runs: RunDeflater?
  private var lazy: LazyDeflater?
  private var zlib: ZlibStream?
  #if LIBDEFLATE && canImport(CLibdeflate)
    private var libdeflate: LibdeflateStream?
  #endif
  #if ISAL && canImport(CISAL)
    private var igzip: IgzipStream?
  #endif

  /// - Parameter road: the instructions to use; the bytes do not depend on it.
  init(road: imgtool_road = imgtool_processor_road()) { self.road = road }

  /// The libraries that this build deflates with, for `--version`.
  static var libraries: String {
    var names = ["zlib \(ZlibStream.version)"]
    #if LIBDEFLATE && canImport(CLibdeflate)
      names.insert("libdeflate \(LibdeflateStream.version)", at: 0)
    #endif
    #if ISAL && canImport(CISAL)
      names.insert("ISA-L igzip", at: 0)
    #endif
    return names.joined(separator: ", ")
  }

  /// Of smaller pieces ISA-L 2.30 makes other bytes where memory lies elsewhere: those of up to 647 bytes
  /// were seen to vary, those above never.
  private static let leastForIgzip = 4096

  /// Room for a piece at its worst: stored.
  static func capacity(for byteCount: Int) -> Int {
    byteCount + (byteCount / RunDeflater.blockByteCount + 6) * StoredBlock.overhead
  }

  /// Deflates a piece; what no method can make smaller is stored.
  ///
  /// - Returns: How many bytes of `output` were filled.
  /// - Precondition: `output` has `capacity(for:)` bytes, fewer than 4 GiB.
  mutating func deflate(
    _ input: RawSpan, into output: inout MutableRawSpan, method: DeflateMethod, isLast: Bool
  ) throws(DeflateError) -> Int {
    var byteCount: Int?
    switch method {
    case .stored: break
    case .runs:
      do { if runs == nil { runs = try RunDeflater(road: road) } } catch { throw .memory(error) }
      byteCount = runs?.deflate(input, into: &output, isLast: isLast)
    case .lazy:
      do { if lazy == nil { lazy = try LazyDeflater(road: road) } } catch { throw .memory(error) }
      byteCount = lazy?.deflate(input, into: &output, isLast: isLast)
    case .fast where input.byteCount < Self.leastForIgzip:
      return try deflate(input, into: &output, method: .lazy, isLast: isLast)
    case .fast:
      #if ISAL && canImport(CISAL)
        do { if igzip == nil { igzip = try IgzipStream() } } catch { throw .memory(error) }
        byteCount = try igzip?.deflate(input, into: &output, isLast: isLast)
      #else
        return try deflate(
          input, into: &output, method: .zlib(level: 1), isLast: isLast)
      #endif
    case .libdeflate(let level):
      #if LIBDEFLATE && canImport(CLibdeflate)
        if libdeflate == nil { libdeflate = try LibdeflateStream() }
        byteCount = try libdeflate?.deflate(input, into: &output, level: level, isLast: isLast)
      #else
        return try deflate(
          input, into: &output, method: .zlib(level: min(level, 9)),
          isLast: isLast)
      #endif
    case .zlib(let level):
      if zlib == nil { zlib = try ZlibStream(level: level) }
      byteCount = try zlib?.deflate(
        input, into: &output, level: level, isLast: isLast)
    }
    return byteCount ?? StoredBlock.store(input, into: &output, isLast: isLast)
  }

  /// Deflates bytes of `data` into those of `block` from `start` on, as the other one does.
  mutating func deflate(
    _ data: borrowing Scratch, _ range: Range<Int>, into block: inout Scratch, at start: Int,
    method: DeflateMethod, isLast: Bool
  ) throws(DeflateError) -> Int {
    var all = block.mutableBytes
    var output = all.slice(start, Self.capacity(for: range.count))
    return try deflate(
      data.bytes.extracting(range), into: &output, method: method, isLast: isLast)
  }

  /// The Adler-32 of some bytes (RFC 1950), or of those that have the Adler-32 `sum` and these.
  static func adler32(_ bytes: RawSpan, after sum: UInt32 = 1) -> UInt32 {
    unsafe bytes.withUnsafeBytes { bytes in
      let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      #if ISAL && canImport(CISAL)
        return unsafe isal_adler32(sum, base, UInt64(bytes.count))
      #else
        return UInt32(truncatingIfNeeded: unsafe adler32_z(UInt(sum), base, bytes.count))
      #endif
    }
  }

  /// The CRC-32 of some bytes (ISO/IEC 15948, 5.5), or of those that have the CRC-32 `sum` and these.
  static func crc32(_ bytes: RawSpan, after sum: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { bytes in
      let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      #if ISAL && canImport(CISAL)
        return unsafe crc32_gzip_refl(sum, base, UInt64(bytes.count))
      #else
        return UInt32(truncatingIfNeeded: unsafe crc32_z(UInt(sum), base, bytes.count))
      #endif
    }
  }

  /// The Adler-32 of two pieces joined, from theirs and the second one's size.
  static func adler32(_ first: UInt32, joining second: UInt32, byteCount: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: adler32_combine(UInt(first), UInt(second), byteCount))
  }
}
