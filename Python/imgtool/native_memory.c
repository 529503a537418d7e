// Memory of other objects, and who lets go of it.
//
// The library calls a release function on whichever thread frees the last image: one of Python's,
// one of a consumer of a tensor, perhaps when the interpreter has ended. An object of Python may be
// dropped with the interpreter's lock only. So a thread of which is known that it has the lock
// drops at once; others put the keeper into a list, which the interpreter, or the next call,
// empties. Once the interpreter ends, what is left is left to the end of the process.
#include "native.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

PyTypeObject *memory_type;

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

// MARK: Keepers

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

// MARK: The object

static void drop_buffer(Keeper *keeper) {
  if (keeper->view.obj) PyBuffer_Release(&keeper->view);
  Py_CLEAR(keeper->owner);
}

static Memory *memory_alloc(void) {
  Keeper *keeper = keeper_new(drop_buffer);
  if (!keeper) return NULL;
  Memory *memory = (Memory *)PyType_GenericAlloc(memory_type, 0);
  if (memory) {
    memory->keeper = keeper;
  } else {
    lock_held_begin();
    keeper_release(keeper);
    lock_held_end();
  }
  return memory;
}

// How far a buffer reaches from its first element; false when 64 bits cannot count it.
static bool measure(Memory *memory, const Py_buffer *view) {
  if (!view->shape || !view->strides) {
    memory->above = view->len;
    return true;
  }
  Py_ssize_t below = 0, above = view->itemsize;
  for (int axis = 0; axis < view->ndim; axis++) {
    Py_ssize_t reach;
    if (view->shape[axis] == 0) {
      memory->below = memory->above = 0;
      return true;
    }
    if (view->shape[axis] < 0 ||
        __builtin_mul_overflow(view->shape[axis] - 1, view->strides[axis], &reach) ||
        __builtin_add_overflow(reach, reach < 0 ? below : above, reach < 0 ? &below : &above))
      return false;
  }
  memory->below = below;
  memory->above = above;
  return true;
}

// Whether elements are or have addresses, which no pixel may overwrite: objects of Python, and
// pointers, strings and functions of ctypes. Names of fields stand between colons.
static bool has_addresses(const char *format) {
  bool is_name = false;
  for (; format && *format; format++) {
    if (*format == ':') is_name = !is_name;
    if (is_name) continue;
    // A complex number is a Z and the letter of its parts.
    if (strchr("OPXz&", *format) || (*format == 'Z' && !(format[1] && strchr("efdg", format[1]))))
      return true;
  }
  return false;
}

static PyObject *memory_of(PyObject *module, PyObject *object) {
  drop_waiting();
  Memory *memory = memory_alloc();
  if (!memory) return NULL;
  Py_buffer *view = &memory->keeper->view;
  if (PyObject_GetBuffer(object, view, PyBUF_STRIDES | PyBUF_FORMAT)) {
    view->obj = NULL;
    Py_DECREF(memory);
    argument_status(-1);
    return NULL;
  }
  if (has_addresses(view->format)) {
    Py_DECREF(memory);
    return refuse(CAUSE_TYPE, "arrays of dtype object are not pixels");
  }
  static char nothing[1];
  memory->data = view->buf ? view->buf : nothing;
  memory->is_readonly = view->readonly;
  if (!measure(memory, view)) {
    Py_DECREF(memory);
    return refuse(IMGTOOL_CAUSE_VALUE, "the buffer reaches further than 64 bits can count");
  }
  return (PyObject *)memory;
}

static PyObject *memory_at(PyObject *module, PyObject *arguments) {
  PyObject *owner, *address;
  Py_ssize_t below, above;
  int is_readonly;
  if (!PyArg_ParseTuple(
          arguments, "OO!nnp:memory_at", &owner, &PyLong_Type, &address, &below, &above,
          &is_readonly))
    return NULL;
  void *data = PyLong_AsVoidPtr(address);
  if (!data && PyErr_Occurred()) return NULL;
  if (!data) return refuse(IMGTOOL_CAUSE_VALUE, "the address of the array is zero");
  Memory *memory = memory_alloc();
  if (!memory) return NULL;
  Py_INCREF(owner);
  memory->keeper->owner = owner;
  memory->data = data;
  memory->below = below;
  memory->above = above;
  memory->is_readonly = is_readonly;
  return (PyObject *)memory;
}

// What is only reachable from here is unreachable, unless somebody outside of Python uses it.
static int memory_traverse(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Keeper *keeper = ((Memory *)self)->keeper;
  if (keeper && atomic_load(&keeper->exports) == 0) {
    Py_VISIT(keeper->view.obj);
    Py_VISIT(keeper->owner);
  }
  return 0;
}

static void memory_dealloc(PyObject *self) {
  PyObject_GC_UnTrack(self);
  PyTypeObject *type = Py_TYPE(self);
  Keeper *keeper = ((Memory *)self)->keeper;
  if (keeper) {
    lock_held_begin();
    keeper_release(keeper);
    lock_held_end();
  }
  PyObject_GC_Del(self);
  Py_DECREF(type);
}

static PyObject *sizes(const Py_ssize_t *numbers, int count) {
  PyObject *tuple = PyTuple_New(count);
  for (int axis = 0; tuple && axis < count; axis++) {
    PyObject *number = PyLong_FromSsize_t(numbers[axis]);
    if (!number || PyTuple_SetItem(tuple, axis, number)) Py_CLEAR(tuple);
  }
  return tuple;
}

static PyObject *get_readonly(PyObject *self, void *unused) {
  return PyBool_FromLong(((Memory *)self)->is_readonly);
}

static PyObject *get_nbytes(PyObject *self, void *unused) {
  Memory *memory = (Memory *)self;
  return PyLong_FromSsize_t(memory->above - memory->below);
}

static PyObject *get_packed(PyObject *self, void *unused) {
  return PyBool_FromLong(PyBuffer_IsContiguous(&((Memory *)self)->keeper->view, 'C'));
}

static PyObject *get_itemsize(PyObject *self, void *unused) {
  return PyLong_FromSsize_t(((Memory *)self)->keeper->view.itemsize);
}

static PyObject *get_format(PyObject *self, void *unused) {
  const char *format = ((Memory *)self)->keeper->view.format;
  return PyUnicode_FromString(format ? format : "B");
}

static PyObject *get_shape(PyObject *self, void *unused) {
  const Py_buffer *view = &((Memory *)self)->keeper->view;
  Py_ssize_t count = view->itemsize > 0 ? view->len / view->itemsize : view->len;
  return view->shape || view->ndim == 0 ? sizes(view->shape, view->ndim) : sizes(&count, 1);
}

// None of packed elements: arrays of ctypes have no strides, whatever is asked for.
static PyObject *get_strides(PyObject *self, void *unused) {
  const Py_buffer *view = &((Memory *)self)->keeper->view;
  if (view->shape && view->strides) return sizes(view->strides, view->ndim);
  Py_RETURN_NONE;
}

static PyGetSetDef memory_getset[] = {
    {"packed", get_packed},
    {"readonly", get_readonly},
    {"nbytes", get_nbytes},
    {"itemsize", get_itemsize},
    {"format", get_format},
    {"shape", get_shape},
    {"strides", get_strides},
    {NULL}};

static PyType_Slot memory_slots[] = {
    {Py_tp_doc, "The bytes of another object, which they keep."},
    {Py_tp_traverse, memory_traverse},
    {Py_tp_dealloc, memory_dealloc},
    {Py_tp_new, native_no_new},
    {Py_tp_getset, memory_getset},
    {0, NULL}};

static PyType_Spec memory_spec = {
    .name = "imgtool._native.Memory",
    .basicsize = sizeof(Memory),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = memory_slots};

PyMethodDef memory_methods[] = {
    {"memory_of", memory_of, METH_O, "The bytes of an object with the buffer protocol."},
    {"memory_at", memory_at, METH_VARARGS,
     "The bytes around an address: owner, address, below, above, readonly."},
    {"held", held, METH_NOARGS, "How many pieces of memory are held for images now."},
    {"interpreter_will_end", interpreter_will_end, METH_NOARGS, "Ends what waits for the lock."},
    {NULL}};

int memory_prepare(PyObject *module) {
  memory_type = (PyTypeObject *)PyType_FromSpec(&memory_spec);
  if (!memory_type) return -1;
  pthread_atfork(NULL, NULL, forked);
  return 0;
}
