/// Two bytes side by side, in one word: a pixel of `LA`, `La` or `PA`.
///
/// Arithmetic on words, not on vectors of bytes, is what the compiler turns into a vector loop over
/// many pixels.
@frozen
@usableFromInline
package struct Pair: BitwiseCopyable, Sendable, Equatable {
  @usableFromInline var stored: UInt16

  @inlinable @inline(__always)
  package init(_ x: UInt8, _ y: UInt8) {
    stored = (UInt16(x) | UInt16(y) << 8).littleEndian
  }

  /// The first byte in the low bits.
  @inlinable @inline(__always)
  package var word: UInt16 { stored.littleEndian }

  @inlinable @inline(__always)
  package var x: UInt8 { UInt8(truncatingIfNeeded: word) }

  @inlinable @inline(__always)
  package var y: UInt8 { UInt8(truncatingIfNeeded: word >> 8) }
}

/// Four bytes side by side, in one word: a pixel of `RGBA`, `RGBX`, `RGBa` or `CMYK`.
@frozen
@usableFromInline
package struct Quad: BitwiseCopyable, Sendable, Equatable {
  @usableFromInline var stored: UInt32

  @inlinable @inline(__always)
  package init(word: UInt32) { stored = word.littleEndian }

  @inlinable @inline(__always)
  package init(_ x: UInt8, _ y: UInt8, _ z: UInt8, _ w: UInt8) {
    self.init(word: UInt32(x) | UInt32(y) << 8 | UInt32(z) << 16 | UInt32(w) << 24)
  }

  /// The first byte in the low bits.
  @inlinable @inline(__always)
  package var word: UInt32 { stored.littleEndian }

  @inlinable @inline(__always)
  package var x: UInt8 { UInt8(truncatingIfNeeded: word) }

  @inlinable @inline(__always)
  package var y: UInt8 { UInt8(truncatingIfNeeded: word >> 8) }

  @inlinable @inline(__always)
  package var z: UInt8 { UInt8(truncatingIfNeeded: word >> 16) }

  @inlinable @inline(__always)
  package var w: UInt8 { UInt8(truncatingIfNeeded: word >> 24) }
}

/// Three samples side by side with nothing between them: a pixel of `RGB`, `YCbCr` or `HSV`.
///
/// `SIMD3` is as wide as `SIMD4`, so it cannot stand for a pixel without gaps.
@frozen
@usableFromInline
package struct Triple<Sample: BitwiseCopyable>: BitwiseCopyable {
  @usableFromInline package var x, y, z: Sample

  @inlinable @inline(__always)
  package init(_ x: Sample, _ y: Sample, _ z: Sample) {
    (self.x, self.y, self.z) = (x, y, z)
  }
}

extension Triple: Sendable where Sample: Sendable {}
extension Triple: Equatable where Sample: Equatable {}

extension Triple<UInt8> {
  /// The three low bytes of a word, the lowest first.
  @inlinable @inline(__always)
  package init(word: UInt32) {
    self.init(
      UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8),
      UInt8(truncatingIfNeeded: word >> 16))
  }

  /// The first byte in the low bits, and no bits above the third.
  @inlinable @inline(__always)
  package var word: UInt32 { UInt32(x) | UInt32(y) << 8 | UInt32(z) << 16 }
}
