// Single pixels as objects of Python.
#include "native.h"

#include <math.h>

PyTypeObject *access_type;

// MARK: One pixel

static PyObject *sample(const Pixels *pixels, double value) {
  return pixels->has_integers ? PyLong_FromLongLong((long long)value) : PyFloat_FromDouble(value);
}

static PyObject *pixel_of(const Pixels *pixels, const double *samples) {
  int count = pixels->info.band_count;
  if (count == 1) return sample(pixels, samples[0]);
  PyObject *values[SAMPLES] = {NULL};
  bool is_made = true;
  for (int band = 0; is_made && band < count; band++)
    is_made = (values[band] = sample(pixels, samples[band])) != NULL;
  // It takes the first `count`.
  PyObject *tuple =
      is_made ? PyTuple_Pack(count, values[0], values[1], values[2], values[3]) : NULL;
  for (int band = 0; band < count; band++) Py_XDECREF(values[band]);
  return tuple;
}

static int coordinate_of_other(PyObject *object, long long *number) {
  int overflow = 0;
  if (PyFloat_Check(object)) {
    double value = PyFloat_AsDouble(object);
    overflow = !(fabs(value) < 1e15);
    *number = overflow ? 0 : (long long)value;
  } else {
    PyObject *index = PyNumber_Index(object);
    if (!index) return argument_status(-1);
    *number = PyLong_AsLongLongAndOverflow(index, &overflow);
    Py_DECREF(index);
  }
  if (overflow) return refuse(IMGTOOL_CAUSE_OUTSIDE, "no pixel is at %R", object), -1;
  return *number == -1 && PyErr_Occurred() ? -1 : 0;
}

// A coordinate; a fraction is cut off, as Pillow does.
static inline int coordinate(PyObject *object, long long *number) {
  int overflow;
  if (!PyLong_CheckExact(object)) return coordinate_of_other(object, number);
  *number = PyLong_AsLongLongAndOverflow(object, &overflow);
  return overflow ? (refuse(IMGTOOL_CAUSE_OUTSIDE, "no pixel is at %R", object), -1) : 0;
}

static inline int coordinates(PyObject *pair, long long *x, long long *y) {
  if (PyTuple_Size(pair) != 2)
    return refuse(CAUSE_TYPE, "a position is a pair of numbers, x and y"), -1;
  return coordinate(PyTuple_GetItem(pair, 0), x) || coordinate(PyTuple_GetItem(pair, 1), y);
}

// A position within an image; from the right and the bottom where it is negative, as in Pillow.
static int position(const Pixels *pixels, PyObject *xy, long long *x, long long *y) {
  if (PyTuple_CheckExact(xy) || PyTuple_Check(xy)) {
    if (coordinates(xy, x, y)) return -1;
  } else if (PySequence_Check(xy) && !PyUnicode_Check(xy)) {
    // A number's own __index__ may change a list, and nothing a tuple.
    PyObject *pair = PySequence_Tuple(xy);
    int status = pair ? coordinates(pair, x, y) : -1;
    Py_XDECREF(pair);
    if (status) return -1;
  } else {
    return refuse(CAUSE_TYPE, "a position is a pair of numbers, x and y"), -1;
  }
  long long width = pixels->info.width, height = pixels->info.height;
  long long column = *x < 0 ? *x + width : *x, row = *y < 0 ? *y + height : *y;
  if (column < 0 || row < 0 || column >= width || row >= height)
    return refuse(
               IMGTOOL_CAUSE_OUTSIDE,
               "image index out of range: pixel %lld,%lld is outside of %lldx%lld", *x, *y, width,
               height), -1;
  *x = column;
  *y = row;
  return 0;
}

// A call for one pixel, during which nobody else is called: only the library can have refused.
static int pixel_answered(int status) { return status == IMGTOOL_OK ? 0 : answered(status, NULL); }

static PyObject *get(Pixels *pixels, PyObject *xy) {
  long long x, y;
  double samples[SAMPLES];
  if (position(pixels, xy, &x, &y)) return NULL;
  if (pixel_answered(library.image_getpixel(pixels->image, x, y, samples, SAMPLES))) return NULL;
  return pixel_of(pixels, samples);
}

static PyObject *colors;

int samples_set_colors(PyObject *function) {
  Py_INCREF(function);
  Py_XDECREF(colors);
  colors = function;
  return 0;
}

// A whole number that a double holds exactly.
static bool plain_sample(PyObject *value, double *sample) {
  int overflow;
  if (!PyLong_CheckExact(value)) return false;
  long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  *sample = (double)number;
  return !overflow && number < EXACT && number > -EXACT;
}

// A number for one band, or as many whole ones as there are bands; false for all other colors.
static bool plain_color(const Pixels *pixels, PyObject *value, double *samples) {
  int bands = pixels->info.band_count;
  if (bands == 1 && !pixels->has_integers && PyFloat_CheckExact(value)) {
    samples[0] = PyFloat_AsDouble(value);
    return true;
  }
  if (bands == 1) {
    if (!plain_sample(value, samples)) return false;
    // All numbers of a byte but 0 are white.
    if (pixels->info.mode[0] == '1' && samples[0] > 0 && samples[0] < 256) samples[0] = 255;
  } else {
    if (!PyTuple_CheckExact(value) || PyTuple_Size(value) != bands) return false;
    for (int band = 0; band < bands; band++)
      if (!plain_sample(PyTuple_GetItem(value, band), &samples[band])) return false;
  }
  return true;
}

// The samples of a color for an image, which is NULL where only its pixels are known.
static int color_of(PyObject *view, const Pixels *pixels, PyObject *value, double *samples) {
  if (plain_color(pixels, value, samples)) return pixels->info.band_count;
  PyObject *found = PyObject_CallFunction(
      colors, "OsiO", view ? view : Py_None, pixels->info.mode, (int)pixels->info.sample_type,
      value);
  int count = found ? samples_of(found, samples, SAMPLES) : -1;
  Py_XDECREF(found);
  return count;
}

static int put(PyObject *view, Pixels *pixels, PyObject *xy, PyObject *value) {
  long long x, y;
  double samples[SAMPLES];
  if (position(pixels, xy, &x, &y)) return -1;
  int count = color_of(view, pixels, value, samples);
  if (count < 0) return -1;
  int status = library.image_putpixel(pixels->image, x, y, samples, (size_t)count);
  return pixel_answered(status) || edited(status) < 0 ? -1 : 0;
}

// Of a number; without a float between where it is whole, which must not round it.
static double number_of(PyObject *object) {
  if (!PyLong_CheckExact(object)) return PyFloat_AsDouble(object);
  double number = PyLong_AsDouble(object);
  if (number == -1 && PyErr_Occurred()) return -1;
  PyObject *found = PyLong_FromDouble(number);
  int is_exact = found ? PyObject_RichCompareBool(object, found, Py_EQ) : -1;
  if (is_exact == 0)
    refuse(
        IMGTOOL_CAUSE_VALUE, "%R is a whole number of more than 53 bits; %R is the nearest sample",
        object, found);
  Py_XDECREF(found);
  return is_exact == 1 ? number : -1;
}

int samples_of(PyObject *value, double *samples, int room) {
  bool is_tuple = PyTuple_Check(value);
  if (!is_tuple && !PyList_Check(value)) {
    samples[0] = number_of(value);
    return samples[0] == -1 && PyErr_Occurred() ? -1 : 1;
  }
  // A list may change while its numbers are asked for what they are.
  Py_ssize_t count = is_tuple ? PyTuple_Size(value) : PyList_Size(value);
  if (count < 1 || count > room)
    return refuse(IMGTOOL_CAUSE_VALUE, "a color has 1 to %d samples, not %zd", room, count), -1;
  for (Py_ssize_t band = 0; band < count; band++) {
    PyObject *item = is_tuple ? PyTuple_GetItem(value, band) : PyList_GetItem(value, band);
    if (!item) return -1;
    Py_INCREF(item);
    samples[band] = number_of(item);
    Py_DECREF(item);
    if (samples[band] == -1 && PyErr_Occurred()) return -1;
  }
  return (int)count;
}

// The arguments of a method that Pillow has by position or by name.
static int arguments_of(
    const char *method, PyObject *const *arguments, Py_ssize_t count, PyObject *names, int wanted,
    const char *const *keywords, PyObject **result) {
  Py_ssize_t named = names ? PyTuple_Size(names) : 0;
  if (count + named != wanted) goto refused;
  for (Py_ssize_t index = 0; index < count; index++) result[index] = arguments[index];
  for (Py_ssize_t index = 0; index < named; index++) {
    PyObject *name = PyTuple_GetItem(names, index);
    int place = (int)count;
    while (place < wanted && PyUnicode_CompareWithASCIIString(name, keywords[place])) place++;
    if (place == wanted) goto refused;
    result[place] = arguments[count + index];
  }
  for (int index = 0; index < wanted; index++)
    if (!result[index]) goto refused;
  return 0;
refused:
  PyErr_Format(
      PyExc_TypeError, wanted == 1 ? "%s() takes %s" : "%s() takes %s and %s", method, keywords[0],
      wanted == 1 ? "" : keywords[1]);
  return -1;
}

PyObject *view_getpixel(
    PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
  static const char *const keywords[] = {"xy"};
  PyObject *given[1] = {NULL};
  if (arguments_of("getpixel", arguments, count, names, 1, keywords, given)) return NULL;
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  PyObject *result = get(pixels, given[0]);
  Py_DECREF(pixels);
  return result;
}

PyObject *view_putpixel(
    PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
  static const char *const keywords[] = {"xy", "value"};
  PyObject *given[2] = {NULL, NULL};
  if (arguments_of("putpixel", arguments, count, names, 2, keywords, given)) return NULL;
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  int status = put(self, pixels, given[0], given[1]);
  Py_DECREF(pixels);
  if (status) return NULL;
  Py_RETURN_NONE;
}

// MARK: access[x, y]

typedef struct {
  PyObject_HEAD
  Pixels *pixels;
} PixelAccess;

PyObject *view_load(PyObject *self, PyObject *unused) {
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  PixelAccess *access = (PixelAccess *)PyType_GenericAlloc(access_type, 0);
  if (access)
    access->pixels = pixels;
  else
    Py_DECREF(pixels);
  return (PyObject *)access;
}

static PyObject *access_get(PyObject *self, PyObject *xy) {
  return get(((PixelAccess *)self)->pixels, xy);
}

static int access_set(PyObject *self, PyObject *xy, PyObject *value) {
  if (!value) return refuse(CAUSE_TYPE, "a pixel cannot be deleted"), -1;
  return put(NULL, ((PixelAccess *)self)->pixels, xy, value);
}

static int access_traverse(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(((PixelAccess *)self)->pixels);
  return 0;
}

static void access_dealloc(PyObject *self) {
  PyObject_GC_UnTrack(self);
  PyTypeObject *type = Py_TYPE(self);
  Py_XDECREF(((PixelAccess *)self)->pixels);
  PyObject_GC_Del(self);
  Py_DECREF(type);
}

static PyType_Slot access_slots[] = {
    {Py_tp_doc, "The pixels of an image by their positions: access[x, y]."},
    {Py_tp_new, native_no_new},
    {Py_tp_traverse, access_traverse},
    {Py_tp_dealloc, access_dealloc},
    {Py_mp_subscript, access_get},
    {Py_mp_ass_subscript, access_set},
    {0, NULL}};

static PyType_Spec access_spec = {
    .name = "imgtool._native.PixelAccess",
    .basicsize = sizeof(PixelAccess),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = access_slots};

int samples_prepare(PyObject *module) {
  access_type = (PyTypeObject *)PyType_FromSpec(&access_spec);
  return access_type ? 0 : -1;
}
