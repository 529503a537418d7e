import CShims
import Testing

@testable import PixelViews

/// The kernels for bytes, each against the definition of what it does, pixel by pixel, on every road.
@Suite struct PixelKernelTests {
  private static let roads: [imgtool_road] =
    imgtool_processor_road() == IMGTOOL_ROAD_PLAIN
    ? [IMGTOOL_ROAD_PLAIN] : [IMGTOOL_ROAD_PLAIN, IMGTOOL_ROAD_AVX2]

  private func bytes(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
    // Few random words, and extremes often: what a sum has to hold.
    (0..<count).map { _ in
      let word = generator.next() >> 20
      return word & 3 == 0 ? (word & 4 == 0 ? 0 : 255) : UInt8(truncatingIfNeeded: word >> 8)
    }
  }

  @Test(arguments: 1...4) func `errors are added up band by band`(bandCount: Int) {
    var generator = SeededGenerator(seed: UInt64(bandCount))
    for count in [0, 1, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 101, 1_000] {
      // At an odd address.
      let (a, b) = (
        bytes(count * bandCount + 1, &generator), bytes(count * bandCount + 1, &generator)
      )
      for road in Self.roads {
        // Any samples of UInt8 are bytes.
        let errors = unsafe ByteErrors(
          a.span.bytes.extracting(droppingFirst: 1), b.span.bytes.extracting(droppingFirst: 1),
          bandCount: bandCount, count: count, road: road)
        #expect(errors.pixelCount <= count)
        #expect(errors.pixelCount >= (road == IMGTOOL_ROAD_PLAIN ? 0 : count - 31))
        for band in 0..<bandCount {
          let found = (0..<errors.pixelCount).map { pixel in
            let place = 1 + pixel * bandCount + band
            return UInt64(max(a[place], b[place]) - min(a[place], b[place]))
          }
          let sums = errors(band: band)
          #expect(sums.absolute == found.reduce(0, +))
          #expect(sums.squared == found.reduce(0) { $0 + $1 * $1 })
          #expect(UInt64(sums.maximum) == found.max() ?? 0)
        }
      }
    }
  }

  @Test func `the largest errors of many pixels do not overflow`() {
    let count = 2_000_000
    let (a, b) = ([UInt8](repeating: 0, count: count), [UInt8](repeating: 255, count: count))
    var sums = ErrorSums()
    // Any samples of UInt8 are bytes.
    let errors = unsafe ByteErrors(a.span.bytes, b.span.bytes, bandCount: 1, count: count)
    sums.add(errors, band: 0)
    unsafe sums.add(a.span.bytes, b.span.bytes, from: errors.pixelCount, count: count, type: .u8)
    #expect(sums.absolute == Double(count * 255) && sums.squared == Double(count * 255 * 255))
    #expect(sums.maximum == 255)
  }

  @Test(arguments: 1...4) func `blocks of 4x4 are added up band by band`(bandCount: Int) {
    var generator = SeededGenerator(seed: UInt64(bandCount) + 10)
    for (count, spare) in [(1, 0), (2, 3), (4, 0), (7, 1), (8, 0), (9, 11), (33, 5), (64, 2)] {
      let rowByteCount = count * 4 * bandCount + spare
      let (a, b) = (bytes(4 * rowByteCount, &generator), bytes(4 * rowByteCount, &generator))
      for road in Self.roads {
        var sums = [imgtool_block_sums](repeating: imgtool_block_sums(), count: count * bandCount)
        // As many sums as there are blocks and bands.
        let done = unsafe imgtool_byte_blocks(
          road, a, b, rowByteCount, count, bandCount, &sums)
        #expect(done <= count && done >= (road == IMGTOOL_ROAD_PLAIN ? 0 : count - 8))
        for index in 0..<done * bandCount {
          let (block, band) = index.quotientAndRemainder(dividingBy: bandCount)
          var wanted = imgtool_block_sums()
          for cell in 0..<16 {
            let place =
              cell / 4 * rowByteCount + (block * 4 + cell % 4) * bandCount + band
            let (x, y) = (Int32(a[place]), Int32(b[place]))
            wanted.first += x
            wanted.second += y
            wanted.squares += x * x + y * y
            wanted.products += x * y
          }
          let found = sums[index]
          #expect(found.first == wanted.first && found.second == wanted.second)
          #expect(found.squares == wanted.squares && found.products == wanted.products)
        }
      }
    }
  }

  @Test func `words of 16 bits become pixels of three bytes by their tables`() {
    var generator = SeededGenerator(seed: 3)
    let tables = (0..<768).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 24) }
    let fields: [(shifts: [UInt8], masks: [UInt8])] = [
      ([11, 5, 0], [31, 63, 31]), ([0, 5, 10], [31, 31, 31]), ([8, 4, 0], [15, 15, 15]),
    ]
    for (shifts, masks) in fields {
      for (count, isBig) in [(1, false), (31, true), (32, false), (65, true), (200, false)] {
        let words = bytes(2 * count, &generator)
        for road in Self.roads {
          var pixels = [UInt8](repeating: 7, count: 3 * count)
          // Three bytes for each word.
          let done = unsafe imgtool_decode_triples(
            road, words, count, isBig, shifts, masks, tables, &pixels)
          #expect(done == (road == IMGTOOL_ROAD_PLAIN ? 0 : count / 32 * 32))
          let wanted = (0..<3 * count).map { index -> UInt8 in
            let (x, band) = index.quotientAndRemainder(dividingBy: 3)
            if x >= done { return 7 }
            let (low, high) = (words[2 * x + (isBig ? 1 : 0)], words[2 * x + (isBig ? 0 : 1)])
            let word = Int(high) << 8 | Int(low)
            return tables[256 * band + word >> Int(shifts[band]) & Int(masks[band])]
          }
          #expect(pixels == wanted)
        }
      }
    }
  }
}
