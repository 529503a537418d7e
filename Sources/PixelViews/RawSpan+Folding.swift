// Loops over plain samples, beside those in `RawSpan+Samples.swift`: bounds are checked once, then
// the loop can vectorize.
import CShims

extension RawSpan {
  /// Calls `body` with the elements `start`, `start + step`, … below `count`.
  ///
  /// - Precondition: the span holds `count` elements; `step` is positive.
  /// - Complexity: O(`count` / `step`).
  @inline(__always)
  func forEach<Element: BitwiseCopyable>(
    from start: Int = 0, by step: Int = 1, count: Int, _ body: (Element) -> Void
  ) {
    precondition(start >= 0 && step > 0)
    precondition(count <= byteCount / MemoryLayout<Element>.stride)
    unsafe withUnsafeBytes { bytes in
      guard start < count, let base = bytes.baseAddress else { return }
      var index = start
      while index < count {
        body(
          unsafe base.loadUnaligned(
            fromByteOffset: index &* MemoryLayout<Element>.stride, as: Element.self))
        index &+= step
      }
    }
  }

  /// Calls `body` with the elements `start`, `start + step`, … below `count` of both spans.
  ///
  /// - Precondition: both spans hold `count` elements; `step` is positive.
  /// - Complexity: O(`count` / `step`).
  @inline(__always)
  func forEachPair<Element: BitwiseCopyable>(
    from start: Int = 0, by step: Int = 1, count: Int, with other: RawSpan,
    _ body: (Element, Element) -> Void
  ) {
    precondition(start >= 0 && step > 0)
    precondition(count <= byteCount / MemoryLayout<Element>.stride)
    precondition(count <= other.byteCount / MemoryLayout<Element>.stride)
    unsafe withUnsafeBytes { first in
      unsafe other.withUnsafeBytes { second in
        guard start < count, let first = first.baseAddress, let second = second.baseAddress
        else { return }
        var index = start
        while index < count {
          let offset = index &* MemoryLayout<Element>.stride
          body(
            unsafe first.loadUnaligned(fromByteOffset: offset, as: Element.self),
            unsafe second.loadUnaligned(fromByteOffset: offset, as: Element.self))
          index &+= step
        }
      }
    }
  }

  /// Whether both spans hold the same bytes.
  ///
  /// - Precondition: both are equally long.
  /// - Complexity: O(n) in the bytes.
  func hasSameBytes(as other: RawSpan) -> Bool {
    precondition(byteCount == other.byteCount)
    return unsafe withUnsafeBytes { first in
      unsafe other.withUnsafeBytes { second in
        unsafe imgtool_same_bytes(first.baseAddress, second.baseAddress, first.count)
      }
    }
  }
}
