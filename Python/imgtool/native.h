// The extension `imgtool._native`: images of libimgtool as objects of Python.
//
//   Memory       an object of Python whose bytes images look at, held until the last is gone
//   Pixels       one image of the library; what every export and every running call holds
//   View         the base of `imgtool.Image`: a reference to Pixels that `close` drops
//   PixelAccess  what `Image.load` gives: access[x, y]
//
// Functions that touch many pixels run without the interpreter's lock, and hold Pixels meanwhile.
// The library may let go of memory on any thread at any time: see `native_keepers.c`.
#ifndef IMGTOOL_NATIVE_H
#define IMGTOOL_NATIVE_H

// The stable interface of 3.11 is the first with Py_buffer in it. All that is used of it here
// exists since 3.9 under the same names, so that one build runs on 3.9 and everything later.
#include <patchlevel.h>
#undef Py_LIMITED_API
#if PY_VERSION_HEX >= 0x030B0000
#define Py_LIMITED_API 0x030B0000
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#ifdef Py_LIMITED_API
// As the interface of before 3.11 has them: for every structure that starts as an object does.
#undef Py_INCREF
#undef Py_DECREF
#undef Py_XINCREF
#undef Py_XDECREF
#define Py_INCREF(object) Py_INCREF((PyObject *)(object))
#define Py_DECREF(object) Py_DECREF((PyObject *)(object))
#define Py_XINCREF(object) Py_XINCREF((PyObject *)(object))
#define Py_XDECREF(object) Py_XDECREF((PyObject *)(object))
// The header files of 3.12 give these away uncounted, since they are immortal from there on.
#undef Py_RETURN_NONE
#undef Py_RETURN_TRUE
#undef Py_RETURN_FALSE
#define Py_RETURN_NONE return Py_INCREF(Py_None), Py_None
#define Py_RETURN_TRUE return Py_INCREF(Py_True), Py_True
#define Py_RETURN_FALSE return Py_INCREF(Py_False), Py_False
#endif

#include <imgtool.h>
#include <stdatomic.h>
#include <stdbool.h>

// MARK: The library (native_library.c)

// What refuses beside the library, far above the numbers of imgtool_last_cause: an argument is of the
// wrong type; an export cannot be; the image is closed; a number is too large. `native_calls.c` has the
// names by which the package knows all of them.
enum { CAUSE_TYPE = 100, CAUSE_BUFFER, CAUSE_CLOSED, CAUSE_OVERFLOW };

// Every function that is called.
#define LIBRARY_FUNCTIONS(F)                                                                      \
  F(abi_version) F(version) F(last_error) F(last_note) F(mode_name) F(rawmode_name)               \
  F(format_name) F(row_byte_count) F(format_holds) F(image_from_memory) F(image_map)              \
  F(color_name) F(mode_describe) F(mode_array) F(element_mode) F(element_rawmode)                 \
  F(image_open) F(image_open_tensor) F(image_new) F(image_free) F(image_info) F(image_palette) F(image_array)          \
  F(image_crop) F(image_band) F(image_reorient) F(image_every) F(image_convert) F(image_window)   \
  F(image_copy) F(image_getpixel) F(image_putpixel) F(image_read_rows) F(image_write_rows)        \
  F(image_fill) F(image_invert) F(image_flip) F(image_swap) F(image_add) F(image_paste)           \
  F(image_convert_clamping) F(image_window_clamping) F(image_automatic_window)                                             \
  F(image_with_palette) F(image_statistics) F(image_file_format) F(image_compare) F(image_hash)   \
  F(image_metadata)                                                                               \
  F(image_sharing) F(image_save) F(image_save_to) F(image_check_descriptor) F(image_flush)        \
  F(image_to_arrow) F(image_to_arrow_like_pillow) F(image_from_arrow) F(image_to_dlpack)  \
  F(image_to_dlpack_unversioned) F(image_from_dlpack) F(image_from_dlpack_unversioned)            \
  F(last_cause) F(last_errno) F(set_interrupt)

#define LIBRARY_FIELD(name) __typeof__(imgtool_##name) *name;
extern struct library {
  LIBRARY_FUNCTIONS(LIBRARY_FIELD)
} library;
#undef LIBRARY_FIELD

// Loads the library, once; -1 and an ImportError when it cannot be.
int library_load(void);

extern PyMethodDef library_methods[];

// MARK: Calls (native_calls.c)

// A call of the library that works without the interpreter's lock.
typedef struct Call {
  PyThreadState *thread;
  int held_before;
  struct Call *outer;  // during which this one was made, by an object that writes
} Call;

void call_begin(Call *call);
// The status, with the lock held again; -1 with an exception when the call refused. `path`, or
// NULL, is the file that it was about.
int call_end(Call *call, int status, PyObject *path);
// The same for a call that held the lock.
int answered(int status, PyObject *path);
// The status of an edit, after a warning of what it has rounded; -1 where the warning is an exception.
int edited(int status);
// In a function that the library calls during a call: takes the lock, and lets go of it again.
void call_resume(Call *call);
void call_pause(Call *call);

// Raises what a cause stands for, with a sentence as PyUnicode_FromFormat makes it; gives NULL.
PyObject *refuse(int cause, const char *format, ...);
// The function of the package that makes exceptions: of a cause's name, an errno, a text and a path.
int calls_set_refusal(PyObject *function);

// What the interpreter finds wrong with an argument, raised as a refusal of the package; gives the
// status again.
int argument_status(int status);
// So do these, in place of the interpreter's own.
int parse_tuple(PyObject *arguments, const char *format, ...);
int parse_keywords(
    PyObject *arguments, PyObject *keywords, const char *format, char *const *names, ...);
#undef PyArg_ParseTuple
#undef PyArg_ParseTupleAndKeywords
#define PyArg_ParseTuple parse_tuple
#define PyArg_ParseTupleAndKeywords parse_keywords

// The tp_new of types that are made by functions only.
PyObject *native_no_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords);

// A converter of PyArg_Parse…: the UTF-8 of a str without zero bytes, or NULL of None.
int name_argument(PyObject *object, void *name);

// MARK: Memory of other objects (native_keepers.c, native_memory.c)

// What a release function of the library ends. It counts those who need it; the last one drops it,
// or, on a thread without the interpreter's lock, leaves it to one that has it.
typedef struct Keeper {
  atomic_size_t references;
  atomic_size_t exports;  // outside of Python: a cycle through them is in use
  void (*drop)(struct Keeper *keeper);
  struct Keeper *next;
  PyObject *owner;
  Py_buffer view;
  void *foreign;
} Keeper;

Keeper *keeper_new(void (*drop)(Keeper *keeper));
// Frees a keeper that nothing was given to.
void keeper_forget(Keeper *keeper);
void keeper_retain(Keeper *keeper);
void keeper_release(Keeper *keeper);
// The same as a release function of the library.
void keeper_released(void *keeper);

// Between these two, this thread has the interpreter's lock, and keepers may be dropped at once.
void lock_held_begin(void);
void lock_held_end(void);
int lock_held_suspend(void);
void lock_held_resume(int count);
// Drops what other threads have left. The caller has the lock.
void drop_waiting(void);
// Whether a thread that waits for the lock may not come back: another one ends the interpreter.
bool interpreter_ends(void);
extern PyMethodDef keeper_methods[];
void keepers_prepare(void);

typedef struct {
  PyObject_HEAD
  Keeper *keeper;
  char *data;  // the first element
  Py_ssize_t below, above;  // how far the memory goes from there
  bool is_readonly;
} Memory;

extern PyTypeObject *memory_type;
extern PyMethodDef memory_methods[];
int memory_prepare(PyObject *module);

// MARK: Images (native_pixels.c, native_view.c)

typedef struct {
  PyObject_HEAD
  imgtool_image *image;
  PyObject *memory;  // of the object that the image looks at, or NULL
  imgtool_info info;
  bool has_integers;  // samples are numbers without a fraction
  bool is_array_known;
  imgtool_array array;
  Py_ssize_t shape[3], strides[3];
} Pixels;

typedef struct {
  PyObject_HEAD
  Pixels *pixels;  // NULL once closed
  bool is_closed;
  bool has_shown_address;
} View;

extern PyTypeObject *pixels_type, *view_type, *access_type;
int pixels_prepare(PyObject *module);
int view_prepare(PyObject *module);
int samples_prepare(PyObject *module);
int view_set_class(PyObject *type);

// Takes an image over, with what it looks at; frees it when that fails.
Pixels *pixels_new(imgtool_image *image, PyObject *memory);
// The array that shows the pixels; NULL with an exception of `cause`.
const imgtool_array *pixels_array(Pixels *pixels, int cause);
// An object of the package's class on an image, which is taken over.
PyObject *view_new(imgtool_image *image, PyObject *memory);
// What an object looks at, as a new reference; NULL with an exception when it is closed or no
// image.
Pixels *view_pixels(PyObject *object);

// Views (native_views.c).
PyObject *view_crop(PyObject *, PyObject *);
PyObject *view_band(PyObject *, PyObject *);
PyObject *view_reorient(PyObject *, PyObject *);
PyObject *view_every(PyObject *, PyObject *);
PyObject *view_convert(PyObject *, PyObject *);
PyObject *view_window(PyObject *, PyObject *);
PyObject *view_automatic_window(PyObject *, PyObject *);
PyObject *view_copy(PyObject *, PyObject *);
// Edits (native_edits.c).
PyObject *view_paste(PyObject *, PyObject *);
PyObject *view_invert(PyObject *, PyObject *);
PyObject *view_flip(PyObject *, PyObject *);
PyObject *view_swap(PyObject *, PyObject *);
PyObject *view_add(PyObject *, PyObject *);
PyObject *view_flush(PyObject *, PyObject *);

// Samples (native_samples.c, native_rows.c, native_data.c).
PyObject *view_getpixel(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
PyObject *view_putpixel(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
PyObject *view_getdata(PyObject *, PyObject *);
PyObject *view_putdata(PyObject *, PyObject *);
PyObject *view_putplain(PyObject *, PyObject *);
PyObject *view_tobytes(PyObject *, PyObject *);
PyObject *view_read_into(PyObject *, PyObject *);
PyObject *view_fill(PyObject *, PyObject *);
PyObject *view_load(PyObject *, PyObject *);
// The most samples that a pixel has.
enum { SAMPLES = 4 };
// Up to here a double holds each whole number.
#define EXACT (1LL << 53)
// Up to `room` samples of a number or a sequence; their count, or -1.
int samples_of(PyObject *value, double *samples, int room);
// The function of the package that knows colors in all their forms: of an image or None, a mode,
// the number of a sample type and a color, the samples.
int samples_set_colors(PyObject *function);

// What Pillow has beside (native_pillow.c).
PyObject *view_with_palette(PyObject *, PyObject *);
PyObject *view_statistics(PyObject *, PyObject *);
PyObject *view_file_format(PyObject *, PyObject *);
PyObject *view_adopt(PyObject *, PyObject *);
PyObject *view_hide(PyObject *, PyObject *);

// MARK: Making, saving, exchanging

extern PyMethodDef making_methods[];
PyObject *view_save(PyObject *, PyObject *, PyObject *);
PyObject *view_save_to(PyObject *, PyObject *, PyObject *);
PyObject *view_check_descriptor(PyObject *, PyObject *);
PyObject *view_dlpack(PyObject *, PyObject *);
PyObject *view_arrow(PyObject *, PyObject *);
PyObject *view_arrow_schema(PyObject *, PyObject *);
PyObject *exchange_from_dlpack(PyObject *, PyObject *);
PyObject *exchange_from_arrow(PyObject *, PyObject *);
PyObject *exchange_tensor_type(PyObject *, PyObject *);
// What holds the memory that an image looks at; NULL where that is the library's own.
Keeper *keeper_of(const Pixels *pixels);
// Around the life of what another library has of a memory; NULL is nobody's.
Keeper *export_begin(Keeper *keeper);
void export_end(Keeper *keeper);

#endif
