import PixelMemory
import PixelViews
import Synchronization
import Testing

@testable import ImageFiles

@Suite("PNG: what is written is read back")
struct PNGRoundTripTests {
  @Test("every color type with every depth", arguments: PNGSample.Content.allCases)
  func everyColorType(content: PNGSample.Content) throws {
    for sample in PNGSample.allTypes(43, 31, content: content) {
      let (header, rows) = try decoded(sample.encoded(threads: 2))
      #expect(header == sample.header)
      #expect(rows == sample.bytes, "\(sample.testDescription)")
    }
  }

  @Test("widths and heights from 1 to 40")
  func everySize() throws {
    for (type, depth) in [(PNGHeader.ColorType.rgb, 8), (.gray, 1), (.grayAlpha, 16), (.rgba, 8)] {
      for width in 1...40 {
        let sample = PNGSample(width, 1 + width * 7 % 40, type, bitDepth: depth)
        #expect(try decoded(sample.encoded()).rows == sample.bytes, "\(sample.testDescription)")
      }
      for height in 1...40 {
        let sample = PNGSample(1 + height * 11 % 40, height, type, bitDepth: depth)
        #expect(try decoded(sample.encoded()).rows == sample.bytes, "\(sample.testDescription)")
      }
    }
  }

  @Test("every level, over several bands", arguments: [nil] + Array(0...9).map(Int?.some))
  func everyLevel(level: Int?) throws {
    for content in PNGSample.Content.allCases {
      let sample = PNGSample(400, 400, content: content)
      #expect(PNGBandPlan(sample.header, effort: .balanced).count > 2)
      let file = try sample.encoded(level: level, threads: 2)
      #expect(try decoded(file).rows == sample.bytes, "\(sample.testDescription)")
    }
  }

  @Test("level 0 stores, and level 9 is not larger than level 1")
  func levelsAreOrdered() throws {
    let sample = PNGSample(500, 300, content: .flat)
    #expect(try sample.encoded(level: 0).count > sample.bytes.count)
    #expect(try sample.encoded(level: 9).count <= sample.encoded(level: 1).count)
    #expect(try sample.encoded().count < sample.bytes.count / 20)
  }

  @Test("color keys and the palette's opacity")
  func transparency() throws {
    for (type, depth, key) in [
      (PNGHeader.ColorType.gray, 2, PNGHeader.ColorKey.gray(3)), (.gray, 16, .gray(0xfffe)),
      (.rgb, 8, .rgb(1, 2, 255)), (.rgb, 16, .rgb(0, 256, 65535)),
    ] {
      let sample = PNGSample(9, 5, type, bitDepth: depth, colorKey: key)
      let (header, rows) = try decoded(sample.encoded())
      #expect(header == sample.header)
      #expect(rows == sample.bytes)
    }
    var sample = PNGSample(4, 4, .palette, bitDepth: 2).header
    sample.palette = Palette(rgba: [1, 2, 3, 255, 4, 5, 6, 0, 7, 8, 9, 255])
    var sink = MemorySink()
    try PNGEncoder(sample, threads: 1).encode(to: &sink) { _, span in
      for row in 0..<4 { span.storeBytes(of: 0b0001_1000, toByteOffset: row, as: UInt8.self) }
    }
    #expect(try decoded(sink.bytes).header.palette == sample.palette)
  }

  @Test("a color key becomes an alpha sample when asked for")
  func expandedKey() throws {
    var header = PNGHeader(
      width: 3, height: 1, bitDepth: 4, colorType: .gray, colorKey: .gray(5))
    var sink = MemorySink()
    try PNGEncoder(header, threads: 1).encode(to: &sink) { _, span in
      span.storeBytes(of: 0x25, toByteOffset: 0, as: UInt8.self)
      span.storeBytes(of: 0xf0, toByteOffset: 1, as: UInt8.self)
    }
    let gray = try PNGDecoder(MemorySource(sink.bytes), expandsColorKey: true)
    #expect(gray.header == header)
    #expect(gray.rowHeader.colorType == .grayAlpha && gray.rowHeader.bitDepth == 8)
    #expect(try gray.readImage().allBytes() == [0x22, 255, 0x55, 0, 0xff, 255])

    header = PNGHeader(
      width: 2, height: 1, bitDepth: 8, colorType: .rgb, colorKey: .rgb(1, 2, 3))
    sink = MemorySink()
    try PNGEncoder(header, threads: 1).encode(to: &sink) { _, span in
      for index in 0..<6 {
        span.storeBytes(of: UInt8(index + 1), toByteOffset: index, as: UInt8.self)
      }
    }
    let color = try PNGDecoder(MemorySource(sink.bytes), expandsColorKey: true)
    #expect(try color.readImage().allBytes() == [1, 2, 3, 0, 4, 5, 6, 255])
  }

  @Test("a source that gives one byte at a time")
  func smallPieces() throws {
    let sample = PNGSample(40, 30)
    let source = MemorySource(try sample.encoded(), pieceByteCount: 1, knowsByteCount: false)
    #expect(try PNGDecoder(source).readImage().allBytes() == sample.bytes)
  }
}

@Suite("PNG: bands")
struct PNGBandTests {
  @Test("each row is asked for once", arguments: [1, 2, 3, 8])
  func everyRowOnce(threads: Int) throws {
    let header = PNGHeader(width: 4000, height: 900, bitDepth: 1, colorType: .gray)
    let asked = Mutex(Array(repeating: 0, count: 900))
    var sink = MemorySink()
    try PNGEncoder(header, threads: threads).encode(to: &sink) { rows, span in
      asked.withLock { for row in rows { $0[row] += 1 } }
      for index in 0..<span.byteCount {
        span.storeBytes(of: 0, toByteOffset: index, as: UInt8.self)
      }
    }
    #expect(asked.withLock { $0 } == Array(repeating: 1, count: 900))
  }

  @Test("the file does not depend on the number of threads", arguments: [nil, 0, 1, 2, 6])
  func threadsDoNotMatter(level: Int?) throws {
    for content in PNGSample.Content.allCases {
      let sample = PNGSample(400, 400, content: content)
      let one = try sample.encoded(level: level)
      for threads in [2, 3, 8] {
        #expect(try sample.encoded(level: level, threads: threads) == one)
      }
    }
  }

  @Test("bands cover the rows without gaps, and do not grow with the image")
  func plan() {
    for (width, height) in [(1, 1), (3840, 2160), (100_000, 50), (7, 1_000_000), (1 << 28, 3)] {
      let header = PNGHeader(width: width, height: height, bitDepth: 8, colorType: .rgb)
      for (effort, limit) in [(PNGEffort.balanced, 1 << 20), (.thorough(level: 9), 2 << 20)] {
        let plan = PNGBandPlan(header, effort: effort)
        #expect(plan.rows(of: 0).lowerBound == 0)
        #expect(plan.rows(of: plan.count - 1).upperBound == height)
        #expect(!plan.rows(of: plan.count - 1).isEmpty)
        #expect(
          plan.rowsPerBand == 1 || plan.rowsPerBand * (header.rowByteCount + 1) <= limit)
      }
    }
  }
}
