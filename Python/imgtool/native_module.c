#include "native.h"

static PyObject *set_image_class(PyObject *module, PyObject *type) {
  if (view_set_class(type)) return NULL;
  Py_RETURN_NONE;
}

static PyObject *set_refusal(PyObject *module, PyObject *function) {
  if (calls_set_refusal(function)) return NULL;
  Py_RETURN_NONE;
}

static PyObject *set_colors(PyObject *module, PyObject *function) {
  if (samples_set_colors(function)) return NULL;
  Py_RETURN_NONE;
}

static PyMethodDef module_methods[] = {
    {"set_image_class", set_image_class, METH_O, "The class of the images that are made."},
    {"set_refusal", set_refusal, METH_O,
     "The function that makes exceptions: of a cause's name, an errno, a text and a path."},
    {"set_colors", set_colors, METH_O,
     "The function that knows colors: of an image or None, a mode, a sample type and a color."},
    {NULL}};

static int execute(PyObject *made) {
  // Types and what waits for the interpreter's lock are the process's, and so one interpreter's.
  static int64_t interpreter = -1;
  int64_t current = PyInterpreterState_GetID(PyInterpreterState_Get());
  if (interpreter != -1 && interpreter != current) {
    PyErr_SetString(PyExc_ImportError, "imgtool is in use by another interpreter of the process");
    return -1;
  }
  if (library_load()) return -1;
  PyMethodDef *const tables[] = {
      library_methods, keeper_methods, memory_methods, making_methods};
  for (size_t index = 0; index < sizeof tables / sizeof *tables; index++)
    if (PyModule_AddFunctions(made, tables[index])) return -1;
  if (interpreter == -1) {
    if (memory_prepare(made) || pixels_prepare(made) || samples_prepare(made)) return -1;
    keepers_prepare();
  }
  if (view_prepare(made)) return -1;
  Py_INCREF(access_type);
  if (PyModule_AddObject(made, "PixelAccess", (PyObject *)access_type)) {
    Py_DECREF(access_type);
    return -1;
  }
  interpreter = current;
  return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "imgtool._native", "Images of libimgtool as objects of Python.", 0,
    module_methods, slots};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&module); }
