import PixelMemory

extension MutableRawSpan {
  /// Copies bytes in.
  ///
  /// - Precondition: They fit.
  @_lifetime(self: copy self)
  mutating func copy(_ bytes: RawSpan, at offset: Int) {
    precondition(offset >= 0 && bytes.byteCount <= byteCount - offset)
    unsafe withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: source)
      }
    }
  }
}

extension Scratch {
  /// Memory that can be refused.
  static func checked(byteCount: Int) throws(PNGError) -> Scratch {
    do { return try Scratch(byteCount: byteCount) } catch {
      throw .outOfMemory(byteCount: byteCount)
    }
  }

  /// Makes the memory exactly so long; what was in it is lost when it has to grow.
  mutating func resize(byteCount: Int) throws(PNGError) {
    do { try ensure(byteCount: byteCount) } catch { throw .outOfMemory(byteCount: byteCount) }
  }

  mutating func fillWithZeros() {
    unsafe withUnsafeMutableBytes { _ = unsafe $0.initializeMemory(as: UInt8.self, repeating: 0) }
  }

  mutating func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var bytes = mutableBytes
    return try unsafe bytes.withUnsafeMutableBytes(body)
  }
}
