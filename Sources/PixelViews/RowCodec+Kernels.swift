// The loops behind ``RowCodec``. They run on private memory only, and `RowCodec` has checked that
// every address lies inside its span: that is what makes the pointers here safe.

import CShims

extension RowCodec {
  func decodeBytes(_ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer) {
    let (step, plainStep) = (pixelBits / 8, bandCount * plainStep)
    if bands == [0, 1, 2], plainStep == 3, step == 4, let shifts = wordShifts {
      return unsafe decodeTriples(count, from, to, shifts: shifts)
    }
    for (index, field) in fields.enumerated() {
      let source = unsafe from + field.bitOffset / 8
      let target = unsafe to + bands[index]
      let flip = UInt8(truncatingIfNeeded: field.flippedBits)
      for x in 0..<count {
        let byte = unsafe source.load(fromByteOffset: x &* step, as: UInt8.self)
        unsafe target.storeBytes(of: byte ^ flip, toByteOffset: x &* plainStep, as: UInt8.self)
      }
    }
  }

  /// Decodes whole bytes that two pixels side by side share.
  ///
  /// - Precondition: as for ``decode(count:from:startBit:to:)``, and the last pixel has a neighbor.
  func decodeTwins(
    count: Int, from source: RawSpan, startBit: Int, to target: inout MutableRawSpan
  ) {
    checkBounds(count: count, stored: source.byteCount, startBit: startBit, plain: target.byteCount)
    precondition(plainByteCount(count) + bandCount <= target.byteCount)
    let (step, next, plainStep) = (pixelBits / 8, bandCount, bandCount * plainStep)
    _ = unsafe Self.withAddresses(source, &target) { from, to in
      let from = unsafe from + startBit.byteIndex
      if fields.count == 2, bands[1] == bands[0] + 1, fields.allSatisfy({ $0.flippedBits == 0 }) {
        let first = unsafe from + fields[0].bitOffset / 8
        let second = unsafe from + fields[1].bitOffset / 8
        let target = unsafe to + bands[0]
        for x in 0..<count {
          let low = unsafe UInt16(first.load(fromByteOffset: x &* step, as: UInt8.self))
          let high = unsafe UInt16(second.load(fromByteOffset: x &* step, as: UInt8.self))
          let pair = low | high &<< 8
          unsafe target.storeBytes(of: pair, toByteOffset: x &* plainStep, as: UInt16.self)
          unsafe target.storeBytes(of: pair, toByteOffset: x &* plainStep &+ next, as: UInt16.self)
        }
        return nil
      }
      unsafe decodeBytes(count, from, to)
      unsafe decodeBytes(count, from, to + next)
      return nil
    }
  }

  func encodeBytes(_ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer) {
    let (step, plainStep) = (pixelBits / 8, bandCount * plainStep)
    for (index, field) in fields.enumerated() {
      let source = unsafe from + bands[index]
      let target = unsafe to + field.bitOffset / 8
      let flip = UInt8(truncatingIfNeeded: field.flippedBits)
      for x in 0..<count {
        let byte = unsafe source.load(fromByteOffset: x &* plainStep, as: UInt8.self)
        unsafe target.storeBytes(of: byte ^ flip, toByteOffset: x &* step, as: UInt8.self)
      }
    }
  }

  /// How far each of three bytes of a 4-byte pixel must move, when none is inverted.
  private var wordShifts: SIMD3<UInt32>? {
    guard fields.allSatisfy({ $0.flippedBits == 0 && (0..<32).contains($0.bitOffset) }) else {
      return nil
    }
    return SIMD3(fields.map { UInt32($0.bitOffset) })
  }

  /// Four pixels of four bytes become three words of four.
  private func decodeTriples(
    _ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, shifts: SIMD3<UInt32>
  ) {
    func triple(_ x: Int) -> UInt32 {
      let word = unsafe from.loadUnaligned(fromByteOffset: x &* 4, as: UInt32.self)
      let first = (word &>> shifts.x) & 255
      let second = (word &>> shifts.y) & 255
      let third = (word &>> shifts.z) & 255
      return first | second &<< 8 | third &<< 16
    }
    var x = 0
    // The last pixel is read byte by byte: its unused fourth byte may lie beyond the span.
    while x + 4 < count {
      let (a, b, c, d) = (triple(x), triple(x + 1), triple(x + 2), triple(x + 3))
      let words = unsafe to + x &* 3
      unsafe words.storeBytes(of: a | b &<< 24, toByteOffset: 0, as: UInt32.self)
      unsafe words.storeBytes(of: b &>> 8 | c &<< 16, toByteOffset: 4, as: UInt32.self)
      unsafe words.storeBytes(of: c &>> 16 | d &<< 8, toByteOffset: 8, as: UInt32.self)
      x += 4
    }
    while x < count {
      for band in 0..<3 {
        let byte = unsafe from.load(
          fromByteOffset: x &* 4 + Int(shifts[band] / 8), as: UInt8.self)
        unsafe to.storeBytes(of: byte, toByteOffset: x &* 3 + band, as: UInt8.self)
      }
      x += 1
    }
  }

  func swap(_ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer) {
    switch type.byteCount {
    case 2: unsafe swapWords(count &* bandCount, from, to, as: UInt16.self)
    case 4: unsafe swapWords(count &* bandCount, from, to, as: UInt32.self)
    default: unsafe swapWords(count &* bandCount, from, to, as: UInt64.self)
    }
  }

  private func swapWords<Word: FixedWidthInteger & BitwiseCopyable>(
    _ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, as: Word.Type
  ) {
    for index in 0..<count {
      let offset = index &* MemoryLayout<Word>.size
      let word = unsafe from.loadUnaligned(fromByteOffset: offset, as: Word.self)
      unsafe to.storeBytes(of: word.byteSwapped, toByteOffset: offset, as: Word.self)
    }
  }

  func decodeBilevel(
    _ count: Int, _ from: UnsafeRawPointer, _ startBit: Int, _ to: UnsafeMutableRawPointer
  ) {
    let flip: UInt8 = fields[0].flippedBits == 0 ? 0 : 255
    for x in 0..<count {
      let bit = startBit &+ x
      let byte = unsafe from.load(fromByteOffset: bit &>> 3, as: UInt8.self) ^ flip
      let isSet = (byte &<< UInt8(truncatingIfNeeded: bit & 7)) & 128 != 0
      unsafe to.storeBytes(of: isSet ? 255 : 0, toByteOffset: x, as: UInt8.self)
    }
  }

  func encodeBilevel(
    _ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ startBit: Int
  ) {
    let flip: UInt8 = fields[0].flippedBits == 0 ? 0 : 1
    var x = 0
    while x < count {
      let bit = startBit + x
      let run = min(8 - bit & 7, count - x)
      var mask: UInt8 = 0
      var bits: UInt8 = 0
      for step in 0..<run {
        let position = UInt8(128) >> UInt8(bit & 7 + step)
        let sample = unsafe from.load(fromByteOffset: x + step, as: UInt8.self)
        mask |= position
        if (sample >= 128 ? 1 : 0) ^ flip == 1 { bits |= position }
      }
      let old = unsafe to.load(fromByteOffset: bit >> 3, as: UInt8.self)
      unsafe to.storeBytes(of: old & ~mask | bits, toByteOffset: bit >> 3, as: UInt8.self)
      x += run
    }
  }

  func decodeWords(
    _ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ tables: SampleTables
  ) {
    let source = unsafe from + tables.bitOffset / 8
    let (step, plainStep) = (pixelBits / 8, bandCount * plainStep)
    let done = unsafe decodeWordTriples(count, source, to, tables)
    if done == count { return }
    for (index, field) in fields.enumerated() {
      let target = unsafe to + bands[index]
      let shift = UInt64(field.isConstant ? 0 : field.shift)
      let mask = field.isConstant ? 0 : field.mask
      tables.withSamples(index) { samples in
        for x in done..<count {
          let word = unsafe SampleField.loadWord(
            source + x &* step, tables.wordByteCount, tables.bigEndian)
          unsafe target.storeBytes(
            of: samples[unchecked: Int(truncatingIfNeeded: (word &>> shift) & mask)],
            toByteOffset: x &* plainStep, as: UInt8.self)
        }
      }
    }
  }

  /// Decodes pixels of three bands of at most 6 bits in words of 16, side by side, as far as instructions
  /// of the processor make short work of them.
  ///
  /// - Returns: how many pixels are done.
  private func decodeWordTriples(
    _ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ tables: SampleTables
  ) -> Int {
    guard tables.wordByteCount == 2, pixelBits == 16, bandCount == 3, plainStep == 1,
      bands == [0, 1, 2], fields.allSatisfy({ !$0.isConstant && $0.bitCount <= 6 })
    else { return 0 }
    let shifts = fields.map { UInt8($0.shift) }
    let masks = fields.map { UInt8($0.mask) }
    return tables.withAllSamples { samples in
      unsafe samples.withUnsafeBufferPointer { samples in
        unsafe imgtool_decode_triples(
          imgtool_processor_road(), from.assumingMemoryBound(to: UInt8.self), count,
          tables.bigEndian, shifts, masks, samples.baseAddress,
          to.assumingMemoryBound(to: UInt8.self))
      }
    }
  }

  func encodeWords(
    _ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ tables: SampleTables
  ) -> Int? {
    let target = unsafe to + tables.bitOffset / 8
    let (step, plainStep) = (pixelBits / 8, bandCount * plainStep)
    for x in 0..<count {
      var new: UInt32 = 0
      for index in fields.indices {
        let sample = unsafe from.load(
          fromByteOffset: x &* plainStep &+ bands[index], as: UInt8.self)
        guard let bits = tables.word(index, sample) else { return x }
        new |= bits
      }
      let word = unsafe target + x &* step
      let old = unsafe SampleField.loadWord(
        UnsafeRawPointer(word), tables.wordByteCount, tables.bigEndian)
      unsafe SampleField.storeWord(
        old & ~UInt64(tables.mask) | UInt64(new), word, tables.wordByteCount, tables.bigEndian)
    }
    return nil
  }

  func decodeGeneric<Sample: PlainSample>(
    _ count: Int, _ from: UnsafeRawPointer, _ startBit: Int, _ to: UnsafeMutableRawPointer,
    as: Sample.Type
  ) -> Int? {
    let plainStep = bandCount * plainStep * MemoryLayout<Sample>.stride
    for (index, field) in fields.enumerated() {
      let target = unsafe to + bands[index] * MemoryLayout<Sample>.stride
      for x in 0..<count {
        let bit = startBit + field.bitOffset + x * pixelBits
        guard let sample: Sample = field.decode(unsafe field.load(from, bit: bit)) else { return x }
        unsafe target.storeBytes(of: sample, toByteOffset: x * plainStep, as: Sample.self)
      }
    }
    return nil
  }

  func encodeGeneric<Sample: PlainSample>(
    _ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ startBit: Int,
    as: Sample.Type
  ) -> Int? {
    let plainStep = bandCount * plainStep * MemoryLayout<Sample>.stride
    for (index, field) in fields.enumerated() {
      let source = unsafe from + bands[index] * MemoryLayout<Sample>.stride
      for x in 0..<count {
        let sample = unsafe source.loadUnaligned(fromByteOffset: x * plainStep, as: Sample.self)
        guard let bits = field.encode(sample) else { return x }
        // A band without bytes can only keep its value.
        if case .constant(let value) = field.storage, bits != UInt64(value) { return x }
        unsafe field.store(bits, to, bit: startBit + field.bitOffset + x * pixelBits)
      }
    }
    return nil
  }
}

extension SampleField {
  /// The stored bits of the field whose storage starts at `bit`.
  @inline(__always)
  fileprivate func load(_ base: UnsafeRawPointer, bit: Int) -> UInt64 {
    switch storage {
    case .constant(let value): return UInt64(value)
    case .word(let byteCount, let bigEndian):
      return (unsafe SampleField.loadWord(base + bit / 8, byteCount, bigEndian) >> UInt64(shift))
        & mask
    case .bits, .bitPlanes, .parts:
      return storedNumber(firstBit: bit) { unsafe base.load(fromByteOffset: $0, as: UInt8.self) }
    }
  }

  @inline(__always)
  fileprivate func store(_ bits: UInt64, _ base: UnsafeMutableRawPointer, bit: Int) {
    switch storage {
    case .constant: return
    case .word(let byteCount, let bigEndian):
      let word = unsafe base + bit / 8
      let old = unsafe SampleField.loadWord(UnsafeRawPointer(word), byteCount, bigEndian)
      let new = old & ~(mask << UInt64(shift)) | (bits & mask) << UInt64(shift)
      unsafe SampleField.storeWord(new, word, byteCount, bigEndian)
    case .bits(let order):
      for step in 0..<bitCount {
        let position = UInt8((bit + step) & 7)
        let significance = order == .leastSignificantFirst ? step : bitCount - 1 - step
        let mask = order == .mostSignificantFirst ? UInt8(128) >> position : UInt8(1) << position
        unsafe SampleField.storeBit(
          bits >> UInt64(significance) & 1 == 1, mask, base + ((bit + step) >> 3))
      }
    case .parts(let parts):
      var significance = bitCount
      for part in parts {
        significance -= part.bitCount
        for step in 0..<part.bitCount {
          let at = bit + part.bitOffset + step
          unsafe SampleField.storeBit(
            bits >> UInt64(significance + step) & 1 == 1, 1 << UInt8(at & 7), base + (at >> 3))
        }
      }
    case .bitPlanes(let step):
      for plane in 0..<bitCount {
        let at = bit + plane * step
        unsafe SampleField.storeBit(
          bits >> UInt64(plane) & 1 == 1, 128 >> UInt8(at & 7), base + (at >> 3))
      }
    }
  }

  @inline(__always)
  private static func storeBit(_ isSet: Bool, _ mask: UInt8, _ byte: UnsafeMutableRawPointer) {
    let old = unsafe byte.load(as: UInt8.self)
    unsafe byte.storeBytes(of: isSet ? old | mask : old & ~mask, as: UInt8.self)
  }

  @inline(__always)
  fileprivate static func loadWord(
    _ base: UnsafeRawPointer, _ byteCount: Int, _ bigEndian: Bool
  ) -> UInt64 {
    switch byteCount {
    case 1: return UInt64(unsafe base.load(as: UInt8.self))
    case 2:
      let word = unsafe base.loadUnaligned(as: UInt16.self)
      return UInt64(bigEndian ? word.bigEndian : word.littleEndian)
    case 4:
      let word = unsafe base.loadUnaligned(as: UInt32.self)
      return UInt64(bigEndian ? word.bigEndian : word.littleEndian)
    default:
      let word = unsafe base.loadUnaligned(as: UInt64.self)
      return bigEndian ? word.bigEndian : word.littleEndian
    }
  }

  @inline(__always)
  fileprivate static func storeWord(
    _ value: UInt64, _ base: UnsafeMutableRawPointer, _ byteCount: Int, _ bigEndian: Bool
  ) {
    switch byteCount {
    case 1: unsafe base.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
    case 2:
      let word = UInt16(truncatingIfNeeded: value)
      unsafe base.storeBytes(of: bigEndian ? word.bigEndian : word.littleEndian, as: UInt16.self)
    case 4:
      let word = UInt32(truncatingIfNeeded: value)
      unsafe base.storeBytes(of: bigEndian ? word.bigEndian : word.littleEndian, as: UInt32.self)
    default:
      unsafe base.storeBytes(of: bigEndian ? value.bigEndian : value.littleEndian, as: UInt64.self)
    }
  }
}
