import CShims
import Synchronization

/// Bytes that an image is a view of: a mapped file, memory of the process, or memory of a caller.
///
/// The bytes are reached through two doors only, `copyOut` and `copyIn`, which copy between the
/// buffer and private scratch. Other processes may change, shorten or delete a mapped file at any
/// moment; the doors turn what that breaks into errors. All methods may be called from several
/// threads at once; overlapping stores are then ordered by no one.
@safe public final class Buffer: @unchecked Sendable {
  /// Where the bytes come from.
  public enum Origin: Sendable, Equatable {
    /// A mapped file. `path` is as it was given, and only good for messages.
    case file(path: String, identity: FileIdentity)
    /// A copy of what came through a pipe.
    case spooled(name: String)
    /// Memory of this process.
    case heap
    /// Memory that a caller owns.
    case foreign
  }

  public let byteCount: Int
  public let access: Access
  public let origin: Origin
  /// The file's descriptor, for copies inside the kernel; `nil` without a file. Valid while the
  /// buffer lives, and to be used with explicit offsets only.
  package let descriptor: Int32?

  /// Only `Buffer+Doors.swift` reads or writes through this.
  let base: UnsafeMutableRawPointer
  private let file: FileDescriptor?
  let guardEntry: OpaquePointer?
  private let release: (@Sendable () -> Void)?

  /// Where the bytes end that were asked for so far: a file may lose what lies beyond.
  let usedEnd = Atomic<Int>(0)
  /// Whether a copy-on-write mapping has pages of its own. Set behind `editGate`, before the store.
  let isEdited = Atomic<Bool>(false)
  let editGate = Gate()
  /// Whether this process has stored into the file, under `readWrite`.
  let hasStored = Atomic<Bool>(false)

  private init(
    base: UnsafeMutableRawPointer, byteCount: Int, access: Access, origin: Origin,
    descriptor: Int32?, file: consuming FileDescriptor?, guardEntry: OpaquePointer?,
    release: (@Sendable () -> Void)?
  ) {
    unsafe self.base = unsafe base
    self.byteCount = byteCount
    self.access = access
    self.origin = origin
    self.descriptor = descriptor
    self.file = file
    unsafe self.guardEntry = unsafe guardEntry
    self.release = release
    registerIfMapped()
  }

  deinit {
    unregisterIfMapped()
    // The watch ends first: the address may belong to another mapping right after.
    if let guardEntry = unsafe guardEntry { unsafe imgtool_guard_unwatch(guardEntry) }
    switch origin {
    case .file, .spooled, .heap:
      unsafe Syscalls.unmap(base, byteCount: max(1, byteCount))
    case .foreign:
      break
    }
    release?()
  }

  /// Maps an open regular file from its first byte to its end. Takes the descriptor over.
  convenience init(
    owning file: consuming FileDescriptor, byteCount: Int, access: Access, origin: Origin
  ) throws(MemoryError) {
    let path = origin.path
    let number = file.number
    let base: UnsafeMutableRawPointer
    do throws(SystemError) {
      unsafe base = try unsafe Syscalls.map(number, byteCount: byteCount, access: access)
    } catch {
      switch error.code {
      case Errno.noMemory: throw .outOfMemory(byteCount: byteCount)
      case Errno.noAccess where access == .readWrite: throw .readOnly(path: path)
      default: throw MemoryError(error, path: path)
      }
    }
    guard let entry = unsafe imgtool_guard_watch(base, byteCount, number) else {
      unsafe Syscalls.unmap(base, byteCount: byteCount)
      throw .outOfMemory(byteCount: byteCount)
    }
    unsafe self.init(
      base: base, byteCount: byteCount, access: access, origin: origin,
      descriptor: number, file: file, guardEntry: entry, release: nil)
  }

  /// Takes zeroed memory that belongs to no file; access is `readWrite`.
  ///
  /// - Throws: `MemoryError.outOfMemory` when there is no such amount of it.
  /// - Precondition: `byteCount` is not negative.
  public convenience init(allocating byteCount: Int) throws(MemoryError) {
    precondition(byteCount >= 0, "negative byte count")
    let base: UnsafeMutableRawPointer
    do throws(SystemError) {
      unsafe base = try unsafe Syscalls.mapAnonymous(byteCount: max(1, byteCount))
    } catch {
      throw .outOfMemory(byteCount: byteCount)
    }
    unsafe self.init(
      base: base, byteCount: byteCount, access: .readWrite, origin: .heap,
      descriptor: nil, file: nil, guardEntry: nil, release: nil)
  }

  /// Uses memory that a caller owns, without copying it.
  ///
  /// The memory must stay readable (under `readWrite` and `copyOnWrite`: writable) until `release`
  /// is called, at the end of the buffer's life. An edit under either access is a store into the
  /// caller's memory: there is nothing to copy on write.
  @unsafe public convenience init(
    foreign base: UnsafeMutableRawPointer, byteCount: Int, access: Access,
    release: (@Sendable () -> Void)? = nil
  ) {
    precondition(byteCount >= 0, "negative byte count")
    unsafe self.init(
      base: base, byteCount: byteCount, access: access, origin: .foreign,
      descriptor: nil, file: nil, guardEntry: nil, release: release)
  }

  /// Whether the bytes differ from the file's, because an edit under `copyOnWrite` has pages of
  /// its own. Bytes of such a buffer must go through the doors.
  package var hasPrivateEdits: Bool { isEdited.load(ordering: .acquiring) }

  /// Keeps the handler for SIGBUS from being installed with the first mapping. A host program that
  /// opts out calls `imgtool_guard_handle` in a handler of its own, or dies when a file shrinks.
  public static func leaveBusErrorsToHost() { imgtool_guard_opt_out() }
}

extension Buffer.Origin {
  /// The name for messages; `nil` for memory.
  public var path: String? {
    switch self {
    case .file(let path, _): path
    case .spooled(let name): name
    case .heap, .foreign: nil
    }
  }
}
