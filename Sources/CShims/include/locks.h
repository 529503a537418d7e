#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

// Calls whose names or constants Swift does not see. `errno` is as the call leaves it.

/// `flock(2)`; with `waits` false it fails with `EWOULDBLOCK` instead of waiting.
int imgtool_lock(int descriptor, bool exclusive, bool waits);
/// Takes a read lease (`fcntl(F_SETLEASE)`): whoever opens the file for writing is held up, and the
/// lease tells. Its signal is one that is ignored by default.
int imgtool_lease_take(int descriptor);
/// Whether nobody has opened the file for writing since the lease was taken.
bool imgtool_lease_holds(int descriptor);
void imgtool_lease_drop(int descriptor);
/// Whether the file may be open, or mapped, by more than this descriptor: nobody else has it where the
/// kernel gives a write lease on it, on a file system that counts all who have it.
bool imgtool_may_be_open_elsewhere(int descriptor);
/// `pthread_join(3)` that waits for a time at most; false when the thread has not ended by then.
bool imgtool_join_within(pthread_t thread, int64_t nanoseconds);
/// `pthread_cond_wait(3)` for a time at most.
void imgtool_wait_within(
    pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t nanoseconds);
