import PixelMemory
import PixelViews

extension TIFF.Segments {
  /// Where the planes stand after ``gather(_:limits:)``.
  ///
  /// - Throws: `FormatError.tooLarge` when 64 bits cannot count their bytes.
  func gatheredPlanes() throws(FormatError) -> TIFF.Planes {
    let planeByteCount = rowByteCount.multiplied(by: height)
    guard let planeByteCount, planeByteCount.multiplied(by: shownPlaneCount.inBits) != nil else {
      throw .tooLarge(format: "tiff", found: "\(width)x\(height)", limit: "\(Int.max) bits")
    }
    let starts = (0..<shownPlaneCount).map { $0 * planeByteCount }
    return TIFF.Planes(starts: starts, stride: rowByteCount)
  }

  /// The segments unpacked and put together in private memory, plane after plane, the bits of each
  /// byte from the most significant one.
  ///
  /// - Throws: `FormatError.tooLarge` beyond the limits, `malformed` where a segment has fewer bytes
  ///   than its rows.
  /// - Complexity: O(pixels).
  func gather(_ source: Buffer, limits: Limits) throws(FormatError) -> Buffer {
    let planeByteCount = rowByteCount.multiplied(by: height) ?? .max
    let byteCount = planeByteCount.multiplied(by: shownPlaneCount) ?? .max
    try limits.check("tiff", width: width, height: height, byteCount: byteCount)
    guard max(byteCount, segmentRowByteCount) / compression.greatestRatio <= source.byteCount else {
      throw .malformed(
        format: "tiff", offset: 0, found: "a file of \(source.byteCount) bytes",
        expected: "bytes for \(width)x\(height) pixels, which need \(byteCount) unpacked")
    }
    // A door may be asked for less than this, never for more.
    let bandRowCount = max(1, min(segmentHeight, (1 << 18) / segmentRowByteCount))
    let target = try Buffer.zeroed(byteCount: byteCount)
    var band = Scratch()
    var row = Scratch()
    try band.resize(bandRowCount * segmentRowByteCount)
    if predictor == .float { try row.resize(segmentRowByteCount) }
    var reader = TIFFReader(
      HeaderReader(source, format: "tiff"), bigEndian: container.bigEndian)
    for plane in 0..<shownPlaneCount {
      for index in 0..<across * down {
        let segment = plane * across * down + index
        let corner = (x: index % across * segmentWidth, y: index / across * segmentHeight)
        var stream = try SegmentStream(
          source, try range(of: segment, &reader), self, index: segment)
        let rowCount = min(segmentHeight, height - corner.y)
        for first in stride(from: 0, to: rowCount, by: bandRowCount) {
          let count = min(bandRowCount, rowCount - first)
          do {
            var all = band.mutableBytes
            var rows = all.slice(0, count * segmentRowByteCount)
            try stream.read(&rows)
            predictor.undo(rowCount: count, &rows, &row, container)
          }
          try store(
            band.bytes, rowCount: count, x: corner.x, y: corner.y + first,
            plane: plane * planeByteCount, in: target)
        }
      }
    }
    return target
  }

  /// The bytes of a segment in the file.
  private func range(
    of segment: Int, _ reader: inout TIFFReader
  ) throws(FormatError) -> Range<Int> {
    let start = try start(segment, &reader)
    let end = reader.header.byteCount
    // Packed data ends by itself, and plain data has the length that its rows need.
    guard compression != .none, let byteCounts, segment < byteCounts.count else {
      return start..<end
    }
    return start..<start + min(end - start, try reader.value(byteCounts, segment))
  }

  /// Copies the part of a segment's rows that is inside the image.
  private func store(
    _ rows: RawSpan, rowCount: Int, x: Int, y: Int, plane: Int, in target: Buffer
  ) throws(FormatError) {
    let left = (x * pixelBits).byteIndex
    let used = min(segmentRowByteCount, rowByteCount - left)
    let offset = plane + y * rowByteCount + left
    if used == segmentRowByteCount {
      try target.store(
        Block(offset: offset, rowByteCount: used, rowCount: rowCount, stride: rowByteCount),
        from: rows)
    } else {
      for row in 0..<rowCount {
        try target.store(
          Block(offset: offset + row * rowByteCount, byteCount: used),
          from: rows.slice(row * segmentRowByteCount, used))
      }
    }
  }
}

extension TIFF.Compression {
  /// The most bytes that a byte of the file can become, which tells a lie from a picture.
  fileprivate var greatestRatio: Int {
    switch self {
    case .none: 1
    case .packBits: 64
    case .deflate: 1040
    // A code of at least 9 bits stands for at most 4096 bytes.
    case .lzw: 4096
    }
  }
}

extension TIFF.Predictor {
  /// Adds to each sample the one to its left again, in all rows of a segment.
  func undo(
    rowCount: Int, _ rows: inout MutableRawSpan, _ workspace: inout Scratch,
    _ container: TIFF.Container
  ) {
    guard self != .none else { return }
    let rowByteCount = rows.byteCount / rowCount
    for row in 0..<rowCount {
      var samples = rows.slice(row * rowByteCount, rowByteCount)
      switch (self, container.bits) {
      case (.float, _): samples.gatherFloats(container, &workspace)
      case (_, 8): samples.accumulate(container, as: UInt8.self)
      case (_, 16): samples.accumulate(container, as: UInt16.self)
      case (_, 32): samples.accumulate(container, as: UInt32.self)
      default: samples.accumulate(container, as: UInt64.self)
      }
    }
  }
}

extension MutableRawSpan {
  fileprivate mutating func accumulate<Word: FixedWidthInteger & BitwiseCopyable>(
    _ container: TIFF.Container, as: Word.Type
  ) {
    let step = container.samplesInPlane
    let count = byteCount / MemoryLayout<Word>.size
    guard count > step else { return }
    for index in step..<count {
      let left: Word = sample(index - step)
      let difference: Word = sample(index)
      let sum =
        container.bigEndian
        ? (left.bigEndian &+ difference.bigEndian).bigEndian
        : left.littleEndian &+ difference.littleEndian
      setSample(index, to: container.bigEndian ? sum : sum.littleEndian)
    }
  }

  /// Predictor 3: the bytes of all samples of a row, most significant ones first, each a difference
  /// from the sample before.
  fileprivate mutating func gatherFloats(
    _ container: TIFF.Container, _ workspace: inout Scratch
  ) {
    let step = container.samplesInPlane
    // A sample of a float has at least two bytes, so that a row has more bytes than one of samples.
    for index in step..<byteCount {
      let left: UInt8 = sample(index - step)
      let difference: UInt8 = sample(index)
      setSample(index, to: left &+ difference)
    }
    let size = container.bits.inWholeBytes
    let count = byteCount / size
    var row = workspace.mutableBytes
    row.copy(from: bytes)
    for index in 0..<count {
      for byte in 0..<size {
        let place = container.bigEndian ? byte : size - 1 - byte
        setSample(index * size + place, to: row.sample(byte * count + index, as: UInt8.self))
      }
    }
  }
}
