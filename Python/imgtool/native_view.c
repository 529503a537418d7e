// The base of `imgtool.Image`: the facts of an image, and questions about it.
#include "native.h"

#include <string.h>

PyTypeObject *view_type;
static PyTypeObject *image_class;

int view_set_class(PyObject *type) {
  if (!PyType_Check(type) || !PyType_IsSubtype((PyTypeObject *)type, view_type)) {
    PyErr_SetString(PyExc_TypeError, "a class on View is expected");
    return -1;
  }
  Py_INCREF(type);
  Py_XDECREF(image_class);
  image_class = (PyTypeObject *)type;
  return 0;
}

PyObject *view_new(imgtool_image *image, PyObject *memory) {
  Pixels *pixels = pixels_new(image, memory);
  if (!pixels) return NULL;
  View *view = (View *)PyType_GenericAlloc(image_class ? image_class : view_type, 0);
  if (view)
    view->pixels = pixels;
  else
    Py_DECREF(pixels);
  return (PyObject *)view;
}

Pixels *view_pixels(PyObject *object) {
  if (!PyObject_TypeCheck(object, view_type))
    return refuse(CAUSE_TYPE, "an image of imgtool is expected"), NULL;
  View *view = (View *)object;
  if (!view->pixels || view->is_closed) return refuse(CAUSE_CLOSED, "the image is closed"), NULL;
  Py_INCREF(view->pixels);
  return view->pixels;
}

// MARK: Facts

#define FACT(name, expression)                                                                    \
  static PyObject *get_##name(PyObject *self, void *unused) {                                     \
    Pixels *pixels = view_pixels(self);                                                           \
    if (!pixels) return NULL;                                                                     \
    const imgtool_info *info = &pixels->info;                                                     \
    PyObject *result = expression;                                                                \
    Py_DECREF(pixels);                                                                            \
    return result;                                                                                \
  }
FACT(mode, PyUnicode_FromString(info->mode))
FACT(width, PyLong_FromLongLong(info->width))
FACT(height, PyLong_FromLongLong(info->height))
FACT(size, Py_BuildValue("LL", (long long)info->width, (long long)info->height))
FACT(readonly, PyBool_FromLong(info->read_only != IMGTOOL_WRITABLE))
FACT(frames, PyLong_FromLongLong(info->frame_count))
FACT(bands, PyLong_FromLong(info->band_count))
FACT(sample_type, PyLong_FromLong(info->sample_type))

static PyObject *get_closed(PyObject *self, void *unused) {
  View *view = (View *)self;
  return PyBool_FromLong(!view->pixels || view->is_closed);
}

static PyGetSetDef view_getset[] = {
    {"mode", get_mode, NULL, "The mode's name."},
    {"width", get_width, NULL, "Pixels in a row."},
    {"height", get_height, NULL, "Rows."},
    {"size", get_size, NULL, "Width and height."},
    {"readonly", get_readonly, NULL,
     "Whether edits are refused: the bytes may only be read, or the pixels are computed."},
    {"n_frames", get_frames, NULL, "How many images the file has."},
    {"_band_count", get_bands},
    {"_sample_type", get_sample_type},
    {"_is_closed", get_closed},
    {NULL}};

static PyObject *view_sharing(PyObject *self, PyObject *unused) {
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  imgtool_sharing found = {0};
  Call call;
  call_begin(&call);
  int status = library.image_sharing(pixels->image, &found);
  status = call_end(&call, status, NULL);
  Py_DECREF(pixels);
  if (status < 0) return NULL;
  return Py_BuildValue(
      "NsNLLL", PyBool_FromLong(status == IMGTOOL_OK),
      status == IMGTOOL_OK ? "" : library.last_error(), PyLong_FromVoidPtr(found.address),
      (long long)found.offset, (long long)found.byte_count, (long long)found.detached_pages);
}

static PyObject *view_palette(PyObject *self, PyObject *unused) {
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  uint8_t colors[1024];
  size_t count = 0;
  int status = answered(library.image_palette(pixels->image, colors, &count), NULL);
  Py_DECREF(pixels);
  if (status < 0) return NULL;
  if (status == IMGTOOL_NO) Py_RETURN_NONE;
  return PyBytes_FromStringAndSize((char *)colors, (Py_ssize_t)count * 4);
}

// MARK: Questions

static PyObject *view_compare(PyObject *self, PyObject *arguments) {
  PyObject *other;
  double tolerance = 0;
  if (!PyArg_ParseTuple(arguments, "O|d:compare", &other, &tolerance)) return NULL;
  Pixels *given = view_pixels(other);
  if (!given) return NULL;
  Pixels *pixels = view_pixels(self);
  imgtool_difference found = {.first_x = -1, .first_y = -1};
  int status = -1;
  if (pixels) {
    Call call;
    call_begin(&call);
    status = library.image_compare(pixels->image, given->image, tolerance, 0, &found);
    status = call_end(&call, status, NULL);
    Py_DECREF(pixels);
  }
  Py_DECREF(given);
  if (status < 0) return NULL;
  return Py_BuildValue(
      "NsLdddLL", PyBool_FromLong(status == IMGTOOL_OK),
      status == IMGTOOL_OK ? "" : library.last_error(), (long long)found.differing_pixels,
      found.maximum, found.mean, found.psnr, (long long)found.first_x, (long long)found.first_y);
}

// Puts an item of metadata into a dictionary; of texts with one key the last one stays.
static int metadata_item(
    void *context, const char *key, int kind, const void *value, size_t byte_count) {
  const double *numbers = value;
  size_t count = byte_count / sizeof *numbers;
  PyObject *object;
  if (kind == IMGTOOL_BYTES) {
    object = PyBytes_FromStringAndSize(value, (Py_ssize_t)byte_count);
  } else if (kind == IMGTOOL_TEXT) {
    object = PyUnicode_DecodeUTF8(value, (Py_ssize_t)byte_count, "replace");
  } else if (count == 1) {
    object = strcmp(key, "srgb") == 0 ? PyLong_FromDouble(numbers[0])
                                      : PyFloat_FromDouble(numbers[0]);
  } else {
    object = PyTuple_New((Py_ssize_t)count);
    for (size_t index = 0; object && index < count; index++) {
      PyObject *number = PyFloat_FromDouble(numbers[index]);
      if (!number || PyTuple_SetItem(object, (Py_ssize_t)index, number)) Py_CLEAR(object);
    }
  }
  int result = object ? PyDict_SetItemString(context, key, object) : -1;
  Py_XDECREF(object);
  return result;
}

static PyObject *view_metadata(PyObject *self, PyObject *unused) {
  (void)unused;
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  PyObject *found = PyDict_New();
  int status = found ? library.image_metadata(pixels->image, metadata_item, found) : -1;
  Py_DECREF(pixels);
  if (!found || PyErr_Occurred() || answered(status, NULL) < 0) Py_CLEAR(found);
  return found;
}

static PyObject *view_hash(PyObject *self, PyObject *unused) {
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  char text[65] = "";
  Call call;
  call_begin(&call);
  int status = library.image_hash(pixels->image, 0, text);
  status = call_end(&call, status, NULL);
  Py_DECREF(pixels);
  return status < 0 ? NULL : PyUnicode_FromString(text);
}

// The pixels in place; whoever has the address has nothing else, so `close` waits for the image's
// end from here on.
static PyObject *view_array_interface(PyObject *self, PyObject *unused) {
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  const imgtool_array *array = pixels_array(pixels, IMGTOOL_CAUSE_VALUE);
  PyObject *result = NULL;
  if (array) {
    ((View *)self)->has_shown_address = true;
    char order = array->item_byte_count == 1 ? '|' : array->is_big_endian ? '>' : '<';
    const int64_t *shape = array->shape, *strides = array->strides;
    bool is_flat = array->dimension_count == 2;
    result = Py_BuildValue(
        "{s:i,s:N,s:N,s:N,s:(NN)}", "version", 3, "shape",
        Py_BuildValue(is_flat ? "LL" : "LLL", shape[0], shape[1], shape[2]), "strides",
        Py_BuildValue(is_flat ? "LL" : "LLL", strides[0], strides[1], strides[2]), "typestr",
        PyUnicode_FromFormat("%c%c%d", order, array->kind, array->item_byte_count), "data",
        PyLong_FromVoidPtr(array->data), PyBool_FromLong(array->is_read_only));
  }
  Py_DECREF(pixels);
  return result;
}

// MARK: Lifetime

static PyObject *view_close(PyObject *self, PyObject *unused) {
  View *view = (View *)self;
  view->is_closed = true;
  if (!view->has_shown_address) Py_CLEAR(view->pixels);
  Py_RETURN_NONE;
}

static int view_getbuffer(PyObject *self, Py_buffer *view, int flags) {
  view->obj = NULL;
  Pixels *pixels = view_pixels(self);
  if (!pixels) return -1;
  int status = PyObject_GetBuffer((PyObject *)pixels, view, flags);
  Py_DECREF(pixels);
  return status;
}

static int view_traverse(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(((View *)self)->pixels);
  return 0;
}

static int view_clear(PyObject *self) {
  Py_CLEAR(((View *)self)->pixels);
  return 0;
}

static void view_dealloc(PyObject *self) {
  PyObject_GC_UnTrack(self);
  PyTypeObject *type = Py_TYPE(self);
  view_clear(self);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

#define FAST(function) (PyCFunction)(void (*)(void))function, METH_FASTCALL | METH_KEYWORDS
#define WITH_KEYWORDS(function) (PyCFunction)(void (*)(void))function, METH_VARARGS | METH_KEYWORDS

static PyMethodDef view_methods[] = {
    {"close", view_close, METH_NOARGS,
     "close($self, /)\n--\n\n"
     "Lets go of the bytes. The image cannot be used afterwards; its views and arrays can."},
    {"getpixel", FAST(view_getpixel),
     "getpixel($self, /, xy)\n--\n\n"
     "The sample at a position, or a tuple of samples for several bands."},
    {"putpixel", FAST(view_putpixel),
     "putpixel($self, /, xy, value)\n--\n\nSets a pixel, in place."},
    {"_getdata", view_getdata, METH_NOARGS},
    {"_putdata", view_putdata, METH_O},
    {"_putplain", view_putplain, METH_O},
    {"_load", view_load, METH_NOARGS},
    {"_tobytes", view_tobytes, METH_VARARGS},
    {"_read_into", view_read_into, METH_VARARGS},
    {"_fill", view_fill, METH_VARARGS},
    {"_sharing", view_sharing, METH_NOARGS},
    {"_palette", view_palette, METH_NOARGS},
    {"_crop", view_crop, METH_VARARGS},
    {"_band", view_band, METH_VARARGS},
    {"_reorient", view_reorient, METH_VARARGS},
    {"_every", view_every, METH_VARARGS},
    {"_convert", view_convert, METH_VARARGS},
    {"_window", view_window, METH_VARARGS},
    {"_automatic_window", view_automatic_window, METH_VARARGS},
    {"_copy", view_copy, METH_NOARGS},
    {"_paste", view_paste, METH_VARARGS},
    {"_invert", view_invert, METH_NOARGS},
    {"_flip", view_flip, METH_VARARGS},
    {"_swap", view_swap, METH_VARARGS},
    {"_add", view_add, METH_VARARGS},
    {"_flush", view_flush, METH_NOARGS},
    {"_compare", view_compare, METH_VARARGS},
    {"_hash", view_hash, METH_NOARGS},
    {"_metadata", view_metadata, METH_NOARGS},
    {"_array_interface", view_array_interface, METH_NOARGS},
    {"_save", WITH_KEYWORDS(view_save)},
    {"_save_to", WITH_KEYWORDS(view_save_to)},
    {"_check_descriptor", view_check_descriptor, METH_O},
    {"_dlpack", view_dlpack, METH_O},
    {"_arrow", view_arrow, METH_O},
    {"_arrow_schema", view_arrow_schema, METH_NOARGS},
    {"_with_palette", view_with_palette, METH_O},
    {"_statistics", view_statistics, METH_NOARGS},
    {"_file_format", view_file_format, METH_NOARGS},
    {"_adopt", view_adopt, METH_O},
    {"_hide", view_hide, METH_VARARGS},
    {NULL}};

static PyType_Slot view_slots[] = {
    {Py_tp_doc, "What an image of the package is on."},
    {Py_tp_new, native_no_new},
    {Py_tp_traverse, view_traverse},
    {Py_tp_clear, view_clear},
    {Py_tp_dealloc, view_dealloc},
    {Py_tp_methods, view_methods},
    {Py_tp_getset, view_getset},
    {Py_bf_getbuffer, view_getbuffer},
    {0, NULL}};

static PyType_Spec view_spec = {
    .name = "imgtool._native.View",
    .basicsize = sizeof(View),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = view_slots};

int view_prepare(PyObject *module) {
  if (!view_type) view_type = (PyTypeObject *)PyType_FromSpec(&view_spec);
  if (!view_type) return -1;
  Py_INCREF(view_type);
  return PyModule_AddObject(module, "View", (PyObject *)view_type);
}
