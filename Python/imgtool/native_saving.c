// Saving to paths and to objects with `write`.
#include "native.h"

static int options_of(PyObject *options, imgtool_save_options *result) {
  static char *names[] = {"format",  "rawmode", "compress_level", "bits",    "threads",     "replace",
                          "durable", "strip",   "quality",        "subsampling", NULL};
  PyObject *nothing = PyTuple_New(0), *level = Py_None;
  *result = (imgtool_save_options){.struct_size = sizeof *result};
  int replaces = 0, is_durable = 0, strips = 0;
  int is_parsed = nothing && PyArg_ParseTupleAndKeywords(
                                 nothing, options, "|$O&O&OiipppiO&:save", names, name_argument,
                                 &result->format, name_argument, &result->rawmode, &level,
                                 &result->bits, &result->threads, &replaces, &is_durable,
                                 &strips, &result->quality, name_argument,
                                 &result->subsampling);
  Py_XDECREF(nothing);
  if (!is_parsed) return -1;
  result->replaces_mapped = replaces;
  result->is_durable = is_durable;
  result->strips_metadata = strips;
  if (level == Py_None) return 0;
  long number = PyLong_AsLong(level);
  if (number == -1 && PyErr_Occurred()) return argument_status(-1);
  result->has_level = 1;
  result->level = number < -1 || number > 1000 ? 1000 : (int)number;
  return 0;
}

// None, or a line about what is not in the file.
static PyObject *note(int status, const imgtool_saved *saved) {
  if (status < 0) return NULL;
  if (saved->is_lossy) return PyUnicode_FromString(library.last_note());
  Py_RETURN_NONE;
}

PyObject *view_save(PyObject *self, PyObject *arguments, PyObject *keywords) {
  PyObject *object, *encoded = NULL;
  imgtool_save_options options;
  if (!PyArg_ParseTuple(arguments, "O:save", &object) || options_of(keywords, &options) ||
      !PyUnicode_FSConverter(object, &encoded))
    return NULL;
  Pixels *pixels = view_pixels(self);
  imgtool_saved saved = {0};
  int status = -1;
  if (pixels) {
    const char *path = PyBytes_AsString(encoded);
    Call call;
    call_begin(&call);
    status = library.image_save(pixels->image, path, &options, &saved);
    status = call_end(&call, status, object);
    Py_DECREF(pixels);
  }
  Py_DECREF(encoded);
  return note(status, &saved);
}

typedef struct {
  Call call;
  PyObject *write;  // a function of bytes that raises, or has taken all of them
} Target;

static int write_part(void *context, const void *bytes, size_t count) {
  // What waits for the lock of an interpreter that ends does not come back.
  if (interpreter_ends()) return 1;
  Target *target = context;
  call_resume(&target->call);
  PyObject *result = NULL;
  if (!PyErr_Occurred() && PyErr_CheckSignals() == 0) {
    PyObject *part = PyBytes_FromStringAndSize(bytes, (Py_ssize_t)count);
    if (part) result = PyObject_CallFunctionObjArgs(target->write, part, NULL);
    Py_XDECREF(part);
  }
  Py_XDECREF(result);
  call_pause(&target->call);
  return result ? 0 : 1;
}

PyObject *view_save_to(PyObject *self, PyObject *arguments, PyObject *keywords) {
  Target target;
  imgtool_save_options options;
  if (!PyArg_ParseTuple(arguments, "O:save", &target.write) || options_of(keywords, &options))
    return NULL;
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  imgtool_saved saved = {0};
  call_begin(&target.call);
  int status = library.image_save_to(pixels->image, write_part, &target, &options, &saved);
  status = call_end(&target.call, status, NULL);
  Py_DECREF(pixels);
  return note(status, &saved);
}

// Refuses an open file that a save would overwrite while the image is read from it.
PyObject *view_check_descriptor(PyObject *self, PyObject *object) {
  long descriptor = PyLong_AsLong(object);
  if (descriptor == -1 && PyErr_Occurred()) return NULL;
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  int status = library.image_check_descriptor(pixels->image, (int)descriptor);
  PyObject *result = answered(status, NULL) < 0 ? NULL : Py_None;
  Py_DECREF(pixels);
  Py_XINCREF(result);
  return result;
}
