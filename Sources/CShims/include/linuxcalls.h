#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Calls that the C library declares for GNU sources only, and so not for Swift. Each returns what
// the call of the same name returns, and leaves `errno` as it does.

int imgtool_pipe2(int descriptors[2], int flags);
int imgtool_fallocate(int descriptor, int keepsSize, off_t offset, off_t length);
/// `fallocate` that gives the blocks of a range back.
int imgtool_punch_hole(int descriptor, off_t offset, off_t length);
/// `memfd_create` of a file that can be sealed.
int imgtool_memory_file(const char *name);
/// Seals a memory file against a change of its size, and the seals themselves.
int imgtool_seal_size(int descriptor);
ssize_t imgtool_copy_file_range(
    int source, off_t *source_offset, int target, off_t *target_offset, size_t length);
ssize_t imgtool_llistxattr(const char *path, char *names, size_t capacity);
ssize_t imgtool_lgetxattr(const char *path, const char *name, void *value, size_t capacity);
int imgtool_fsetxattr(int descriptor, const char *name, const void *value, size_t length);
int imgtool_fremovexattr(int descriptor, const char *name);
int imgtool_syncfs(int descriptor);
/// The kind of file system that a file is on (`f_type` of `fstatfs`), or -1.
long imgtool_file_system(int descriptor);
/// Whether a file of an overlayfs was made on its upper layer. That of a file which was copied there
/// is not told, nor by kernels before 6.6: false for those.
bool imgtool_is_made_on_upper_layer(int descriptor);
/// The number of the mount that a path from an open directory leads to, or that an open file is on
/// for a path of ""; 0 where it is not known.
uint64_t imgtool_mount(int descriptor, const char *path);
/// Asks for memory that `malloc` keeps for later requests, which then cannot fail: the runtime of the
/// language ends the process when one for a few bytes does. When there is not that much, a line of
/// the tool's says so, and the process ends with 2: to say it in Swift would take memory.
void imgtool_set_aside_memory(size_t byte_count);
/// Keeps blocks of up to `byte_count` bytes that are given back, for whoever takes some next; else each
/// larger one is mapped and unmapped, and its pages are cleared again.
void imgtool_keep_memory(size_t byte_count);
/// The processors that the process may run on (`sched_getaffinity`), or all where that is unknown;
/// -1 where neither is.
int imgtool_processor_count(void);
