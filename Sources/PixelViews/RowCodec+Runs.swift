/// One or two runs of bits that make a sample, as packed sensors have them.
struct BitRuns: Hashable, Sendable {
  /// Bits from the pixel's origin to the more significant run, and how many there are.
  let highBit, highCount: Int
  /// The same of the less significant run; of no bits where there is but one run.
  let lowBit, lowCount: Int

  /// - Returns: `nil` for other fields, and for runs that can lie in more than three bytes.
  init?(_ field: SampleField) {
    guard field.number == .unsigned, field.scaling == .none, field.flippedBits == 0,
      field.bitCount <= 16
    else { return nil }
    switch field.storage {
    case .bits(.leastSignificantFirst):
      (highBit, highCount) = (field.bitOffset, field.bitCount)
      (lowBit, lowCount) = (field.bitOffset, 0)
    case .parts(let parts) where parts.count == 2:
      (highBit, highCount) = (field.bitOffset + parts[0].bitOffset, parts[0].bitCount)
      (lowBit, lowCount) = (field.bitOffset + parts[1].bitOffset, parts[1].bitCount)
    default: return nil
    }
  }
}

extension RowCodec {
  /// Decodes samples of two runs of bits, or one. Where pixels are whole bytes apart and no run crosses
  /// one, as in MIPI's packed formats, that is two bytes and two shifts a sample.
  func decodeRuns<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ count: Int, _ from: UnsafeRawPointer, _ startBit: Int, _ to: UnsafeMutableRawPointer,
    _ runs: [BitRuns], as: Sample.Type
  ) {
    let step = bandCount * plainStep * MemoryLayout<Sample>.stride
    for (index, run) in runs.enumerated() {
      let target = unsafe to + bands[index] * MemoryLayout<Sample>.stride
      let (high, low) = (startBit + run.highBit, startBit + run.lowBit)
      if pixelBits.isWholeBytes, high.bitInByte + run.highCount <= 8,
        low.bitInByte + run.lowCount <= 8
      {
        let stored = pixelBits.inWholeBytes
        let (highByte, lowByte) = unsafe (from + high.byteIndex, from + low.byteIndex)
        let (highShift, lowShift) = (UInt32(high.bitInByte), UInt32(low.bitInByte))
        let (highMask, lowMask) = (
          UInt32(UInt64.ones(run.highCount)), UInt32(UInt64.ones(run.lowCount))
        )
        let up = UInt32(run.lowCount)
        for x in 0..<count {
          let most = unsafe UInt32(highByte.load(fromByteOffset: x &* stored, as: UInt8.self))
          let least = unsafe UInt32(lowByte.load(fromByteOffset: x &* stored, as: UInt8.self))
          let sample =
            ((most &>> highShift) & highMask) &<< up | ((least &>> lowShift) & lowMask)
          unsafe target.storeBytes(
            of: Sample(truncatingIfNeeded: sample), toByteOffset: x &* step, as: Sample.self)
        }
        continue
      }
      var done = 0
      if run.lowCount == 0, run.highCount == pixelBits, high.isWholeBytes {
        let source = unsafe from + high.byteIndex
        switch pixelBits {
        case 10:
          done = unsafe Self.decodePacked(10, count, source, target, step: step, as: Sample.self)
        case 12:
          done = unsafe Self.decodePacked(12, count, source, target, step: step, as: Sample.self)
        case 14:
          done = unsafe Self.decodePacked(14, count, source, target, step: step, as: Sample.self)
        default: break
        }
      }
      for x in done..<count {
        let at = x &* pixelBits
        let most = unsafe Self.bits(from, at: high &+ at, count: run.highCount)
        let least =
          run.lowCount == 0 ? 0 : unsafe Self.bits(from, at: low &+ at, count: run.lowCount)
        unsafe target.storeBytes(
          of: Sample(truncatingIfNeeded: most &<< UInt32(run.lowCount) | least),
          toByteOffset: x &* step, as: Sample.self)
      }
    }
  }

  /// Decodes groups of eight samples of `bitCount` bits that follow each other from a byte on, but for those
  /// at the end.
  ///
  /// A constant `bitCount` makes constants of all places and shifts in a group.
  /// - Returns: how many samples are done.
  @inline(__always)
  private static func decodePacked<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ bitCount: Int, _ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer,
    step: Int, as: Sample.Type
  ) -> Int {
    let mask = UInt32(UInt64.ones(bitCount))
    // Four bytes are read for a sample, of which the last group may not have all.
    let groups = max(0, count / 8 - 1)
    for group in 0..<groups {
      let source = unsafe from + group &* bitCount
      let target = unsafe to + group &* 8 &* step
      for index in 0..<8 {
        let bit = index &* bitCount
        let word = unsafe source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt32.self)
        let sample = (UInt32(littleEndian: word) &>> UInt32(bit & 7)) & mask
        unsafe target.storeBytes(
          of: Sample(truncatingIfNeeded: sample), toByteOffset: index &* step, as: Sample.self)
      }
    }
    return groups &* 8
  }

  /// At most 16 bits that count up from the lowest of a byte; no byte is read that has none of them.
  @inline(__always)
  private static func bits(_ base: UnsafeRawPointer, at bit: Int, count: Int) -> UInt32 {
    let (first, shift) = unsafe (base + bit &>> 3, bit & 7)
    var word = unsafe UInt32(first.load(as: UInt8.self))
    if shift &+ count > 8 {
      word |= unsafe UInt32(first.load(fromByteOffset: 1, as: UInt8.self)) &<< 8
    }
    if shift &+ count > 16 {
      word |= unsafe UInt32(first.load(fromByteOffset: 2, as: UInt8.self)) &<< 16
    }
    return (word &>> UInt32(shift)) & ((1 &<< UInt32(count)) &- 1)
  }
}
