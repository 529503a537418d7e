import PixelMemory
import PixelViews

extension PNG {
  static func encode(
    _ image: Image, _ options: FileFormat.EncodeOptions, to output: inout OutputFile
  ) throws(FormatError) {
    let header = try header(for: image, bits: options.bits)
    let rows = try PNGRows(image, header)
    let encoder: PNGEncoder
    do throws(PNGError) {
      encoder = try PNGEncoder(
        header, extras: image.metadata.map { PNGExtras($0, header) } ?? .none,
        level: options.level, threads: options.threads)
    } catch { throw .png(error) }
    do throws(PNGEncodingError<FormatError, OutputError>) {
      try encoder.encode(to: &output) { range, bytes throws(FormatError) in
        try rows.fill(range, &bytes)
      }
    } catch {
      switch error {
      case .rows(let error): throw error
      case .sink(let error): throw .output(error)
      case .png(let error): throw .png(error)
      }
    }
  }

  private static func header(for image: Image, bits: Int?) throws(FormatError) -> PNGHeader {
    let type: PNGHeader.ColorType
    switch image.mode {
    case .bilevel, .gray, .gray16: type = .gray
    case .grayAlpha: type = .grayAlpha
    case .palette: type = .palette
    case .rgb: type = .rgb
    case .rgba: type = .rgba
    default: throw .cannotHold(format: name, image.format)
    }
    let natural = image.mode == .bilevel ? 1 : image.format.type.bitCount
    let depth = bits ?? natural
    let isChoice = image.format == PixelFormat(.gray) || image.mode == .palette
    guard depth == natural || isChoice && [1, 2, 4].contains(depth) else {
      let isNarrowed = image.format.type == .u16 && !image.mode.isGray16
      throw .cannotStoreBits(
        format: name, found: depth, image.format,
        allowed: (isChoice ? [1, 2, 4] : isNarrowed ? [8] : []) + [natural])
    }
    var header = PNGHeader(
      width: image.width, height: image.height, bitDepth: depth, colorType: type)
    if type == .palette {
      guard let palette = image.palette else { throw .view(.paletteMissing(mode: .palette)) }
      header.palette = palette.prefix(1 << depth)
    }
    do throws(PNGError) { try header.validate() } catch { throw .png(error) }
    return header
  }
}

/// Rows of an image as a PNG file has them.
private struct PNGRows: Sendable {
  private let image: Image
  private let header: PNGHeader
  /// For rows whose samples all fit.
  private let encoder: RowEncoder?
  /// What bands are read by: fresh memory for each would be as many page faults as pages.
  private let pool = TilePool()

  init(_ image: Image, _ header: PNGHeader) throws(FormatError) {
    self.image = image
    self.header = header
    let limit = header.palette?.count ?? 256
    let needsLook = image.mode != .bilevel && (header.bitDepth < 8 || limit < 256)
    if needsLook {
      encoder = nil
      return
    }
    let layout = try Rawmode.natural(image.format, isBigEndian: true).stored(
      width: image.width, height: image.height)
    encoder = RowEncoder(image: image, layout: layout, format: image.format)
  }

  /// Fills packed rows.
  func fill(_ rows: Range<Int>, _ bytes: inout MutableRawSpan) throws(FormatError) {
    let memory = pool.take { TileMemory() }
    defer { pool.give(memory) }
    guard let encoder else { return try pack(rows, &bytes, &memory.item.workspace) }
    do throws(ViewError) {
      try encoder.encode(rows: rows, into: &bytes, workspace: &memory.item.workspace)
    } catch { throw .view(error) }
  }

  /// Packs samples of 1 to 8 bits and looks at each of them.
  private func pack(
    _ rows: Range<Int>, _ bytes: inout MutableRawSpan, _ workspace: inout Workspace
  ) throws(FormatError) {
    let (width, depth) = (image.width, header.bitDepth)
    var plain = Scratch()
    try plain.resize(width)
    let perByte = 8 / depth
    defer {
      image.forget(
        Rectangle(x: 0, y: rows.lowerBound, width: image.width, height: rows.count))
    }
    for (index, y) in rows.enumerated() {
      do throws(ViewError) {
        var row = plain.mutableBytes
        try image.read(
          Rectangle(x: 0, y: y, width: width, height: 1), into: &row, workspace: &workspace)
      } catch { throw .view(error) }
      let row = plain.bytes
      let start = index * header.rowByteCount
      for first in stride(from: 0, to: width, by: perByte) {
        var byte: UInt8 = 0
        for x in first..<first + perByte {
          let stored = x < width ? try stored(row.sample(x), x, y) : 0
          byte = UInt8(truncatingIfNeeded: UInt16(byte) << UInt16(depth)) | stored
        }
        bytes.setSample(start + first / perByte, to: byte)
      }
    }
  }

  /// What stands in the file for a sample.
  private func stored(_ sample: UInt8, _ x: Int, _ y: Int) throws(FormatError) -> UInt8 {
    if let palette = header.palette {
      guard Int(sample) < palette.count else {
        throw .cannotHoldValue(
          format: PNG.name,
          reason: "pixel \(x),\(y) has index \(sample), the palette \(palette.count) colors"
            + (header.bitDepth < 8 ? " of \(header.bitDepth) bits" : ""))
      }
      return sample
    }
    let step = UInt8(255 / UInt64.ones(header.bitDepth))
    guard sample.isMultiple(of: step) else {
      throw .cannotHoldValue(
        format: PNG.name,
        reason: "pixel \(x),\(y) is \(sample); "
          + (header.bitDepth == 1 ? "1 bit holds" : "\(header.bitDepth) bits hold")
          + " multiples of \(step)")
    }
    return sample / step
  }
}
