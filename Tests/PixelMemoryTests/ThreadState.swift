import Glibc

@testable import PixelMemory

/// A thread of this process, as `/proc` sees it.
struct ThreadState: Sendable {
  private let path: String

  /// The calling thread.
  static var current: ThreadState {
    // "4711/task/4712"
    let link = try? Syscalls.readLink("/proc/thread-self")
    return ThreadState(path: "/proc/\(link ?? "self")/stat")
  }

  /// Whether it waits for something, or has ended.
  var isIdle: Bool {
    guard let stat = try? Syscalls.contents(of: path, limit: 1 << 12) else { return true }
    // The state follows the name, which is in parentheses and may hold some.
    guard let name = stat.lastIndex(of: UInt8(ascii: ")")), name + 2 < stat.count else {
      return false
    }
    return [UInt8(ascii: "S"), UInt8(ascii: "Z"), UInt8(ascii: "X")].contains(stat[name + 2])
  }
}

/// Waits until `condition` holds.
///
/// - Returns: Whether it did within a minute, which is only there so that a broken test ends.
func waits(until condition: () -> Bool) -> Bool {
  let end = Syscalls.monotonicNanoseconds() + 60_000_000_000
  while !condition() {
    if Syscalls.monotonicNanoseconds() > end { return false }
    sched_yield()
  }
  return true
}
