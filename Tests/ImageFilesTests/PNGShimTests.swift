import CShims
import PixelMemory
import Testing

@testable import ImageFiles

/// libpng's state is C's: what its callers must not do, and what it finds wrong, come back as results.
@Suite("PNG: the shim around libpng refuses what it is not made for")
struct PNGShimTests {
  typealias Failure = PNGDecodingError<SourceFailure>

  /// What a header without a fault looks like.
  private static func header(
    _ change: (inout imgtool_png_header) -> Void = { _ in }
  ) -> imgtool_png_header {
    var header = imgtool_png_header()
    header.width = 2
    header.height = 2
    header.bit_depth = 8
    header.color_type = 3
    header.color_count = 2
    change(&header)
    return header
  }

  /// What a writer makes of a header: its error, or how many bytes the header takes.
  private func write(
    _ header: imgtool_png_header, capacity: Int = Int(IMGTOOL_PNG_HEADER_CAPACITY)
  ) throws -> (error: String, byteCount: Int) {
    var header = header
    let writer = try unsafe #require(imgtool_png_writer_create())
    defer { unsafe imgtool_png_writer_destroy(writer) }
    var block = [UInt8](repeating: 0xEE, count: Int(IMGTOOL_PNG_HEADER_CAPACITY))
    var count = -1
    let result = unsafe imgtool_png_write_header(writer, &header, &block, capacity, &count)
    // Nothing is stored behind the block, whatever else is wrong.
    #expect(block[capacity...].allSatisfy { $0 == 0xEE })
    if result == IMGTOOL_PNG_OK { return ("", count) }
    #expect(result == IMGTOOL_PNG_FAILED)
    return (unsafe String(cString: imgtool_png_writer_message(writer)), count)
  }

  @Test("a header that no file may have is an error with the reason")
  func wrongHeaders() throws {
    let table: [(String, imgtool_png_header)] = [
      ("more than 256 colors", Self.header { $0.color_count = 257 }),
      ("more than 256 opacities", Self.header { $0.alpha_count = 257 }),
      ("transparent colors", Self.header { $0.alpha_count = 3 }),
      ("IHDR", Self.header { $0.bit_depth = 3 }),
      ("IHDR", Self.header { $0.width = 0 }),
    ]
    for (reason, header) in table {
      let (error, count) = try write(header)
      #expect(error.contains(reason), "\(error)")
      #expect(count == -1)
    }
  }

  @Test("a header is written whole or not at all")
  func smallBlocks() throws {
    // The signature, IHDR of 13 bytes, PLTE of two colors; each chunk has 12 bytes more.
    let expected = 8 + (12 + 13) + (12 + 6)
    for capacity in 0..<expected {
      #expect(try write(Self.header(), capacity: capacity) == ("the block is too small", -1))
    }
    #expect(try write(Self.header(), capacity: expected) == ("", expected))
  }

  @Test("a chunk with more bytes than its length can say is refused before a byte is touched")
  func longChunk() throws {
    let writer = try unsafe #require(imgtool_png_writer_create())
    defer { unsafe imgtool_png_writer_destroy(writer) }
    var block: [UInt8] = [0xEE, 0xEE]
    #expect(
      unsafe imgtool_png_write_chunk(writer, "IDAT", &block, 1 << 31) == IMGTOOL_PNG_FAILED)
    #expect(unsafe String(cString: imgtool_png_writer_message(writer)) == "chunk too long")
    #expect(block == [0xEE, 0xEE])
  }

  /// A reader of a small file that has told its header.
  private func reader(_ sample: PNGSample) throws -> (PNGReader<MemorySource>, PNGHeader) {
    let reader = try PNGReader(MemorySource(try sample.encoded()))
    return (reader, try reader.readHeader())
  }

  /// The words with which a call is refused.
  private func words(_ body: () throws(Failure) -> Void) -> String {
    do throws(Failure) {
      try body()
      return "no error"
    } catch {
      guard case .png(.library(_, let message)) = error else { return "\(error)" }
      return message
    }
  }

  @Test("a reader that is asked out of turn says so, and goes on in turn")
  func misuse() throws {
    let sample = PNGSample(5, 4)
    let (reader, header) = try reader(sample)
    let rowByteCount = header.rowByteCount
    var rows = try Scratch(byteCount: 4 * rowByteCount)
    let early = "rows were asked for before the start"
    #expect(words { () throws(Failure) in try reader.end() } == "rows are left unread")
    #expect(
      words { () throws(Failure) in
        try reader.readRows(1, rowByteCount: rowByteCount, into: &rows)
      } == early)
    try reader.start(expandsColorKey: false, expecting: header)
    #expect(
      words { () throws(Failure) in
        try reader.start(expandsColorKey: false, expecting: header)
      } == "started twice or too early")
    try reader.readRows(3, rowByteCount: rowByteCount, into: &rows)
    #expect(words { () throws(Failure) in try reader.end() } == "rows are left unread")
    var more = try Scratch(byteCount: 2 * rowByteCount)
    #expect(
      words { () throws(Failure) in
        try reader.readRows(2, rowByteCount: rowByteCount, into: &more)
      } == "more rows were asked for than are left")
    try reader.readRows(1, rowByteCount: rowByteCount, into: &more)
    let last = unsafe more.bytes.withUnsafeBytes { unsafe Array($0.prefix(rowByteCount)) }
    #expect(last == Array(sample.bytes.suffix(rowByteCount)))
    try reader.end()
    #expect(words { () throws(Failure) in try reader.end() } == "ended twice")
  }

  @Test("a reader that is started before its header is read says so")
  func earlyStart() throws {
    let sample = PNGSample(5, 4)
    let reader = try PNGReader(MemorySource(try sample.encoded()))
    #expect(
      words { () throws(Failure) in
        try reader.start(expandsColorKey: false, expecting: sample.header)
      } == "started twice or too early")
  }

  @Test("an interlaced image is read whole or not at all")
  func interlaced() throws {
    let reader = try PNGReader(MemorySource(PNGBytes.file(interlaced: true)))
    let header = try reader.readHeader()
    #expect(header.isInterlaced)
    try reader.start(expandsColorKey: false, expecting: header)
    var rows = try Scratch(zeroed: 2)
    #expect(
      words { () throws(Failure) in try reader.readRows(1, rowByteCount: 1, into: &rows) }
        == "an interlaced image is read whole")
    try reader.readRows(2, rowByteCount: 1, into: &rows)
    let found = unsafe rows.bytes.withUnsafeBytes { unsafe Array($0) }
    #expect(found == [7, 9])
    try reader.end()
  }

  @Test(
    "a wrong checksum of the pixels is an error, also in a chunk behind the last row",
    arguments: [false, true])
  func checksum(apart: Bool) throws {
    #expect(try decoded(PNGBytes.file(checksumApart: apart)).rows == [7, 9])
    for byte in 0..<4 {
      let file = PNGBytes.file(damaging: byte, checksumApart: apart)
      #expect(
        words { () throws(Failure) in _ = try PNGDecoder(MemorySource(file)).readImage() }
          == "IDAT: incorrect data check")
    }
  }
}

/// A file of two gray pixels, one above the other, by the letters of the specification.
private enum PNGBytes {
  /// - Parameters:
  ///   - damaging: which byte of the Adler-32 behind the pixels is wrong; the CRC is right.
  ///   - checksumApart: whether the Adler-32 has an IDAT of its own.
  static func file(
    interlaced: Bool = false, damaging: Int? = nil, checksumApart: Bool = false
  ) -> [UInt8] {
    // Of the seven passes, the first has row 0 and the seventh row 1: the same bytes.
    let rows: [UInt8] = [0, 7, 0, 9]
    var check = adler(rows)
    if let damaging { check[damaging] ^= 1 }
    let stored: [UInt8] = [0x78, 0x01, 1, 4, 0, 0xFB, 0xFF] + rows
    let header: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 2, 8, 0, 0, 0, interlaced ? 1 : 0]
    let data =
      checksumApart
      ? chunk("IDAT", stored) + chunk("IDAT", check) : chunk("IDAT", stored + check)
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + data
      + chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + data
    return bigEndian(UInt32(data.count)) + named + bigEndian(crc(named))
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  /// Bit by bit, as annex D of the specification defines it.
  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
    }
    return ~crc
  }

  /// RFC 1950.
  private static func adler(_ bytes: [UInt8]) -> [UInt8] {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return bigEndian(b << 16 | a)
  }
}
