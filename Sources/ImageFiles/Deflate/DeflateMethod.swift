/// How bytes are made smaller: what is looked for, with how much effort.
enum DeflateMethod: Hashable, Sendable {
  /// Nothing: the bytes as they are.
  case stored
  /// Runs of one byte, and the best codes: for bytes that repeat by accident only.
  case runs
  /// Matches, as fast as they can be found: ISA-L's igzip, or zlib's lowest level.
  case fast
  /// Lazy matching for bytes that repeat for long: zlib's level 6 in a fraction of its time there.
  case lazy
  /// Matches by libdeflate, level 1 to 12; by zlib where it is absent.
  case libdeflate(level: Int32)
  /// Matches by zlib, level 1 to 9.
  case zlib(level: Int32)
}
