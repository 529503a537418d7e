#include "native.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct library library;

// Where this extension is; a library beside it is its own.
static void *open_beside(const char *name) {
  Dl_info found;
  if (!dladdr((void *)library_load, &found) || !found.dli_fname) return NULL;
  const char *slash = strrchr(found.dli_fname, '/');
  char path[PATH_MAX];
  int count = snprintf(
      path, sizeof path, "%.*s%s", slash ? (int)(slash - found.dli_fname + 1) : 0,
      found.dli_fname, name);
  if (count < 0 || count >= (int)sizeof path) return NULL;
  // The library stays for as long as the process: its threads and callbacks may outlive Python.
  return dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

static void *open_library(void) {
  const char *named = getenv("IMGTOOL_LIBRARY");
  if (named && *named) return dlopen(named, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  static const char *const names[] = {"libimgtool.so.1", "libimgtool-c.so"};
  for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
    void *found = open_beside(names[index]);
    if (found) return found;
  }
  return dlopen("libimgtool.so.1", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

int library_load(void) {
  static bool is_loaded;
  if (is_loaded) return 0;
  void *opened = open_library();
  if (!opened) {
    PyErr_Format(
        PyExc_ImportError,
        "libimgtool cannot be loaded: %s; install the package libimgtool1, or set IMGTOOL_LIBRARY "
        "to the path of the library", dlerror());
    return -1;
  }
#define FIND(name)                                                                                \
  *(void **)&library.name = dlsym(opened, "imgtool_" #name);                                      \
  if (!library.name) {                                                                            \
    PyErr_Format(                                                                                 \
        PyExc_ImportError,                                                                        \
        "the library has no function imgtool_" #name "; it is older than the package");           \
    return -1;                                                                                    \
  }
  LIBRARY_FUNCTIONS(FIND)
#undef FIND
  if (library.abi_version() != IMGTOOL_ABI_VERSION) {
    PyErr_Format(
        PyExc_ImportError, "the library's interface has version %d, the package needs %d",
        library.abi_version(), IMGTOOL_ABI_VERSION);
    return -1;
  }
  is_loaded = true;
  return 0;
}

// MARK: What it knows

static PyObject *version(PyObject *module, PyObject *unused) {
  return PyUnicode_FromString(library.version());
}

static int append(PyObject *list, const char *text) {
  PyObject *name = PyUnicode_FromString(text);
  int status = name ? PyList_Append(list, name) : -1;
  Py_XDECREF(name);
  return status;
}

static PyObject *modes(PyObject *module, PyObject *unused) {
  PyObject *list = PyList_New(0);
  const char *name;
  for (size_t index = 0; list && (name = library.mode_name(index)); index++)
    if (append(list, name)) Py_CLEAR(list);
  return list;
}

static PyObject *rawmodes(PyObject *module, PyObject *arguments) {
  const char *mode = NULL, *name, *of;
  if (!PyArg_ParseTuple(arguments, "|O&:rawmodes", name_argument, &mode)) return NULL;
  PyObject *list = PyList_New(0);
  for (size_t index = 0; list && (name = library.rawmode_name(index, &of)); index++)
    if ((!mode || strcmp(mode, of) == 0) && append(list, name)) Py_CLEAR(list);
  return list;
}

static PyObject *formats(PyObject *module, PyObject *arguments) {
  const char *mode = NULL, *name;
  if (!PyArg_ParseTuple(arguments, "|O&:formats", name_argument, &mode)) return NULL;
  PyObject *list = PyList_New(0);
  for (size_t index = 0; list && (name = library.format_name(index)); index++) {
    int status = mode ? answered(library.format_holds(name, mode), NULL) : IMGTOOL_OK;
    if (status < 0 || (status == IMGTOOL_OK && append(list, name))) Py_CLEAR(list);
  }
  return list;
}

// MARK: What modes are

static PyObject *bands_of(const imgtool_mode_facts *facts) {
  PyObject *bands = PyTuple_New(facts->band_count);
  for (int band = 0; bands && band < facts->band_count; band++) {
    PyObject *name = PyUnicode_FromString(facts->bands[band]);
    if (!name || PyTuple_SetItem(bands, band, name)) Py_CLEAR(bands);
  }
  return bands;
}

// For each sample type of a mode, how packed rows are an array.
static PyObject *arrays_of(const char *mode, const imgtool_mode_facts *facts) {
  PyObject *arrays = PyDict_New();
  for (int type = IMGTOOL_U8; arrays && type <= IMGTOOL_F64; type++) {
    const char *rawmode;
    imgtool_element element;
    if (!(facts->sample_types >> type & 1)) continue;
    if (library.mode_array(mode, type, &rawmode, &element) != IMGTOOL_OK) continue;
    PyObject *number = PyLong_FromLong(type);
    PyObject *array = Py_BuildValue(
        "sCiN", rawmode, (int)element.kind, (int)element.byte_count,
        PyBool_FromLong(element.is_big_endian));
    if (!number || !array || PyDict_SetItem(arrays, number, array)) Py_CLEAR(arrays);
    Py_XDECREF(number);
    Py_XDECREF(array);
  }
  return arrays;
}

static PyObject *mode_table(PyObject *module, PyObject *unused) {
  PyObject *table = PyDict_New();
  const char *name;
  for (size_t index = 0; table && (name = library.mode_name(index)); index++) {
    imgtool_mode_facts facts;
    if (answered(library.mode_describe(name, &facts), NULL)) {
      Py_CLEAR(table);
      break;
    }
    PyObject *bands = bands_of(&facts), *arrays = bands ? arrays_of(name, &facts) : NULL;
    PyObject *record =
        arrays ? Py_BuildValue("OiiO", bands, facts.alpha_band, facts.sample_type, arrays) : NULL;
    if (!record || PyDict_SetItemString(table, name, record)) Py_CLEAR(table);
    Py_XDECREF(bands);
    Py_XDECREF(arrays);
    Py_XDECREF(record);
  }
  return table;
}

static PyObject *element_mode(PyObject *module, PyObject *arguments) {
  long long bands;
  int kind, is_big_endian;
  imgtool_element element = {0};
  if (!PyArg_ParseTuple(
          arguments, "LCip:element_mode", &bands, &kind, &element.byte_count, &is_big_endian))
    return NULL;
  element.kind = kind;
  element.is_big_endian = is_big_endian;
  const char *mode;
  int status = answered(library.element_mode(&element, bands, &mode), NULL);
  if (status < 0) return NULL;
  if (status == IMGTOOL_NO) Py_RETURN_NONE;
  return PyUnicode_FromString(mode);
}

static PyObject *element_rawmode(PyObject *module, PyObject *arguments) {
  const char *mode;
  int kind, is_big_endian;
  imgtool_element element = {0};
  if (!PyArg_ParseTuple(
          arguments, "O&Cip:element_rawmode", name_argument, &mode, &kind, &element.byte_count,
          &is_big_endian))
    return NULL;
  element.kind = kind;
  element.is_big_endian = is_big_endian;
  const char *rawmode;
  int status = answered(library.element_rawmode(&element, mode, &rawmode), NULL);
  if (status == IMGTOOL_NO) return refuse(IMGTOOL_CAUSE_VALUE, "%s", library.last_error());
  return status < 0 ? NULL : PyUnicode_FromString(rawmode);
}

static PyObject *colors(PyObject *module, PyObject *unused) {
  PyObject *found = PyDict_New();
  const char *name;
  uint8_t rgba[4];
  for (size_t index = 0; found && (name = library.color_name(index, rgba)); index++) {
    PyObject *color = Py_BuildValue("iiii", rgba[0], rgba[1], rgba[2], rgba[3]);
    if (!color || PyDict_SetItemString(found, name, color)) Py_CLEAR(found);
    Py_XDECREF(color);
  }
  return found;
}

PyMethodDef library_methods[] = {
    {"mode_table", mode_table, METH_NOARGS,
     "What each mode is: its bands, which of them is opacity, its own sample type, and the arrays "
     "of its sample types."},
    {"element_mode", element_mode, METH_VARARGS,
     "The mode of an array that names none: bands, kind, itemsize, is_big_endian."},
    {"element_rawmode", element_rawmode, METH_VARARGS,
     "How elements store a mode: mode, kind, itemsize, is_big_endian."},
    {"version", version, METH_NOARGS, "version()\n--\n\nThe version of the library."},
    {"modes", modes, METH_NOARGS, "modes()\n--\n\nThe modes that this build knows."},
    {"rawmodes", rawmodes, METH_VARARGS,
     "rawmodes(mode=None, /)\n--\n\nThe ways to store pixels, of one mode or of all."},
    {"formats", formats, METH_VARARGS,
     "formats(mode=None, /)\n--\n\nThe formats that this build saves, or those that hold a mode."},
    {"colors", colors, METH_NOARGS, "colors()\n--\n\nThe colors that CSS has names for, as RGBA."},
    {NULL}};
