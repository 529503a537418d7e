// JPEG (ISO/IEC 10918-1), in the forms of JFIF and of Exif.
//
//   FF D8
//   FF E0 "JFIF"          density, a small picture
//   FF E1 "Exif", XMP     what the camera says; FF E2 "ICC_PROFILE" its parts; FF FE a comment
//   FF EE "Adobe"         how colors are transformed
//   FF C0 C1 C2 C9 CA     the frame: bits a sample, height, width, sampling factors of components
//   FF C4, DB, CC, DD     tables
//   FF DA …               a scan: coefficients of blocks of 8x8 samples, in Huffman or arithmetic codes
//   FF D9
//
// Specification: ITU-T T.81, T.871 (JFIF), T.872 (profiles, CMYK). libjpeg-turbo decodes and encodes;
// a build without it has no such format. Read into private memory, as djpeg and Pillow have the pixels:
// the accurate integer transform, and chroma interpolated.
//
//   1 component: L     3: RGB, of YCbCr or as it is     4: CMYK, of YCCK or as it is
//
// CMYK is stored inverted, as Adobe's programs do and all others after them. Written: baseline, Huffman
// codes, 4:2:0 below --quality 90 and 4:4:4 from there on.
//
// Refused: samples of 12 bits, lossless and hierarchical files, heights after the rows. Damage is an
// error, where other programs show gray: --salvage shows what is there.
import CShims
import PixelMemory
import PixelViews

extension FileFormat {
  static let jpeg = FileFormat(
    name: JPEG.name, summary: "JPEG, compressed with a loss",
    suffixes: [".jpg", ".jpeg", ".jpe", ".jfif"],
    modes: [.gray, .rgb, .cmyk], isLossy: true,
    recognize: { $0.starts(with: JPEG.signature) && $0.count > 3 && $0[3] >= 0xC0 },
    describe: JPEG.describe,
    metadata: .jpeg,
    encoding: .stream { image, options, output throws(FormatError) in
      try JPEG.encode(image, options, to: &output)
    })
}

enum JPEG {
  static let name = "jpeg"
  static let signature: [UInt8] = [0xFF, startOfImage, 0xFF]
  /// What a quality is where none is chosen, and from which on each pixel has its chroma.
  static let defaultQuality = 90

  /// What rows of libjpeg are.
  static func rawmode(_ mode: Mode) -> String { mode == .cmyk ? "CMYK;I" : mode.name }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    try options.checkOnlyFrame(name)
    let scan = try JPEGScan(&reader)
    var pixels = FileFormat.Pixels(
      layout: try Layout.stored(
        as: rawmode(scan.format.mode), scan.format.mode, width: scan.width, height: scan.height,
        offset: 0),
      format: scan.format)
    pixels.metadata = scan.metadata
    if options.findsEnd {
      // Without an end there is nothing after it.
      let end = try? end(&reader)
      pixels.trailingByteCount = end.map { reader.byteCount - $0 }
    }
    return .decoded(pixels, reason: "the rows are compressed") {
      buffer, limits throws(FormatError) in
      try decode(buffer, scan, limits, salvages: options.salvages)
    }
  }

  private static func decode(
    _ buffer: Buffer, _ scan: JPEGScan, _ limits: Limits, salvages: Bool
  ) throws(FormatError) -> FileFormat.Decoded {
    let rowByteCount = scan.width * scan.componentCount
    let byteCount = rowByteCount * scan.height
    try limits.check(name, width: scan.width, height: scan.height, byteCount: byteCount)
    guard salvages || scan.blockCount / 8 <= buffer.byteCount else {
      throw .damaged(
        format: name,
        reason: "\(scan.width)x\(scan.height) pixels take \(scan.blockCount / 8) bytes at least, "
          + "and it has \(buffer.byteCount)")
    }
    let used = salvages ? 0..<usableByteCount(buffer) : nil
    let reader = try JPEGReader(BufferSource(buffer, range: used), salvages: salvages)
    let header = try reader.readHeader()
    guard header == (scan.width, scan.height, scan.componentCount) else {
      throw .damaged(format: name, reason: "it has several sizes")
    }
    try reader.start()
    let rowsPerBand = max(1, min(scan.height, bandByteCount / rowByteCount))
    let rows = try Buffer.zeroed(byteCount: byteCount)
    var band = Scratch()
    try band.resize(rowsPerBand * rowByteCount)
    var row = 0
    while row < scan.height {
      let wanted = min(rowsPerBand, scan.height - row)
      let count = try reader.readRows(wanted, rowByteCount: rowByteCount, into: &band)
      let block = Block(offset: row * rowByteCount, byteCount: count * rowByteCount)
      try rows.store(block, from: band.bytes)
      row += count
      if count < wanted { break }
    }
    let end = row == scan.height ? try reader.end() : nil
    let state = reader.state
    var decoded = FileFormat.Decoded(buffer: rows)
    if let end, state.endedInScan == nil { decoded.trailingByteCount = buffer.byteCount - end }
    decoded.losses = try losses(state, rowCount: row, of: scan)
    // Rows of zeros are not ink, as CMYK has it.
    if row < scan.height, scan.format.mode == .cmyk {
      try fill(rows, row..<scan.height, rowByteCount: rowByteCount)
    }
    return decoded
  }

  /// What is decoded at once, small enough for a processor's cache.
  private static let bandByteCount = 256 << 10

  /// What is not there of a file that is damaged or ends too early.
  private static func losses(
    _ state: JPEGReader.State, rowCount: Int, of scan: JPEGScan
  ) throws(FormatError) -> [Loss] {
    var losses: [Loss] = []
    if let damage = state.damage { losses.append(.damage(damage)) }
    if rowCount < scan.height {
      guard rowCount > 0 else {
        throw .damaged(format: name, reason: state.damage ?? "it ends within the first row")
      }
      losses.append(.rows(rowCount..<scan.height))
    } else if let number = state.endedInScan {
      losses.append(state.hasSeveralScans ? .detail(scan: number) : .end("EOI"))
    }
    return losses
  }

  /// Makes the rows that are missing zeros in the image; they are stored inverted.
  private static func fill(
    _ buffer: Buffer, _ rows: Range<Int>, rowByteCount: Int
  ) throws(FormatError) {
    var row = Scratch()
    try row.resize(rowByteCount)
    _ = unsafe row.withUnsafeMutableBytes {
      unsafe $0.initializeMemory(as: UInt8.self, repeating: 255)
    }
    for y in rows {
      try buffer.store(Block(offset: y * rowByteCount, byteCount: rowByteCount), from: row.bytes)
    }
  }
}
