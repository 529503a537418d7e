import Testing

/// A generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

/// What came of a property that was tried with one seed after another.
struct SeededTrials {
  enum Outcome {
    case tried
    /// What the seed makes is not something that the property speaks of.
    case unfit(String)
  }

  private(set) var triedCount = 0
  private(set) var unfitCounts: [String: Int] = [:]

  init(
    seeds: Range<UInt64>, _ property: (UInt64, inout SeededGenerator) throws -> Outcome
  ) rethrows {
    for seed in seeds {
      var generator = SeededGenerator(seed: seed)
      switch try property(seed, &generator) {
      case .tried: triedCount += 1
      case .unfit(let reason): unfitCounts[reason, default: 0] += 1
      }
    }
  }
}
