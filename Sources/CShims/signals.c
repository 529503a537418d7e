#include "signals.h"
#include "terminal.h"
#include "undo.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

// The handler reads the slots without a lock; a slot is complete before its state says so.
enum { SLOT_COUNT = 64, NAME_CAPACITY = 64 };
enum { STATE_FREE, STATE_CHANGING, STATE_ARMED };

static struct {
  atomic_int state;
  int directory;
  char name[NAME_CAPACITY];
} slots[SLOT_COUNT];

int imgtool_temporary_arm(int directory, const char *name) {
  size_t length = strlen(name);
  if (length >= NAME_CAPACITY) return -1;
  for (int slot = 0; slot < SLOT_COUNT; slot++) {
    int expected = STATE_FREE;
    if (!atomic_compare_exchange_strong(&slots[slot].state, &expected, STATE_CHANGING)) continue;
    slots[slot].directory = directory;
    memcpy(slots[slot].name, name, length + 1);
    atomic_store(&slots[slot].state, STATE_ARMED);
    return slot;
  }
  return -1;
}

void imgtool_temporary_disarm(int slot) {
  if (slot >= 0) atomic_store(&slots[slot].state, STATE_FREE);
}

static void on_end(int number) {
  imgtool_terminal_restore();
  imgtool_undo_on_signal();
  for (int slot = 0; slot < SLOT_COUNT; slot++) {
    if (atomic_load(&slots[slot].state) != STATE_ARMED) continue;
    unlinkat(slots[slot].directory, slots[slot].name, 0);
  }
  // Blocked until this returns, and then the end with the right status for the parent.
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(number, &action, NULL);
  raise(number);
}

void imgtool_signals_install(void) {
  static const int numbers[] = {SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM};
  for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++) {
    struct sigaction action = {.sa_handler = on_end, .sa_flags = SA_RESTART}, before;
    sigaction(numbers[index], NULL, &before);
    if (before.sa_handler == SIG_IGN && numbers[index] != SIGPIPE) continue;
    sigaction(numbers[index], &action, NULL);
  }
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGXFSZ, &ignore, NULL);
}
