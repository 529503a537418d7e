#include "undo.h"

#include <errno.h>
#include <fcntl.h>
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

enum { NAME_CAPACITY = 256, CHUNK = 256 };

// A handler may run at any moment: the old bytes are complete before it is armed and left alone until
// it is not, and what was written grows by whole pieces only.
static struct piece *first;
static _Atomic(struct piece *) written;
static int target;
static int keeper_directory;
static char keeper[NAME_CAPACITY];
static _Atomic(pid_t) child;
static atomic_bool is_armed;

static struct piece *copied(
    struct piece *next, off_t offset, const void *bytes, size_t byte_count) {
  struct piece *piece = malloc(sizeof *piece + byte_count);
  if (!piece) return NULL;
  *piece = (struct piece){.next = next, .offset = offset, .byte_count = byte_count};
  memcpy(piece->bytes, bytes, byte_count);
  return piece;
}

bool imgtool_undo_add(off_t offset, const void *bytes, size_t byte_count) {
  struct piece *piece = copied(first, offset, bytes, byte_count);
  if (piece) first = piece;
  return piece;
}

bool imgtool_undo_expect(off_t offset, const void *bytes, size_t byte_count) {
  struct piece *piece = copied(atomic_load(&written), offset, bytes, byte_count);
  if (piece) atomic_store(&written, piece);
  return piece;
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

int imgtool_undo_create(int file, int directory, const char *name, mode_t mode) {
  // A name that exists is another's, and a handler must not unlink it.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  int keeping = openat(
      directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  int code = errno;
  if (keeping >= 0) imgtool_undo_arm(file, directory, name);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = code;
  return keeping;
}

void imgtool_undo_set_writer(pid_t writer) { atomic_store(&child, writer); }

/// Whether a byte was written by us: nobody else's may be taken back.
static bool is_ours(off_t offset, unsigned char byte) {
  for (const struct piece *piece = atomic_load(&written); piece; piece = piece->next) {
    if (offset < piece->offset || offset - piece->offset >= (off_t)piece->byte_count) continue;
    if (piece->bytes[offset - piece->offset] == byte) return true;
  }
  return false;
}

/// The bytes of the file where a piece was, as far as it still reaches: one that was cut must not grow
/// again. -1 with an errno for a failure.
static ssize_t read_now(
    int file, const struct piece *piece, size_t done, unsigned char *now, size_t room) {
  size_t rest = piece->byte_count - done;
  ssize_t count;
  do {
    count = pread(file, now, rest < room ? rest : room, piece->offset + (off_t)done);
  } while (count < 0 && errno == EINTR);
  return count;
}

/// Goes through what is other than it was, and puts it back where that `puts`.
static int compare(int file, bool puts, size_t *changed, off_t *foreign) {
  *changed = 0;
  *foreign = -1;
  for (const struct piece *piece = first; piece; piece = piece->next) {
    unsigned char now[CHUNK];
    for (size_t done = 0; done < piece->byte_count;) {
      ssize_t count = read_now(file, piece, done, now, sizeof now);
      if (count < 0) return errno;
      if (count == 0) break;
      for (ssize_t index = 0; index < count; index++, done++) {
        off_t offset = piece->offset + (off_t)done;
        if (now[index] == piece->bytes[done]) continue;
        if (!is_ours(offset, now[index])) {
          *foreign = offset;
          continue;
        }
        ++*changed;
        while (puts && pwrite(file, piece->bytes + done, 1, offset) != 1) {
          if (errno != EINTR) return errno;
        }
      }
    }
  }
  return 0;
}

int imgtool_undo_look(int file, size_t *changed, off_t *foreign) {
  return compare(file, false, changed, foreign);
}

int imgtool_undo_put_back(void) {
  if (!atomic_load(&is_armed)) return 0;
  size_t changed;
  off_t foreign;
  int code = compare(target, true, &changed, &foreign);
  if (code != 0) return code;
  if (fsync(target) != 0 && errno != EINVAL && errno != EROFS) return errno;
  return unlinkat(keeper_directory, keeper, 0) == 0 || errno == ENOENT ? 0 : errno;
}

static void free_all(struct piece *piece) {
  while (piece) {
    struct piece *next = piece->next;
    free(piece);
    piece = next;
  }
}

void imgtool_undo_forget(void) {
  atomic_store(&is_armed, false);
  atomic_store(&child, 0);
  free_all(first);
  first = NULL;
  free_all(atomic_exchange(&written, NULL));
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
