import PixelMemory

/// Y4M that comes through a pipe: each frame after the first line is a file of its own.
extension Y4M {
  @Sendable static func cut(
    _ pipe: inout PipeReader
  ) throws(FormatError) -> FileFormat.Cutter {
    let first = try line(&pipe)
    let buffer: Buffer
    do throws(MemoryError) { buffer = try Buffer(allocating: first.count) } catch {
      throw .memory(error)
    }
    do throws(MemoryError) {
      try buffer.copyIn(Block(offset: 0, byteCount: first.count), from: unsafe first.span.bytes)
    } catch { throw .memory(error) }
    var reader = HeaderReader(buffer, format: "y4m")
    let header = try header(&reader)
    let byteCount = try frame(header, reader).byteCount
    return FileFormat.Cutter(byteCount: byteCount) { pipe throws(FormatError) in
      let line = try line(&pipe)
      if line.isEmpty { return nil }
      // Where the pipe ends within the line, it ends within the frame.
      guard line.last != UInt8(ascii: "\n") || line.starts(with: frameMagic.utf8) else {
        throw .malformed(
          format: "y4m", offset: pipe.position - line.count, found: "another line",
          expected: "\"\(frameMagic)\"")
      }
      return first + line
    }
  }

  /// The next line, its end included; what there is of it at the end of the pipe.
  private static func line(_ pipe: inout PipeReader) throws(FormatError) -> [UInt8] {
    var line: [UInt8] = []
    do throws(MemoryError) {
      while line.count < 4096, let byte = try pipe.byte() {
        line.append(byte)
        if byte == UInt8(ascii: "\n") { break }
      }
    } catch { throw .memory(error) }
    return line
  }
}
