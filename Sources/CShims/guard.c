#define _GNU_SOURCE
#include "guard.h"

#include "foreigncopy.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// The handler reads this table while other threads change it, and may take no lock. A thread that
// faults keeps its own mapping alive, so that entry holds still; for the others a version that is
// odd or has changed says that the entry is on the move and cannot be the one.
struct imgtool_guard_entry {
  atomic_uint version;
  atomic_uintptr_t base;
  atomic_size_t length;
  atomic_int descriptor;
  atomic_int fault;
  imgtool_guard_entry *next_free;
};

enum { ENTRIES_PER_CHUNK = 64 };

// Chunks are linked and never freed: the handler may stand on any of them.
struct chunk {
  imgtool_guard_entry entries[ENTRIES_PER_CHUNK];
  _Atomic(struct chunk *) next;
};

static struct chunk first_chunk;
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static imgtool_guard_entry *free_entries;
static bool is_set_up;
static atomic_bool is_started;
static bool has_opted_out;
static uintptr_t page_size;
static struct sigaction previous;

static void add_entries(struct chunk *chunk) {
  for (int index = ENTRIES_PER_CHUNK - 1; index >= 0; index--) {
    chunk->entries[index].next_free = free_entries;
    free_entries = &chunk->entries[index];
  }
}

static imgtool_guard_entry *find(uintptr_t address) {
  for (struct chunk *chunk = &first_chunk; chunk != NULL; chunk = atomic_load(&chunk->next)) {
    for (int index = 0; index < ENTRIES_PER_CHUNK; index++) {
      imgtool_guard_entry *entry = &chunk->entries[index];
      unsigned version = atomic_load(&entry->version);
      uintptr_t base = atomic_load(&entry->base);
      size_t length = atomic_load(&entry->length);
      if (version % 2 != 0 || atomic_load(&entry->version) != version) continue;
      if (address >= base && address - base < length) return entry;
    }
  }
  return NULL;
}

bool imgtool_guard_handle(const siginfo_t *info, void *context) {
  if (info->si_signo != SIGBUS || info->si_code != BUS_ADRERR) return false;
  if (imgtool_foreign_copy_resume(context)) return true;
  uintptr_t address = (uintptr_t)info->si_addr;
  imgtool_guard_entry *entry = find(address);
  if (entry == NULL) return false;

  int saved_errno = errno;
  uintptr_t base = atomic_load(&entry->base);
  uintptr_t page = address & ~(page_size - 1);
  uintptr_t end = (base + atomic_load(&entry->length) + page_size - 1) & ~(page_size - 1);
  struct stat status;
  bool is_truncated = fstat(atomic_load(&entry->descriptor), &status) == 0 &&
                      (uintptr_t)status.st_size <= page - base;
  // The mark comes first: another thread must not see the zeros without it.
  imgtool_guard_mark(entry, is_truncated ? IMGTOOL_FAULT_TRUNCATED : IMGTOOL_FAULT_DEVICE);
  // To the end at once: page after page would meet the kernel's limit on mappings.
  void *zeros = mmap((void *)page, end - page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
  errno = saved_errno;
  return zeros != MAP_FAILED;
}

static void die(const siginfo_t *info) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(SIGBUS, &action, NULL);
  // A fault happens again on return, with the right address for a core file; a sent signal doesn't.
  if (info->si_code <= 0) raise(SIGBUS);
}

static void chain(int signal, siginfo_t *info, void *context) {
  bool has_info = (previous.sa_flags & SA_SIGINFO) != 0;
  if (!has_info && previous.sa_handler == SIG_IGN) {
    // The kernel does not let a process ignore its own fault either.
    if (info->si_code > 0) die(info);
    return;
  }
  if (!has_info && previous.sa_handler == SIG_DFL) {
    die(info);
    return;
  }
  sigset_t mask = previous.sa_mask, before;
  if ((previous.sa_flags & SA_NODEFER) == 0) sigaddset(&mask, signal);
  pthread_sigmask(SIG_BLOCK, &mask, &before);
  if (has_info) {
    previous.sa_sigaction(signal, info, context);
  } else {
    previous.sa_handler(signal);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void on_bus_error(int signal, siginfo_t *info, void *context) {
  if (!imgtool_guard_handle(info, context)) chain(signal, info, context);
}

static void set_up(void) {
  is_set_up = true;
  page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  add_entries(&first_chunk);
  if (has_opted_out) return;
  // Read before it is replaced: a fault in between would find no one to chain to.
  sigaction(SIGBUS, NULL, &previous);
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
  action.sa_sigaction = on_bus_error;
  sigaction(SIGBUS, &action, NULL);
}

void imgtool_guard_start(void) {
  if (atomic_load(&is_started)) return;
  pthread_mutex_lock(&table_lock);
  if (!is_set_up) set_up();
  atomic_store(&is_started, true);
  pthread_mutex_unlock(&table_lock);
}

imgtool_guard_entry *imgtool_guard_watch(void *base, size_t length, int descriptor) {
  pthread_mutex_lock(&table_lock);
  if (!is_set_up) set_up();
  if (free_entries == NULL) {
    struct chunk *chunk = calloc(1, sizeof(struct chunk));
    if (chunk != NULL) {
      add_entries(chunk);
      atomic_store(&chunk->next, atomic_load(&first_chunk.next));
      atomic_store(&first_chunk.next, chunk);
    }
  }
  imgtool_guard_entry *entry = free_entries;
  if (entry != NULL) {
    free_entries = entry->next_free;
    atomic_fetch_add(&entry->version, 1);
    atomic_store(&entry->base, (uintptr_t)base);
    atomic_store(&entry->length, length);
    atomic_store(&entry->descriptor, descriptor);
    atomic_store(&entry->fault, IMGTOOL_FAULT_NONE);
    atomic_fetch_add(&entry->version, 1);
  }
  pthread_mutex_unlock(&table_lock);
  return entry;
}

void imgtool_guard_unwatch(imgtool_guard_entry *entry) {
  pthread_mutex_lock(&table_lock);
  atomic_fetch_add(&entry->version, 1);
  atomic_store(&entry->length, 0);
  atomic_store(&entry->descriptor, -1);
  atomic_fetch_add(&entry->version, 1);
  entry->next_free = free_entries;
  free_entries = entry;
  pthread_mutex_unlock(&table_lock);
}

int imgtool_guard_fault(imgtool_guard_entry *entry) {
  // The mark is set by a handler inside the copy before this: the load must not move above it.
  atomic_signal_fence(memory_order_seq_cst);
  return atomic_load(&entry->fault);
}

void imgtool_guard_mark(imgtool_guard_entry *entry, int fault) {
  int none = IMGTOOL_FAULT_NONE;
  atomic_compare_exchange_strong(&entry->fault, &none, fault);
}

void imgtool_guard_opt_out(void) {
  pthread_mutex_lock(&table_lock);
  has_opted_out = true;
  pthread_mutex_unlock(&table_lock);
}
