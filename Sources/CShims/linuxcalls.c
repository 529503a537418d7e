#define _GNU_SOURCE
#include "linuxcalls.h"

#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

int imgtool_pipe2(int descriptors[2], int flags) { return pipe2(descriptors, flags); }

int imgtool_fallocate(int descriptor, int keepsSize, off_t offset, off_t length) {
  return fallocate(descriptor, keepsSize ? FALLOC_FL_KEEP_SIZE : 0, offset, length);
}

int imgtool_punch_hole(int descriptor, off_t offset, off_t length) {
  return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}

int imgtool_memory_file(const char *name) {
  return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int imgtool_seal_size(int descriptor) {
  return fcntl(descriptor, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW);
}

ssize_t imgtool_copy_file_range(
    int source, off_t *source_offset, int target, off_t *target_offset, size_t length) {
  return copy_file_range(source, source_offset, target, target_offset, length, 0);
}

ssize_t imgtool_llistxattr(const char *path, char *names, size_t capacity) {
  return llistxattr(path, names, capacity);
}

ssize_t imgtool_lgetxattr(const char *path, const char *name, void *value, size_t capacity) {
  return lgetxattr(path, name, value, capacity);
}

int imgtool_fsetxattr(int descriptor, const char *name, const void *value, size_t length) {
  return fsetxattr(descriptor, name, value, length, 0);
}

int imgtool_fremovexattr(int descriptor, const char *name) {
  return fremovexattr(descriptor, name);
}

int imgtool_syncfs(int descriptor) { return syncfs(descriptor); }

long imgtool_file_system(int descriptor) {
  struct statfs status;
  // The type is 32 bits wide, and negative for some where `long` is, too.
  return fstatfs(descriptor, &status) == 0 ? (long)(uint32_t)status.f_type : -1;
}

bool imgtool_is_made_on_upper_layer(int descriptor) {
  // <linux/fcntl.h> has it since 6.5: a handle that identifies a file and cannot be opened.
  enum { HANDLE_FID = 0x200 };
  // fs/overlayfs/overlayfs.h: `struct ovl_fh`, and what its bytes at these places are.
  enum { TYPE = 0xf8, MAGIC_PLACE = 4, MAGIC = 0xfb, FLAGS_PLACE = 6, IS_UPPER = 1 << 2 };
  union {
    struct file_handle handle;
    char bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
  } found = {.handle.handle_bytes = MAX_HANDLE_SZ};
  int mount;
  if (name_to_handle_at(descriptor, "", &found.handle, &mount, AT_EMPTY_PATH | HANDLE_FID) != 0) {
    return false;
  }
  const unsigned char *bytes = found.handle.f_handle;
  return found.handle.handle_type == TYPE && found.handle.handle_bytes > FLAGS_PLACE &&
      bytes[MAGIC_PLACE] == MAGIC && (bytes[FLAGS_PLACE] & IS_UPPER) != 0;
}

uint64_t imgtool_mount(int descriptor, const char *path) {
  struct statx status;
  if (statx(descriptor, path, AT_EMPTY_PATH, STATX_MNT_ID, &status) != 0) return 0;
  return (status.stx_mask & STATX_MNT_ID) != 0 ? status.stx_mnt_id : 0;
}

int imgtool_processor_count(void) {
  cpu_set_t processors;
  // Fails on machines with more processors than a set of this size has bits.
  return sched_getaffinity(0, sizeof processors, &processors) == 0
      ? CPU_COUNT(&processors) : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

void imgtool_keep_memory(size_t byte_count) {
  mallopt(M_MMAP_THRESHOLD, byte_count < 32 << 20 ? (int)byte_count : 32 << 20);
}

void imgtool_set_aside_memory(size_t byte_count) {
  // Blocks small enough to come from the heap, which is not to shrink when they are given back.
  enum { BLOCK = 64 << 10, MOST = 64 };
  static const char words[] = "imgtool: out of memory at the start\n";
  void *blocks[MOST];
  size_t count = 0;
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  // Each thread would have a heap of its own otherwise, which has nothing set aside.
  mallopt(M_ARENA_MAX, 1);
  while (count < MOST && count * BLOCK < byte_count) {
    blocks[count] = malloc(BLOCK);
    if (!blocks[count]) {
      if (write(STDERR_FILENO, words, sizeof words - 1) < 0) _exit(2);
      _exit(2);
    }
    ++count;
  }
  while (count > 0) free(blocks[--count]);
}
