extension SampleField {
  /// Whether samples of a type may be stored as others.
  func rounds(_ type: SampleType) -> Bool {
    let isNarrow = bitCount < type.bitCount
    switch (number, scaling) {
    case (.float, _): return isNarrow && type.isFloat
    case (_, .fullRange): return isNarrow && !isConstant
    default: return false
    }
  }

  /// The bits of a stored word that make no difference to its sample: a byte that is a truth may be 0,
  /// 1 or, as in pictures, 255.
  func strayBits(of word: UInt64) -> UInt64 {
    scaling == .nonzero ? word <= 1 || word == mask ? 0 : word & ~1 : word & strayMask
  }

  /// Whether a stored word may have such bits.
  var mayHaveStrayBits: Bool { scaling == .nonzero || strayMask != 0 }

  /// The bits of the field's word that are not the sample's.
  private var strayMask: UInt64 {
    guard case .word(let byteCount, _) = storage, bitCount < byteCount.inBits else { return 0 }
    let word: UInt64 = byteCount == 8 ? .max : (1 << UInt64(byteCount.inBits)) - 1
    return word & ~(mask << UInt64(shift))
  }

  var strayWords: String {
    let ordinals = [8: "eighth", 9: "ninth", 10: "tenth", 12: "twelfth", 14: "fourteenth"]
    if shift == 0 { return "above the \(ordinals[bitCount] ?? "lowest \(bitCount)")" }
    return shift + bitCount == storedBitCount
      ? "below the highest \(bitCount)" : "beside the \(bitCount) of the sample"
  }
}

extension Layout {
  /// The fewest bits of a sample that may be stored as another one; `nil` where each is stored exactly.
  package func roundedBitCount(_ format: PixelFormat) -> Int? {
    guard format.mode != .bilevel else { return nil }
    return fields.filter { $0.rounds(format.type) }.map(\.bitCount).min()
  }

  /// Whether a word holds one sample and bits that are none of it.
  var hasStrayBits: Bool { fields.indices.contains { isStray($0) } }

  private func isStray(_ index: Int) -> Bool {
    let field = fields[index]
    // What several samples share a word with has a name of its own, such as X.
    return field.mayHaveStrayBits
      && !fields.indices.contains { $0 != index && fields[$0].bitOffset == field.bitOffset }
  }
}
