import PixelMemory

/// The one way to save: bytes go into a temporary file, which takes the name when all are there.
///
/// Dropped without `commit`, it leaves nothing behind and the old file as it was. Streams (devices,
/// pipes, open descriptors) and functions are written through instead: what is written is gone.
package struct OutputFile: ~Copyable, ByteSink {
  package let target: SaveTarget
  /// The number of the open file; of no file for a function.
  let number: Int32
  private let file: FileDescriptor?
  let place: Place
  /// What fallocate made the file's size.
  let reservedByteCount: Int
  /// Whether the target may be a file that this process maps.
  let replacesMapped: Bool
  /// Written so far.
  package private(set) var byteCount = 0
  /// The part of `byteCount` that went through private memory; the kernel moved the rest.
  package private(set) var bytesCopied = 0
  /// Whether the file is shorter than `byteCount`, because a hole was skipped at its end.
  private(set) var endsInHole = false

  /// A function that takes the next bytes of a file; false when it does not.
  package typealias Writer = @Sendable (RawSpan) -> Bool

  enum Place {
    case stream
    case function(Writer)
    /// A file without a name (`O_TMPFILE`): the process's end is its end.
    case unnamed(in: OutputDirectory)
    case named(TemporaryName, in: OutputDirectory)
  }

  /// Makes the temporary file, or opens the stream.
  ///
  /// - Parameters:
  ///   - byteCount: how long the file will be, or at least; `nil` if unknown. Disk space is taken
  ///     for it, so that a lack of it is told before the first byte.
  ///   - replacingMapped: a mapped file may lose its name to the new one; the mapping keeps the
  ///     bytes. A stream that leads to a mapped file is refused all the same.
  /// - Throws: `mapped`, `directoryNotWritable`, `fileNotWritable`, `outOfSpace`, `tooLarge`,
  ///   `noDirectory`, `system`.
  package init(
    _ target: SaveTarget, reserving byteCount: Int?, replacingMapped: Bool = false
  ) throws(OutputError) {
    try self.init(
      target, reserving: byteCount, replacingMapped: replacingMapped, allowingUnnamed: true)
  }

  init(
    _ target: SaveTarget, reserving byteCount: Int?, replacingMapped: Bool, allowingUnnamed: Bool
  ) throws(OutputError) {
    let file: FileDescriptor
    let place: Place
    switch target.kind {
    case .function: preconditionFailure("a function is not a file")
    case .stream(let descriptor, _):
      file = try OutputFile.openStream(target, descriptor)
      place = .stream
    case .new, .regular:
      if !replacingMapped { try OutputFile.checkUnmapped(target.identity, path: target.path) }
      let directory = try OutputDirectory(target.directory)
      if case .regular = target.kind { try OutputFile.checkWritable(target, in: directory) }
      if allowingUnnamed, let unnamed = try OutputFile.makeUnnamed(target, in: directory) {
        file = unnamed
        place = .unnamed(in: directory)
      } else {
        let name = TemporaryName(in: directory)
        file = try OutputFile.make(name, for: target, in: directory)
        place = .named(name, in: directory)
      }
    }
    let number = file.number
    if case .stream = place {
      reservedByteCount = 0
    } else {
      reservedByteCount = try OutputFile.reserve(byteCount ?? 0, in: number, path: target.path)
    }
    self.target = target
    self.number = number
    self.file = consume file
    self.place = place
    self.replacesMapped = replacingMapped
  }

  /// Gives the bytes to a function, on the thread that saves.
  package init(writingTo writer: @escaping Writer) {
    target = SaveTarget(path: "the function", directory: "", name: "", kind: .function)
    number = -1
    file = nil
    place = .function(writer)
    reservedByteCount = 0
    replacesMapped = false
  }

  /// Appends bytes.
  ///
  /// - Throws: `outOfSpace`, `tooLarge`, `refused`, `system`; `memory` when the call is interrupted.
  package mutating func write(_ bytes: RawSpan) throws(OutputError) {
    try append(bytes)
    bytesCopied += bytes.byteCount
  }

  private mutating func append(_ bytes: RawSpan) throws(OutputError) {
    do { try Interruption.check() } catch { throw .memory(error) }
    if case .function(let writer) = place {
      guard bytes.byteCount == 0 || writer(bytes) else { throw .refused }
    } else {
      do {
        try Syscalls.write(number, bytes)
      } catch {
        throw OutputError(error, path: target.path, byteCount: byteCount + bytes.byteCount)
      }
    }
    byteCount += bytes.byteCount
    if bytes.byteCount > 0 { endsInHole = false }
  }

  /// Appends bytes of a buffer, inside of the kernel where that is possible and gives the bytes
  /// that the doors would give. Large holes of a sparse file stay holes.
  ///
  /// - Throws: `memory` when the buffer fails or its file is too short by now, and as `write`.
  package mutating func copy(
    from buffer: Buffer, offset: Int, byteCount: Int, threads: Int = 1
  ) throws(OutputError) {
    guard offset >= 0, byteCount >= 0, buffer.byteCount - byteCount >= offset else {
      throw .memory(
        .outOfBounds(offset: offset, byteCount: byteCount, available: buffer.byteCount))
    }
    let end = offset + byteCount
    var position = offset
    if let descriptor = buffer.descriptor, !buffer.hasPrivateEdits {
      let source = Source(buffer: buffer, descriptor: descriptor, end: end)
      position = try copyInKernel(offset..<end, of: source, threads: threads)
      try source.check()
    }
    if position < end { try copyThroughDoors(buffer, position..<end) }
  }

  /// Copies as far as the kernel can, and tells where it stopped.
  private mutating func copyInKernel(
    _ range: Range<Int>, of source: Source, threads: Int
  ) throws(OutputError) -> Int {
    var position = range.lowerBound
    while position < range.upperBound {
      let hole = try source.nextLargeHole(in: position..<range.upperBound)
      let dataEnd = hole?.lowerBound ?? range.upperBound
      let together = try copyTogether(position..<dataEnd, of: source, threads: threads)
      position += together
      for mover in OutputFile.movers(for: target) where position < dataEnd {
        let start = position
        position = try mover.move(
          start..<dataEnd, of: source, to: number, path: target.path,
          rewinds: !target.isStream)
        wasMoved(position - start)
      }
      guard position == dataEnd, let hole else { break }
      try appendZeros(hole.count)
      position = hole.upperBound
    }
    return position
  }

  /// Counts bytes that the kernel appended.
  mutating func wasMoved(_ count: Int) {
    byteCount += count
    if count > 0 { endsInHole = false }
  }

  private mutating func appendZeros(_ count: Int) throws(OutputError) {
    if !target.isStream || target.isUnnamed {
      let number = number
      try attributing(to: target.path) { () throws(SystemError) in
        try Syscalls.skip(number, byteCount: count)
      }
      byteCount += count
      endsInHole = true
      return
    }
    let zeros: Scratch
    do { zeros = try Scratch(zeroed: min(count, 1 << 20)) } catch { throw .memory(error) }
    var rest = count
    while rest > 0 {
      let part = min(rest, zeros.byteCount)
      try append(zeros.bytes.extracting(first: part))
      rest -= part
    }
  }

  private mutating func copyThroughDoors(
    _ buffer: Buffer, _ range: Range<Int>
  ) throws(OutputError) {
    let bandByteCount = min(range.count, 1 << 20)
    var scratch: Scratch
    do { scratch = try Scratch(byteCount: bandByteCount) } catch { throw .memory(error) }
    for start in stride(from: range.lowerBound, to: range.upperBound, by: bandByteCount) {
      let band = start..<min(start + bandByteCount, range.upperBound)
      buffer.willRead(band)
      do throws(MemoryError) {
        var bytes = scratch.mutableBytes
        try buffer.copyOut(Block(offset: band.lowerBound, byteCount: band.count), to: &bytes)
      } catch {
        throw .memory(error)
      }
      try write(scratch.bytes.extracting(first: band.count))
      buffer.forget(band)
    }
  }
}
