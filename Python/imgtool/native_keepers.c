// Who lets go of the memory of other objects.
//
// The library calls a release function on whichever thread frees the last image: one of Python's,
// one of a consumer of a tensor, perhaps when the interpreter has ended. An object of Python may be
// dropped with the interpreter's lock only. So a thread of which is known that it has the lock
// drops at once; others put the keeper into a list, which the interpreter, or the next call,
// empties. Once the interpreter ends, what is left is left to the end of the process.
#include "native.h"

#include <pthread.h>
#include <stdlib.h>

static atomic_size_t held_count;
static _Thread_local int held_depth;
// What is dropped when this thread is not that deep in drops any more: an image on an image on an
// image … would need a stack without an end.
enum { DEEPEST = 50 };
static _Thread_local Keeper *postponed;

static pthread_mutex_t waiting_lock = PTHREAD_MUTEX_INITIALIZER;
static Keeper *_Atomic waiting;
static bool is_drain_asked_for;
static atomic_bool is_ending;
static pthread_t ending_thread;

bool interpreter_ends(void) {
  return atomic_load(&is_ending) && !pthread_equal(pthread_self(), ending_thread);
}

static void end(Keeper *keeper);

void lock_held_begin(void) { held_depth++; }

void lock_held_end(void) {
  while (held_depth == 1 && postponed) {
    Keeper *keeper = postponed;
    postponed = keeper->next;
    end(keeper);
  }
  held_depth--;
}

int lock_held_suspend(void) {
  int count = held_depth;
  held_depth = 0;
  return count;
}

void lock_held_resume(int count) { held_depth = count; }

Keeper *keeper_new(void (*drop)(Keeper *)) {
  Keeper *keeper = calloc(1, sizeof *keeper);
  if (!keeper) {
    PyErr_NoMemory();
    return NULL;
  }
  atomic_init(&keeper->references, 1);
  keeper->drop = drop;
  atomic_fetch_add(&held_count, 1);
  return keeper;
}

void keeper_forget(Keeper *keeper) {
  free(keeper);
  atomic_fetch_sub(&held_count, 1);
}

void keeper_retain(Keeper *keeper) { atomic_fetch_add(&keeper->references, 1); }

static void end(Keeper *keeper) {
  // A finalizer that runs here must not meet, or lose, an exception that is on its way.
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  lock_held_begin();
  keeper->drop(keeper);
  lock_held_end();
  PyErr_Restore(type, value, traceback);
  free(keeper);
  atomic_fetch_sub(&held_count, 1);
}

static int drain(void *unused) {
  drop_waiting();
  return 0;
}

void drop_waiting(void) {
  if (!atomic_load(&waiting)) return;
  pthread_mutex_lock(&waiting_lock);
  Keeper *keeper = atomic_exchange(&waiting, NULL);
  is_drain_asked_for = false;
  pthread_mutex_unlock(&waiting_lock);
  while (keeper) {
    Keeper *next = keeper->next;
    end(keeper);
    keeper = next;
  }
}

void keeper_release(Keeper *keeper) {
  if (atomic_fetch_sub(&keeper->references, 1) != 1) return;
  if (held_depth > DEEPEST) {
    keeper->next = postponed;
    postponed = keeper;
    return;
  }
  if (held_depth > 0) {
    end(keeper);
    return;
  }
  // The lock keeps the interpreter from ending between the question and the request.
  pthread_mutex_lock(&waiting_lock);
  if (!atomic_load(&is_ending)) {
    keeper->next = atomic_load(&waiting);
    atomic_store(&waiting, keeper);
    // The list of such requests is short; without a place in it the next call empties ours.
    if (!is_drain_asked_for) is_drain_asked_for = Py_AddPendingCall(drain, NULL) == 0;
  }
  pthread_mutex_unlock(&waiting_lock);
}

void keeper_released(void *keeper) { keeper_release(keeper); }

static PyObject *interpreter_will_end(PyObject *module, PyObject *unused) {
  drop_waiting();
  pthread_mutex_lock(&waiting_lock);
  ending_thread = pthread_self();
  atomic_store(&is_ending, true);
  pthread_mutex_unlock(&waiting_lock);
  Py_RETURN_NONE;
}

// A thread that the child has not may have had the lock.
static void forked(void) { pthread_mutex_init(&waiting_lock, NULL); }

static PyObject *held(PyObject *module, PyObject *unused) {
  drop_waiting();
  return PyLong_FromSize_t(atomic_load(&held_count));
}

PyMethodDef keeper_methods[] = {
    {"held", held, METH_NOARGS, "How many pieces of memory are held for images now."},
    {"interpreter_will_end", interpreter_will_end, METH_NOARGS, "Ends what waits for the lock."},
    {NULL}};

void keepers_prepare(void) { pthread_atfork(NULL, NULL, forked); }
