/// Writes the symbols of a block with its codes.
@unsafe struct BlockWriter {
  private let base: UnsafePointer<UInt8>
  private let literals: UnsafePointer<UInt32>
  private let distances: UnsafePointer<UInt32>

  /// Calls `body` with a writer that is valid meanwhile.
  static func with(
    _ block: borrowing DynamicBlock, _ base: UnsafePointer<UInt8>, _ body: (BlockWriter) -> Void
  ) {
    unsafe block.literals.withUnsafeBufferPointer { literals in
      unsafe block.distances.withUnsafeBufferPointer { distances in
        unsafe body(
          BlockWriter(
            base: base, literals: literals.baseAddress!, distances: distances.baseAddress!))
      }
    }
  }

  @inline(__always)
  private func put(_ entry: UInt32, to writer: inout BitWriter) {
    unsafe writer.put(UInt64(entry &>> 8), UInt64(entry & 0xff))
  }

  @inline(__always)
  func writeLiterals(_ start: Int, _ end: Int, to writer: inout BitWriter) {
    var at = start
    while at &+ 4 <= end {
      unsafe put(literals[Int(base[at])], to: &writer)
      unsafe put(literals[Int(base[at &+ 1])], to: &writer)
      unsafe put(literals[Int(base[at &+ 2])], to: &writer)
      unsafe put(literals[Int(base[at &+ 3])], to: &writer)
      unsafe writer.flush()
      at &+= 4
    }
    while at < end {
      unsafe put(literals[Int(base[at])], to: &writer)
      at &+= 1
    }
    unsafe writer.flush()
  }

  /// Writes a match of any length, in as many parts as it takes.
  func writeMatch(_ length: Int, distance: Int, to writer: inout BitWriter) {
    let to = DeflateSymbols.ofDistance(distance)
    var rest = length
    while rest > 0 {
      let part = DeflateSymbols.firstPart(of: rest)
      let symbol = DeflateSymbols.ofLength[part]
      unsafe put(literals[Int(symbol.symbol)], to: &writer)
      unsafe writer.put(UInt64(symbol.extra), UInt64(symbol.extraBits))
      unsafe put(distances[Int(to.symbol)], to: &writer)
      unsafe writer.put(UInt64(to.extra), UInt64(to.extraBits))
      unsafe writer.flush()
      rest -= part
    }
  }

  func writeEnd(to writer: inout BitWriter) {
    unsafe put(literals[DeflateSymbols.endOfBlock], to: &writer)
    unsafe writer.flush()
  }
}
