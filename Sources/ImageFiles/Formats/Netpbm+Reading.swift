import PixelMemory
import PixelViews

extension Netpbm {
  /// What a pixel of an image is, and whether its rows can stay where they are.
  struct Pixels: Hashable {
    var format: PixelFormat
    /// The storage of the rows in place, or of the decoded ones.
    var rawmode: String
    var isMapped: Bool
    var notes: [String] = []
  }

  static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    let (header, count, trailing) = try find(options, &reader)
    var pixels = try pixels(header, format: reader.format)
    let full = pixels.format.type == .u16 ? 65535 : 255
    // Where levels are multiplied by a whole number, each can be told again.
    if pixels.format.mode != .bilevel, full % max(1, header.top) != 0 {
      pixels.notes.append("maxval \(header.top) is spread over \(full)")
    }
    let hasMore = header.kind == 7 && header.depth > pixels.format.mode.bandCount
    let hidden: [Loss] = hasMore ? ["extra samples"] : []
    guard pixels.isMapped else {
      let name = reader.format
      guard let rawmode = Rawmode.named(pixels.rawmode, mode: pixels.format.mode) else {
        throw .cannotHold(format: name, pixels.format)
      }
      var shown = FileFormat.Pixels(
        layout: try rawmode.stored(width: header.width, height: header.height),
        format: pixels.format, frameCount: count, notes: pixels.notes,
        metadata: metadata(header, pixels.format))
      shown.trailingByteCount = trailing
      shown.hidden = hidden
      if options.findsEnd, trailing == nil {
        shown.trailingByteCount =
          try decode(header, rawmode, reader.buffer, options.limits, name: name, isKept: false)
          .trailingByteCount
      }
      return .decoded(
        shown, reason: header.isPlain ? "the samples are text" : "maxval is \(header.top)"
      ) { buffer, limits throws(FormatError) in
        try decode(header, rawmode, buffer, limits, name: name)
      }
    }
    var layout = try Layout.stored(
      as: pixels.rawmode, pixels.format.mode, width: header.width, height: header.height,
      offset: header.offset)
    if header.kind == 7 {
      // Samples that the mode does not know stand between the pixels.
      let sampleBits = header.sampleByteCount.inBits
      guard let pixelBits = header.depth.multiplied(by: sampleBits),
        let rowBits = header.width.multiplied(by: pixelBits)
      else {
        throw .tooLarge(
          format: reader.format, found: "\(header.width) pixels of \(header.depth) samples",
          limit: "\(Int.max) bits")
      }
      layout.pixelBits = pixelBits
      layout.rowBits = rowBits
    }
    var shown = FileFormat.Pixels(
      layout: layout, format: pixels.format, frameCount: count, notes: pixels.notes,
      metadata: metadata(header, pixels.format))
    shown.trailingByteCount = trailing
    shown.hidden = hidden
    return .mapped(shown)
  }

  private static func metadata(_ header: Header, _ format: PixelFormat) -> Metadata? {
    var metadata = Metadata(format: format)
    if !header.comment.isEmpty { metadata.add(.text("Comment", header.comment)) }
    if !header.tupleType.isEmpty, mode(ofType: header.tupleType) == nil {
      metadata.lose("tuple type \(header.tupleType)")
    }
    return metadata.isEmpty ? nil : metadata
  }

  /// The header of a frame, the number of frames, and the bytes after the last one.
  private static func find(
    _ options: FileFormat.DescribeOptions, _ reader: inout HeaderReader
  ) throws(FormatError) -> (header: Header, count: Int, trailing: Int?) {
    let frame = options.frameNumber
    guard options.index != nil, frame >= 0 else { return try find(frame, &reader) }
    let walk = try options.walk { () throws(FormatError) in
      var starts = [0]
      let trailing = try find(0, &reader) {
        if starts.count <= startLimit { starts.append($0) }
      }.trailing
      return FrameIndex.Walk(starts: starts, end: trailing.map { reader.byteCount - $0 })
    }
    let count = walk.starts.count
    reader.offset = 0
    if count > startLimit { return try find(frame, &reader) }
    guard frame < count else { throw .noFrame(format: reader.format, frame: frame, count: count) }
    reader.offset = walk.starts[frame]
    return (try header(&reader), count, walk.end.map { reader.byteCount - $0 })
  }

  /// The frames whose starts are kept: for all of them, a file of small images could want as much
  /// memory as it has bytes.
  private static let startLimit = 1 << 20

  /// As ``find(_:_:)``.
  ///
  /// - Parameter note: told where each frame after the first starts.
  private static func find(
    _ frame: Int, _ reader: inout HeaderReader, note: (Int) -> Void = { _ in }
  ) throws(FormatError) -> (header: Header, count: Int, trailing: Int?) {
    let first = try Netpbm.header(&reader)
    var found = frame == 0 ? first : nil
    var last = first
    var count = 1
    var trailing: Int? = first.isPlain ? nil : 0
    while let end = try nextImage(after: last, &reader) {
      let start = reader.offset
      do throws(FormatError) { last = try Netpbm.header(&reader) } catch {
        trailing = reader.byteCount - end
        break
      }
      note(start)
      if count == frame { found = last }
      count += 1
    }
    if frame < 0, count + frame >= 0 {
      // Keeping all headers could need as much memory as the file has bytes.
      reader.offset = 0
      return try find(count + frame, &reader)
    }
    guard let found else { throw .noFrame(format: reader.format, frame: frame, count: count) }
    return (found, count, trailing)
  }

  /// Goes to what follows the rows of an image; `nil` when nothing does. The answer is where they end.
  private static func nextImage(
    after header: Header, _ reader: inout HeaderReader
  ) throws(FormatError) -> Int? {
    guard let byteCount = header.rasterByteCount, let end = header.offset.added(to: byteCount),
      end < reader.byteCount
    else { return nil }
    reader.offset = end
    try skipSpace(&reader)
    return reader.isAtEnd ? nil : end
  }

  /// Programs that write a text file's line end after the rows are forgiven, as by Netpbm.
  private static func skipSpace(_ reader: inout HeaderReader) throws(FormatError) {
    while !reader.isAtEnd {
      guard isSpace(try reader.byte("an image")) else {
        reader.offset -= 1
        return
      }
    }
  }

  private static func pixels(
    _ header: Header, format name: String
  ) throws(FormatError) -> Pixels {
    let isFull = header.top == 255 || header.top == 65535
    let isWide = header.top > 255
    switch header.kind {
    case 1, 4:
      let rawmode = header.kind == 4 ? "1;I" : "1"
      return Pixels(
        format: PixelFormat(.bilevel), rawmode: rawmode, isMapped: header.kind == 4)
    case 2, 5: return pixels(.gray, isWide: isWide, isMapped: header.kind == 5 && isFull)
    case 3, 6: return pixels(.rgb, isWide: isWide, isMapped: header.kind == 6 && isFull)
    default: break
    }
    if header.tupleType == "BLACKANDWHITE", header.top == 1 {
      return Pixels(
        format: PixelFormat(.bilevel), rawmode: "1;8", isMapped: true,
        notes: notes(header, bandCount: 1))
    }
    let mode = try mode(header, format: name)
    guard header.depth >= mode.bandCount else {
      throw .malformed(
        format: name, offset: 0, found: "DEPTH \(header.depth)",
        expected: "\(mode.bandCount) samples for \(header.tupleType)")
    }
    var pixels = pixels(mode, isWide: isWide, isMapped: isFull)
    pixels.notes = notes(header, bandCount: mode.bandCount)
    return pixels
  }

  private static func mode(_ header: Header, format name: String) throws(FormatError) -> Mode {
    if let mode = mode(ofType: header.tupleType) { return mode }
    guard header.depth <= 4 else {
      throw .unsupported(
        format: name, feature: "\(header.depth) samples a pixel of type \"\(header.tupleType)\"")
    }
    return [.gray, .grayAlpha, .rgb, .rgba][header.depth - 1]
  }

  /// What the words of TUPLTYPE mean; `nil` for others than the usual ones.
  private static func mode(ofType words: String) -> Mode? {
    switch words {
    case "BLACKANDWHITE", "GRAYSCALE": return .gray
    case "BLACKANDWHITE_ALPHA", "GRAYSCALE_ALPHA": return .grayAlpha
    case "RGB": return .rgb
    case "RGB_ALPHA": return .rgba
    case "CMYK", "CMYK_ALPHA": return .cmyk
    default: return nil
    }
  }

  private static func notes(_ header: Header, bandCount: Int) -> [String] {
    let more = header.depth - bandCount
    return more > 0
      ? ["\(more) more sample\(more == 1 ? "" : "s") a pixel than \(header.tupleType) has"] : []
  }

  private static func pixels(_ mode: Mode, isWide: Bool, isMapped: Bool) -> Pixels {
    let format = !isWide ? PixelFormat(mode) : PixelFormat(mode == .gray ? .gray16 : mode, .u16)
    // What is decoded stands in the machine's order.
    return Pixels(
      format: format, rawmode: Rawmode.natural(format, isBigEndian: isMapped).name,
      isMapped: isMapped)
  }
}
