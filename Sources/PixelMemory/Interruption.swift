import CShims

/// Whether the call that this thread works for is to stop, because its caller said so.
///
/// A caller may set a function that is asked now and then while a call works, on the calling thread
/// alone. Once it says stop, each thread of the call finds out at its next look, and whatever the
/// call has made by then is dropped. Work that takes long looks at least once for each MiB that it
/// goes through; without such a function a look costs next to nothing.
package enum Interruption {
  /// - Throws: `interrupted`.
  package static func check() throws(MemoryError) {
    if isAsked { throw .interrupted }
  }

  /// For loops that cannot throw: what they leave half-done fails at the next ``check()``.
  package static var isAsked: Bool { imgtool_interrupt_is_asked() }

  /// The same when a signal has come: its handler may have changed what the caller says.
  static var isAskedNow: Bool { imgtool_interrupt_is_asked_now() }

  /// Whether somebody may say stop at all.
  static var isPossible: Bool { unsafe imgtool_interrupt_current() != nil }

  /// How long a thread that waits may sleep between two looks.
  static var nanoseconds: Int64 { imgtool_interrupt_interval }

  /// Runs a call of the interface.
  package static func during<Result>(_ call: () -> Result) -> Result {
    imgtool_interrupt_begin()
    defer { imgtool_interrupt_end() }
    return call()
  }

  /// Asks `check` from now on while calls of this thread work; nobody for `nil`.
  @unsafe package static func set(
    _ check: (@convention(c) (UnsafeMutableRawPointer?) -> Int32)?,
    context: UnsafeMutableRawPointer?
  ) {
    unsafe imgtool_interrupt_set(check, context)
  }

  /// A body for another thread that helps the call of this one.
  static func adopted(_ body: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
    guard let call = unsafe imgtool_interrupt_current() else { return body }
    let address = UInt(bitPattern: call)
    return {
      unsafe imgtool_interrupt_adopt(UnsafeMutableRawPointer(bitPattern: address))
      body()
    }
  }
}
