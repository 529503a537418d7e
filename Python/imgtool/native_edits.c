// Edits of an image, in place.
#include "native.h"

// An edit or another call that works, in one expression with `image`; gives None.
#define EDIT_OF(self, expression)                                                                 \
  Pixels *pixels = view_pixels(self);                                                             \
  if (!pixels) return NULL;                                                                       \
  imgtool_image *image = pixels->image;                                                           \
  Call call;                                                                                      \
  call_begin(&call);                                                                              \
  int status = expression;                                                                        \
  status = edited(call_end(&call, status, NULL));                                                 \
  Py_DECREF(pixels);                                                                              \
  if (status < 0) return NULL;                                                                    \
  Py_RETURN_NONE;

PyObject *view_paste(PyObject *self, PyObject *arguments) {
  PyObject *other;
  long long x, y;
  if (!PyArg_ParseTuple(arguments, "OLL:paste", &other, &x, &y)) return NULL;
  Pixels *given = view_pixels(other);
  if (!given) return NULL;
  Pixels *pixels = view_pixels(self);
  int status = -1;
  if (pixels) {
    Call call;
    call_begin(&call);
    status = library.image_paste(pixels->image, given->image, x, y, 0);
    status = edited(call_end(&call, status, NULL));
    Py_DECREF(pixels);
  }
  Py_DECREF(given);
  if (status < 0) return NULL;
  Py_RETURN_NONE;
}

PyObject *view_invert(PyObject *self, PyObject *unused) {
  EDIT_OF(self, library.image_invert(image, 0))
}

PyObject *view_flip(PyObject *self, PyObject *arguments) {
  const char *axis;
  if (!PyArg_ParseTuple(arguments, "O&:flip", name_argument, &axis)) return NULL;
  if (!axis) return refuse(CAUSE_TYPE, "h or v is expected, not None");
  EDIT_OF(self, library.image_flip(image, axis, 0))
}

PyObject *view_swap(PyObject *self, PyObject *arguments) {
  int first, second;
  if (!PyArg_ParseTuple(arguments, "ii:swap", &first, &second)) return NULL;
  EDIT_OF(self, library.image_swap(image, first, second, 0))
}

PyObject *view_add(PyObject *self, PyObject *arguments) {
  double number;
  if (!PyArg_ParseTuple(arguments, "d:add", &number)) return NULL;
  EDIT_OF(self, library.image_add(image, number, 0))
}

PyObject *view_flush(PyObject *self, PyObject *unused) {
  EDIT_OF(self, library.image_flush(image))
}
