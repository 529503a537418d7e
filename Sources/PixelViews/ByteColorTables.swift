/// What each of 256 samples adds to a pixel of three bytes, for each of the three places: pixels are
/// looked up, added and clipped as vectors, four at a time.
///
/// Two numbers of the result have 20 bits below the point, in one word of 64 bits; the one whose sums
/// come nearest to halves, green or luma, has a word of its own, with 52. That this is enough was seen
/// for each `YCbCr` and each `RGB` of 8 bits; there is no proof shorter than these.
final class ByteColorTables: Sendable {
  private let x, y, z: InlineArray<256, SIMD2<Int64>>
  /// Whether the long number is the first of the result, and not the second.
  private let beginsLong: Bool

  /// The tables for green, between red and blue, or for luma, before them.
  init(_ matrix: ColorMatrix, beginsLong: Bool) {
    let long = matrix.rows[beginsLong ? 0 : 1]
    let (low, high) = (matrix.rows[beginsLong ? 1 : 0], matrix.rows[2])
    func table(_ place: Int) -> InlineArray<256, SIMD2<Int64>> {
      InlineArray { sample in
        func term(_ row: ColorMatrix.Row, bits: Int) -> Int64 {
          let sum = row.weights[place] * Int128(sample) + (place == 0 ? row.constant : 0)
          let drop = 80 - bits
          // Three terms lose up to 1½ units as they are rounded, and halves must not come below.
          return Int64((sum + 1 << (drop - 1)) >> drop) + (place == 0 ? 2 : 0)
        }
        return SIMD2(term(long, bits: 52), term(low, bits: 20) &+ term(high, bits: 20) << 32)
      }
    }
    x = table(0)
    y = table(1)
    z = table(2)
    self.beginsLong = beginsLong
  }

  func apply(count: Int, from: RawSpan, to: inout MutableRawSpan) {
    // A constant each, so that there is nothing to decide in the loop.
    if beginsLong {
      apply(count: count, from: from, to: &to, beginsLong: true)
    } else {
      apply(count: count, from: from, to: &to, beginsLong: false)
    }
  }

  @inline(__always)
  private func apply(count: Int, from: RawSpan, to: inout MutableRawSpan, beginsLong: Bool) {
    let fours = count / 4
    to.map(count: fours, from: from) { (four: Triple<Quad>) in
      let (low, middle, high) = (four.x.word, four.y.word, four.z.word)
      let a = word(low, beginsLong)
      let b = word(low >> 24 | middle << 8, beginsLong)
      let c = word(middle >> 16 | high << 16, beginsLong)
      let d = word(high >> 8, beginsLong)
      return Triple(
        Quad(word: a | b << 24), Quad(word: b >> 8 | c << 16), Quad(word: c >> 16 | d << 8))
    }
    let done = fours * 12
    let left = count - fours * 4
    var rest = to.slice(done, left * 3)
    rest.map(count: left, from: from.slice(done, left * 3)) { (pixel: Triple<UInt8>) in
      Triple(word: word(pixel.word, beginsLong))
    }
  }

  /// The pixel of the lowest three bytes of a word, in such bytes again, and a zero above them.
  @inline(__always)
  private func word(_ pixel: UInt32, _ beginsLong: Bool) -> UInt32 {
    let sum = x[Int(pixel & 255)] &+ y[Int(pixel >> 8 & 255)] &+ z[Int(pixel >> 16 & 255)]
    // The high half of the long number's word has as many bits below the point as the others.
    let halves = unsafe unsafeBitCast(sum, to: SIMD4<Int32>.self)
    let (first, second) = beginsLong ? (halves[1], halves[2]) : (halves[2], halves[1])
    let numbers = SIMD4(first, second, halves[3], 0) &>> 20
    let clipped = numbers.clamped(
      lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 255))
    return unsafe unsafeBitCast(SIMD4<UInt8>(truncatingIfNeeded: clipped), to: Quad.self).word
  }
}
