import CShims
import Glibc

extension Syscalls {
  /// The words that the process was started with, its own name left out; `nil` where the list is
  /// empty, or holds the empty name that newer kernels put there. Those of the standard library are
  /// repaired where they are not UTF-8, and missing where `/proc` is not mounted.
  package static let arguments: [String]? = {
    let words = (0..<imgtool_argument_count()).compactMap { index in
      unsafe imgtool_argument(index).map { unsafe text(of: $0) }
    }
    return words.isEmpty || words == [""] ? nil : Array(words.dropFirst())
  }()

  /// The text of a name that C gave.
  static func text(of name: UnsafePointer<CChar>) -> String {
    let bytes = unsafe UnsafeBufferPointer(start: name, count: strlen(name))
    return FileName.text(unsafe bytes.map(UInt8.init(bitPattern:)))
  }

  /// An environment variable; `nil` when it is not set (`getenv(3)`).
  package static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// Nanoseconds since some moment in the past; never runs backwards (`clock_gettime(2)`).
  package static func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Suspends the calling thread (`nanosleep(2)`); a signal ends the sleep early.
  package static func sleep(nanoseconds: UInt64) {
    var time = timespec(
      tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    _ = unsafe nanosleep(&time, nil)
  }

  /// The processors that this process may run on, at least 1 (`sched_getaffinity(2)`).
  package static let hardwareThreads = max(1, Int(imgtool_processor_count()))

  /// When the first process of the system or container was started, in nanoseconds since 1970;
  /// `nil` where `/proc` does not say (`proc_pid_stat(5)`).
  static func startOfFirstProcess() -> Int? {
    guard let text = try? contents(of: "/proc/1/stat", limit: 1 << 12),
      // The name before may hold anything.
      let end = text.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = text[end...].split(separator: UInt8(ascii: " "))
    let ticksPerSecond = sysconf(Int32(_SC_CLK_TCK))
    guard fields.count > 20, ticksPerSecond > 0,
      let ticks = Int(String(decoding: fields[20], as: UTF8.self))
    else { return nil }
    var (now, sinceBoot) = (timespec(), timespec())
    _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
    _ = unsafe clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
    let boot =
      (now.tv_sec - sinceBoot.tv_sec) * 1_000_000_000 + now.tv_nsec - sinceBoot.tv_nsec
    // Ticks are rounded down.
    return boot &+ (ticks &+ 1) &* (1_000_000_000 / ticksPerSecond)
  }

  package static var processID: Int32 { getpid() }

  /// The user whose rights the process has (`geteuid(2)`).
  package static var effectiveUser: UInt32 { geteuid() }

  /// Ends the process (`exit(3)`).
  package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }

  /// Sends a signal to the calling thread (`raise(3)`).
  package static func raise(signal: Int32) { _ = Glibc.raise(signal) }

  /// Ends a child process (`kill(2)`).
  static func kill(_ process: Int32, signal: Int32) { _ = Glibc.kill(process, signal) }

  /// Unpredictable bits (`getrandom(2)`).
  package static func randomBits() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }

  /// How a child process ended.
  package enum Termination: Equatable, Sendable {
    case exited(Int32)
    case signaled(Int32)

    package var isSuccess: Bool { self == .exited(0) }
  }

  /// Starts a program; its descriptors 0, 1 and 2 are those given (`posix_spawn(3)`).
  ///
  /// A path without `/` is not looked up in `PATH`.
  package static func spawn(
    _ path: String, arguments: [String], input: Int32 = 0, output: Int32 = 1, errors: Int32 = 2
  ) throws(SystemError) -> Int32 {
    var words: [[CChar]] = []
    for word in [path] + arguments { words.append(try bytes(of: word, call: "posix_spawn")) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    // Also where the numbers are equal: that is what clears O_CLOEXEC.
    for (source, target) in [(output, Int32(1)), (errors, 2), (input, 0)] {
      unsafe posix_spawn_file_actions_adddup2(&actions, source, target)
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // What we ignore or block stays so through exec, and is not the child's choice.
    var blocked = sigset_t()
    unsafe sigemptyset(&blocked)
    unsafe posix_spawnattr_setsigmask(&attributes, &blocked)
    var defaults = blocked
    for signal in [SIGPIPE, SIGXFSZ] { unsafe sigaddset(&defaults, signal) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    var process: pid_t = 0
    var strings = unsafe words.map { unsafe strdup($0) }
    defer { for index in unsafe strings.indices { unsafe free(strings[index]) } }
    unsafe strings.append(nil)
    let code = unsafe posix_spawn(&process, words[0], &actions, &attributes, strings, environ)
    if code != 0 { throw SystemError(call: "posix_spawn", code: code) }
    return process
  }

  /// Waits for the end of a child process (`waitpid(2)`).
  package static func wait(for process: Int32) throws(SystemError) -> Termination {
    var status: Int32 = 0
    _ = try retrying("waitpid") { unsafe waitpid(process, &status, 0) }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signaled(signal)
  }

  /// Runs a command of the shell to its end, its standard output on our standard error.
  package static func run(shellCommand command: String) throws(SystemError) -> Termination {
    let process = try spawn("/bin/sh", arguments: ["-c", command], output: 2)
    return try wait(for: process)
  }

  /// Two ends of a new pipe, closed on `exec` (`pipe2(2)`).
  package static func pipe() throws(SystemError) -> Pipe {
    var numbers: [Int32] = [-1, -1]
    _ = try retrying("pipe2") { unsafe imgtool_pipe2(&numbers, O_CLOEXEC) }
    return Pipe(reading: try own(numbers[0]), writing: try own(numbers[1]))
  }

  /// Two connected sockets in place of a pipe, closed on `exec` (`socketpair(2)`).
  static func socketPair() throws(SystemError) -> Pipe {
    var numbers: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    _ = try retrying("socketpair") { unsafe socketpair(AF_UNIX, type, 0, &numbers) }
    return Pipe(reading: try own(numbers[0]), writing: try own(numbers[1]))
  }

  package struct Pipe: ~Copyable {
    package let reading: FileDescriptor
    package let writing: FileDescriptor
  }
}
