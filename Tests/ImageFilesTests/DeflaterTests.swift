import PixelMemory
import Testing

@testable import ImageFiles

@Suite("Deflate: pieces that zlib can read")
struct DeflaterTests {
  static let methods: [DeflateMethod] = [
    .stored, .runs, .lazy, .fast, .zlib(level: 1),
    .zlib(level: 9), .libdeflate(level: 1), .libdeflate(level: 8),
    .libdeflate(level: 12),
  ]

  /// What zlib makes of raw deflate; `nil` for damaged data.
  private func inflated(_ bytes: [UInt8], byteCount: Int) -> [UInt8]? {
    let read = RawDeflate.read(bytes, byteLimit: byteCount)
    return read?.taken == bytes.count ? read?.bytes : nil
  }

  private func deflated(_ pieces: [[UInt8]], _ method: DeflateMethod) throws -> [UInt8] {
    var deflater = Deflater()
    var result: [UInt8] = []
    for (index, piece) in pieces.enumerated() {
      var output = try Scratch(byteCount: Deflater.capacity(for: piece.count))
      var room = output.mutableBytes
      let count = try unsafe deflater.deflate(
        piece.span.bytes, into: &room, method: method, isLast: index == pieces.count - 1)
      unsafe output.bytes.withUnsafeBytes { unsafe result += Array($0.prefix(count)) }
    }
    return result
  }

  private func noise(_ count: Int, values: UInt32 = 256) -> [UInt8] {
    var state: UInt32 = 7
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8((state >> 16) % values)
    }
  }

  @Test("data of every kind and of many sizes", arguments: methods)
  func roundTrips(method: DeflateMethod) throws {
    var samples: [[UInt8]] = [[0], [7, 7], [7, 7, 7], [7, 7, 7, 7], [1, 2, 3, 4, 5]]
    for count in [9, 10, 17, 258, 259, 260, 261, 262, 517, 1000, 64512, 64513, 70000] {
      samples.append([UInt8](repeating: 9, count: count))
      samples.append(noise(count))
      samples.append(noise(count, values: 2))
      samples.append((0..<count).map { UInt8(truncatingIfNeeded: $0 / 5) })
      samples.append((0..<count).map { $0 % 300 == 0 ? 1 : 0 })
    }
    for sample in samples {
      let bytes = try deflated([sample], method)
      #expect(inflated(bytes, byteCount: sample.count) == sample, "\(sample.count) bytes")
    }
  }

  @Test("strings at every distance and of every length", arguments: methods.dropFirst(2))
  func distances(method: DeflateMethod) throws {
    let figure = noise(300)
    for distance in [300, 4096, 4097, 16385, 32767, 32768, 32769, 40000] {
      var sample = figure
      sample += [UInt8](repeating: 3, count: distance - figure.count)
      for length in [3, 4, 10, 11, 18, 66, 67, 114, 227, 257, 258, 300] {
        sample += figure.prefix(length) + [UInt8](repeating: 3, count: distance - length)
      }
      let bytes = try deflated([sample], method)
      #expect(inflated(bytes, byteCount: sample.count) == sample, "\(distance)")
    }
    #expect(DeflateSymbols.ofDistance(1) == (0, 0, 0))
    #expect(DeflateSymbols.ofDistance(7) == (5, 0, 1))
    #expect(DeflateSymbols.ofDistance(32768) == (29, 8191, 13))
    #expect(DeflateSymbols.ofLength[258] == (285, 0, 0))
    #expect(DeflateSymbols.ofLength[257] == (284, 30, 5))
  }

  @Test("pieces that are joined", arguments: methods)
  func joinedPieces(method: DeflateMethod) throws {
    let pieces = [noise(1000), [5, 5, 5, 5, 5], noise(70000, values: 3), [1]]
    let bytes = try deflated(pieces, method)
    let all = Array(pieces.joined())
    #expect(inflated(bytes, byteCount: all.count) == all)
  }

  @Test("a code for every set of frequencies is complete and within its limit")
  func huffmanLimits() {
    // Fibonacci's numbers make the deepest trees.
    var fibonacci: [UInt32] = [1, 1]
    while fibonacci.count < 40 { fibonacci.append(fibonacci.suffix(2).reduce(0, +)) }
    for limit in [7, 9, 14, 15] {
      for frequencies in [fibonacci, Array(fibonacci.reversed()), Array(fibonacci.prefix(19))]
      where frequencies.count <= 1 << limit {
        let lengths = HuffmanCode.lengths(frequencies, limit: limit)
        #expect(lengths.allSatisfy { (1...UInt8(limit)).contains($0) })
        #expect(lengths.reduce(0) { $0 + (1 << (15 - Int($1))) } == 1 << 15)
      }
    }
    #expect(HuffmanCode.lengths([0, 5, 0], limit: 7) == [0, 1, 0])
    #expect(HuffmanCode.lengths([0, 0], limit: 7) == [0, 0])
    #expect(HuffmanCode.lengths([1, 1, 2, 4], limit: 7) == [3, 3, 2, 1])
    #expect(HuffmanCode.codes([3, 3, 2, 1]) == [0b011, 0b111, 0b01, 0b0])
  }

  @Test("noise is stored, and nothing outgrows its room", arguments: methods)
  func worstCase(method: DeflateMethod) throws {
    for count in [1, 100, 65535, 65536, 200_000] {
      let bytes = try deflated([noise(count)], method)
      #expect(bytes.count <= Deflater.capacity(for: count))
    }
  }

  @Test("an Adler-32 of parts is that of the whole")
  func adler() {
    let (first, second) = (Array("Wiki".utf8), Array("pedia".utf8))
    #expect(unsafe Deflater.adler32((first + second).span.bytes) == 0x11e6_0398)
    let joined = Deflater.adler32(
      unsafe Deflater.adler32(first.span.bytes),
      joining: unsafe Deflater.adler32(second.span.bytes), byteCount: second.count)
    #expect(joined == 0x11e6_0398)
  }
}
