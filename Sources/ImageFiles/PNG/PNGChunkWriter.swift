import CShims
import PixelMemory

/// libpng's writers of chunks, one for each thread that needs them.
@safe struct PNGChunkWriter: ~Copyable, @unchecked Sendable {
  private let writer: OpaquePointer

  /// The bytes before and behind the data of a chunk.
  static let prefix = Int(IMGTOOL_PNG_CHUNK_PREFIX)
  static let suffix = Int(IMGTOOL_PNG_CHUNK_SUFFIX)

  /// - Throws: `PNGError.outOfMemory`.
  init() throws(PNGError) {
    guard let writer = unsafe imgtool_png_writer_create() else {
      throw .outOfMemory(byteCount: 1 << 11)
    }
    unsafe self.writer = writer
  }

  deinit { unsafe imgtool_png_writer_destroy(writer) }

  /// The signature, IHDR, PLTE and tRNS. Once for each writer.
  ///
  /// - Returns: How many bytes of `block` they take.
  /// - Precondition: The header is valid.
  func write(_ header: PNGHeader, into block: inout Scratch) throws(PNGError) -> Int {
    try block.resize(byteCount: Int(IMGTOOL_PNG_HEADER_CAPACITY))
    var shimHeader = header.shimHeader
    var count = 0
    let result = unsafe block.withUnsafeMutableBytes { block in
      unsafe imgtool_png_write_header(
        writer, &shimHeader, block.baseAddress!.assumingMemoryBound(to: UInt8.self), block.count,
        &count)
    }
    try check(result)
    return count
  }

  /// Makes a chunk of data that already stands in a block, behind `prefix` bytes for the chunk's
  /// size and name and before `suffix` bytes for its CRC.
  func write(chunk name: String, into block: inout Scratch) throws(PNGError) {
    let byteCount = block.byteCount - Self.prefix - Self.suffix
    precondition(byteCount >= 0, "no room for a chunk")
    let result = unsafe block.withUnsafeMutableBytes { block in
      unsafe imgtool_png_write_chunk(
        writer, name, block.baseAddress!.assumingMemoryBound(to: UInt8.self), byteCount)
    }
    try check(result)
  }

  /// Makes IDAT of data that stands in a block in the same way, without libpng, whose CRC-32 takes
  /// several times as long as that of ISA-L.
  ///
  /// - Precondition: the data has at most 2^31 - 1 bytes.
  static func frameRows(in block: inout Scratch) {
    let byteCount = block.byteCount - prefix - suffix
    precondition(byteCount >= 0 && byteCount <= Int(Int32.max), "no room for a chunk, or too much")
    var bytes = block.mutableBytes
    bytes.storeBytes(of: UInt32(byteCount).bigEndian, toByteOffset: 0, as: UInt32.self)
    bytes.storeBytes(of: rowsName.bigEndian, toByteOffset: 4, as: UInt32.self)
    let sum = Deflater.crc32(block.bytes.extracting(4..<prefix + byteCount))
    var end = block.mutableBytes
    end.storeBytes(of: sum.bigEndian, toByteOffset: prefix + byteCount, as: UInt32.self)
  }

  /// `IDAT`.
  static let rowsName: UInt32 = 0x4944_4154

  private func check(_ result: imgtool_png_result) throws(PNGError) {
    guard result == IMGTOOL_PNG_OK else {
      throw .library(.header, message: unsafe String(cString: imgtool_png_writer_message(writer)))
    }
  }
}
