#define _GNU_SOURCE
#include "locks.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>

int imgtool_lock(int descriptor, bool exclusive, bool waits) {
  return flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | (waits ? 0 : LOCK_NB));
}

int imgtool_lease_take(int descriptor) {
  if (fcntl(descriptor, F_SETSIG, SIGURG) < 0) return -1;
  return fcntl(descriptor, F_SETLEASE, F_RDLCK);
}

bool imgtool_lease_holds(int descriptor) { return fcntl(descriptor, F_GETLEASE) == F_RDLCK; }

void imgtool_lease_drop(int descriptor) { fcntl(descriptor, F_SETLEASE, F_UNLCK); }
