import CShims

/// Packs bits from the low end of bytes on, as deflate does.
@unsafe struct BitWriter {
  private var state: imgtool_bits

  /// How many bytes behind `pointer` are overwritten.
  static let overrun = 8

  init(_ pointer: UnsafeMutablePointer<UInt8>) {
    unsafe state = imgtool_bits(next: pointer, bits: 0, bit_count: 0)
  }

  /// The next whole bytes go here.
  var pointer: UnsafeMutablePointer<UInt8> { unsafe state.next }

  /// Adds bits without a look at the room for them: 56 fit after each `flush`.
  @inline(__always) mutating func put(_ value: UInt64, _ count: UInt64) {
    unsafe state.bits |= value &<< state.bit_count
    unsafe state.bit_count &+= count
  }

  /// Stores the whole bytes.
  @inline(__always) mutating func flush() {
    unsafe UnsafeMutableRawPointer(state.next).storeBytes(
      of: state.bits.littleEndian, as: UInt64.self)
    unsafe state.next += Int(truncatingIfNeeded: state.bit_count &>> 3)
    unsafe state.bits &>>= state.bit_count & ~7
    unsafe state.bit_count &= 7
  }

  /// Adds the codes of literals; what was put before is flushed.
  mutating func put(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ codes: UnsafePointer<imgtool_literal_codes>,
    _ road: imgtool_road
  ) {
    unsafe imgtool_write_literals(road, codes, bytes, count, &state)
  }

  /// Fills the last byte with zeros.
  mutating func alignToByte() {
    unsafe flush()
    if unsafe state.bit_count > 0 { unsafe state.bit_count = 8 }
    unsafe flush()
  }

  /// Writes a stored block; an empty one ends a piece on a byte's end.
  mutating func store(_ bytes: UnsafePointer<UInt8>, _ count: Int, isLast: Bool) {
    unsafe put(isLast ? 1 : 0, 3)
    unsafe alignToByte()
    unsafe put(UInt64(count) | UInt64(~UInt16(count)) << 16, 32)
    unsafe flush()
    unsafe state.next.update(from: bytes, count: count)
    unsafe state.next += count
  }
}
