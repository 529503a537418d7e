import CShims
import Glibc

extension Syscalls {
  package static let pageByteCount = Int(sysconf(Int32(_SC_PAGESIZE)))

  /// Maps a whole file (`mmap(2)`). `copyOnWrite` takes no swap space up front, so that a file
  /// larger than memory can be mapped.
  static func map(
    _ descriptor: Int32, byteCount: Int, access: Access
  ) throws(SystemError) -> Address {
    switch access {
    case .readOnly:
      try map(byteCount, PROT_READ, MAP_SHARED, descriptor)
    case .copyOnWrite:
      try map(byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor)
    case .readWrite:
      try map(byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor)
    }
  }

  /// Zeroed private memory that belongs to no file (`mmap(2)`).
  static func mapAnonymous(byteCount: Int) throws(SystemError) -> Address {
    try map(byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1)
  }

  private static func map(
    _ byteCount: Int, _ protection: Int32, _ flags: Int32, _ descriptor: Int32
  ) throws(SystemError) -> Address {
    let base = unsafe mmap(nil, byteCount, protection, flags, descriptor, 0)
    guard let base = unsafe base, unsafe base != UnsafeMutableRawPointer(bitPattern: -1) else {
      throw SystemError(call: "mmap", code: errno)
    }
    return unsafe Address(base)
  }

  /// What a mapping is told to expect.
  enum Advice: Int32 {
    case normal = 0
    case random = 1
    case willNeed = 3
    case dontNeed = 4
    case populateForReading = 22
    case populateForWriting = 23
  }

  /// Has the page cache let go of clean pages of a file (`posix_fadvise(2)`). Best effort.
  static func dropCache(of descriptor: Int32, _ range: Range<Int>) {
    _ = posix_fadvise(descriptor, range.lowerBound, range.count, POSIX_FADV_DONTNEED)
  }

  /// Memory of `malloc`, aligned to a cache line; `nil` when there is none.
  static func allocate(byteCount: Int) -> UnsafeMutableRawPointer? {
    var memory: UnsafeMutableRawPointer?
    guard byteCount >= 0, unsafe posix_memalign(&memory, 64, max(1, byteCount)) == 0 else {
      return nil
    }
    return unsafe memory
  }

  static func deallocate(_ memory: UnsafeMutableRawPointer) { unsafe free(memory) }

  /// An unnamed file in memory that can be sealed (`memfd_create(2)`).
  package static func memoryFile(named name: String) throws(SystemError) -> FileDescriptor {
    try own(try retrying("memfd_create") { unsafe imgtool_memory_file(name) })
  }

  /// The file's size is fixed from here on, and so is the seal itself (`fcntl F_ADD_SEALS`).
  static func sealSize(of descriptor: Int32) throws(SystemError) {
    _ = try retrying("fcntl") { imgtool_seal_size(descriptor) }
  }

  /// Bytes of memory that can be taken without swapping: `MemAvailable` of `/proc/meminfo`.
  package static func availableMemory() -> Int? {
    kibibytes(of: "MemAvailable:", in: "/proc/meminfo")
  }

  /// A `Name:   123 kB` line of a `/proc` file, in bytes.
  static func kibibytes(of name: String, in path: String) -> Int? {
    guard let bytes = try? contents(of: path, limit: 1 << 16) else { return nil }
    for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: name.utf8) {
      let digits = line.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      return Int(String(decoding: digits, as: UTF8.self)).map { $0 * 1024 }
    }
    return nil
  }

  /// Keeps blocks of up to so many bytes that are given back, for work that takes the same again and
  /// again (`mallopt(3)`).
  package static func keepMemory(byteCount: Int) { imgtool_keep_memory(byteCount) }

  /// Has `malloc` keep memory for the small requests of the language's runtime, which cannot fail
  /// cleanly. Where there is not that much, a line says so and the process ends with 2.
  package static func setAsideMemory(byteCount: Int) { imgtool_set_aside_memory(byteCount) }
}
