extension Buffer {
  /// Reads rows from the file and not through its mapping, where that would take memory for the holes
  /// (`pread(2)`). Bytes that the file lost are zeros, as they are behind a mapping.
  func readRows(
    of block: Block, byteCount: Int, to scratch: inout MutableRawSpan
  ) throws(MemoryError) {
    guard let descriptor else { return }
    let isOneRun = block.stride == block.rowByteCount || block.rowCount == 1
    let (runs, runByteCount) = isOneRun ? (1, byteCount) : (block.rowCount, block.rowByteCount)
    for run in 0..<runs {
      var done = 0
      while done < runByteCount {
        let offset = fileOffset + block.offset + run * block.stride + done
        var rest = scratch._mutatingExtracting(
          run * runByteCount + done..<(run + 1) * runByteCount)
        let count: Int
        do throws(SystemError) {
          count = try Syscalls.read(descriptor, at: offset, into: &rest)
        } catch { throw MemoryError(error, path: origin.path) }
        if count == 0 {
          unsafe rest.withUnsafeMutableBytes {
            _ = unsafe $0.initializeMemory(as: UInt8.self, repeating: 0)
          }
          break
        }
        done += count
      }
    }
  }
}
