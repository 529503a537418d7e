/// Where an encoder puts a file's bytes, first to last.
package protocol ByteSink: ~Copyable {
  /// What can go wrong with the place the bytes go to.
  associatedtype Failure: Error

  /// Takes the next bytes of the file. The span is only valid during the call.
  mutating func write(_ bytes: RawSpan) throws(Failure)
}
