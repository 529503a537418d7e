#include "undo.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct piece {
  struct piece *next;
  off_t offset;
  size_t byte_count;
  unsigned char bytes[];
};

enum { NAME_CAPACITY = 256 };

// Complete before the list is armed, and left alone until it is not: a handler may run at any moment.
static struct piece *first;
static int target;
static int keeper_directory;
static char keeper[NAME_CAPACITY];
static _Atomic(pid_t) child;
static atomic_bool is_armed;

bool imgtool_undo_add(off_t offset, const void *bytes, size_t byte_count) {
  struct piece *piece = malloc(sizeof *piece + byte_count);
  if (!piece) return false;
  *piece = (struct piece){.next = first, .offset = offset, .byte_count = byte_count};
  memcpy(piece->bytes, bytes, byte_count);
  first = piece;
  return true;
}

bool imgtool_undo_arm(int file, int directory, const char *name) {
  size_t length = strlen(name);
  if (length >= NAME_CAPACITY) return false;
  target = file;
  keeper_directory = directory;
  memcpy(keeper, name, length + 1);
  atomic_store(&is_armed, true);
  return true;
}

void imgtool_undo_set_writer(pid_t writer) { atomic_store(&child, writer); }

/// The bytes of a piece that lie before the end of the file: one that was cut must not grow again.
static size_t reachable(const struct piece *piece, off_t size) {
  if (piece->offset >= size) return 0;
  off_t rest = size - piece->offset;
  return (off_t)piece->byte_count < rest ? piece->byte_count : (size_t)rest;
}

int imgtool_undo_put_back(void) {
  if (!atomic_load(&is_armed)) return 0;
  struct stat status;
  if (fstat(target, &status) != 0) return errno;
  for (const struct piece *piece = first; piece; piece = piece->next) {
    size_t byte_count = reachable(piece, status.st_size);
    for (size_t done = 0; done < byte_count;) {
      ssize_t count = pwrite(
          target, piece->bytes + done, byte_count - done, piece->offset + (off_t)done);
      if (count == 0) return EIO;
      if (count > 0) done += (size_t)count;
      if (count < 0 && errno != EINTR) return errno;
    }
  }
  if (fsync(target) != 0 && errno != EINVAL && errno != EROFS) return errno;
  return unlinkat(keeper_directory, keeper, 0) == 0 || errno == ENOENT ? 0 : errno;
}

void imgtool_undo_forget(void) {
  atomic_store(&is_armed, false);
  atomic_store(&child, 0);
  while (first) {
    struct piece *piece = first;
    first = piece->next;
    free(piece);
  }
}

void imgtool_undo_on_signal(void) {
  if (!atomic_load(&is_armed)) return;
  pid_t writer = atomic_load(&child);
  if (writer > 0) {
    kill(writer, SIGKILL);
    // What it was told before is written, or never will be, when it is gone.
    while (waitpid(writer, NULL, 0) < 0 && errno == EINTR) {}
  }
  imgtool_undo_put_back();
}
