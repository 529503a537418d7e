// Y4M: raw video with a line of text before it and before each frame.
//
//   "YUV4MPEG2" " W" width " H" height " F" rate " I" interlacing " A" aspect " C" storage " X" more "\n"
//   for each frame: "FRAME", parameters like those, "\n", then luma, Cb and Cr, a plane each
//
// C says how many pixels share chroma and, after a p, how many bits a sample has; 420jpeg is meant
// where it is missing. XCOLORRANGE=FULL says that black is 0. The other parameters say nothing of
// where samples stand: they are texts of the image, and written again.
//
// Specification: yuv4mpeg(5) of mjpegtools; ffmpeg's libavformat/yuv4mpeg*.c for C of more bits and for
// XCOLORRANGE.
//
// Mapped in place; the samples are YCbCr of video, or gray. Written with one frame. Refused: 444alpha,
// as no mode has chroma and alpha.
import PixelViews

extension FileFormat {
  static let y4m = FileFormat(
    name: "y4m", summary: "raw video with a header, YUV4MPEG2", suffixes: [".y4m"],
    modes: [.gray, .ycbcr], honorsRawmode: true,
    recognize: { $0.starts(with: Y4M.magic) },
    describe: Y4M.describe,
    prefix: { layout, mode throws(FormatError) in try Y4M.prefix(layout, mode) },
    metadata: MetadataPlaces(repeatsTexts: true, holdsUnknown: true, holds: Y4M.holds),
    joining: .afterFirstLine, cut: Y4M.cut,
    encoding: .plain { image, options throws(FormatError) in
      try Y4M.plainFile(image, as: options.rawmode)
    })
}

enum Y4M {
  static let magic = Array("YUV4MPEG2 ".utf8)
  static let frameMagic = "FRAME"

  /// How the samples of a file are stored.
  struct Storage {
    /// What follows C.
    let name: String
    let rawmode: String
    let mode: Mode
  }

  /// Of the names of one storage the first is written.
  static let storages: [Storage] =
    [
      Storage(name: "420jpeg", rawmode: "yuv420p", mode: .ycbcr),
      Storage(name: "420mpeg2", rawmode: "yuv420p", mode: .ycbcr),
      Storage(name: "420paldv", rawmode: "yuv420p", mode: .ycbcr),
      Storage(name: "420", rawmode: "yuv420p", mode: .ycbcr),
      Storage(name: "411", rawmode: "yuv411p", mode: .ycbcr),
      Storage(name: "422", rawmode: "yuv422p", mode: .ycbcr),
      Storage(name: "444", rawmode: "yuv444p", mode: .ycbcr),
      Storage(name: "mono", rawmode: "L", mode: .gray),
      Storage(name: "mono16", rawmode: "gray16le", mode: .gray16),
    ]
    + [9, 10, 12, 14].map {
      Storage(name: "mono\($0)", rawmode: "gray\($0)le", mode: .gray16)
    }
    + ["420", "422", "444"].flatMap { share in
      [9, 10, 12, 14, 16].map { bits in
        Storage(name: "\(share)p\(bits)", rawmode: "yuv\(share)p\(bits)le", mode: .ycbcr)
      }
    }

  /// Whether a text can be a parameter of the first line.
  @Sendable static func holds(_ chunk: Metadata.Chunk) -> Bool {
    guard let keyword = chunk.keyword, let value = chunk.value, value.utf8.count <= 256 else {
      return false
    }
    if keyword == commentKey {
      return !isOfSamples(value) && value.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
    switch Metadata.VideoKey(rawValue: keyword) {
    case .frameRate, .pixelAspect:
      let numbers = value.split(separator: ":", omittingEmptySubsequences: false)
      return numbers.count == 2
        && numbers.allSatisfy { number in
          !number.isEmpty && number.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
    case .interlacing: return ["p", "t", "b", "m", "?"].contains(value)
    case .chroma: return storages.contains { $0.name == value }
    case nil: return false
    }
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    let header = try header(&reader)
    let (rawmode, width, height, byteCount) = try frame(header, reader)
    let walk = try options.walk { () throws(FormatError) in
      try frames(of: byteCount, &reader)
    }
    let starts = walk.starts
    let index = try options.frame(of: starts.count, "y4m")
    var choices = Rawmode.Options()
    choices.offset = starts[index]
    var pixels = FileFormat.Pixels(
      layout: try rawmode.stored(width: width, height: height, choices),
      format: rawmode.storedFormat, frameCount: starts.count)
    if let color = rawmode.videoColor {
      pixels.videoColor = VideoColor(
        color.matrix, header.isFull ? .full : .limited, bitDepth: color.bitDepth)
    }
    pixels.trailingByteCount = walk.end.map { reader.byteCount - $0 }
    pixels.metadata = metadata(header, rawmode.storedFormat)
    if walk.marked.contains(starts[index]) {
      pixels.metadata = pixels.metadata ?? Metadata(format: pixels.format)
      pixels.metadata?.lose("parameters of the frame")
    }
    return .mapped(pixels)
  }

  /// What a frame is by the first line, and how many bytes it has.
  static func frame(
    _ header: Header, _ reader: HeaderReader
  ) throws(FormatError) -> (rawmode: Rawmode, width: Int, height: Int, byteCount: Int) {
    guard let width = header.width, let height = header.height else {
      throw reader.malformed(
        at: 0, found: "no \(header.width == nil ? "width (W)" : "height (H)") in the first line",
        expected: "both")
    }
    let storage = header.storage
    guard let rawmode = Rawmode.named(storage.rawmode, mode: storage.mode) else {
      preconditionFailure("\(storage.mode.name) has no rawmode \(storage.rawmode)")
    }
    let one = try rawmode.stored(width: width, height: height)
    do throws(ViewError) {
      let planes = try rawmode.frame(width: width, height: height, options: Rawmode.Options())
      if let planes { return (rawmode, width, height, planes.byteCount) }
      return (rawmode, width, height, try one.byteRange().count)
    } catch { throw .view(error) }
  }

  /// Where the samples of each frame begin; those of frames with parameters of their own are marked.
  private static func frames(
    of byteCount: Int, _ reader: inout HeaderReader
  ) throws(FormatError) -> FrameIndex.Walk {
    var starts: [Int] = []
    var saying: Set<Int> = []
    while !reader.isAtEnd {
      let line = reader.offset
      guard let found = try? reader.line("\"FRAME\""), found.first?.text == frameMagic,
        byteCount <= reader.byteCount - reader.offset
      else {
        guard starts.isEmpty else {
          // What is cut short, or is not a frame, follows the last one.
          reader.offset = line
          break
        }
        throw reader.malformed(
          at: line, found: "\(reader.byteCount - line) bytes to the end",
          expected: "\"FRAME\" and a frame of \(byteCount.bytes)")
      }
      starts.append(reader.offset)
      if found.count > 1 { saying.insert(reader.offset) }
      reader.offset += byteCount
    }
    guard !starts.isEmpty else {
      throw reader.malformed(
        at: reader.offset, found: "the end", expected: "\"FRAME\" and a frame")
    }
    return FrameIndex.Walk(starts: starts, end: reader.offset, marked: saying)
  }

  static func plainFile(_ image: Image, as rawmode: Rawmode?) throws(FormatError) -> PlainFile {
    let name = rawmode?.name ?? (image.mode == .gray ? "L" : "yuv444p")
    let said = text(.chroma, of: image).flatMap { word in storages.first { $0.name == word } }
    let known = said.map { [$0] + storages } ?? storages
    guard let storage = known.first(where: { $0.rawmode == name && $0.mode == image.mode }),
      let stored = Rawmode.named(name, mode: image.mode), stored.type == image.format.type
    else {
      if let rawmode { throw .cannotStoreAs(rawmode, image.format) }
      throw .cannotHold(format: "y4m", image.format)
    }
    // What JPEG has is of the full range.
    let isFull = image.mode == .gray || image.videoColor.map { $0.range == .full } ?? true
    let header = text(
      storage, width: image.width, height: image.height, isFull: isFull, of: image)
    var options = Rawmode.Options()
    options.offset = header.count
    var file = PlainFile(
      header: header,
      layout: try stored.stored(width: image.width, height: image.height, options),
      format: image.format)
    file.frameByteCount = try stored.frameByteCount(of: image, options)
    if let said, said.mode == storage.mode, said.rawmode != storage.rawmode {
      file.changes.append(
        "chroma was stored as \(said.name), and is as \(storage.name) now; --as \(said.rawmode) "
          + "before --save keeps it")
    }
    return file
  }

  /// What makes a frame of raw video a file when it is put before it.
  static func prefix(_ layout: Layout, _ mode: Mode) throws(FormatError) -> [UInt8] {
    let storage = storages.first {
      $0.mode == mode && (try? places($0, layout.width, layout.height)) == layout
    }
    guard let storage else {
      throw .cannotHoldValue(
        format: "y4m",
        reason: "its frames are packed planes from the first byte on, luma, Cb and Cr")
    }
    return text(
      storage, width: layout.width, height: layout.height, isFull: mode != .ycbcr)
  }

  private static func places(
    _ storage: Storage, _ width: Int, _ height: Int
  ) throws(FormatError) -> Layout? {
    try Rawmode.named(storage.rawmode, mode: storage.mode)?.stored(width: width, height: height)
  }

  private static func text(_ key: Metadata.VideoKey, of image: Image?) -> String? {
    image?.metadata?.chunks.first { $0.keyword == key.rawValue && holds($0) }?.value
      ?? usual(key)
  }

  private static func text(
    _ storage: Storage, width: Int, height: Int, isFull: Bool, of image: Image? = nil
  ) -> [UInt8] {
    let values = [("F", Metadata.VideoKey.frameRate), ("I", .interlacing), ("A", .pixelAspect)]
    let words = values.map { $0 + (text($1, of: image) ?? "") }
    let texts = image?.metadata?.chunks.filter { $0.keyword == commentKey && holds($0) } ?? []
    let comments = texts.compactMap { $0.value.map { " X\($0)" } }.joined()
    return Array(
      ("YUV4MPEG2 W\(width) H\(height) \(words.joined(separator: " ")) C\(storage.name) "
        + "XCOLORRANGE=\(isFull ? "FULL" : "LIMITED")\(comments)\n\(frameMagic)\n").utf8)
  }
}
