import PixelMemory

extension Scratch {
  mutating func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var bytes = mutableBytes
    return try unsafe bytes.withUnsafeMutableBytes(body)
  }
}
