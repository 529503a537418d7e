// Many pixels at once: packed rows as bytes, and rectangles of one color.
#include "native.h"

#include <string.h>

static int row_byte_count(Pixels *pixels, const char *rawmode, int64_t *count) {
  *count = pixels->info.row_byte_count;
  if (!rawmode) return 0;
  return answered(
      library.row_byte_count(pixels->info.mode, rawmode, pixels->info.width, count), NULL);
}

PyObject *view_tobytes(PyObject *self, PyObject *arguments) {
  const char *rawmode = NULL;
  if (!PyArg_ParseTuple(arguments, "|O&:tobytes", name_argument, &rawmode)) return NULL;
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  int64_t row, total;
  PyObject *bytes = NULL;
  if (row_byte_count(pixels, rawmode, &row) == 0) {
    if (__builtin_mul_overflow(row, pixels->info.height, &total) || total > PY_SSIZE_T_MAX)
      PyErr_NoMemory();
    else
      bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)total);
  }
  if (bytes) {
    // Bits and bytes that fill a row up are not written.
    if (rawmode || strcmp(pixels->info.mode, "1") == 0)
      memset(PyBytes_AsString(bytes), 0, (size_t)total);
    Call call;
    call_begin(&call);
    int status = library.image_read_rows(
        pixels->image, 0, pixels->info.height, rawmode, PyBytes_AsString(bytes), (size_t)total, 0);
    if (call_end(&call, status, NULL)) Py_CLEAR(bytes);
  }
  Py_DECREF(pixels);
  return bytes;
}

// The packed rows into a writable buffer in one piece.
PyObject *view_read_into(PyObject *self, PyObject *arguments) {
  const char *rawmode;
  Py_buffer target;
  if (!PyArg_ParseTuple(arguments, "w*O&:read_into", &target, name_argument, &rawmode)) return NULL;
  Pixels *pixels = view_pixels(self);
  int status = -1;
  if (pixels) {
    Call call;
    call_begin(&call);
    status = library.image_read_rows(
        pixels->image, 0, pixels->info.height, rawmode, target.buf, (size_t)target.len, 0);
    status = call_end(&call, status, NULL);
    Py_DECREF(pixels);
  }
  PyBuffer_Release(&target);
  if (status < 0) return NULL;
  Py_RETURN_NONE;
}

PyObject *view_fill(PyObject *self, PyObject *arguments) {
  long long x, y, width, height;
  PyObject *value;
  double samples[SAMPLES];
  if (!PyArg_ParseTuple(arguments, "LLLLO:fill", &x, &y, &width, &height, &value)) return NULL;
  int count = samples_of(value, samples, SAMPLES);
  if (count < 0) return NULL;
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  Call call;
  call_begin(&call);
  int status =
      library.image_fill(pixels->image, x, y, width, height, samples, (size_t)count, 0);
  status = edited(call_end(&call, status, NULL));
  Py_DECREF(pixels);
  if (status < 0) return NULL;
  Py_RETURN_NONE;
}
