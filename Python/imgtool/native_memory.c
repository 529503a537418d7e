// Memory of other objects: `Memory`, which holds them.
#include "native.h"

#include <string.h>

PyTypeObject *memory_type;

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
    {NULL}};

int memory_prepare(PyObject *module) {
  memory_type = (PyTypeObject *)PyType_FromSpec(&memory_spec);
  return memory_type ? 0 : -1;
}
