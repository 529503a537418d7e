extension RawSpan {
  /// `count` bytes from `offset` on.
  ///
  /// - Precondition: they lie within the span.
  @_lifetime(copy self)
  package func slice(_ offset: Int, _ count: Int) -> RawSpan { extracting(offset..<offset + count) }

  /// The bytes of a range.
  ///
  /// - Precondition: they lie within the span.
  @_lifetime(copy self)
  func slice(_ range: Range<Int>) -> RawSpan { extracting(range) }
}

extension MutableRawSpan {
  /// `count` bytes from `offset` on.
  ///
  /// - Precondition: they lie within the span.
  @_lifetime(&self)
  package mutating func slice(_ offset: Int, _ count: Int) -> MutableRawSpan {
    _mutatingExtracting(offset..<offset + count)
  }

  /// The bytes of a range.
  ///
  /// - Precondition: they lie within the span.
  @_lifetime(&self)
  mutating func slice(_ range: Range<Int>) -> MutableRawSpan { _mutatingExtracting(range) }

  /// Sets the first `count` bytes to zero.
  package mutating func zero(_ count: Int) {
    unsafe withUnsafeMutableBytes { bytes in
      for index in 0..<count { unsafe bytes[index] = 0 }
    }
  }
}
