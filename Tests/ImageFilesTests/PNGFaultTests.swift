import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

@Suite("PNG: faults come back as errors")
struct PNGFaultTests {
  typealias Failure = PNGEncodingError<RowFailure, SinkFailure>

  @Test("a sink that fails at any of its calls", arguments: [1, 3])
  func failingSink(threads: Int) throws {
    let sample = PNGSample(300, 300, .rgba, content: .noise)
    var whole = MemorySink()
    try PNGEncoder(sample.header, threads: threads).encode(to: &whole) { rows, span in
      sample.fill(rows, &span)
    }
    #expect(whole.callCount > 4)
    for call in 0..<whole.callCount {
      var sink = MemorySink(failingCall: call)
      let error = #expect(throws: PNGEncodingError<Never, SinkFailure>.self) {
        try PNGEncoder(sample.header, threads: threads).encode(to: &sink) { rows, span in
          sample.fill(rows, &span)
        }
      }
      guard case .sink(SinkFailure())? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(whole.bytes.starts(with: sink.bytes))
    }
  }

  @Test("rows that fail in any band", arguments: [1, 3])
  func failingRows(threads: Int) throws {
    let sample = PNGSample(300, 300, .rgba, content: .noise)
    let plan = PNGBandPlan(sample.header, effort: .balanced)
    #expect(plan.count > 2)
    for band in 0..<plan.count {
      var sink = MemorySink()
      let error = #expect(throws: Failure.self) {
        try PNGEncoder(sample.header, threads: threads).encode(to: &sink) {
          (rows, span) throws(RowFailure) in
          if rows == plan.rows(of: band) { throw RowFailure(row: rows.lowerBound) }
          sample.fill(rows, &span)
        }
      }
      guard case .rows(let failure)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(failure.row == plan.rows(of: band).lowerBound)
    }
  }

  @Test("a file cut at any byte")
  func truncation() throws {
    for sample in [PNGSample(11, 7), PNGSample(9, 9, .palette, bitDepth: 2)] {
      let file = try sample.encoded()
      for count in 0..<file.count {
        for knowsByteCount in [true, false] {
          let source = MemorySource(Array(file.prefix(count)), knowsByteCount: knowsByteCount)
          #expect(throws: PNGDecodingError<SourceFailure>.self, "\(count)") {
            _ = try PNGDecoder(source).readImage()
          }
        }
      }
    }
  }

  @Test("any bit of a file turned")
  func bitFlips() throws {
    let sample = PNGSample(13, 7)
    let file = try sample.encoded()
    for bit in 0..<file.count * 8 {
      var damaged = file
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: PNGDecodingError<SourceFailure>.self, "bit \(bit)") {
        _ = try PNGDecoder(MemorySource(damaged)).readImage()
      }
    }
  }

  @Test("a source that fails at any of its calls")
  func failingSource() throws {
    let file = try PNGSample(23, 17).encoded()
    for count in stride(from: 0, to: file.count, by: 7) {
      let source = MemorySource(file, pieceByteCount: 16, failsAt: count)
      let error = #expect(throws: PNGDecodingError<SourceFailure>.self) {
        _ = try PNGDecoder(source).readImage()
      }
      guard case .source(SourceFailure())? = error else {
        Issue.record("\(count): \(String(describing: error))")
        continue
      }
    }
  }

  @Test("an image larger than the limit, or than its file can hold, takes no memory")
  func limits() throws {
    let file = try PNGSample(100, 100).encoded()
    #expect(throws: PNGDecodingError<SourceFailure>.self) {
      try PNGDecoder(MemorySource(file), byteLimit: 29_999)
    }
    _ = try PNGDecoder(MemorySource(file), byteLimit: 30_000)

    // IHDR of 60000x60000 in front of nothing much.
    let header = PNGHeader(width: 60_000, height: 60_000, bitDepth: 8, colorType: .gray)
    var block = try Scratch.checked(byteCount: 0)
    let count = try PNGChunkWriter().write(header, into: &block)
    var bytes = unsafe block.bytes.withUnsafeBytes { unsafe Array($0.prefix(count)) }
    bytes += [0, 0, 0, 0] + Array("IDAT".utf8) + [0x35, 0xaf, 0x06, 0x1e]
    let error = #expect(throws: PNGDecodingError<SourceFailure>.self) {
      try PNGDecoder(MemorySource(bytes))
    }
    guard case .png(.tooLarge(byteCount: 3_600_000_000, limit: _))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("headers that PNG forbids")
  func invalidHeaders() {
    let headers = [
      PNGHeader(width: 0, height: 1, bitDepth: 8, colorType: .gray),
      PNGHeader(width: 1, height: 1 << 31, bitDepth: 8, colorType: .gray),
      PNGHeader(width: 1, height: 1, bitDepth: 4, colorType: .rgb),
      PNGHeader(width: 1, height: 1, bitDepth: 16, colorType: .palette, palette: .gray),
      PNGHeader(width: 1, height: 1, bitDepth: 8, colorType: .palette),
      PNGHeader(width: 1, height: 1, bitDepth: 4, colorType: .palette, palette: .gray),
      PNGHeader(width: 1, height: 1, bitDepth: 8, colorType: .gray, palette: .gray),
      PNGHeader(width: 1, height: 1, bitDepth: 8, colorType: .gray, colorKey: .gray(256)),
      PNGHeader(width: 1, height: 1, bitDepth: 8, colorType: .gray, colorKey: .rgb(1, 1, 1)),
      PNGHeader(width: 1, height: 1, bitDepth: 8, colorType: .rgba, colorKey: .rgb(1, 1, 1)),
      PNGHeader(width: 1 << 30, height: 1, bitDepth: 16, colorType: .gray),
    ]
    for header in headers {
      #expect(throws: PNGError.self) { try PNGEncoder(header, threads: 1) }
    }
  }
}
