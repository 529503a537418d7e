// One image of the library, and its bytes as a buffer of Python.
#include "native.h"

#include <string.h>

PyTypeObject *pixels_type;

Pixels *pixels_new(imgtool_image *image, PyObject *memory) {
  Pixels *pixels = (Pixels *)PyType_GenericAlloc(pixels_type, 0);
  if (!pixels) {
    lock_held_begin();
    library.image_free(image);
    lock_held_end();
    return NULL;
  }
  pixels->image = image;
  Py_XINCREF(memory);
  pixels->memory = memory;
  if (answered(library.image_info(image, &pixels->info), NULL)) {
    Py_DECREF(pixels);
    return NULL;
  }
  pixels->has_integers =
      pixels->info.sample_type <= IMGTOOL_I32 || strcmp(pixels->info.mode, "I") == 0;
  return pixels;
}

static int pixels_traverse(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(((Pixels *)self)->memory);
  return 0;
}

static void pixels_dealloc(PyObject *self) {
  PyObject_GC_UnTrack(self);
  PyTypeObject *type = Py_TYPE(self);
  Pixels *pixels = (Pixels *)self;
  lock_held_begin();
  library.image_free(pixels->image);
  lock_held_end();
  Py_XDECREF(pixels->memory);
  PyObject_GC_Del(self);
  Py_DECREF(type);
}

const imgtool_array *pixels_array(Pixels *pixels, int cause) {
  if (pixels->is_array_known) return &pixels->array;
  if (library.image_array(pixels->image, &pixels->array) != IMGTOOL_OK)
    return refuse(cause, "%s", library.last_error()), NULL;
  // An image without pixels has one in the library.
  pixels->array.shape[0] = pixels->info.height;
  pixels->array.shape[1] = pixels->info.width;
  for (int axis = 0; axis < 3; axis++) {
    pixels->shape[axis] = pixels->array.shape[axis];
    pixels->strides[axis] = pixels->array.strides[axis];
  }
  pixels->is_array_known = true;
  return &pixels->array;
}

// MARK: The buffer protocol

// The letters of the module struct, by kind and size of the elements.
static const struct {
  char kind, bytes;
  char letters[3];
} letters[] = {
    {'b', 1, ">?"}, {'u', 1, ">B"}, {'i', 1, ">b"}, {'u', 2, ">H"}, {'i', 2, ">h"}, {'u', 4, ">I"},
    {'i', 4, ">i"}, {'u', 8, ">Q"}, {'i', 8, ">q"}, {'f', 2, ">e"}, {'f', 4, ">f"}, {'f', 8, ">d"},
};

static const char *format_of(const imgtool_array *array) {
  for (size_t index = 0; index < sizeof letters / sizeof *letters; index++)
    if (letters[index].kind == array->kind && letters[index].bytes == array->item_byte_count)
      return letters[index].letters + (array->is_big_endian && letters[index].bytes > 1 ? 0 : 1);
  return NULL;
}

static bool is_packed(const Pixels *pixels, int axes, Py_ssize_t step, bool is_row_major) {
  for (int index = 0; index < axes; index++) {
    int axis = is_row_major ? axes - 1 - index : index;
    if (pixels->shape[axis] != 1 && pixels->strides[axis] != step) return false;
    step *= pixels->shape[axis];
  }
  return true;
}

static int pixels_getbuffer(PyObject *self, Py_buffer *view, int flags) {
  Pixels *pixels = (Pixels *)self;
  view->obj = NULL;
  const imgtool_array *array = pixels_array(pixels, CAUSE_BUFFER);
  if (!array) return -1;
  const char *format = format_of(array);
  if (!format) return refuse(CAUSE_BUFFER, "no buffer has samples of this type"), -1;
  if ((flags & PyBUF_WRITABLE) && array->is_read_only)
    return refuse(CAUSE_BUFFER, "the image is read-only"), -1;
  int axes = array->dimension_count;
  Py_ssize_t item = array->item_byte_count;
  bool is_c = is_packed(pixels, axes, item, true);
  bool is_fortran = is_packed(pixels, axes, item, false);
  bool is_asked_c = (flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS,
       is_asked_fortran = (flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS,
       is_asked_any = (flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS,
       has_strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES;
  if (((!has_strides || is_asked_c) && !is_c) || (is_asked_fortran && !is_fortran) ||
      (is_asked_any && !is_c && !is_fortran))
    return refuse(CAUSE_BUFFER, "the rows have gaps; np.asarray and memoryview take them"), -1;
  Py_INCREF(self);
  view->obj = self;
  view->buf = array->data;
  view->itemsize = item;
  view->len = item;
  for (int axis = 0; axis < axes; axis++) view->len *= pixels->shape[axis];
  view->readonly = array->is_read_only;
  view->ndim = flags & PyBUF_ND ? axes : 1;
  view->format = flags & PyBUF_FORMAT ? (char *)format : NULL;
  view->shape = flags & PyBUF_ND ? pixels->shape : NULL;
  view->strides = has_strides ? pixels->strides : NULL;
  view->suboffsets = NULL;
  view->internal = NULL;
  return 0;
}

static PyType_Slot pixels_slots[] = {
    {Py_tp_doc, "The pixels that images and exports share."},
    {Py_tp_traverse, pixels_traverse},
    {Py_tp_dealloc, pixels_dealloc},
    {Py_tp_new, native_no_new},
    {Py_bf_getbuffer, pixels_getbuffer},
    {0, NULL}};

static PyType_Spec pixels_spec = {
    .name = "imgtool._native.Pixels",
    .basicsize = sizeof(Pixels),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = pixels_slots};

int pixels_prepare(PyObject *module) {
  pixels_type = (PyTypeObject *)PyType_FromSpec(&pixels_spec);
  return pixels_type ? 0 : -1;
}
