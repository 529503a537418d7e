import PixelMemory
import PixelViews

extension TIFF {
  /// Where the planes of an image stand in a buffer: one start for chunky pixels, one a band for
  /// planar ones. All in bytes.
  struct Planes: Hashable, Sendable {
    var starts: [Int]
    /// From a row to the next, in every plane.
    var stride: Int
  }

  /// The strips or tiles of an image: strips are tiles as wide as the image.
  struct Segments: Hashable, Sendable {
    /// Of the image, in pixels.
    var width: Int
    var height: Int
    /// Of a segment, in pixels.
    var segmentWidth: Int
    var segmentHeight: Int
    var isTiled: Bool
    var planeCount: Int
    /// The planes that the mode has bands for.
    var shownPlaneCount: Int
    /// Bits of a pixel in one plane.
    var pixelBits: Int
    var offsets: TIFFDirectory.Entry
    var byteCounts: TIFFDirectory.Entry?
    var compression: Compression
    /// Whether samples are words whose bytes are in one order and whose bits are in the other, which
    /// no field describes.
    var swapsReversedBytes: Bool

    /// Segments side by side, and one above the other, in one plane.
    var across: Int { (width - 1) / segmentWidth + 1 }
    var down: Int { (height - 1) / segmentHeight + 1 }
    /// Bytes of a row of the image, and of a segment.
    var rowByteCount: Int { (width * pixelBits).inBytesRoundedUp }
    var segmentRowByteCount: Int { (segmentWidth * pixelBits).inBytesRoundedUp }
  }
}

extension TIFF.Segments {
  /// - Throws: `FormatError.malformed` for sizes and counts that cannot be.
  init(
    _ reader: inout TIFFReader, _ directory: TIFFDirectory, _ samples: TIFF.Samples,
    _ compression: TIFF.Compression
  ) throws(FormatError) {
    width = try reader.size(.width, of: directory)
    height = try reader.size(.height, of: directory)
    pixelBits = samples.pixelBits
    planeCount = samples.isPlanar ? samples.count : 1
    shownPlaneCount = samples.isPlanar ? samples.format.mode.bandCount : 1
    swapsReversedBytes =
      samples.reversesBits && !samples.bigEndian && samples.bits > 8 && samples.bits.isWholeBytes
    self.compression = compression
    let predictor = try reader.value(.predictor, of: directory, default: 1)
    switch compression.takesPredictor ? predictor : 1 {
    case 1: break
    case 2 where [8, 16, 32, 64].contains(samples.bits): break
    case 3 where samples.number == .float: break
    case let other:
      throw .unsupported(
        format: "tiff", feature: "predictor \(other) of samples of \(samples.bits) bits")
    }
    isTiled = directory.has(.tileWidth)
    if isTiled {
      segmentWidth = try reader.size(.tileWidth, of: directory)
      segmentHeight = try reader.size(.tileHeight, of: directory)
    } else {
      segmentWidth = width
      let rows = try reader.value(.rowsPerStrip, of: directory, default: height)
      // 2^32 - 1 stands for "all"; some writers mean the same by 0.
      segmentHeight = rows == 0 ? height : min(rows, height)
    }
    // Files that confuse the two pairs of tags are common, and say clearly what they mean.
    guard
      let offsets = directory.entry(isTiled ? .tileOffsets : .stripOffsets)
        ?? directory.entry(isTiled ? .stripOffsets : .tileOffsets)
    else {
      throw reader.header.malformed(
        at: directory.offset, found: "no tag \(isTiled ? 324 : 273)",
        expected: "offsets of the pixels")
    }
    self.offsets = offsets
    byteCounts =
      directory.entry(isTiled ? .tileByteCounts : .stripByteCounts)
      ?? directory.entry(isTiled ? .stripByteCounts : .tileByteCounts)
    guard isTiled ? (segmentWidth * pixelBits).isWholeBytes : true else {
      throw .unsupported(format: "tiff", feature: "tiles whose rows end inside a byte")
    }
    let count = across.multiplied(by: down)?.multiplied(by: planeCount) ?? .max
    // Planes would be taken for each other; of a single one, offsets after the last row are idle.
    guard offsets.count == count || planeCount == 1 && offsets.count > count else {
      throw reader.header.malformed(
        at: offsets.position,
        found: "\(offsets.count) \(segmentName) offset"
          + (offsets.count == 1 ? "" : "s"),
        expected: "\(count), as \(isTiled ? "TileWidth" : "RowsPerStrip") implies")
    }
  }

  /// Where the planes stand if one stride describes the rows of each of them; `nil` if none does.
  ///
  /// - Complexity: O(segments); no pixel is read.
  func planesInPlace(_ reader: inout TIFFReader) throws(FormatError) -> TIFF.Planes? {
    guard compression == .none, across == 1, !swapsReversedBytes else { return nil }
    var planes = TIFF.Planes(starts: [], stride: segmentRowByteCount)
    for plane in 0..<shownPlaneCount {
      let first = plane * down
      var last = try start(first, &reader)
      planes.starts.append(last)
      if plane == 0, down > 1, segmentHeight == 1 {
        let stride = try start(1, &reader) - last
        guard abs(stride) >= segmentRowByteCount else { return nil }
        planes.stride = stride
      }
      for index in 1..<max(1, down) {
        let next = try start(first + index, &reader)
        guard next - last == segmentHeight.multiplied(by: planes.stride) else { return nil }
        last = next
      }
    }
    return planes
  }

  /// The offset of a segment, inside the file.
  func start(_ index: Int, _ reader: inout TIFFReader) throws(FormatError) -> Int {
    let offset = try reader.value(offsets, index)
    guard offset < reader.header.byteCount else {
      throw reader.header.malformed(
        at: offsets.position, found: "segment \(index) at \(offset)",
        expected: "an offset below the file's \(reader.header.byteCount) bytes")
    }
    return offset
  }

  /// Why the pixels are not shown in place.
  func copyReason(_ samples: TIFF.Samples) -> String {
    if compression != .none { return "the pixels are compressed with \(compression.name)" }
    switch samples.source {
    case .samples: break
    case .colors: return "the chroma of YCbCr is subsampled"
    case .indices: return "the palette has more than 256 colors"
    }
    if isTiled { return "the pixels are in tiles" }
    return swapsReversedBytes
      ? "the bits of each byte are reversed" : "the strips are not evenly spaced"
  }

  var segmentName: String { isTiled ? "tile" : "strip" }
}

extension TIFFReader {
  /// A width or height.
  fileprivate mutating func size(
    _ tag: TIFF.Tag, of directory: TIFFDirectory
  ) throws(FormatError) -> Int {
    let size = try value(tag, of: directory)
    guard (1...Int(UInt32.max)).contains(size) else {
      throw self.header.malformed(
        at: directory.entry(tag)?.position ?? directory.offset, found: "\(tag) \(size)",
        expected: "1 to 4294967295")
    }
    return size
  }
}
