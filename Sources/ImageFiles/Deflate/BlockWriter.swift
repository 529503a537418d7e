import CShims

/// Writes the symbols of a block with its codes.
@unsafe struct BlockWriter {
  private let base: UnsafePointer<UInt8>
  private let literals: UnsafePointer<UInt32>
  private let distances: UnsafePointer<UInt32>
  private let codes: UnsafePointer<imgtool_literal_codes>
  private let road: imgtool_road

  /// How many literals in a row are worth a call.
  private static let fewLiterals = 16

  /// Calls `body` with a writer that is valid meanwhile.
  static func with(
    _ block: borrowing DynamicBlock, _ base: UnsafePointer<UInt8>, _ road: imgtool_road,
    _ body: (BlockWriter) -> Void
  ) {
    unsafe block.literals.withUnsafeBufferPointer { literals in
      unsafe block.distances.withUnsafeBufferPointer { distances in
        unsafe withUnsafeTemporaryAllocation(of: imgtool_literal_codes.self, capacity: 1) { codes in
          unsafe imgtool_literal_codes_fill(codes.baseAddress!, literals.baseAddress!)
          unsafe body(
            BlockWriter(
              base: base, literals: literals.baseAddress!, distances: distances.baseAddress!,
              codes: codes.baseAddress!, road: road))
        }
      }
    }
  }

  @inline(__always)
  private func put(_ entry: UInt32, to writer: inout BitWriter) {
    unsafe writer.put(UInt64(entry &>> 8), UInt64(entry & 0xff))
  }

  @inline(__always)
  func writeLiterals(_ start: Int, _ end: Int, to writer: inout BitWriter) {
    if unsafe end &- start >= BlockWriter.fewLiterals {
      return unsafe writer.put(base + start, end &- start, codes, road)
    }
    var at = start
    while at < end {
      unsafe put(literals[Int(base[at])], to: &writer)
      unsafe writer.flush()
      at &+= 1
    }
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
