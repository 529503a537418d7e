import PixelMemory

/// A hash of an image's pixels, the same for every layout of them and on every machine.
///
/// It is SHA-256 (FIPS 180-4) over digests of groups of rows, so that it can be computed on several
/// threads. `Documentation/hash.md` has the definition with a program for other languages:
///
/// - Rows from top to bottom, pixels from left to right, samples in the order of the bands; bytes
///   as they are, wider samples with the least significant byte first.
/// - Modes that differ in storage only count as one: the four `I;16` are `I;16`, `RGBX` is `RGB`.
///   `P` is hashed as the `RGB` (where the palette has opacity, `RGBA`) behind its indices, `PA` as
///   `RGBA`; without a palette they are hashed as indices. Mode `1` is bytes of 0 and 255.
/// - A group is as many whole rows as fit a mebibyte, at least one; the last may have fewer.
/// - The hash is the digest of `imgtool-pixels-1`, a line end, the mode, a space, the type of the
///   samples (`u8 u16 i32 f32 f64`), a space, `WIDTHxHEIGHT`, a line end, and the digests of all
///   groups in their order.
public struct ImageHash: Hashable, Sendable {
  /// 32 bytes.
  public let bytes: [UInt8]

  /// 64 hexadecimal digits, in lower case.
  public var text: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension Image {
  /// The bytes that a group of rows may have, unless it is one row.
  static let hashGroupByteCount = 1 << 20

  /// The hash of the pixels as the buffer has them now.
  ///
  /// - Throws: what reading throws.
  /// - Complexity: O(pixels); private memory of a tile for each thread.
  public func hash(threads: Int) throws(ViewError) -> ImageHash {
    let image = try canonical()
    let rowCount = max(1, Image.hashGroupByteCount / image.plainRowByteCount)
    let groupCount = (height - 1) / rowCount + 1
    let pool = TilePool()
    var hash = SHA256()
    hash.add(
      Array("imgtool-pixels-1\n\(image.format.text) \(width)x\(height)\n".utf8))
    try image.explaining(threads: threads) { () throws(ViewError) in
      try Parallel.ordered(
        count: groupCount, threads: threads, window: threads.multiplied(by: 8) ?? threads
      ) { group throws(ViewError) in
        let y = group * rowCount
        return try image.digest(
          rows: Rectangle(x: 0, y: y, width: width, height: min(rowCount, height - y)), pool)
      } consume: { (_, digest: [UInt8]) throws(ViewError) in
        hash.add(digest)
      }
    }
    return ImageHash(bytes: hash.digest())
  }

  private func digest(rows: Rectangle, _ pool: TilePool) throws(ViewError) -> [UInt8] {
    let tiling = tiling(rows)
    var hash = SHA256()
    try pool.lend { memory throws(ViewError) in
      for index in 0..<tiling.count {
        let tile = tiling[index].moved(by: rows)
        try memory.read(tile, of: self)
        hash.add(memory.rows.bytes)
        forget(tile)
      }
    }
    return hash.digest()
  }
}

extension PixelFormat {
  fileprivate var text: String { "\(mode.name) \(type.rawValue)" }
}
