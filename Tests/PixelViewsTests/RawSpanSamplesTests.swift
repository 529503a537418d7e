import Testing

@testable import PixelViews

@Suite struct RawSpanSamplesTests {
  private let bytes: [UInt8] = [9, 1, 2, 3, 4, 5, 6, 7, 8]

  @Test func `samples are read at any address`() {
    // Any samples of UInt8 are bytes.
    let odd = unsafe bytes.span.bytes.extracting(1..<9)
    #expect(odd.sample(1, as: UInt16.self) == 0x0403)
    #expect(odd.sample(0, as: UInt64.self) == 0x0807_0605_0403_0201)
  }

  @Test func `samples are written and read back`() {
    var room = bytes
    var samples = room.mutableSpan
    // Any samples of UInt8 are bytes, and any bytes such samples.
    var all = unsafe samples.mutableBytes
    all.setSample(1, to: 0xBEEF as UInt16)
    #expect(all.sample(1, as: UInt16.self) == 0xBEEF)
    #expect(room == [9, 1, 0xEF, 0xBE, 4, 5, 6, 7, 8])
  }

  @Test func `an element is changed in its place`() {
    var room = bytes
    var samples = room.mutableSpan
    // Any samples of UInt8 are bytes, and any bytes such samples.
    var all = unsafe samples.mutableBytes
    all.mapInPlace(count: 3) { (pixel: Triple<UInt8>) in Triple(pixel.z, pixel.y, pixel.x) }
    #expect(room == [2, 1, 9, 5, 4, 3, 8, 7, 6])
  }

  @Test func `no elements are no calls and no stores`() {
    var room: [UInt8] = [1, 2, 3]
    do {
      var samples = room.mutableSpan
      // Any samples of UInt8 are bytes, and any bytes such samples.
      var all = unsafe samples.mutableBytes
      all.mapInPlace(count: 0) { (byte: UInt8) in byte &+ 1 }
      all.repeatBytes([9, 9], count: 0)
    }
    #expect(room == [1, 2, 3])
    var calls = 0
    let nothing = unsafe room.span.bytes.slice(0, 0)
    nothing.forEach(count: 0) { (_: UInt8) in calls += 1 }
    nothing.forEachPair(count: 0, with: nothing) { (_: UInt8, _: UInt8) in calls += 1 }
    let isSame = nothing.hasSameBytes(as: nothing)
    #expect(isSame && calls == 0)
  }

  @Test func `packed pixels are as long as their samples`() {
    #expect(MemoryLayout<Pair>.stride == 2)
    #expect(MemoryLayout<Triple<UInt8>>.stride == 3)
    #expect(MemoryLayout<Triple<UInt16>>.stride == 6)
    #expect(MemoryLayout<Quad>.stride == 4)
  }

  #if os(Linux) || os(macOS)
    @Test func `more elements than a span holds trap`() async {
      await #expect(processExitsWith: .failure) {
        var room: [UInt8] = [0, 0, 0, 0, 0]
        var samples = room.mutableSpan
        // Any samples of UInt8 are bytes, and any bytes such samples.
        var all = unsafe samples.mutableBytes
        let source: [UInt8] = [1, 2]
        unsafe all.map(count: 2, from: source.span.bytes) { (gray: UInt8) in
          Triple(gray, gray, gray)
        }
      }
    }
  #endif
}
