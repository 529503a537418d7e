// What Pillow's users ask of an image: other colors, counts, the format of its file.
#include "native.h"

// The same indices with other colors, which are RGBA bytes.
PyObject *view_with_palette(PyObject *self, PyObject *colors) {
  char *bytes;
  Py_ssize_t count;
  if (PyBytes_AsStringAndSize(colors, &bytes, &count)) return NULL;
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  imgtool_image *view = NULL;
  int status = answered(
      library.image_with_palette(
          pixels->image, (const uint8_t *)bytes, (size_t)count / 4, 4, &view), NULL);
  PyObject *result = status ? NULL : view_new(view, pixels->memory);
  Py_DECREF(pixels);
  return result;
}

// The smallest and the largest sample of each band, and the counts of 256 parts a band.
PyObject *view_statistics(PyObject *self, PyObject *unused) {
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  enum { BANDS = 4, PARTS = 256 };
  imgtool_band_statistics bands[BANDS];
  int64_t histograms[BANDS * PARTS];
  int band_count = pixels->info.band_count;
  Call call;
  call_begin(&call);
  int status = library.image_statistics(pixels->image, 0, bands, histograms);
  status = call_end(&call, status, NULL);
  Py_DECREF(pixels);
  if (status < 0) return NULL;
  PyObject *extrema = PyList_New(band_count), *counts = PyList_New(band_count * PARTS);
  for (int band = 0; extrema && counts && band < band_count; band++) {
    PyObject *pair = Py_BuildValue("dd", bands[band].minimum, bands[band].maximum);
    if (!pair || PyList_SetItem(extrema, band, pair)) goto failed;
  }
  for (int part = 0; extrema && counts && part < band_count * PARTS; part++) {
    PyObject *number = PyLong_FromLongLong(histograms[part]);
    if (!number || PyList_SetItem(counts, part, number)) goto failed;
  }
  if (extrema && counts) return Py_BuildValue("NN", extrema, counts);
failed:
  Py_XDECREF(extrema);
  Py_XDECREF(counts);
  return NULL;
}

PyObject *view_file_format(PyObject *self, PyObject *unused) {
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  const char *name = NULL;
  int status = answered(library.image_file_format(pixels->image, &name), NULL);
  Py_DECREF(pixels);
  if (status < 0) return NULL;
  if (status == IMGTOOL_NO) Py_RETURN_NONE;
  return PyUnicode_FromString(name);
}

// From here on what another image is; exports and calls that run keep the pixels that they have.
PyObject *view_adopt(PyObject *self, PyObject *other) {
  Pixels *before = view_pixels(self);
  if (!before) return NULL;
  Pixels *pixels = view_pixels(other);
  if (pixels) {
    View *view = (View *)self;
    Pixels *old = view->pixels;
    view->pixels = pixels;
    Py_DECREF(old);
  }
  Py_DECREF(before);
  if (!pixels) return NULL;
  Py_RETURN_NONE;
}

// The size of an image without pixels: the library has none, and the one that stands in is hidden.
PyObject *view_hide(PyObject *self, PyObject *arguments) {
  long long width, height;
  if (!PyArg_ParseTuple(arguments, "LL:hide", &width, &height)) return NULL;
  if (width < 0 || height < 0 || (width && height))
    return refuse(IMGTOOL_CAUSE_VALUE, "%lldx%lld has pixels", width, height);
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  pixels->info.width = width;
  pixels->info.height = height;
  Py_DECREF(pixels);
  Py_RETURN_NONE;
}
