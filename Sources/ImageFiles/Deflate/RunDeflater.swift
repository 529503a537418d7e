import CShims
import PixelMemory

/// Deflate with no other matches than runs of one byte: what zlib calls Z_RLE, several times as fast.
///
/// Differences between the samples of a photograph repeat by accident only, and pointing back at
/// such accidents costs more than spelling them out with good codes. So all the effort goes into the
/// codes: each block has its own.
struct RunDeflater: ~Copyable {
  /// Small enough for codes to follow the picture and for a stored block, large enough for the tables
  /// of codes not to matter.
  static let blockByteCount = 63 << 10

  private var runs: Scratch
  private let road: imgtool_road

  /// - Throws: `MemoryError.outOfMemory`.
  init(road: imgtool_road) throws(MemoryError) {
    self.road = road
    runs = try Scratch(byteCount: unsafe RunScanner.capacity(for: Self.blockByteCount))
  }

  /// Deflates a piece, up to a byte's end.
  ///
  /// - Returns: How many bytes the piece became; `nil` when `output` has no room for them.
  mutating func deflate(
    _ input: RawSpan, into output: inout MutableRawSpan, isLast: Bool
  ) -> Int? {
    unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        unsafe runs.withUnsafeMutableBytes { runs in
          guard let base = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self),
            let target = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
          else { return nil }
          // A sync flush, the header of a stored block, and what the bit writer overwrites.
          let reserve = unsafe 2 * StoredBlock.overhead + 2 * BitWriter.overrun
          let end = unsafe target + output.count - reserve
          var writer = unsafe BitWriter(target)
          for start in stride(from: 0, to: input.count, by: Self.blockByteCount) {
            let isLastBlock = isLast && start + Self.blockByteCount >= input.count
            let count = min(Self.blockByteCount, input.count - start)
            var scanner = unsafe RunScanner(base, runs: runs, road: road)
            unsafe scanner.scan(start, start + count)
            let block = unsafe scanner.block
            let isStored = block.bitCount / 8 >= count + StoredBlock.overhead
            let needed = isStored ? count + StoredBlock.overhead : block.bitCount / 8 + 1
            guard unsafe end - writer.pointer >= needed else { return nil }
            if isStored {
              unsafe writer.store(base + start, count, isLast: isLastBlock)
            } else {
              unsafe block.writeHeader(to: &writer, isLast: isLastBlock)
              unsafe scanner.write(to: &writer, block)
            }
          }
          if isLast {
            unsafe writer.alignToByte()
          } else {
            unsafe writer.store(base, 0, isLast: false)
          }
          return unsafe writer.pointer - target
        }
      }
    }
  }
}
