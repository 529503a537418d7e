/// What a compression level means: how much is tried for each band.
enum PNGEffort: Hashable, Sendable {
  /// Level 0: rows as they are, stored.
  case stored
  /// Level 1: the fast methods only.
  case fast
  /// No level: a fast method, or zlib where that makes a band much smaller.
  case balanced
  /// Level 2 to 9: all that a library finds with that much effort, or runs of bytes where they are
  /// smaller still.
  case thorough(level: Int)

  /// - Parameter level: from 0 to 9, or `nil`.
  init(level: Int?) {
    switch level {
    case nil: self = .balanced
    case 0: self = .stored
    case 1: self = .fast
    case let level?: self = .thorough(level: level)
    }
  }
}
