#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/// One watched mapping. Opaque; lives for as long as the process does and is used again after
/// `imgtool_guard_unwatch`.
typedef struct imgtool_guard_entry imgtool_guard_entry;

enum {
  IMGTOOL_FAULT_NONE = 0,
  /// The file is shorter than the byte that was touched.
  IMGTOOL_FAULT_TRUNCATED = 1,
  /// The file is long enough, but its device did not deliver (or could not take) the page.
  IMGTOOL_FAULT_DEVICE = 2,
};

/// Watches `length` bytes from `base`, which map `descriptor` from its offset 0. The first call
/// installs the SIGBUS handler, unless the host program opted out.
///
/// The descriptor stays the caller's and must stay open until `imgtool_guard_unwatch`.
/// Returns NULL when memory for the table is exhausted.
imgtool_guard_entry *imgtool_guard_watch(void *base, size_t length, int descriptor);

/// Ends the watch. Must come before `munmap`, or another mapping could get the same address.
void imgtool_guard_unwatch(imgtool_guard_entry *entry);

/// The first fault in the mapping since it is watched; it never goes away.
int imgtool_guard_fault(imgtool_guard_entry *entry);

/// Marks the mapping as its handler would, unless it has a mark.
void imgtool_guard_mark(imgtool_guard_entry *entry, int fault);

/// Keeps the handler from being installed, for a host program that has one of its own and calls
/// `imgtool_guard_handle` in it. Without effect after the first mapping or start.
void imgtool_guard_opt_out(void);

/// Installs the handler, unless it is there already or the host program opted out.
void imgtool_guard_start(void);

/// Puts zero pages under a fault in a watched mapping and marks it, or ends an
/// `imgtool_foreign_copy` that met one. `context` is the handler's third argument. Async-signal-safe,
/// keeps `errno`. Returns false, and does nothing, for every other signal.
bool imgtool_guard_handle(const siginfo_t *info, void *context);
