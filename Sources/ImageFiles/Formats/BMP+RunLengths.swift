// RLE8 and RLE4: pairs of bytes, the lowest row first.
//
//   n c      n pixels of the index c (RLE4: of the two halves of c in turn)
//   0 0      end of the row
//   0 1      end of the image
//   0 2 x y  x pixels to the right, y rows up
//   0 n …    n >= 3 indices, padded to two bytes
//
// Pixels that are jumped over are 0. Of a run that is longer than its row, the rest is dropped, as
// Pillow and browsers do.
import PixelMemory
import PixelViews

extension BMP {
  /// How decoded rows are kept.
  static func runLengthRawmode(_ header: Header) -> Rawmode {
    Rawmode.natural(header.palette.map(isGray) == true ? Mode.gray : .palette)
  }

  static func decodeRunLengths(
    _ header: Header, _ buffer: Buffer, _ limits: Limits, isKept: Bool = true
  ) throws(FormatError) -> FileFormat.Decoded {
    let rows = try DecodedRows(
      format: name, width: header.width, height: header.height,
      rawmode: runLengthRawmode(header), limits: limits, isKept: isKept)
    var decoder = RunLengthDecoder(
      header: header, reader: HeaderReader(buffer, format: name, offset: header.offset),
      rows: rows)
    try decoder.decode()
    let end = max(
      decoder.reader.offset, header.profileEnd, header.offset + header.packedByteCount)
    return FileFormat.Decoded(
      buffer: decoder.rows.buffer, trailingByteCount: max(0, buffer.byteCount - end))
  }

  private struct RunLengthDecoder: ~Copyable {
    let header: Header
    var reader: HeaderReader
    var rows: DecodedRows
    private var x = 0
    /// Counted in the order of the file.
    private var y = 0

    init(header: Header, reader: HeaderReader, rows: consuming DecodedRows) {
      self.header = header
      self.reader = reader
      self.rows = rows
    }

    mutating func decode() throws(FormatError) {
      while y < header.height {
        // Many files have no end of image; after the last pixel nothing is missing.
        if reader.isAtEnd, y == header.height - 1, x >= header.width { break }
        let count = Int(try reader.byte("a run"))
        // Nothing of a run is shown after the last pixel, and so it is none of the image's.
        if count > 0, y == header.height - 1, x >= header.width {
          reader.offset -= 1
          break
        }
        let value = try reader.byte("a run")
        switch (count, value) {
        case (0, 0): try advance(rows: 1, to: 0)
        case (0, 1):
          return try storeRow()
        case (0, 2):
          let right = Int(try reader.byte("a distance"))
          let up = Int(try reader.byte("a distance"))
          try advance(rows: up, to: x + right)
        case (0, _): try readIndices(Int(value))
        default:
          for index in 0..<count { put(index: index, of: value) }
        }
      }
      if y < header.height { return try storeRow() }
      let start = reader.offset
      if (try? reader.bytes(2, "the end of the image")) != [0, 1] { reader.offset = start }
    }

    private mutating func readIndices(_ count: Int) throws(FormatError) {
      let isRLE4 = header.compression == .rle4
      let byteCount = isRLE4 ? (count + 1) / 2 : count
      let bytes = try reader.bytes(byteCount + byteCount % 2, "indices")
      for index in 0..<count { put(index: index, of: bytes[isRLE4 ? index / 2 : index]) }
    }

    /// Puts the next pixel, number `index` of its run.
    private mutating func put(index: Int, of byte: UInt8) {
      let column = x
      x += 1
      guard column < header.width else { return }
      let value = header.compression == .rle4 ? (index % 2 == 0 ? byte >> 4 : byte & 15) : byte
      var bytes = rows.row.mutableBytes
      bytes.setSample(column, to: value)
    }

    private mutating func advance(rows count: Int, to column: Int) throws(FormatError) {
      x = column
      guard count > 0 else { return }
      try storeRow()
      y = min(y + count, header.height)
      rows.clearRow()
    }

    private mutating func storeRow() throws(FormatError) {
      try rows.store(at: header.isTopDown ? y : header.height - 1 - y)
    }
  }
}
