#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

// Bytes that one file of the process must be given back, whatever ends the process apart from
// SIGKILL. There is one list; none of these is to be called by two threads.

/// Adds bytes to the list; false when there is no memory for them.
bool imgtool_undo_add(off_t offset, const void *bytes, size_t byte_count);

/// Adds bytes that are going to be written over them; only these are ever taken back. May be called
/// while the list is armed.
bool imgtool_undo_expect(off_t offset, const void *bytes, size_t byte_count);

/// From here on the signals of `imgtool_signals_install` put the bytes back.
///
/// `file` is open for reading and writing, and `name` the file in `directory` that keeps the bytes for
/// a later process, which is unlinked when they are back. The descriptors stay the caller's; false for
/// a name that is too long.
bool imgtool_undo_arm(int file, int directory, const char *name);

/// Makes the file that keeps the bytes, and arms the list in the same moment. A descriptor of it, or -1
/// with an errno: `EEXIST` where anything has the name, a link as well.
int imgtool_undo_create(int file, int directory, const char *name, mode_t mode);

/// A child that writes to the file as well, and is ended first when a signal comes; 0 for none.
void imgtool_undo_set_writer(pid_t writer);

/// Looks what of `file` is other than it was, and changes nothing: `changed` is how many bytes hold what
/// was written over them, and `foreign` the offset of one that is neither, or -1. 0, or an errno.
int imgtool_undo_look(int file, size_t *changed, off_t *foreign);

/// Puts the bytes back where the file still holds what was written over them, as far as it still
/// reaches, and unlinks what kept them once they are on the disk. 0, or an errno; what kept them stays
/// then.
int imgtool_undo_put_back(void);

/// Empties the list.
void imgtool_undo_forget(void);

/// What a handler of signals calls.
void imgtool_undo_on_signal(void);
