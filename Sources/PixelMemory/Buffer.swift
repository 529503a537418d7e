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
  /// Where the first byte stands in the file: a standard input is mapped from its offset on.
  package let fileOffset: Int
  /// What the file system does to the tie between file and mapping.
  let footing: Footing
  /// Whether the origin's path is one that leads to the file, or led there.
  let isNamed: Bool
  /// The file's descriptor, for copies inside the kernel; `nil` without a file. Valid while the
  /// buffer lives, and to be used with explicit offsets only.
  package let descriptor: Int32?

  /// Where the first byte stands.
  let start: Address
  private let file: FileDescriptor?
  let guardEntry: OpaquePointer?
  private let release: (@Sendable () -> Void)?
  private let isOfMalloc: Bool
  /// Where memory of `malloc` goes when the buffer ends; `nil` for the system.
  private let lender: Pool<Scratch>?
  /// Who makes the bytes as they are asked for; `nil` where they are there.
  let filling: Filling?

  /// Where the bytes end that were asked for so far: a file may lose what lies beyond.
  let usedEnd = Atomic<Int>(0)
  /// Whether a copy-on-write mapping has pages of its own. Set behind `editGate`, before the store.
  let isEdited = Atomic<Bool>(false)
  let editGate: Gate?
  /// Whether this process has stored into the file, under `readWrite`.
  let hasStored = Atomic<Bool>(false)
  /// Which bytes of the file have blocks, as far as edits under `readWrite` found out.
  let space = Locked(Space())
  /// Whether looking at bytes through the mapping would take memory for the file's holes.
  let hasHolesInMemory: Bool

  private init(
    start: Address, byteCount: Int, access: Access, origin: Origin,
    place: Place = Place(), descriptor: Int32?, file: consuming FileDescriptor?,
    guardEntry: OpaquePointer?, isOfMalloc: Bool = false, lender: Pool<Scratch>? = nil,
    filling: Filling? = nil, release: (@Sendable () -> Void)?
  ) {
    self.filling = filling
    self.isOfMalloc = isOfMalloc
    self.lender = lender
    self.start = start
    self.byteCount = byteCount
    self.access = access
    self.origin = origin
    fileOffset = place.offset
    footing = place.footing
    isNamed = place.isNamed
    self.descriptor = descriptor
    hasHolesInMemory = descriptor.map(Syscalls.hasHolesInMemory) ?? false
    self.file = file
    unsafe self.guardEntry = unsafe guardEntry
    self.release = release
    editGate = access == .copyOnWrite ? Gate() : nil
    registerIfMapped()
  }

  deinit {
    unregisterIfMapped()
    // The watch ends first: the address may belong to another mapping right after.
    if let guardEntry = unsafe guardEntry { unsafe imgtool_guard_unwatch(guardEntry) }
    switch origin {
    case .heap where isOfMalloc, .spooled where isOfMalloc:
      if let lender {
        lender.give(Scratch(takingBack: start, byteCount: byteCount))
      } else {
        Syscalls.deallocate(start)
      }
    case .file, .spooled, .heap:
      Syscalls.unmap(mappingStart, byteCount: max(1, fileOffset + byteCount))
    case .foreign:
      break
    }
    release?()
  }

  /// How a buffer stands in its file.
  struct Place {
    var offset = 0
    var footing = Footing.local
    var isNamed = true
  }

  /// Maps an open regular file to its end. Takes the descriptor over.
  ///
  /// - Parameter size: of the file, all of which is mapped: a mapping starts at a page.
  convenience init(
    owning file: consuming FileDescriptor, size: Int, access: Access, origin: Origin,
    place: Place = Place()
  ) throws(MemoryError) {
    let path = origin.path
    let number = file.number
    let start: Address
    do throws(SystemError) {
      start = try Syscalls.map(number, byteCount: size, access: access)
    } catch {
      switch error.code {
      case Errno.noMemory: throw .outOfMemory(byteCount: size)
      case Errno.noAccess where access == .readWrite: throw .readOnly(path: path)
      default: throw MemoryError(error, path: path)
      }
    }
    guard let entry = unsafe Syscalls.watch(start, byteCount: size, number) else {
      Syscalls.unmap(start, byteCount: size)
      throw .outOfMemory(byteCount: size)
    }
    unsafe self.init(
      start: start.advanced(by: place.offset), byteCount: size - place.offset, access: access,
      origin: origin,
      place: place, descriptor: number, file: file, guardEntry: entry, release: nil)
  }

  /// Takes zeroed memory that belongs to no file; access is `readWrite`.
  ///
  /// - Throws: `MemoryError.outOfMemory` when there is not that much of it, or the count is negative.
  public convenience init(allocating byteCount: Int) throws(MemoryError) {
    if byteCount < 0 { throw .outOfMemory(byteCount: byteCount) }
    if byteCount <= Buffer.leastToMap {
      self.init(taking: try Scratch(zeroed: byteCount))
    } else {
      try self.init(mapping: byteCount, filling: nil)
    }
  }

  /// Takes memory whose bytes are made, from the first one on, when they are asked for, and given back
  /// behind whoever reads them in order; access is `readWrite`.
  ///
  /// - Throws: `MemoryError.outOfMemory` when there is no address space for them.
  package convenience init(
    filling byteCount: Int, by maker: any ByteMaker
  ) throws(MemoryError) {
    try self.init(mapping: byteCount, filling: Filling(maker))
  }

  /// Maps pages of zeros that belong to no file.
  private convenience init(mapping byteCount: Int, filling: Filling?) throws(MemoryError) {
    let start: Address
    do throws(SystemError) {
      start = try Syscalls.mapAnonymous(byteCount: max(1, byteCount))
    } catch {
      throw .outOfMemory(byteCount: byteCount)
    }
    unsafe self.init(
      start: start, byteCount: byteCount, access: .readWrite, origin: .heap,
      descriptor: nil, file: nil, guardEntry: nil, filling: filling, release: nil)
  }

  /// Up to here zeros are sooner written than pages of them had from the system.
  private static let leastToMap = 1 << 16

  /// Takes private memory over as it is; nothing is copied.
  package convenience init(taking scratch: consuming Scratch) {
    let byteCount = scratch.byteCount
    unsafe self.init(
      start: Address(scratch.take()), byteCount: byteCount, access: .readWrite, origin: .heap,
      descriptor: nil, file: nil, guardEntry: nil, isOfMalloc: true, release: nil)
  }

  /// Takes memory over that was read from a pipe, and gives it to a pool when the buffer ends.
  package convenience init(
    spooled scratch: consuming Scratch, name: String, lentBy pool: Pool<Scratch>
  ) {
    let byteCount = scratch.byteCount
    unsafe self.init(
      start: Address(scratch.take()), byteCount: byteCount, access: .copyOnWrite,
      origin: .spooled(name: name), descriptor: nil, file: nil, guardEntry: nil,
      isOfMalloc: true, lender: pool, release: nil)
  }

  /// Uses memory that a caller owns, without copying it.
  ///
  /// The memory must stay readable (under `readWrite` and `copyOnWrite`: writable) until `release`
  /// is called, at the end of the buffer's life. An edit under either access is a store into the
  /// caller's memory: there is nothing to copy on write. Where the memory maps a file that another
  /// process cuts, the doors throw `lost`, and the mapping stays as it is.
  /// - Precondition: `byteCount` is not negative.
  @unsafe public convenience init(
    foreign base: UnsafeMutableRawPointer, byteCount: Int, access: Access,
    release: (@Sendable () -> Void)? = nil
  ) {
    precondition(byteCount >= 0, "negative byte count")
    // It may be a mapping of a file, which can be cut as ours can.
    imgtool_guard_start()
    unsafe self.init(
      start: Address(base), byteCount: byteCount, access: access, origin: .foreign,
      descriptor: nil, file: nil, guardEntry: nil, release: release)
  }

  /// Where the mapping starts, which is a page.
  var mappingStart: Address { start.advanced(by: -fileOffset) }

  /// Whether the bytes differ from the file's, because an edit under `copyOnWrite` has pages of
  /// its own. Bytes of such a buffer must go through the doors.
  package var hasPrivateEdits: Bool { isEdited.load(ordering: .acquiring) }

  /// The same bytes, read-only, and kept while that buffer lives. To the doors they are memory of a
  /// caller.
  package convenience init(readingFrom held: Buffer) {
    imgtool_guard_start()
    unsafe self.init(
      start: held.start, byteCount: held.byteCount, access: .readOnly, origin: .foreign,
      descriptor: nil, file: nil, guardEntry: nil,
      release: { withExtendedLifetime(held) {} })
  }

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
