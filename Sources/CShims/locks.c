#define _GNU_SOURCE
#include "locks.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <time.h>

int imgtool_lock(int descriptor, bool exclusive, bool waits) {
  return flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | (waits ? 0 : LOCK_NB));
}

int imgtool_lease_take(int descriptor) {
  if (fcntl(descriptor, F_SETSIG, SIGURG) < 0) return -1;
  return fcntl(descriptor, F_SETLEASE, F_RDLCK);
}

bool imgtool_lease_holds(int descriptor) { return fcntl(descriptor, F_GETLEASE) == F_RDLCK; }

void imgtool_lease_drop(int descriptor) { fcntl(descriptor, F_SETLEASE, F_UNLCK); }

bool imgtool_may_be_open_elsewhere(int descriptor) {
  if (fcntl(descriptor, F_SETSIG, SIGURG) < 0) return true;
  if (fcntl(descriptor, F_SETLEASE, F_WRLCK) < 0) return true;
  imgtool_lease_drop(descriptor);
  return false;
}

static struct timespec after(clockid_t clock, int64_t nanoseconds) {
  struct timespec time;
  clock_gettime(clock, &time);
  int64_t sum = time.tv_nsec + nanoseconds;
  time.tv_sec += sum / 1000000000;
  time.tv_nsec = sum % 1000000000;
  return time;
}

bool imgtool_join_within(pthread_t thread, int64_t nanoseconds) {
  struct timespec deadline = after(CLOCK_MONOTONIC, nanoseconds);
  return pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &deadline) == 0;
}

void imgtool_wait_within(
    pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t nanoseconds) {
  struct timespec deadline = after(CLOCK_MONOTONIC, nanoseconds);
  pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &deadline);
}
