#include "native.h"

#include <stdarg.h>
#include <string.h>

static PyObject *refusal;

int calls_set_refusal(PyObject *function) {
  Py_INCREF(function);
  Py_XDECREF(refusal);
  refusal = function;
  return 0;
}

// What the package calls the causes.
static const char *const cause_names[] = {
    [IMGTOOL_CAUSE_VALUE] = "value",
    [IMGTOOL_CAUSE_SYSTEM] = "system",
    [IMGTOOL_CAUSE_MEMORY] = "memory",
    [IMGTOOL_CAUSE_OUTSIDE] = "outside",
    [IMGTOOL_CAUSE_CONTENTS] = "contents",
    [IMGTOOL_CAUSE_READ_ONLY] = "read-only",
    [IMGTOOL_CAUSE_INTERRUPTED] = "interrupted",
    [CAUSE_TYPE] = "type",
    [CAUSE_BUFFER] = "buffer",
    [CAUSE_CLOSED] = "closed",
    [CAUSE_OVERFLOW] = "overflow"};

// A newer library may have causes that nobody here has a name for.
static const char *cause_name(int cause) {
  bool is_known =
      cause >= 0 && (size_t)cause < sizeof cause_names / sizeof *cause_names && cause_names[cause];
  return cause_names[is_known ? cause : IMGTOOL_CAUSE_VALUE];
}

// Steals the text.
static void raise(int cause, int code, PyObject *text, PyObject *path) {
  PyObject *error = NULL;
  if (text && refusal)
    error = PyObject_CallFunction(
        refusal, "siOO", cause_name(cause), code, text, path ? path : Py_None);
  if (error) PyErr_SetObject((PyObject *)Py_TYPE(error), error);
  if (!error && !PyErr_Occurred()) PyErr_SetObject(PyExc_ValueError, text);
  Py_XDECREF(error);
  Py_XDECREF(text);
}

PyObject *refuse(int cause, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  raise(cause, 0, PyUnicode_FromFormatV(format, arguments), NULL);
  va_end(arguments);
  return NULL;
}

int argument_status(int status) {
  PyObject *kind = PyErr_Occurred();
  // An error of a class of its own, such as the package's, says what it is.
  if (kind != PyExc_TypeError && kind != PyExc_OverflowError) return status;
  int cause = kind == PyExc_TypeError ? CAUSE_TYPE : CAUSE_OVERFLOW;
  PyObject *type, *error, *trace;
  PyErr_Fetch(&type, &error, &trace);
  PyErr_NormalizeException(&type, &error, &trace);
  raise(cause, 0, PyObject_Str(error), NULL);
  Py_XDECREF(type);
  Py_XDECREF(error);
  Py_XDECREF(trace);
  return status;
}

int parse_tuple(PyObject *arguments, const char *format, ...) {
  va_list targets;
  va_start(targets, format);
  int is_parsed = PyArg_VaParse(arguments, format, targets);
  va_end(targets);
  return argument_status(is_parsed);
}

int parse_keywords(
    PyObject *arguments, PyObject *keywords, const char *format, char *const *names, ...) {
  va_list targets;
  va_start(targets, names);
  int is_parsed =
      PyArg_VaParseTupleAndKeywords(arguments, keywords, format, (char **)names, targets);
  va_end(targets);
  return argument_status(is_parsed);
}

int answered(int status, PyObject *path) {
  // An exception of the caller's own function says more than that the call was stopped.
  if (PyErr_Occurred()) return -1;
  if (status != IMGTOOL_REFUSED) return status;
  const char *text = library.last_error();
  raise(
      library.last_cause(), library.last_errno(),
      PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace"), path);
  return -1;
}

int edited(int status) {
  if (status < 0) return status;
  const char *note = library.last_note();
  return *note && PyErr_WarnEx(PyExc_UserWarning, note, 1) ? -1 : status;
}

void call_resume(Call *call) {
  PyEval_RestoreThread(call->thread);
  lock_held_resume(call->held_before);
}

void call_pause(Call *call) {
  call->held_before = lock_held_suspend();
  call->thread = PyEval_SaveThread();
}

// Whether a signal's handler raised, such as that of Ctrl-C.
static int check_signals(void *context) {
  if (interpreter_ends()) return 0;
  Call *call = context;
  call_resume(call);
  bool is_interrupted = PyErr_Occurred() || PyErr_CheckSignals() != 0;
  call_pause(call);
  return is_interrupted;
}

static _Thread_local Call *current;

static void set_current(Call *call) {
  current = call;
  library.set_interrupt(call ? check_signals : NULL, call);
}

void call_begin(Call *call) {
  drop_waiting();
  call->outer = current;
  set_current(call);
  call_pause(call);
}

int call_end(Call *call, int status, PyObject *path) {
  call_resume(call);
  set_current(call->outer);
  return answered(status, path);
}

PyObject *native_no_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
  PyErr_SetString(
      PyExc_TypeError,
      "images are made by imgtool.new, open, frombuffer, fromarray, fromfile and the like");
  return NULL;
}

int name_argument(PyObject *object, void *name) {
  const char **result = name;
  *result = NULL;
  if (object == Py_None) return 1;
  if (!PyUnicode_Check(object)) {
    PyObject *type = PyObject_GetAttrString((PyObject *)Py_TYPE(object), "__name__");
    if (type) refuse(CAUSE_TYPE, "a name is expected as a str, not %U", type);
    Py_XDECREF(type);
    return 0;
  }
  Py_ssize_t count;
  const char *text = PyUnicode_AsUTF8AndSize(object, &count);
  if (!text) return 0;
  if (strlen(text) != (size_t)count) {
    PyErr_SetString(PyExc_ValueError, "embedded null byte");
    return 0;
  }
  *result = text;
  return 1;
}
