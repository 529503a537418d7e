#define _GNU_SOURCE
#include "interrupt.h"

#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

struct call {
  imgtool_interrupt_check check;
  void *context;
  int depth;
  // When the check is due; 0 before the first look of a call.
  int64_t due;
  atomic_bool is_stopped;
};

static _Thread_local struct call own;
// The call that this thread works for, of its own or another thread's; NULL where no check is set.
static _Thread_local struct call *current;

const int64_t imgtool_interrupt_interval = 50000000;

void imgtool_interrupt_set(imgtool_interrupt_check check, void *context) {
  own.check = check;
  own.context = context;
}

void imgtool_interrupt_begin(void) {
  if (own.depth++ > 0 || own.check == NULL) return;
  own.due = 0;
  atomic_store_explicit(&own.is_stopped, false, memory_order_relaxed);
  current = &own;
}

void imgtool_interrupt_end(void) {
  if (--own.depth == 0) current = NULL;
}

static int64_t now(void) {
  struct timespec time;
  // A few milliseconds of error do not matter, and no other clock is as cheap to read.
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool ask(struct call *call) {
  // The check may call the library, which must not ask it again.
  call->due = INT64_MAX;
  bool stops = call->check != NULL && call->check(call->context) != 0;
  call->due = now() + imgtool_interrupt_interval;
  if (stops) atomic_store_explicit(&call->is_stopped, true, memory_order_relaxed);
  return stops;
}

static bool is_asked(bool at_once) {
  struct call *call = current;
  if (call == NULL) return false;
  if (atomic_load_explicit(&call->is_stopped, memory_order_relaxed)) return true;
  if (call != &own || call->due == INT64_MAX) return false;
  if (at_once) return ask(call);
  if (call->due == 0) {
    call->due = now() + imgtool_interrupt_interval;
    return false;
  }
  return now() >= call->due && ask(call);
}

bool imgtool_interrupt_is_asked(void) { return is_asked(false); }
bool imgtool_interrupt_is_asked_now(void) { return is_asked(true); }

void *imgtool_interrupt_current(void) { return current; }
void imgtool_interrupt_adopt(void *call) { current = call; }
