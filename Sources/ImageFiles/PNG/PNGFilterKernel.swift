/// The arithmetic of all five filters on 16 bytes at once.
///
/// Everything stays in bytes: no sum of two of them is formed that does not fit one.
enum PNGFilterKernel {
  typealias Block = SIMD16<UInt8>
  static let blockByteCount = 16
  /// How many sums of a block (2 x 128 at most in each of 8 lanes) fit 16 bits.
  private static let blocksPerSum = 255

  /// What each filter makes of the sum of absolute differences, by the filter's number.
  typealias Costs = (none: UInt, sub: UInt, up: UInt, average: UInt, paeth: UInt)

  /// Filters a row in all five ways, and weighs each.
  ///
  /// - Parameters:
  ///   - row, above: blocks of which the last may have a tail of zeros, each behind at least 8 bytes
  ///     of zeros.
  ///   - left: how many bytes before a byte the same byte of the pixel to the left stands.
  ///   - tail: bytes of the last block that belong to the row: 1 to 16.
  ///   - sub, up, average, paeth: whole blocks for the filtered bytes; what is behind the row in
  ///     the last block is garbage.
  @unsafe static func filter(
    row: UnsafePointer<UInt8>, above: UnsafePointer<UInt8>, left: Int, blockCount: Int, tail: Int,
    sub: UnsafeMutablePointer<UInt8>, up: UnsafeMutablePointer<UInt8>,
    average: UnsafeMutablePointer<UInt8>, paeth: UnsafeMutablePointer<UInt8>
  ) -> Costs {
    var costs: Costs = (0, 0, 0, 0, 0)
    var block = 0
    while block < blockCount {
      let end = min(blockCount, block + blocksPerSum)
      var sums = (Sum(), Sum(), Sum(), Sum(), Sum())
      while block < end {
        let at = block &* blockByteCount
        let x = unsafe load(row + at)
        var a = unsafe load(row + (at &- left))
        let b = unsafe load(above + at)
        var c = unsafe load(above + (at &- left))
        if block == blockCount &- 1 {
          // What is left of the zeros behind the row is not zero.
          let isInside = lanes .< Block(repeating: UInt8(truncatingIfNeeded: tail))
          a = Block(repeating: 0).replacing(with: a, where: isInside)
          c = Block(repeating: 0).replacing(with: c, where: isInside)
        }
        let s = x &- a
        let u = x &- b
        let v = x &- Self.average(a, b)
        let p = x &- Self.paeth(a, b, c)
        unsafe store(s, to: sub + at)
        unsafe store(u, to: up + at)
        unsafe store(v, to: average + at)
        unsafe store(p, to: paeth + at)
        sums.0 &+= magnitudes(x)
        sums.1 &+= magnitudes(s)
        sums.2 &+= magnitudes(u)
        sums.3 &+= magnitudes(v)
        sums.4 &+= magnitudes(p)
        block &+= 1
      }
      costs.none &+= total(sums.0)
      costs.sub &+= total(sums.1)
      costs.up &+= total(sums.2)
      costs.average &+= total(sums.3)
      costs.paeth &+= total(sums.4)
    }
    return costs
  }

  /// Filters a row that has nothing above it with Sub, and weighs it and the row as it is.
  @unsafe static func filterFirst(
    row: UnsafePointer<UInt8>, left: Int, blockCount: Int, tail: Int,
    sub: UnsafeMutablePointer<UInt8>
  ) -> (none: UInt, sub: UInt) {
    var costs: (none: UInt, sub: UInt) = (0, 0)
    for block in 0..<blockCount {
      let at = block &* blockByteCount
      let x = unsafe load(row + at)
      var a = unsafe load(row + (at &- left))
      if block == blockCount &- 1 {
        let isInside = lanes .< Block(repeating: UInt8(truncatingIfNeeded: tail))
        a = Block(repeating: 0).replacing(with: a, where: isInside)
      }
      let s = x &- a
      unsafe store(s, to: sub + at)
      costs.none &+= total(magnitudes(x))
      costs.sub &+= total(magnitudes(s))
    }
    return costs
  }

  private typealias Sum = SIMD8<UInt16>

  private static let lanes = Block(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

  @inline(__always) private static func load(_ pointer: UnsafePointer<UInt8>) -> Block {
    unsafe UnsafeRawPointer(pointer).loadUnaligned(as: Block.self)
  }

  @inline(__always)
  private static func store(_ block: Block, to pointer: UnsafeMutablePointer<UInt8>) {
    unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: block, as: Block.self)
  }

  @inline(__always) private static func lesser(_ a: Block, _ b: Block) -> Block {
    a.replacing(with: b, where: b .< a)
  }

  @inline(__always) private static func difference(_ a: Block, _ b: Block) -> Block {
    a.replacing(with: b, where: a .< b) &- lesser(a, b)
  }

  /// The mean of each pair, rounded down.
  @inline(__always) private static func average(_ a: Block, _ b: Block) -> Block {
    let halves = unsafe unsafeBitCast(unsafeBitCast(a ^ b, to: Sum.self) &>> 1, to: Block.self)
    return (a & b) &+ (halves & 0x7f)
  }

  /// That of a, b, c which is nearest to a + b - c; a before b before c.
  @inline(__always) private static func paeth(_ a: Block, _ b: Block, _ c: Block) -> Block {
    let toA = difference(b, c)
    let toB = difference(a, c)
    // To c it is |b - c + a - c|: where the two have one sign, their sum, which is never less than
    // both; where they have not, the difference of the two distances.
    let haveOneSign = (b .< c) .== (a .< c)
    let toC = difference(toA, toB).replacing(with: 255, where: haveOneSign)
    let bOrC = c.replacing(with: b, where: lesser(toB, toC) .== toB)
    return bOrC.replacing(with: a, where: lesser(toA, lesser(toB, toC)) .== toA)
  }

  /// The magnitudes of differences, read as signed bytes, added in pairs.
  @inline(__always) private static func magnitudes(_ block: Block) -> Sum {
    let pairs = unsafe unsafeBitCast(lesser(block, 0 &- block), to: Sum.self)
    return (pairs & 0xff) &+ (pairs &>> 8)
  }

  @inline(__always) private static func total(_ sum: Sum) -> UInt {
    UInt(SIMD8<UInt32>(truncatingIfNeeded: sum).wrappedSum())
  }
}
