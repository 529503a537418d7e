#include "terminal.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

// As in signals.c: the handler reads the slots without a lock, and a slot is complete before its
// state says so.
enum { SLOT_COUNT = 4, TEXT_CAPACITY = 64 };
enum { STATE_FREE, STATE_CHANGING, STATE_ARMED };

static struct {
  atomic_int state;
  int descriptor;
  size_t length;
  char text[TEXT_CAPACITY];
} slots[SLOT_COUNT];

static atomic_bool is_raw;
static int raw_descriptor;
static struct termios cooked;

int imgtool_terminal_size_get(int descriptor, imgtool_terminal_size *size) {
  struct winsize window;
  if (ioctl(descriptor, TIOCGWINSZ, &window) != 0) return -1;
  size->rows = window.ws_row;
  size->columns = window.ws_col;
  size->width = window.ws_xpixel;
  size->height = window.ws_ypixel;
  return 0;
}

int imgtool_terminal_waiting(int descriptor) {
  int count = 0;
  return ioctl(descriptor, FIONREAD, &count) == 0 ? count : -1;
}

int imgtool_terminal_arm(int descriptor, const char *text) {
  size_t length = strlen(text);
  if (length >= TEXT_CAPACITY) return -1;
  for (int slot = 0; slot < SLOT_COUNT; slot++) {
    int expected = STATE_FREE;
    if (!atomic_compare_exchange_strong(&slots[slot].state, &expected, STATE_CHANGING)) continue;
    slots[slot].descriptor = descriptor;
    slots[slot].length = length;
    memcpy(slots[slot].text, text, length);
    atomic_store(&slots[slot].state, STATE_ARMED);
    return slot;
  }
  return -1;
}

void imgtool_terminal_disarm(int slot) {
  if (slot >= 0) atomic_store(&slots[slot].state, STATE_FREE);
}

bool imgtool_terminal_make_raw(int descriptor) {
  if (tcgetpgrp(descriptor) != getpgrp()) return false;
  // A shell that has stopped the process may have made it cooked behind our back.
  if (!atomic_load(&is_raw) && tcgetattr(descriptor, &cooked) != 0) return false;
  struct termios raw = cooked;
  raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
  raw.c_iflag &= ~(tcflag_t)IXON;
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  raw_descriptor = descriptor;
  // A signal in between undoes it as well.
  atomic_store(&is_raw, true);
  bool is_set = tcsetattr(descriptor, TCSANOW, &raw) == 0;
  atomic_store(&is_raw, is_set);
  return is_set;
}

void imgtool_terminal_make_cooked(void) {
  if (atomic_exchange(&is_raw, false)) tcsetattr(raw_descriptor, TCSANOW, &cooked);
}

void imgtool_terminal_restore(void) {
  int code = errno;
  for (int slot = 0; slot < SLOT_COUNT; slot++) {
    if (atomic_load(&slots[slot].state) != STATE_ARMED) continue;
    // There is nobody left to tell of a failure.
    ssize_t written = write(slots[slot].descriptor, slots[slot].text, slots[slot].length);
    (void)written;
  }
  imgtool_terminal_make_cooked();
  errno = code;
}
