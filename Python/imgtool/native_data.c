// All pixels of an image as lists of Python.
#include "native.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// How packed rows store a sample.
typedef enum { AS_U8, AS_U16, AS_U16_SWAPPED, AS_I32, AS_I64, AS_F32, AS_F64, AS_BOOLEAN } Store;

typedef struct {
  Store store;
  int item;
  const char *rawmode;
  int64_t row;
  uint8_t flipped;  // bits of the bytes of all bands but the first
} Plain;

static Store store_of(const imgtool_element *element) {
  bool is_float = element->kind == 'f';
  switch (element->byte_count) {
    case 1: return element->kind == 'b' ? AS_BOOLEAN : AS_U8;
    case 2: return element->is_big_endian ? AS_U16_SWAPPED : AS_U16;
    case 4: return is_float ? AS_F32 : AS_I32;
    default: return is_float ? AS_F64 : AS_I64;
  }
}

static int plain_of(const Pixels *pixels, Plain *plain) {
  const imgtool_info *info = &pixels->info;
  imgtool_element element;
  if (answered(library.mode_array(info->mode, info->sample_type, &plain->rawmode, &element), NULL))
    return -1;
  plain->store = store_of(&element);
  plain->item = element.byte_count;
  plain->row = info->width * info->band_count * plain->item;
  // Stored as signed bytes, shown as their distance from the smallest.
  plain->flipped = strcmp(info->mode, "LAB") == 0 ? 0x80 : 0;
  return 0;
}

// Whether to ask for signals at a pixel: often enough that Ctrl-C is heard at once.
static bool is_break(int64_t pixel) { return (pixel & 0xffff) == 0; }

static PyObject *stored(Store store, const uint8_t *place) {
  union {
    uint16_t u16;
    int32_t i32;
    int64_t i64;
    float f32;
    double f64;
  } word;
  memcpy(&word, place, store == AS_U8 || store == AS_BOOLEAN ? 1 : store <= AS_U16_SWAPPED ? 2
                       : store == AS_I32 || store == AS_F32 ? 4 : 8);
  switch (store) {
    case AS_U8: return PyLong_FromLong(*place);
    case AS_BOOLEAN: return PyLong_FromLong(*place ? 255 : 0);
    case AS_U16: return PyLong_FromLong(word.u16);
    case AS_U16_SWAPPED: return PyLong_FromLong(__builtin_bswap16(word.u16));
    case AS_I32: return PyLong_FromLong(word.i32);
    case AS_I64: return PyLong_FromLongLong(word.i64);
    case AS_F32: return PyFloat_FromDouble(word.f32);
    default: return PyFloat_FromDouble(word.f64);
  }
}

PyObject *view_getdata(PyObject *self, PyObject *unused) {
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  Plain plain;
  if (plain_of(pixels, &plain)) {
    Py_DECREF(pixels);
    return NULL;
  }
  int64_t height = pixels->info.height, width = pixels->info.width, total;
  int bands = pixels->info.band_count;
  if (__builtin_mul_overflow(width, height, &total) || total > PY_SSIZE_T_MAX) {
    Py_DECREF(pixels);
    return PyErr_NoMemory();
  }
  int64_t at_once = (1 << 20) / plain.row;
  at_once = at_once < 1 ? 1 : at_once > height ? height : at_once;
  uint8_t *rows = malloc((size_t)(at_once * plain.row));
  PyObject *list = rows ? PyList_New((Py_ssize_t)total) : PyErr_NoMemory();
  // Numbers and tuples of them are part of no cycle. The collector, which runs every few hundred
  // tuples, would look for one in all that are there.
  if (list) PyObject_GC_UnTrack(list);
  Py_ssize_t place = 0;
  for (int64_t row = 0; list && row < height; row += at_once) {
    int64_t count = height - row < at_once ? height - row : at_once;
    Call call;
    call_begin(&call);
    int status = library.image_read_rows(
        pixels->image, row, count, plain.rawmode, rows, (size_t)(count * plain.row), 0);
    if (call_end(&call, status, NULL)) {
      Py_CLEAR(list);
      break;
    }
    const uint8_t *source = rows;
    for (int64_t pixel = count * width; list && pixel > 0; pixel--) {
      PyObject *value;
      if (is_break(place) && PyErr_CheckSignals()) {
        Py_CLEAR(list);
        break;
      }
      if (bands == 1) {
        value = stored(plain.store, source);
        source += plain.item;
      } else {
        value = PyTuple_New(bands);
        for (int band = 0; value && band < bands; band++, source += plain.item) {
          uint8_t flipped = *source ^ (band ? plain.flipped : 0);
          PyObject *one = stored(plain.store, plain.flipped ? &flipped : source);
          if (!one || PyTuple_SetItem(value, band, one)) Py_CLEAR(value);
        }
        if (value) PyObject_GC_UnTrack(value);
      }
      if (!value || PyList_SetItem(list, place++, value)) Py_CLEAR(list);
    }
  }
  free(rows);
  Py_DECREF(pixels);
  if (list) PyObject_GC_Track(list);
  return list;
}

static void store_number(Store store, long long number, uint8_t *place) {
  switch (store) {
    case AS_U8: *place = (uint8_t)number; break;
    case AS_BOOLEAN: *place = number != 0; break;
    case AS_U16: memcpy(place, &(uint16_t){(uint16_t)number}, 2); break;
    case AS_U16_SWAPPED: memcpy(place, &(uint16_t){__builtin_bswap16((uint16_t)number)}, 2); break;
    case AS_I32: memcpy(place, &(int32_t){(int32_t)number}, 4); break;
    case AS_I64: memcpy(place, &(int64_t){number}, 8); break;
    case AS_F32: memcpy(place, &(float){(float)number}, 4); break;
    case AS_F64: memcpy(place, &(double){(double)number}, 8); break;
  }
}

// The range of a sample, for those who store it.
static int store_sample(Store store, double value, uint8_t *place) {
  static const double lowest[] = {0, 0, 0, -0x1p31, -0x1p53, -HUGE_VAL, -HUGE_VAL, 0};
  static const double highest[] = {255, 65535, 65535, 0x1p31 - 1, 0x1p53, HUGE_VAL, HUGE_VAL, 255};
  bool is_whole = store < AS_F32 || store == AS_BOOLEAN;
  if (!(value >= lowest[store] && value <= highest[store]) && !(isnan(value) && !is_whole)) {
    PyObject *number = PyFloat_FromDouble(value);
    if (number) refuse(IMGTOOL_CAUSE_VALUE, "sample %R is out of the mode's range", number);
    Py_XDECREF(number);
    return -1;
  }
  if (is_whole && value != floor(value))
    return refuse(IMGTOOL_CAUSE_VALUE, "samples of this mode are whole numbers"), -1;
  if (is_whole)
    store_number(store, (long long)value, place);
  else if (store == AS_F32)
    memcpy(place, &(float){(float)value}, 4);
  else
    memcpy(place, &value, 8);
  return 0;
}

// A whole number that the mode holds, and a double as well; false for all else, and nothing stored.
static bool store_whole(Store store, PyObject *value, uint8_t *place) {
  static const long long lowest[] = {0, 0, 0, INT32_MIN, -EXACT, -EXACT, -EXACT, 0},
                         highest[] = {255, 65535, 65535, INT32_MAX, EXACT, EXACT, EXACT, 255};
  int overflow;
  if (!PyLong_CheckExact(value)) return false;
  long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow || number < lowest[store] || number > highest[store]) return false;
  store_number(store, number, place);
  return true;
}

// The same for a pixel: a number, or a tuple of as many as there are bands. Nobody else is called.
static bool store_plain(const Plain *plain, int bands, PyObject *value, uint8_t *place) {
  if (bands == 1) return store_whole(plain->store, value, place);
  if (!PyTuple_CheckExact(value) || PyTuple_Size(value) != bands) return false;
  for (int band = 0; band < bands; band++, place += plain->item) {
    if (!store_whole(plain->store, PyTuple_GetItem(value, band), place)) return false;
    if (band) *place ^= plain->flipped;
  }
  return true;
}

// The same for all that `samples_of` takes; -1 with an exception.
static int store_pixel(
    const Pixels *pixels, const Plain *plain, Py_ssize_t index, PyObject *value, uint8_t *place) {
  double samples[SAMPLES];
  int bands = pixels->info.band_count, found = samples_of(value, samples, SAMPLES);
  if (found < 0) return -1;
  if (found != bands)
    return refuse(
               IMGTOOL_CAUSE_VALUE, "pixel %zd has %d samples, mode %s has %d", index, found,
               pixels->info.mode, bands), -1;
  for (int band = 0; band < bands; band++, place += plain->item) {
    if (store_sample(plain->store, samples[band], place)) return -1;
    if (band) *place ^= plain->flipped;
  }
  return 0;
}

// Pixels row by row; fewer than there are leave the rest as it is. -1 with an exception; 1, and
// nothing stored, where `is_plain` is set and others are among them.
static int put_all(Pixels *pixels, PyObject *list, bool is_plain) {
  Plain plain;
  if (plain_of(pixels, &plain)) return -1;
  int64_t width = pixels->info.width, height = pixels->info.height;
  int bands = pixels->info.band_count;
  Py_ssize_t count = PyList_Size(list);
  if (count / width > height || (count / width == height && count % width))
    return refuse(IMGTOOL_CAUSE_VALUE, "%zd pixels are more than the image has", count), -1;
  int64_t row_count = count / width + (count % width != 0);
  if (row_count == 0) return 0;
  uint8_t *rows = malloc((size_t)(row_count * plain.row));
  if (!rows) return PyErr_NoMemory(), -1;
  int status = 0;
  if (count % width) {
    int64_t last = row_count - 1;
    status = answered(
        library.image_read_rows(
            pixels->image, last, 1, plain.rawmode, rows + last * plain.row, (size_t)plain.row, 1),
        NULL);
  }
  uint8_t *place = rows;
  for (Py_ssize_t index = 0; !status && index < count; index++, place += bands * plain.item) {
    if (is_break(index)) {
      status = PyErr_CheckSignals();
      // A list that is not ours may be another one after a handler.
      if (!status && PyList_Size(list) != count) status = 1;
      if (status) break;
    }
    PyObject *value = PyList_GetItem(list, index);
    if (!store_plain(&plain, bands, value, place))
      status = is_plain ? 1 : store_pixel(pixels, &plain, index, value, place);
  }
  if (!status) {
    Call call;
    call_begin(&call);
    status = library.image_write_rows(
        pixels->image, 0, row_count, plain.rawmode, rows, (size_t)(row_count * plain.row), 0);
    status = edited(call_end(&call, status, NULL));
  }
  free(rows);
  return status;
}

// Samples, or tuples of them for several bands.
PyObject *view_putdata(PyObject *self, PyObject *data) {
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  // Of our own: numbers that are asked for what they are may change the one that was given.
  PyObject *list = PySequence_List(data);
  int status = list ? put_all(pixels, list, false) : -1;
  Py_XDECREF(list);
  Py_DECREF(pixels);
  if (status) return NULL;
  Py_RETURN_NONE;
}

// The same for a list of whole numbers that the mode holds, or of tuples of as many as there are
// bands; False, and nothing stored, where others are among them.
PyObject *view_putplain(PyObject *self, PyObject *data) {
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  int status = PyList_CheckExact(data) ? put_all(pixels, data, true) : 1;
  Py_DECREF(pixels);
  return status < 0 ? NULL : PyBool_FromLong(status == 0);
}
