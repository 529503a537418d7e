import CZlib
import Glibc
import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

/// What the inflater makes of streams that zlib made, and of damaged ones, against zlib.
@Suite("Inflate: reads what zlib reads, and refuses what zlib refuses")
struct InflaterTests {
  /// Bytes that suit all kinds of blocks: noise, few values, runs, and repeats near and far.
  private func data(_ kind: UInt32, _ count: Int, _ random: inout Numbers) -> [UInt8] {
    var bytes: [UInt8] = []
    for index in 0..<count {
      let noise = UInt8(truncatingIfNeeded: random.next())
      switch kind {
      case 0: bytes.append(noise)
      case 1: bytes.append(noise & 3)
      case 2: bytes.append(UInt8(truncatingIfNeeded: index * 7) &+ (noise < 32 ? 1 : 0))
      case 3: bytes.append(97)
      default:
        let far = [1, 2, 3, 5, 8, 15, 16, 50][Int(random.next() % 64) / 8]
        bytes.append(noise < 8 || index < far ? noise : bytes[index - far])
      }
    }
    return bytes
  }

  /// Raw deflate of the bytes in two pieces, of any level and strategy.
  private func deflated(_ bytes: [UInt8], _ random: inout Numbers) -> [UInt8] {
    var stream = unsafe z_stream()
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    let made = unsafe deflateInit2_(
      &stream, Int32(random.next() % 10), Z_DEFLATED, -15, Int32(random.next() % 9) + 1,
      Int32(random.next() % 5), ZLIB_VERSION, size)
    guard made == Z_OK else { return [] }
    defer { unsafe deflateEnd(&stream) }
    var (bytes, output) = (bytes, [UInt8](repeating: 0, count: bytes.count * 2 + 4000))
    let seams = random.next() % 2 == 0 ? Z_SYNC_FLUSH : Z_NO_FLUSH
    unsafe bytes.withUnsafeMutableBufferPointer { bytes in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe stream.next_in = bytes.baseAddress
        unsafe stream.avail_in = UInt32(bytes.count / 2)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = UInt32(output.count)
        unsafe deflate(&stream, seams)
        unsafe stream.avail_in = UInt32(bytes.count - bytes.count / 2)
        unsafe deflate(&stream, Z_FINISH)
      }
    }
    return unsafe Array(output.prefix(Int(stream.total_out)))
  }

  private func readByZlib(_ stream: [UInt8]) -> RawDeflate.Read? {
    RawDeflate.read(stream, byteLimit: 1 << 20)
  }

  /// Reads the stream in pieces of up to so many bytes, and into rooms of so many.
  private func read(_ bytes: [UInt8], piece: Int, room: Int) throws -> RawDeflate.Read? {
    var inflater = try Inflater()
    let window = Inflater.windowByteCount
    var input = try Scratch(byteCount: bytes.count + Inflater.padding)
    var output = try Scratch(byteCount: window + room + 2 * Inflater.slack)
    var result = RawDeflate.Read(bytes: [], taken: 0)
    // What is there of the input, where the output's past ends.
    var (end, past) = (0, 0)
    while true {
      var all = input.mutableBytes
      all.put(unsafe bytes.span.bytes.slice(result.taken, end - result.taken), at: 0)
      var (taken, made) = (0, past)
      let stop = inflater.inflate(
        input, from: &taken, to: end - result.taken, isAll: end == bytes.count, into: &output,
        from: &made, to: past + room)
      if stop == .damage { return nil }
      result.taken += taken
      unsafe output.bytes.slice(past, made - past).withUnsafeBytes {
        unsafe result.bytes += Array($0)
      }
      if stop == .end { return result }
      if stop == .input {
        if end == bytes.count { return nil }
        end = min(bytes.count, end + piece)
      }
      let kept = min(made, window)
      output.moveToStart(made - kept..<made)
      past = kept
    }
  }

  @Test("streams of all kinds, whole and damaged, in pieces of any size")
  func againstZlib() throws {
    var random = Numbers(state: 5)
    let count = unsafe getenv("IMGTOOL_DAMAGED_FILES").flatMap { unsafe Int(String(cString: $0)) }
    var (whole, refused) = (0, 0)
    for index in 0..<(count ?? 600) {
      let bytes = data(random.next() % 5, 1 + Int(random.next() % 3000), &random)
      var stream = deflated(bytes, &random)
      let isDamaged = index % 3 > 0
      for _ in 0..<(isDamaged ? 1 + random.next() % 3 : 0) {
        let start = random.next() % 2 == 0 ? min(60, stream.count) : stream.count
        switch random.next() % 4 {
        case 0: stream.removeLast(Int(random.next()) % (stream.count / 2 + 1))
        case 1: stream[Int(random.next()) % start] = UInt8(truncatingIfNeeded: random.next())
        default: stream[Int(random.next()) % min(start, stream.count)] ^= 1 << (random.next() % 8)
        }
      }
      let expected = readByZlib(stream)
      if !isDamaged { #expect(expected?.bytes == bytes) }
      let found = try read(
        stream, piece: 1 + Int(random.next() % 4000), room: 1 + Int(random.next() % 3000))
      #expect(found == expected, "stream \(index)")
      if expected == nil { refused += 1 } else { whole += 1 }
    }
    #expect(refused > 0 && whole > 0)
    if count != nil { print("streams: \(whole) whole, \(refused) refused") }
  }

  @Test("a piece that ends between two blocks wants more, and looks back at nothing before it")
  func seams() throws {
    var deflater = Deflater()
    let bytes = [UInt8](repeating: 9, count: 1000)
    var output = try Scratch(byteCount: Deflater.capacity(for: bytes.count) + Inflater.padding)
    var room = output.mutableBytes
    let count = try unsafe deflater.deflate(
      bytes.span.bytes, into: &room, method: .runs, isLast: false)
    var read = try Scratch(byteCount: 2000 + Inflater.slack)
    var inflater = try Inflater()
    var (taken, made) = (0, 0)
    let stop = inflater.inflate(
      output, from: &taken, to: count, isAll: true, into: &read, from: &made, to: 2000)
    #expect(stop == .input && taken == count && made == 1000)
    // A fixed block with a match at distance 1, first of all.
    let match: [UInt8] = [0b0000_0011, 0b0000_0010, 0, 0]
    #expect(readByZlib(match) == nil)
    #expect(try self.read(match, piece: 9, room: 9) == nil)
  }

  /// Bits of a stream, the lowest of a byte first.
  private struct Bits {
    var bytes: [UInt8] = []
    var count = 0
    mutating func put(_ value: Int, _ width: Int) {
      for bit in 0..<width {
        if count % 8 == 0 { bytes.append(0) }
        bytes[count / 8] |= UInt8(value >> bit & 1) << UInt8(count % 8)
        count += 1
      }
    }
  }

  /// Canonical codes (RFC 1951, 3.2.2), turned as a stream has them.
  private func codes(_ lengths: [Int]) -> [Int] {
    var (codes, code) = ([Int](repeating: 0, count: lengths.count), 0)
    for length in 1...15 {
      for symbol in lengths.indices where lengths[symbol] == length {
        codes[symbol] = (0..<length).reduce(0) { $0 | (code >> $1 & 1) << (length - 1 - $1) }
        code += 1
      }
      code <<= 1
    }
    return codes
  }

  @Test(
    "literals of up to 12 bits before the longest codes of lengths and distances", arguments: 1...4)
  func longCodes(seed: UInt32) throws {
    var random = Numbers(state: seed)
    var (literals, distances) = (
      [Int](repeating: 0, count: 286), [Int](repeating: 0, count: 30)
    )
    for index in 0..<12 { literals[65 + index] = index + 1 }
    (literals[256], literals[284], literals[281], literals[282]) = (13, 14, 15, 15)
    for index in 0..<14 { distances[index] = index + 1 }
    (distances[28], distances[29]) = (15, 15)
    // All 19 lengths of codes have a code: 13 of 4 bits, 6 of 5.
    let lengths = (0..<19).map { $0 < 13 ? 4 : 5 }
    let (literal, distance, length) = (codes(literals), codes(distances), codes(lengths))
    var bits = Bits()
    for (value, width) in [(1, 1), (2, 2), (29, 5), (29, 5), (15, 4)] { bits.put(value, width) }
    for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] {
      bits.put(lengths[symbol], 3)
    }
    for found in literals + distances { bits.put(length[found], lengths[found]) }
    for _ in 0..<33_000 { bits.put(literal[65], 1) }
    for _ in 0..<500 {
      for _ in 0..<random.next() % 8 {
        let symbol = 65 + (random.next() % 3 > 0 ? 11 : Int(random.next() % 12))
        bits.put(literal[symbol], literals[symbol])
      }
      bits.put(literal[281 + Int(random.next() % 2)], 15)
      bits.put(Int(random.next() % 32), 5)
      bits.put(distance[28 + Int(random.next() % 2)], 15)
      bits.put(Int(random.next() % 8192), 13)
    }
    bits.put(literal[256], 13)
    let expected = readByZlib(bits.bytes)
    #expect(expected != nil)
    #expect(try read(bits.bytes, piece: 5000, room: 40_000) == expected)
    #expect(try read(bits.bytes, piece: bits.bytes.count, room: 1 << 20) == expected)
  }

  struct Numbers {
    var state: UInt32
    mutating func next() -> UInt32 {
      state = state &* 1_664_525 &+ 1_013_904_223
      return state >> 8
    }
  }
}
