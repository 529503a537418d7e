/// How bytes are made smaller: what is looked for, with how much effort.
package enum DeflateMethod: Hashable, Sendable {
  /// Nothing: the bytes as they are.
  case stored
  /// Runs of one byte, and the best codes: for photographs, and fast.
  case runs
  /// Repeated strings that are long: for screens and drawings, and fast there.
  case flat
  /// Repeated strings, as fast as they can be found: ISA-L's igzip, or zlib's lowest level.
  case strings
  /// Repeated strings by zlib, level 1 to 9.
  case zlib(level: Int32, strategy: ZlibStrategy)
}

/// What zlib looks for.
package enum ZlibStrategy: Int32, Sendable {
  /// Any repeated strings: screens and drawings.
  case standard = 0
  /// Fewer short strings: differences between neighboring samples.
  case filtered = 1
}
