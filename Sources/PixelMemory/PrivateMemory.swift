/// What the process holds for itself, apart from the files that it maps.
package struct PrivateMemory: Hashable, Sendable {
  /// Resident anonymous memory, copied-on-write pages of files included (`RssAnon` of
  /// `/proc/self/status`).
  package let byteCount: Int

  /// The state now; `nil` where `/proc` is not mounted.
  package static func current() -> PrivateMemory? {
    Syscalls.kibibytes(of: "RssAnon:", in: "/proc/self/status").map { PrivateMemory(byteCount: $0) }
  }
}
