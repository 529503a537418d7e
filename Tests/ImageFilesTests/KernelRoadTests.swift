import CShims
import PixelMemory
import Testing

@testable import ImageFiles

/// Kernels make the same of their input on every road that the processor has.
struct KernelRoadTests {
  static let roads = [IMGTOOL_ROAD_AVX2, IMGTOOL_ROAD_AVX512].filter {
    $0.rawValue <= imgtool_processor_road().rawValue
  }

  @Test(arguments: [1, 2, 3, 4, 6, 8]) func rowsAreFilteredAlike(_ left: Int) {
    var random = SystemRandomNumberGenerator()
    for count in [1, 2, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 200, 1001] {
      let row = (0..<count).map {
        UInt8(truncatingIfNeeded: $0 &* 3 &+ Int.random(in: 0..<9, using: &random))
      }
      let above = row.map { $0 &+ UInt8.random(in: 0..<5, using: &random) }
      for filter in UInt8(0)...4 {
        let expected = filtered(IMGTOOL_ROAD_PLAIN, filter, row, above, left)
        #expect(expected == Self.definition(filter, row, above, left))
        for road in Self.roads { #expect(filtered(road, filter, row, above, left) == expected) }
      }
      let costs = (UInt8(0)...4).map { filter in
        Self.definition(filter, row, above, left).reduce(0) { $0 + Int(min($1, 0 &- $1)) }
      }
      for road in Self.roads + [IMGTOOL_ROAD_PLAIN] {
        let best = unsafe imgtool_png_cheapest_filter(road, row, above, count, left)
        #expect(Int(best) == costs.firstIndex(of: costs.min()!))
        let first = unsafe imgtool_png_cheapest_filter(road, row, nil, count, left)
        #expect(first < 2)
      }
    }
  }

  /// Codes of every length, so that words are filled to their last bit.
  @Test func literalsAreWrittenAlike() {
    for longest in [1, 3, 7, 8, 13, 14] {
      let entries = (0..<256).map { value -> UInt32 in
        let length = 1 + UInt32(value) % UInt32(longest)
        return (UInt32(value &* 2_654_435) & (1 << length - 1)) << 8 | length
      }
      let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0 &>> 3 &+ $0 &* 7) }
      for count in [0, 1, 3, 63, 64, 65, 128, 1000, 5000] {
        let expected = written(IMGTOOL_ROAD_PLAIN, entries, bytes, count)
        #expect(expected == Self.definition(entries, bytes, count))
        for road in Self.roads { #expect(written(road, entries, bytes, count) == expected) }
      }
    }
  }

  @Test func bytesAreCountedAndTriplesFound() {
    var random = SystemRandomNumberGenerator()
    for count in [0, 1, 3, 15, 16, 31, 32, 33, 61, 500, 4000] {
      var bytes = (0..<count).map { _ in UInt8.random(in: 0..<3, using: &random) }
      for index in bytes.indices where index % 97 < 40 { bytes[index] = 7 }
      var frequencies = [UInt32](repeating: 0, count: 256)
      unsafe imgtool_histogram(bytes, count, &frequencies)
      #expect(frequencies == (0..<256).map { value in UInt32(bytes.count { Int($0) == value }) })
      for start in 1...max(1, min(40, count)) {
        let found = (start..<max(start, count - 2)).first { at in
          (0..<3).allSatisfy { bytes[at + $0] == bytes[at - 1] }
        }
        for road in Self.roads + [IMGTOOL_ROAD_PLAIN] where start <= count {
          #expect(unsafe imgtool_next_triple(road, bytes, start, count) == found ?? count)
        }
      }
    }
  }

  @Test func distinctPairsAreCounted() {
    var random = SystemRandomNumberGenerator()
    for (count, top) in [(0, 1), (1, 1), (2, 1), (300, 3), (5000, 255)] as [(Int, UInt8)] {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...top, using: &random) }
      var seen = [UInt64](repeating: .max, count: Int(IMGTOOL_BIGRAM_BYTES) / 8)
      let expected = Set(zip(bytes, bytes.dropFirst()).map { UInt16($0) << 8 | UInt16($1) }).count
      #expect(unsafe imgtool_distinct_bigrams(bytes, count, &seen) == expected)
    }
  }

  /// ISO/IEC 15948, 9.2, byte by byte.
  private static func definition(
    _ filter: UInt8, _ row: [UInt8], _ above: [UInt8], _ left: Int
  ) -> [UInt8] {
    row.indices.map { index in
      let a = index < left ? 0 : Int(row[index - left])
      let (b, c) = (Int(above[index]), index < left ? 0 : Int(above[index - left]))
      let p = a + b - c
      let nearest = [a, b, c].min { abs(p - $0) < abs(p - $1) } ?? 0
      return row[index] &- UInt8([0, a, b, (a + b) / 2, nearest][Int(filter)])
    }
  }

  private func filtered(
    _ road: imgtool_road, _ filter: UInt8, _ row: [UInt8], _ above: [UInt8], _ left: Int
  ) -> [UInt8] {
    var output = [UInt8](repeating: 0xEE, count: row.count + 1)
    unsafe imgtool_png_filter_row(road, filter, row, above, row.count, left, &output)
    #expect(output.last == 0xEE)
    return output.dropLast()
  }

  /// The codes one after the other, from the low bit of each byte on.
  private static func definition(_ entries: [UInt32], _ bytes: [UInt8], _ count: Int) -> [UInt8] {
    var (output, bit) = ([UInt8](), 0)
    for byte in bytes.prefix(count) {
      let entry = entries[Int(byte)]
      for index in 0..<(entry & 0xff) {
        if bit % 8 == 0 { output.append(0) }
        output[bit / 8] |= UInt8(entry >> (8 + index) & 1) << UInt8(bit % 8)
        bit += 1
      }
    }
    return output
  }

  private func written(
    _ road: imgtool_road, _ entries: [UInt32], _ bytes: [UInt8], _ count: Int
  ) -> [UInt8] {
    var codes = imgtool_literal_codes()
    unsafe imgtool_literal_codes_fill(&codes, entries)
    var output = [UInt8](repeating: 0, count: 2 * count + 16)
    return unsafe output.withUnsafeMutableBufferPointer { output in
      var bits = unsafe imgtool_bits(next: output.baseAddress, bits: 0, bit_count: 0)
      unsafe imgtool_write_literals(road, &codes, bytes, count, &bits)
      let whole = unsafe bits.next - output.baseAddress!
      return unsafe Array(output.prefix(whole + (bits.bit_count > 0 ? 1 : 0)))
    }
  }
}
