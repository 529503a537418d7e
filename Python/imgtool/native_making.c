// Images on memory, on files, and of their own.
#include "native.h"

// A layout as a dict of the fields of imgtool_layout. Its strings live as long as the dict.
static int layout_of(PyObject *fields, imgtool_layout *layout) {
  static char *names[] = {"mode",        "rawmode",      "width",         "height",
                          "offset",      "stride",       "plane_stride",  "orientation",
                          "interleave",  "is_strided",   "pixel_stride",  "band_stride",
                          "palette",     "palette_bands", NULL};
  PyObject *nothing = PyTuple_New(0), *palette = NULL;
  long long width = 0, height = 0, offset = 0, stride = 0, plane = 0, pixel = 0, band = 0;
  int orientation = 0, interleave = 0, is_strided = 0, bands = 0;
  *layout = (imgtool_layout){.struct_size = sizeof *layout};
  int is_parsed =
      nothing && PyArg_ParseTupleAndKeywords(
                     nothing, fields, "|$O&O&LLLLLiipLLSi:layout", names, name_argument,
                     &layout->mode, name_argument, &layout->rawmode, &width, &height, &offset,
                     &stride, &plane, &orientation, &interleave, &is_strided, &pixel, &band,
                     &palette, &bands);
  Py_XDECREF(nothing);
  if (!is_parsed) return -1;
  layout->width = width;
  layout->height = height;
  layout->offset = offset;
  layout->stride = stride;
  layout->plane_stride = plane;
  layout->orientation = orientation;
  layout->interleave = interleave;
  layout->is_strided = is_strided;
  layout->pixel_stride = pixel;
  layout->band_stride = band;
  if (palette && bands > 0) {
    layout->palette = (const uint8_t *)PyBytes_AsString(palette);
    layout->palette_bands = bands;
    layout->palette_count = (size_t)(PyBytes_Size(palette) / bands);
  }
  return 0;
}

static PyObject *from_memory(PyObject *module, PyObject *arguments) {
  PyObject *object, *fields;
  Py_ssize_t below, count;
  int is_readonly;
  if (!PyArg_ParseTuple(
          arguments, "O!nnpO!:from_memory", memory_type, &object, &below, &count, &is_readonly,
          &PyDict_Type, &fields))
    return NULL;
  Memory *memory = (Memory *)object;
  imgtool_layout layout;
  if (layout_of(fields, &layout)) return NULL;
  if (below < memory->below || count < 0 || below > memory->above ||
      count > memory->above - below)
    return refuse(IMGTOOL_CAUSE_VALUE, "the pixels are not all within the memory of the object");
  imgtool_image *image = NULL;
  keeper_retain(memory->keeper);
  int status = library.image_from_memory(
      memory->data + below, (size_t)count, &layout,
      is_readonly || memory->is_readonly ? IMGTOOL_READ_ONLY : IMGTOOL_READ_WRITE, keeper_released,
      memory->keeper, &image);
  if (answered(status, NULL)) {
    // The library did not take it, so that this is not the last reference.
    keeper_release(memory->keeper);
    return NULL;
  }
  return view_new(image, object);
}

// Runs a call that makes an image of a file, in an expression with `path` and `image`.
#define IMAGE_OF_FILE(object, expression)                                                         \
  PyObject *encoded = NULL;                                                                       \
  if (!PyUnicode_FSConverter(object, &encoded)) return NULL;                                      \
  const char *path = PyBytes_AsString(encoded);                                                   \
  imgtool_image *image = NULL;                                                                    \
  Call call;                                                                                      \
  call_begin(&call);                                                                              \
  int status = expression;                                                                        \
  status = call_end(&call, status, object);                                                       \
  Py_DECREF(encoded);                                                                             \
  if (status < 0 && image) library.image_free(image);                                             \
  return status < 0 ? NULL : view_new(image, NULL);

static PyObject *map(PyObject *module, PyObject *arguments) {
  PyObject *object, *fields;
  int access;
  if (!PyArg_ParseTuple(arguments, "OiO!:map", &object, &access, &PyDict_Type, &fields))
    return NULL;
  imgtool_layout layout;
  if (layout_of(fields, &layout)) return NULL;
  IMAGE_OF_FILE(object, library.image_map(path, &layout, access, &image))
}

static PyObject *open_file(PyObject *module, PyObject *arguments) {
  PyObject *object;
  int access;
  long long frame;
  if (!PyArg_ParseTuple(arguments, "OiL:open", &object, &access, &frame)) return NULL;
  IMAGE_OF_FILE(object, library.image_open(path, access, frame, &image))
}

static PyObject *open_tensor(PyObject *module, PyObject *arguments) {
  PyObject *object;
  int access;
  const char *tensor;
  if (!PyArg_ParseTuple(arguments, "OiO&:open_tensor", &object, &access, name_argument, &tensor))
    return NULL;
  IMAGE_OF_FILE(object, library.image_open_tensor(path, access, tensor, &image))
}

static PyObject *new(PyObject *module, PyObject *arguments) {
  const char *mode;
  long long width, height;
  if (!PyArg_ParseTuple(arguments, "O&LL:new", name_argument, &mode, &width, &height)) return NULL;
  if (!mode) return refuse(CAUSE_TYPE, "the name of a mode is expected, not None");
  imgtool_image *image = NULL;
  if (answered(library.image_new(mode, width, height, &image), NULL)) return NULL;
  return view_new(image, NULL);
}

PyMethodDef making_methods[] = {
    {"from_memory", from_memory, METH_VARARGS,
     "An image on Memory: memory, below, count, readonly, a dict of the layout."},
    {"map", map, METH_VARARGS, "An image on a file: path, access, a dict of the layout."},
    {"open", open_file, METH_VARARGS, "An image of a file that describes itself."},
    {"open_tensor", open_tensor, METH_VARARGS, "An image of one array of such a file."},
    {"new", new, METH_VARARGS, "An image of zeros."},
    {"from_dlpack", exchange_from_dlpack, METH_VARARGS, "An image on the tensor of a capsule."},
    {"tensor_type", exchange_tensor_type, METH_O,
     "Of a capsule: bands, kind and bytes of the elements."},
    {"from_arrow", exchange_from_arrow, METH_VARARGS, "An image on the array of two capsules."},
    {NULL}};
