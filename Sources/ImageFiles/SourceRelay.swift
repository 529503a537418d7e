import CShims

/// What a C callback sees of a source of any type.
class ReadRelay {
  func read(_ bytes: UnsafeMutableRawBufferPointer) -> Int { -1 }

  /// What the callback is given to find this; it does not keep it alive.
  @unsafe final var context: UnsafeMutableRawPointer {
    unsafe Unmanaged<ReadRelay>.passUnretained(self).toOpaque()
  }

  /// A C library must not be left by an exception: a code goes back to C, which raises.
  static let callback: imgtool_png_read = { context, bytes, capacity in
    guard let context = unsafe context, let bytes = unsafe bytes else { return -1 }
    let relay = unsafe Unmanaged<ReadRelay>.fromOpaque(context).takeUnretainedValue()
    return unsafe relay.read(UnsafeMutableRawBufferPointer(start: bytes, count: capacity))
  }
}

/// A source that a C library reads from, and what was wrong with it.
final class SourceRelay<Source: ByteSource>: ReadRelay {
  private var source: Source
  private(set) var failure: Source.Failure?

  init(_ source: Source) { self.source = source }

  override func read(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
    var span = unsafe MutableRawSpan(_unsafeBytes: bytes)
    do throws(Source.Failure) { return try source.read(into: &span) } catch {
      failure = error
      return -1
    }
  }
}
