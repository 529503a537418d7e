// The one place of this floor that reads and writes samples through pointers. Each function checks
// once that all it is about to touch lies inside its spans; rows carry no alignment.

extension RawSpan {
  /// The sample with this index, counted in samples from the start of the span.
  ///
  /// - Precondition: the sample lies within the span.
  /// - Complexity: O(1).
  @inlinable
  package func sample<Sample: BitwiseCopyable>(
    _ index: Int, as type: Sample.Type = Sample.self
  ) -> Sample {
    precondition(index >= 0 && index < byteCount / MemoryLayout<Sample>.stride)
    return unsafe withUnsafeBytes { bytes in
      unsafe bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Sample>.stride, as: type)
    }
  }
}

extension MutableRawSpan {
  /// The sample with this index, counted in samples from the start of the span.
  ///
  /// - Precondition: the sample lies within the span.
  /// - Complexity: O(1).
  @inlinable
  package func sample<Sample: BitwiseCopyable>(
    _ index: Int, as type: Sample.Type = Sample.self
  ) -> Sample {
    bytes.sample(index, as: type)
  }

  /// Stores a sample at an index, counted in samples from the start of the span.
  ///
  /// - Precondition: the sample lies within the span.
  /// - Complexity: O(1).
  @inlinable
  package mutating func setSample<Sample: BitwiseCopyable>(_ index: Int, to sample: Sample) {
    precondition(index >= 0 && index < byteCount / MemoryLayout<Sample>.stride)
    unsafe withUnsafeMutableBytes { bytes in
      unsafe bytes.storeBytes(
        of: sample, toByteOffset: index * MemoryLayout<Sample>.stride, as: Sample.self)
    }
  }

  /// Stores `transform` of each of the first `count` elements of `source` at the same index.
  ///
  /// An element is whatever the two types say: a sample, or a whole pixel (`Triple`, `SIMD4`).
  /// The call is inlined, so that a pure `transform` becomes a loop that can vectorize.
  ///
  /// - Precondition: both spans hold `count` elements.
  /// - Complexity: O(`count`).
  @inlinable @inline(__always)
  package mutating func map<Source: BitwiseCopyable, Target: BitwiseCopyable>(
    count: Int, from source: RawSpan, _ transform: (Source) -> Target
  ) {
    precondition(count >= 0)
    precondition(count <= source.byteCount / MemoryLayout<Source>.stride)
    precondition(count <= byteCount / MemoryLayout<Target>.stride)
    unsafe withUnsafeMutableBytes { target in
      unsafe source.withUnsafeBytes { source in
        guard count > 0, let from = source.baseAddress, let to = target.baseAddress else { return }
        // A triple is moved as a word, one byte more than it has; the last one must not be.
        for index in 0..<count - 1 {
          let element: Source = unsafe loadElement(from, index, asWord: true)
          unsafe storeElement(to, index, transform(element), asWord: true)
        }
        let element: Source = unsafe loadElement(from, count - 1, asWord: false)
        unsafe storeElement(to, count - 1, transform(element), asWord: false)
      }
    }
  }

  /// Stores `transform` of each of the first `count` elements of the span in its place.
  ///
  /// - Precondition: the span holds `count` elements.
  /// - Complexity: O(`count`).
  @inlinable @inline(__always)
  package mutating func mapInPlace<Element: BitwiseCopyable>(
    count: Int, _ transform: (Element) -> Element
  ) {
    precondition(count >= 0 && count <= byteCount / MemoryLayout<Element>.stride)
    unsafe withUnsafeMutableBytes { target in
      guard count > 0, let to = target.baseAddress else { return }
      for index in 0..<count {
        let offset = index &* MemoryLayout<Element>.stride
        let element = unsafe to.loadUnaligned(fromByteOffset: offset, as: Element.self)
        unsafe to.storeBytes(of: transform(element), toByteOffset: offset, as: Element.self)
      }
    }
  }

  /// Copies all of `source` to the start of the span.
  ///
  /// - Precondition: the span is at least as long as `source`.
  /// - Complexity: O(n) in the bytes of `source`.
  @inlinable
  package mutating func copy(from source: RawSpan) {
    precondition(source.byteCount <= byteCount)
    unsafe withUnsafeMutableBytes { target in
      unsafe source.withUnsafeBytes { source in unsafe target.copyMemory(from: source) }
    }
  }
}

/// Reads an element; a triple of bytes with the byte that follows it, if `asWord`.
@inlinable @inline(__always)
package func loadElement<Element: BitwiseCopyable>(
  _ base: UnsafeRawPointer, _ index: Int, asWord: Bool
) -> Element {
  let from = unsafe base + index &* MemoryLayout<Element>.stride
  if asWord && Element.self == Triple<UInt8>.self {
    let word = UInt32(littleEndian: unsafe from.loadUnaligned(as: UInt32.self))
    return unsafe unsafeBitCast(Triple(word: word), to: Element.self)
  }
  return unsafe from.loadUnaligned(as: Element.self)
}

/// Writes an element; a triple of bytes and a zero after it, if `asWord`.
@inlinable @inline(__always)
package func storeElement<Element: BitwiseCopyable>(
  _ base: UnsafeMutableRawPointer, _ index: Int, _ element: Element, asWord: Bool
) {
  let to = unsafe base + index &* MemoryLayout<Element>.stride
  if asWord && Element.self == Triple<UInt8>.self {
    let word = unsafe unsafeBitCast(element, to: Triple<UInt8>.self).word
    unsafe to.storeBytes(of: word.littleEndian, as: UInt32.self)
  } else {
    unsafe to.storeBytes(of: element, as: Element.self)
  }
}
