import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

/// What a format shows of a file that is in memory.
struct ShownFile {
  let image: Image
  let isMapped: Bool
  var frameCount = 1
  var notes: [String] = []
  var metadata: Metadata?
  var trailingByteCount: Int?

  init(_ bytes: [UInt8], as format: FileFormat, frame: Int = 0, limits: Limits = Limits()) throws {
    let buffer = try Buffer(holding: bytes)
    var reader = HeaderReader(buffer, format: format.name)
    var options = FileFormat.DescribeOptions()
    options.frame = frame
    options.limits = limits
    let describe = try #require(format.describe)
    let pixels: FileFormat.Pixels
    let shown: Buffer
    switch try describe(&reader, options) {
    case .mapped(let found):
      (pixels, shown, isMapped) = (found, buffer, true)
    case .decoded(let found, _, let decode):
      (pixels, shown, isMapped) = (found, try decode(buffer, limits).buffer, false)
    }
    image = try Image(
      buffer: shown, layout: pixels.layout, format: pixels.format, palette: pixels.palette)
    frameCount = pixels.frameCount
    notes = pixels.notes
    metadata = pixels.metadata
    trailingByteCount = pixels.trailingByteCount
  }

  /// All samples, row by row.
  func samples() throws -> [Double] { try image.samples() }

  /// Describes a damaged file and reads all that it shows.
  ///
  /// - Returns: Whether it was read; what is thrown is thrown away.
  static func survive(_ bytes: [UInt8], as format: FileFormat) -> Bool {
    var limits = Limits()
    limits.pixels = 1 << 16
    return (try? ShownFile(bytes, as: format, limits: limits).samples()) != nil
  }

  /// A file cut after each of its bytes, and with each byte replaced by some others, is survived.
  static func surviveDamage(_ bytes: [UInt8], as format: FileFormat) {
    var (readCount, refusedCount) = (0, 0)
    func survive(_ bytes: [UInt8]) {
      if ShownFile.survive(bytes, as: format) { readCount += 1 } else { refusedCount += 1 }
    }
    for count in 0..<bytes.count { survive(Array(bytes.prefix(count))) }
    for index in bytes.indices {
      for value in [0, 1, 0x7F, 0x80, 0xFF, bytes[index] ^ 1, bytes[index] ^ 16] {
        var damaged = bytes
        damaged[index] = value
        survive(damaged)
      }
    }
    #expect(readCount + refusedCount == bytes.count * 8)
    #expect(readCount > 0 && refusedCount > 0, "\(readCount) read, \(refusedCount) refused")
  }
}

extension Buffer {
  convenience init(holding bytes: [UInt8]) throws {
    try self.init(allocating: bytes.count)
    try copyIn(Block(offset: 0, byteCount: bytes.count), from: unsafe bytes.span.bytes)
  }
}

extension Image {
  /// Packed pixels of a rawmode, in memory.
  init(
    _ mode: Mode, _ rawmode: String, width: Int, height: Int, _ bytes: [UInt8],
    palette: Palette? = nil
  ) throws {
    let stored = try #require(Rawmode.named(rawmode, mode: mode))
    try self.init(
      buffer: Buffer(holding: bytes), layout: stored.layout(width: width, height: height),
      format: PixelFormat(mode, stored.type), palette: palette)
  }

  /// All samples, row by row.
  func samples() throws -> [Double] {
    var workspace = Workspace()
    var scratch = try Scratch(byteCount: plainRowByteCount * height)
    var plain = scratch.mutableBytes
    try read(bounds, into: &plain, workspace: &workspace)
    let bytes = scratch.bytes
    return (0..<width * height).flatMap { bytes.values(at: $0, format: format) }
  }
}

extension FileFormat {
  /// The file of an image, as a save would write it.
  func written(_ image: Image, as rawmode: Rawmode? = nil) throws -> [UInt8] {
    let directory = TemporaryDirectory()
    let ready = try prepare(image)
    var options = EncodeOptions()
    options.rawmode = rawmode
    var output = try OutputFile(try SaveTarget.resolve(directory.file("out")), reserving: nil)
    switch encoding {
    case .plain(let makeFile):
      let file = try makeFile(ready, options)
      _ = try file.write(ready, to: &output, threads: 1)
      #expect(file.byteCount == output.byteCount)
    case .stream(let encode): try encode(ready, options, &output)
    case .none: throw FormatError.cannotHold(format: name, image.format)
    }
    try output.commit()
    return try directory.contents("out")
  }
}
