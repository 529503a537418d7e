// Views of an image, which look at the same bytes, and its copy.
#include "native.h"

// A view of an image, in one expression with `image` and `view`.
#define VIEW_OF(self, expression)                                                                 \
  Pixels *pixels = view_pixels(self);                                                             \
  if (!pixels) return NULL;                                                                       \
  imgtool_image *image = pixels->image, *view = NULL;                                             \
  PyObject *result = answered(expression, NULL) ? NULL : view_new(view, pixels->memory);          \
  Py_DECREF(pixels);                                                                              \
  return result;

PyObject *view_crop(PyObject *self, PyObject *arguments) {
  long long x, y, width, height;
  if (!PyArg_ParseTuple(arguments, "LLLL:crop", &x, &y, &width, &height)) return NULL;
  VIEW_OF(self, library.image_crop(image, x, y, width, height, &view))
}

PyObject *view_band(PyObject *self, PyObject *arguments) {
  int band;
  if (!PyArg_ParseTuple(arguments, "i:getchannel", &band)) return NULL;
  VIEW_OF(self, library.image_band(image, band, &view))
}

PyObject *view_reorient(PyObject *self, PyObject *arguments) {
  const char *how;
  if (!PyArg_ParseTuple(arguments, "O&:reorient", name_argument, &how)) return NULL;
  if (!how) return refuse(CAUSE_TYPE, "h, v, 90, 180 or 270 is expected, not None");
  VIEW_OF(self, library.image_reorient(image, how, &view))
}

PyObject *view_every(PyObject *self, PyObject *arguments) {
  long long columns, rows;
  if (!PyArg_ParseTuple(arguments, "LL:every", &columns, &rows)) return NULL;
  VIEW_OF(self, library.image_every(image, columns, rows, &view))
}

PyObject *view_convert(PyObject *self, PyObject *arguments) {
  const char *mode;
  int clamp = 0;
  if (!PyArg_ParseTuple(arguments, "O&|p:convert", name_argument, &mode, &clamp)) return NULL;
  if (!mode) return refuse(CAUSE_TYPE, "the name of a mode is expected, not None");
  VIEW_OF(self, (clamp ? library.image_convert_clamping : library.image_convert)(image, mode, &view))
}

PyObject *view_window(PyObject *self, PyObject *arguments) {
  double low, high;
  int clamp = 0;
  if (!PyArg_ParseTuple(arguments, "dd|p:window", &low, &high, &clamp)) return NULL;
  VIEW_OF(self, (clamp ? library.image_window_clamping : library.image_window)(image, low, high, &view))
}

PyObject *view_automatic_window(PyObject *self, PyObject *arguments) {
  double percent, low = 0, high = 0;
  if (!PyArg_ParseTuple(arguments, "d:automatic_window", &percent)) return NULL;
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  Call call;
  call_begin(&call);
  int status = library.image_automatic_window(pixels->image, percent, 0, &low, &high);
  status = call_end(&call, status, NULL);
  Py_DECREF(pixels);
  return status < 0 ? NULL : Py_BuildValue("(dd)", low, high);
}

PyObject *view_copy(PyObject *self, PyObject *unused) {
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  imgtool_image *copy = NULL;
  Call call;
  call_begin(&call);
  int status = library.image_copy(pixels->image, 0, &copy);
  status = call_end(&call, status, NULL);
  Py_DECREF(pixels);
  if (status < 0 && copy) library.image_free(copy);
  return status < 0 ? NULL : view_new(copy, NULL);
}
