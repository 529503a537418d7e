import CShims
import Glibc

extension Syscalls {
  /// Starts a thread that runs `body`; `nil` when the system has no more of them.
  static func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    final class Start: Sendable {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    // Signals that end the process are for the thread that was there first: while their handler
    // puts files back on it, none of ours changes one.
    var blocked = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&blocked)
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] { unsafe sigaddset(&blocked, signal) }
    unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    let start = unsafe Unmanaged.passRetained(Start(body))
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        unsafe Unmanaged<Start>.fromOpaque(context!).takeRetainedValue().body()
        return nil
      }, start.toOpaque())
    if code == 0 { return thread }
    unsafe start.release()
    return nil
  }

  /// Starts a thread that helps with the work of this one and ends before that does.
  static func startHelper(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    startThread(Interruption.adopted(body))
  }

  /// Waits for the end of a thread (`pthread_join(3)`), which an interruption hastens.
  static func join(_ thread: pthread_t) {
    while Interruption.isPossible, !Interruption.isAsked {
      if imgtool_join_within(thread, Interruption.nanoseconds) { return }
    }
    pthread_join(thread, nil)
  }

  package typealias Thread = pthread_t
}

/// A lock with a condition that threads wait for (`pthread_mutex_t`, `pthread_cond_t`).
@safe final class Gate: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  func lock() { unsafe pthread_mutex_lock(mutex) }
  func unlock() { unsafe pthread_mutex_unlock(mutex) }
  /// Gives the lock up while it waits, and holds it again afterwards.
  func wait() { unsafe pthread_cond_wait(condition, mutex) }
  /// As ``wait()``, and looks for an interruption meanwhile, with the lock given up.
  func waitInterruptibly() {
    guard Interruption.isPossible else { return wait() }
    unsafe imgtool_wait_within(condition, mutex, Interruption.nanoseconds)
    unlock()
    // Those who are waited for see the answer as well, and fail.
    _ = Interruption.isAsked
    lock()
  }
  func wakeAll() { unsafe pthread_cond_broadcast(condition) }
}
