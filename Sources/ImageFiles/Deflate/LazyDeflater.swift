import CShims
import PixelMemory

/// Deflate with lazy matching through hash chains, as zlib's upper levels have it, for bytes that
/// repeat for long: those of screens and drawings.
///
/// It differs from zlib in what it leaves out: no place within a long run is remembered, because all
/// of them look the same, and a match is as long as the bytes repeat, not 258 at most.
///
/// What that gains is what `Scripts/benchmark --job screens` measures, in processor time of whole
/// saves. A 3840x2160 screen: 0.09 s for 486 KB; 0.21 s for 478 KB by zlib's level 6, 0.06 s for
/// 725 KB by igzip. The 157 screenshots of a manual: 2.1 s for 8.5 MB, 3.0 s for 8.3 MB, 1.4 s for
/// 11.7 MB. libdeflate, which the package does not need, is between this and zlib on the first, and
/// better than both on the others.
struct LazyDeflater: ~Copyable {
  private typealias Token = (literalCount: Int32, length: Int32, distance: Int32)

  /// How many symbols share their codes.
  private static let symbolLimit = 1 << 14
  /// A match this long is taken without a look at the next place.
  private static let eagerLength = 32
  /// How many places are remembered at both ends of a long run.
  private static let runEdge = 64

  private var memory: Scratch
  private var tokens: Scratch
  private let road: imgtool_road

  /// - Throws: `MemoryError.outOfMemory`.
  init(road: imgtool_road) throws(MemoryError) {
    self.road = road
    let memory = try Scratch(byteCount: unsafe MatchFinder.capacity)
    let tokens = try Scratch(
      byteCount: (Self.symbolLimit + 1) * MemoryLayout<Token>.stride)
    self.memory = memory
    self.tokens = tokens
  }

  /// Deflates a piece, up to a byte's end.
  ///
  /// - Returns: How many bytes the piece became; `nil` when `output` has no room for them.
  mutating func deflate(
    _ input: RawSpan, into output: inout MutableRawSpan, isLast: Bool
  ) -> Int? {
    unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        unsafe memory.withUnsafeMutableBytes { memory in
          unsafe tokens.withUnsafeMutableBytes { tokens in
            guard let base = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self),
              let target = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            else { return nil }
            let finder = unsafe MatchFinder(base, input.count, memory: memory)
            let tokens = unsafe tokens.baseAddress!.assumingMemoryBound(to: Token.self)
            // A sync flush, and what the bit writer overwrites.
            let reserve = unsafe StoredBlock.overhead + 2 * BitWriter.overrun
            let end = unsafe target + output.count - reserve
            var writer = unsafe BitWriter(target)
            var at = 0
            while at < input.count {
              let start = at
              let count = unsafe Self.scan(finder, input.count, &at, tokens)
              let block = unsafe Self.block(base + start, tokens, count)
              guard unsafe end - writer.pointer > block.bitCount / 8 else { return nil }
              unsafe block.writeHeader(to: &writer, isLast: isLast && at == input.count)
              unsafe Self.write(block, base + start, tokens, count, road, to: &writer)
            }
            if isLast {
              unsafe writer.alignToByte()
            } else {
              unsafe writer.store(base, 0, isLast: false)
            }
            return unsafe writer.pointer - target
          }
        }
      }
    }
  }

  /// Fills the tokens of a block from `at` on, which becomes the block's end.
  ///
  /// - Returns: How many tokens there are; the last one may have no match.
  @unsafe private static func scan(
    _ finder: MatchFinder, _ end: Int, _ at: inout Int, _ tokens: UnsafeMutablePointer<Token>
  ) -> Int {
    var count = 0
    var symbolCount = 0
    var literalStart = at
    while symbolCount < symbolLimit, unsafe finder.isInside(at) {
      var match = unsafe finder.longest(at: at, beyond: 0)
      unsafe finder.insert(at)
      // A match that is one byte longer is worth the literal before it.
      while match.length > 0, match.length < eagerLength, unsafe finder.isInside(at + 1) {
        let next = unsafe finder.longest(at: at + 1, beyond: match.length)
        if next.length == 0 { break }
        at += 1
        symbolCount += 1
        unsafe finder.insert(at)
        match = next
      }
      if match.length == 0 {
        at += 1
        symbolCount += 1
        continue
      }
      unsafe tokens[count] = (
        Int32(at - literalStart), Int32(match.length), Int32(match.distance)
      )
      count += 1
      symbolCount += match.length / DeflateSymbols.lengths.upperBound + 1
      let next = at + match.length
      if unsafe match.distance <= MatchFinder.runDistance, match.length > 2 * runEdge {
        unsafe insert(finder, at + 1..<at + runEdge)
        unsafe insert(finder, next - runEdge..<next)
      } else {
        unsafe insert(finder, at + 1..<next)
      }
      at = next
      literalStart = at
    }
    if unsafe !finder.isInside(at) { at = end }
    if at > literalStart {
      unsafe tokens[count] = (Int32(at - literalStart), 0, 0)
      count += 1
    }
    return count
  }

  @unsafe private static func insert(_ finder: MatchFinder, _ range: Range<Int>) {
    var at = range.lowerBound
    while at < range.upperBound, unsafe finder.isInside(at) {
      unsafe finder.insert(at)
      at &+= 1
    }
  }

  /// The codes for a block of tokens.
  @unsafe private static func block(
    _ base: UnsafePointer<UInt8>, _ tokens: UnsafePointer<Token>, _ count: Int
  ) -> DynamicBlock {
    var literals = [UInt32](repeating: 0, count: DeflateSymbols.count)
    var distances = [UInt32](repeating: 0, count: DeflateSymbols.distanceCount)
    literals[DeflateSymbols.endOfBlock] = 1
    var at = 0
    for index in 0..<count {
      let token = unsafe tokens[index]
      let literalEnd = at + Int(token.literalCount)
      while at < literalEnd {
        unsafe literals[Int(base[at])] += 1
        at += 1
      }
      var rest = Int(token.length)
      at += rest
      while rest > 0 {
        let part = DeflateSymbols.firstPart(of: rest)
        literals[Int(DeflateSymbols.ofLength[part].symbol)] += 1
        distances[Int(DeflateSymbols.ofDistance(Int(token.distance)).symbol)] += 1
        rest -= part
      }
    }
    return DynamicBlock(literals: literals, distances: distances)
  }

  @unsafe private static func write(
    _ block: DynamicBlock, _ base: UnsafePointer<UInt8>, _ tokens: UnsafePointer<Token>,
    _ count: Int, _ road: imgtool_road, to writer: inout BitWriter
  ) {
    unsafe BlockWriter.with(block, base, road) { symbols in
      var at = 0
      for index in 0..<count {
        let token = unsafe tokens[index]
        let literalEnd = at + Int(token.literalCount)
        unsafe symbols.writeLiterals(at, literalEnd, to: &writer)
        at = literalEnd + Int(token.length)
        if token.length > 0 {
          unsafe symbols.writeMatch(
            Int(token.length), distance: Int(token.distance), to: &writer)
        }
      }
      unsafe symbols.writeEnd(to: &writer)
    }
  }
}
