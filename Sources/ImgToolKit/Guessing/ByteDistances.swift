import PixelMemory

/// How alike the bytes of a file are at each distance: at the length of a row they are most alike.
struct ByteDistances {
  /// Rows longer than this are not looked for.
  static let longest = 1 << 16
  private static let shortest = 8
  private static let segmentByteCount = 256
  private static let segmentCount = 32

  /// The mean difference of two bytes for each distance between them, in 1/16 of a gray level.
  let differences: [Int]

  /// - Complexity: O(1): some 500 million steps at most, which vectorize.
  init(_ excerpts: borrowing FileExcerpts, threads: Int) {
    let available = excerpts.windows[0].byteCount
    let segment = min(ByteDistances.segmentByteCount, max(1, available / 8))
    let reach = min(ByteDistances.longest, available / 2)
    let count = max(1, reach)
    let places = excerpts.places(ByteDistances.segmentCount, before: 0, after: count + segment)
    let part = 1 << 12
    let sums = Parallel.map(count: (count + part - 1) / part, threads: threads) { index in
      let first = index * part
      var sums = [UInt32](repeating: 0, count: min(part, count - first))
      for place in places {
        ByteDistances.add(
          excerpts.bytes, at: place.copy, from: first, segment: segment, to: &sums)
      }
      return sums
    }.flatMap(\.self)
    let total = max(1, places.count * segment)
    differences = sums.map { Int($0) * 16 / total }
  }

  /// Adds the differences between a segment and itself moved by each distance from `first` on.
  private static func add(
    _ bytes: RawSpan, at start: Int, from first: Int, segment: Int, to sums: inout [UInt32]
  ) {
    precondition(start + first + sums.count + segment <= bytes.byteCount)
    unsafe bytes.withUnsafeBytes { all in
      guard let base = all.baseAddress else { return }
      let anchor = unsafe base + start
      let most = SIMD16<UInt8>(repeating: 64)
      for distance in sums.indices {
        let other = unsafe anchor + first + distance
        // The precondition above holds for every address; checks would keep this from vectorizing.
        @inline(__always) func step(_ index: Int) -> SIMD16<UInt8> {
          let a = unsafe anchor.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
          let b = unsafe other.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
          let difference = (a &- b).replacing(with: b &- a, where: a .< b)
          // An edge must not count more than many small differences.
          return difference.replacing(with: most, where: difference .> most)
        }
        var wide = SIMD8<UInt16>()
        var index = 0
        while index + 32 <= segment {
          let two = step(index) &+ step(index + 16)
          wide &+= SIMD8<UInt16>(truncatingIfNeeded: two.evenHalf)
          wide &+= SIMD8<UInt16>(truncatingIfNeeded: two.oddHalf)
          index += 32
        }
        var sum: UInt32 = 0
        for lane in 0..<8 { sum &+= UInt32(wide[lane]) }
        while index < segment {
          let a = unsafe anchor.load(fromByteOffset: index, as: UInt8.self)
          let b = unsafe other.load(fromByteOffset: index, as: UInt8.self)
          sum &+= UInt32(min(a > b ? a &- b : b &- a, 64))
          index += 1
        }
        sums[distance] &+= sum
      }
    }
  }

  /// A distance at which rows may repeat.
  struct Valley {
    var byteCount: Int
    /// How much less the bytes differ than at distances nearby, as a ratio; 1 is no less.
    var depth: Double
  }

  /// The distances with the deepest valleys, deepest first.
  ///
  /// - Complexity: O(`longest`).
  func valleys(_ count: Int) -> [Valley] {
    let width = 12
    var sums = [0]
    for value in differences { sums.append((sums.last ?? 0) + value) }
    var minima: [(at: Int, ratio: Double)] = []
    for at in min(16, differences.count)..<differences.count {
      let value = differences[at]
      let nearby = max(1, at - width)...min(differences.count - 1, at + width)
      guard nearby.allSatisfy({ differences[$0] >= value }) else { continue }
      let around = max(1, at - 64)..<min(differences.count, at + 65)
      let mean = Double(sums[around.upperBound] - sums[around.lowerBound]) / Double(around.count)
      minima.append((at, (mean + 16) / Double(value + 16)))
    }
    // Medians cost more than means, which say much the same.
    let valleys = minima.sorted { ($0.ratio, -$0.at) > ($1.ratio, -$1.at) }.prefix(8 * count).map {
      Valley(byteCount: $0.at, depth: depth($0.at))
    }
    return Array(
      valleys.sorted { ($0.depth, -$0.byteCount) > ($1.depth, -$1.byteCount) }.prefix(count))
  }

  /// How much less the bytes differ at a distance than at those around it.
  func depth(_ at: Int) -> Double {
    guard differences.indices.contains(at), differences.count > 1 else { return 1 }
    let around = differences[max(1, at - 64)...min(differences.count - 1, at + 64)].sorted()
    guard !around.isEmpty else { return 1 }
    return Double(around[around.count / 2] + 16) / Double(differences[at] + 16)
  }

  /// The median of all differences.
  var usual: Int {
    let sorted = differences.dropFirst(ByteDistances.shortest).sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}
