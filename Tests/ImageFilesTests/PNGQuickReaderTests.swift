import CShims
import Glibc
import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

/// What is read without libpng, against what libpng reads.
@Suite("PNG: the quick road reads what libpng reads, or leaves it to libpng")
struct PNGQuickReaderTests {
  /// The rows of both roads; `nil` for a road that gives up.
  private func rows(_ file: [UInt8]) throws -> (quick: [UInt8]?, libpng: [UInt8]?) {
    let decoder: PNGDecoder<MemorySource>
    do { decoder = try PNGDecoder(MemorySource(file), expandsColorKey: true) } catch {
      return (nil, nil)
    }
    let quick = PNGQuickReader(decoder.header, rowHeader: decoder.rowHeader)
    let buffer = try Buffer(holding: file)
    let read = try quick?.rows(of: buffer)?.allBytes()
    let together = try quick?.rows(of: buffer, threads: 3)?.allBytes()
    #expect(read == together, "threads: \(file)")
    return (read, try? decoder.readImage().allBytes())
  }

  @Test("every color type and depth, also where bits are left behind a row")
  func allTypes() throws {
    for sample in [7, 64, 65].flatMap({ PNGSample.allTypes($0, 9) }) {
      for level in [1, 6] {
        let file = try sample.encoded(level: level)
        let (quick, libpng) = try rows(file)
        #expect(quick == sample.bytes && libpng == sample.bytes, "\(sample)")
      }
    }
  }

  @Test("many bands")
  func manyBands() throws {
    let sample = PNGSample(500, 700, .rgb)
    #expect(try rows(sample.encoded()).quick == sample.bytes)
  }

  /// A file in which the data stands in chunks of so many bytes, followed by one more chunk.
  private func file(_ sample: PNGSample, parts: [Int], then extra: (String, [UInt8])? = nil)
    throws
    -> [UInt8]
  {
    var chunks = Self.chunks(try sample.encoded())
    let data = chunks.filter { $0.name == "IDAT" }.flatMap(\.bytes)
    let first = try #require(chunks.firstIndex { $0.name == "IDAT" })
    chunks.removeAll { $0.name == "IDAT" }
    var rest = data[...]
    var split: [(name: String, bytes: [UInt8])] = []
    for part in parts {
      split.append(("IDAT", Array(rest.prefix(part))))
      rest = rest.dropFirst(part)
    }
    split.append(("IDAT", Array(rest)))
    if let extra { split.append((name: extra.0, bytes: extra.1)) }
    chunks.insert(contentsOf: split, at: first)
    return Self.file(chunks)
  }

  @Test("data that is split anywhere, with chunks that have none")
  func splits() throws {
    let sample = PNGSample(20, 10, .rgba)
    for part in [1, 2, 3, 10, 40] {
      let file = try file(sample, parts: [part, 0, 0, 1, 1])
      #expect(try rows(file).quick == sample.bytes)
    }
  }

  @Test("what is unusual is left to libpng")
  func unusual() throws {
    let sample = PNGSample(20, 10, .rgba)
    // Chunks behind the end; an unknown chunk.
    #expect(try rows(file(sample, parts: [], then: ("IDAT", [1]))).quick == nil)
    #expect(try rows(file(sample, parts: [], then: ("IDAT", []))).quick == sample.bytes)
    #expect(try rows(file(sample, parts: [], then: ("abCd", [1]))).quick == nil)
    #expect(try rows(file(sample, parts: [], then: ("tEXt", [65, 0, 66]))).quick == sample.bytes)
    let key = PNGSample(20, 10, .gray, colorKey: .gray(3))
    #expect(try rows(key.encoded()).quick == nil)
  }

  /// A file of bands of filtered rows, each deflated on its own.
  private func file(
    _ sample: PNGSample, bands: [[UInt8]], adler: [UInt8]? = nil, window: UInt8 = 0x78
  ) throws -> [UInt8] {
    var deflater = Deflater()
    var chunks = Self.chunks(try sample.encoded()).filter { $0.name != "IDAT" }
    var sum: UInt32 = 1
    for (index, band) in bands.enumerated() {
      var output = try Scratch(byteCount: Deflater.capacity(for: band.count))
      var room = output.mutableBytes
      let count = try unsafe deflater.deflate(
        band.span.bytes, into: &room, method: .lazy, isLast: index == bands.count - 1)
      sum = unsafe Deflater.adler32(band.span.bytes, after: sum)
      let second = 31 - UInt8((Int(window) << 8) % 31)
      let bytes = unsafe output.bytes.withUnsafeBytes { unsafe Array($0.prefix(count)) }
      chunks.insert(
        ("IDAT", (index == 0 ? [window, second] : []) + bytes), at: chunks.count - 1)
    }
    chunks.insert(("IDAT", adler ?? Self.bigEndian(sum)), at: chunks.count - 1)
    return Self.file(chunks)
  }

  @Test("bands are read together only where they know nothing of each other")
  func bands() throws {
    let sample = PNGSample(200, 12, .gray)
    var random = InflaterTests.Numbers(state: 3)
    /// Rows of one filter, all alike, so that rows and bands look back at each other where they can.
    func rows(_ filters: [UInt8]) -> [UInt8] {
      let row = (0..<200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      return filters.flatMap { [$0] + row }
    }
    let good = [rows([4, 3, 2, 1]), rows([0, 4, 4, 4]), rows([1, 2, 3, 4])]
    let whole = try self.rows(file(sample, bands: good))
    #expect(whole.quick != nil && whole.quick == whole.libpng)
    let sums: [[UInt8]?] = [nil, [1, 2, 3, 4], [1, 2, 3], [1, 2, 3, 4, 5], []]
    let cuts = [
      good, [good[0], good[1]], [good[0], good[1], good[2], good[0]],
      [rows([1]), good[0], good[1], rows([4, 2, 1])],
      [good[0] + good[1] + good[2] + good[0], [], []],
      [good[0], rows([2, 4, 4, 4]), good[2]], [good[0], rows([0, 4, 5, 4]), good[2]],
      [Array(good[0].dropLast()), good[1], good[2]], [good[0], good[1] + [7], good[2]],
    ]
    for bands in cuts {
      for adler in sums {
        for window: UInt8 in [0x78, 0x08, 0x38, 0x88] {
          let file = try file(sample, bands: bands, adler: adler, window: window)
          let (quick, libpng) = try self.rows(file)
          if quick != nil { #expect(quick == libpng) }
          // More than the rows is a warning to libpng.
          let isWhole = bands.joined().count == 12 * 201
          if adler == nil, window == 0x78, isWhole { #expect(quick == libpng) }
        }
      }
    }
  }

  @Test("rows that are made when they are asked for, in order, again, and out of order")
  func lateRows() throws {
    let sample = PNGSample(500, 700, .rgb)
    let file = try Buffer(holding: sample.encoded())
    func late(_ file: Buffer) throws -> Buffer {
      let decoder = try PNG.decoder(file, salvages: false)
      return try Buffer(
        filling: sample.bytes.count, by: PNGRowMaker(file, decoder))
    }
    let rows = try late(file)
    for start in [0, 3000, 900_000, 1_000_000, 0, 500_000] {
      var part = try Scratch(byteCount: 2000)
      var bytes = part.mutableBytes
      try rows.copyOut(Block(offset: start, byteCount: 2000), to: &bytes)
      let found = unsafe part.bytes.withUnsafeBytes { unsafe Array($0) }
      #expect(found == Array(sample.bytes[start..<start + 2000]))
    }
    try rows.copyIn(Block(offset: 5, byteCount: 2), from: unsafe ([1, 2] as [UInt8]).span.bytes)
    var expected = sample.bytes
    (expected[5], expected[6]) = (1, 2)
    #expect(try rows.allBytes() == expected)
    // libpng takes over where the quick road gives up: for words that it does not know at the end.
    var chunks = Self.chunks(try sample.encoded())
    chunks.insert(("abCd", [1]), at: chunks.count - 1)
    #expect(try late(Buffer(holding: Self.file(chunks))).allBytes() == sample.bytes)
    // Damage is an error of whoever asks for the row.
    var damaged = try sample.encoded()
    damaged[damaged.count - 5000] ^= 1
    let broken = try late(Buffer(holding: damaged))
    var part = try Scratch(byteCount: 100)
    var bytes = part.mutableBytes
    try broken.copyOut(Block(offset: 0, byteCount: 100), to: &bytes)
    #expect(throws: MemoryError.self) { try broken.allBytes() }
  }

  @Test("a damaged file, with sums that are right again or not, is read alike by both or refused")
  func damage() throws {
    var random = InflaterTests.Numbers(state: 7)
    let count = Environment.count ?? 1500
    var (read, refused) = (0, 0)
    let files = try [
      PNGSample(9, 7, .rgb), PNGSample(9, 7, .palette, bitDepth: 2), PNGSample(5, 5, .rgba),
      PNGSample(40, 12, .gray, content: .flat), PNGSample(6, 5, .rgb, bitDepth: 16),
      PNGSample(1200, 120, .gray, content: .flat),
    ].flatMap { [try $0.encoded(), try $0.encoded(level: 6)] }
    for _ in 0..<count {
      var chunks = Self.chunks(files[Int(random.next() % UInt32(files.count))])
      for _ in 0...random.next() % 3 {
        let index = Int(random.next() % UInt32(chunks.count))
        let size = UInt32(chunks[index].bytes.count)
        switch random.next() % 8 {
        case 0: chunks.insert(chunks[index], at: Int(random.next() % UInt32(chunks.count)))
        case 1 where index > 0: chunks.remove(at: index)
        case 2 where size > 0: chunks[index].bytes.removeLast(Int(random.next() % size))
        case 3: chunks[index].bytes.append(UInt8(truncatingIfNeeded: random.next()))
        case 4:
          let part = Int(random.next() % (size + 1))
          let tail = Array(chunks[index].bytes[part...])
          chunks[index].bytes.removeLast(tail.count)
          chunks.insert((chunks[index].name, tail), at: index + 1)
        default:
          if size > 0 {
            chunks[index].bytes[Int(random.next() % size)] ^= 1 << UInt8(random.next() % 8)
          }
        }
      }
      var file = Self.file(chunks)
      if random.next() % 4 == 0 { file.removeLast(Int(random.next() % UInt32(file.count))) }
      if random.next() % 4 == 0, !file.isEmpty {
        file[Int(random.next() % UInt32(file.count))] ^= 1 << UInt8(random.next() % 8)
      }
      let (quick, libpng) = try rows(file)
      if let quick { #expect(quick == libpng, "\(file)") }
      if libpng == nil { refused += 1 } else { read += quick == nil ? 0 : 1 }
    }
    #expect(refused > count / 4)
    #expect(read > count / 50)
    if Environment.count != nil { print("files \(count), refused \(refused), quick \(read)") }
  }

  @Test("filters are undone alike on every road", arguments: [1, 2, 3, 4, 6, 8])
  func unfiltering(_ left: Int) {
    var random = InflaterTests.Numbers(state: UInt32(left))
    for pixelCount in [1, 2, 5, 15, 16, 17, 33] {
      let width = pixelCount * left
      let filtered = (0..<25).flatMap { _ in
        [UInt8(random.next() % 5)]
          + (0..<width).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      }
      let expected = Self.definition(filtered, width, left)
      for road in KernelRoadTests.roads + [IMGTOOL_ROAD_PLAIN] {
        var above = [UInt8](repeating: 0, count: width)
        var rows = [UInt8](repeating: 0xEE, count: 25 * width)
        #expect(
          unsafe imgtool_png_unfilter_rows(
            road, filtered, 25, width, left, 0xff, &above, &rows))
        #expect(rows == expected && above == Array(expected.suffix(width)))
        #expect(unsafe !imgtool_png_unfilter_rows(road, [5, 1], 1, 1, 1, 0xff, &above, &rows))
      }
    }
  }

  /// The specification's words, byte for byte.
  private static func definition(_ filtered: [UInt8], _ width: Int, _ left: Int) -> [UInt8] {
    var rows: [UInt8] = []
    for start in stride(from: 0, to: filtered.count, by: width + 1) {
      for x in 0..<width {
        let a = x < left ? 0 : Int(rows[rows.count - left])
        let b = rows.count < width ? 0 : Int(rows[rows.count - width])
        let c = x < left || rows.count < width ? 0 : Int(rows[rows.count - width - left])
        let distances = [abs(b - c), abs(a - c), abs(a + b - 2 * c)]
        let nearest = [a, b, c][distances.firstIndex(of: distances.min() ?? 0) ?? 0]
        let guess = [0, a, b, (a + b) / 2, nearest][Int(filtered[start])]
        rows.append(filtered[start + 1 + x] &+ UInt8(guess))
      }
    }
    return rows
  }

  typealias Chunk = (name: String, bytes: [UInt8])

  private static func chunks(_ file: [UInt8]) -> [Chunk] {
    var chunks: [Chunk] = []
    var offset = PNG.signature.count
    while offset < file.count {
      let length = file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      chunks.append(
        (.latin1(file[offset + 4..<offset + 8]), Array(file[offset + 8..<offset + 8 + length])))
      offset += length + 12
    }
    return chunks
  }

  private static func file(_ chunks: [Chunk]) -> [UInt8] {
    chunks.reduce(into: PNG.signature) { file, chunk in
      let body = Array(chunk.name.utf8) + chunk.bytes
      file += bigEndian(UInt32(chunk.bytes.count)) + body + bigEndian(sum(body))
    }
  }

  private static func bigEndian(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) }
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }

  private static func sum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(($0 ^ UInt32($1)) & 255)] ^ $0 >> 8 }
  }

  private enum Environment {
    /// How many damaged files are tried, where more of them are wanted.
    static var count: Int? {
      unsafe getenv("IMGTOOL_DAMAGED_FILES").flatMap { unsafe Int(String(cString: $0)) }
    }
  }
}
