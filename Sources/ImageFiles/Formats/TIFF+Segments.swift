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
    var predictor: Predictor
    var container: Container

    /// Segments side by side, and one above the other, in one plane.
    var across: Int { (width - 1) / segmentWidth + 1 }
    var down: Int { (height - 1) / segmentHeight + 1 }
    /// Bytes of a row of the image, and of a segment.
    var rowByteCount: Int { (width * pixelBits).inBytesRoundedUp }
    var segmentRowByteCount: Int { (segmentWidth * pixelBits).inBytesRoundedUp }
  }

  /// What must be known to read numbers again, later.
  struct Container: Hashable, Sendable {
    var bits: Int
    var samplesInPlane: Int
    var bigEndian: Bool
    var reversesBits: Bool

    /// Whether samples are words whose bytes are in one order and whose bits are in the other, which
    /// no field describes.
    var swapsReversedBytes: Bool {
      reversesBits && !bigEndian && bits > 8 && bits.isWholeBytes
    }
  }

  /// How the bytes of a segment are packed.
  enum Compression: Hashable, Sendable {
    case none, lzw, deflate, packBits
  }

  /// What was subtracted from samples before they were packed.
  enum Predictor: Hashable, Sendable {
    case none, horizontal, float
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
    container = TIFF.Container(
      bits: samples.bits, samplesInPlane: samples.isPlanar ? 1 : samples.count,
      bigEndian: samples.bigEndian, reversesBits: samples.reversesBits)
    self.compression = compression
    switch compression == .none ? 1 : try reader.value(.predictor, of: directory, default: 1) {
    case 1: predictor = .none
    case 2 where [8, 16, 32, 64].contains(samples.bits): predictor = .horizontal
    case 3 where samples.number == .float: predictor = .float
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
    guard compression == .none, across == 1, !container.swapsReversedBytes else { return nil }
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
  var copyReason: String {
    switch compression {
    case .lzw: "the pixels are compressed with LZW"
    case .deflate: "the pixels are deflated"
    case .packBits: "the pixels are compressed with PackBits"
    case .none where isTiled: "the pixels are in tiles"
    case .none where container.swapsReversedBytes: "the bits of each byte are reversed"
    case .none: "the strips are not evenly spaced"
    }
  }

  private var segmentName: String { isTiled ? "tile" : "strip" }
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

extension TIFF.Compression {
  /// - Throws: `FormatError.unsupported`, by its name, for what is not read.
  init(_ number: Int) throws(FormatError) {
    switch number {
    case 1: self = .none
    case 5: self = .lzw
    case 8, 32946: self = .deflate
    case 32773: self = .packBits
    case 2, 3, 4: throw .unsupported(format: "tiff", feature: "CCITT compression")
    case 6, 7: throw .unsupported(format: "tiff", feature: "JPEG compression")
    case 34712: throw .unsupported(format: "tiff", feature: "JPEG 2000 compression")
    case 50000: throw .unsupported(format: "tiff", feature: "Zstandard compression")
    case 50001: throw .unsupported(format: "tiff", feature: "WebP compression")
    default: throw .unsupported(format: "tiff", feature: "compression \(number)")
    }
  }
}
