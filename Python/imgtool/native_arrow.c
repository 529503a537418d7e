// Arrow: the same bytes as arrays of other libraries, and theirs as images; native_tensors.c says what
// both have in common.
#include "native.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA "arrow_schema"
#define ARRAY "arrow_array"
// Of the Arrow C data interface, whose header need not be there.
enum { ARROW_FLAG_NULLABLE = 2 };

// What our array adds to one of the library's.
typedef struct {
  struct ArrowArray inner;
  Keeper *keeper;
} Arrow;

static void release_arrow(struct ArrowArray *array) {
  Arrow *arrow = array->private_data;
  // The children may have been moved out: what is released is what is left of the array.
  arrow->inner.children = array->children;
  arrow->inner.n_children = array->n_children;
  arrow->inner.release(&arrow->inner);
  export_end(arrow->keeper);
  free(arrow);
  array->release = NULL;
}

// A child may be moved out and outlive its parent, so that each is an export.
static int arrow_wrap(struct ArrowArray *array, Keeper *keeper) {
  if (!keeper) return 0;
  Arrow *arrow = malloc(sizeof *arrow);
  if (!arrow) return -1;
  arrow->inner = *array;
  arrow->keeper = export_begin(keeper);
  array->private_data = arrow;
  array->release = release_arrow;
  for (int64_t index = 0; index < array->n_children; index++)
    if (arrow_wrap(array->children[index], keeper)) return -1;
  return 0;
}

static void drop_schema(PyObject *capsule) {
  struct ArrowSchema *schema = PyCapsule_GetPointer(capsule, SCHEMA);
  if (schema && schema->release) schema->release(schema);
  free(schema);
}

static void drop_array(PyObject *capsule) {
  struct ArrowArray *array = PyCapsule_GetPointer(capsule, ARRAY);
  lock_held_begin();
  if (array && array->release) array->release(array);
  lock_held_end();
  free(array);
}

// Whether two schemas are of values of one type, perhaps in lists of one size.
static bool is_same_type(const struct ArrowSchema *a, const struct ArrowSchema *b) {
  if (!a->format || !b->format || strcmp(a->format, b->format) != 0) return false;
  if (a->n_children != b->n_children) return false;
  return a->n_children == 0 || (a->n_children == 1 && is_same_type(a->children[0], b->children[0]));
}

// What whoever asks allows to be missing: nothing is.
static void allow_missing(struct ArrowSchema *schema, const struct ArrowSchema *wanted) {
  schema->flags |= wanted->flags & ARROW_FLAG_NULLABLE;
  if (schema->n_children == 1) allow_missing(schema->children[0], wanted->children[0]);
}

static void release_both(struct ArrowSchema *schema, struct ArrowArray *array) {
  if (schema->release) schema->release(schema);
  if (array && array->release) array->release(array);
}

// What is stored, where it is of the type that is wanted.
static bool arrow_as_stored(
    const imgtool_image *image, const struct ArrowSchema *wanted, struct ArrowSchema *schema,
    struct ArrowArray *array) {
  if (library.image_to_arrow(image, schema, array) != IMGTOOL_OK) return false;
  if (is_same_type(wanted, schema)) {
    allow_missing(schema, wanted);
    return true;
  }
  release_both(schema, array);
  return false;
}

// The same of a copy, for pixels with gaps between them and those that are computed.
static bool arrow_as_copied(
    const imgtool_image *image, const struct ArrowSchema *wanted, struct ArrowSchema *schema,
    struct ArrowArray *array) {
  imgtool_image *copy = NULL;
  if (library.image_copy(image, 0, &copy) != IMGTOOL_OK) return false;
  bool is_done = arrow_as_stored(copy, wanted, schema, array);
  library.image_free(copy);
  return is_done;
}

// The pixels as whoever asks wants them, if they are stored so; else as Pillow has them, and those
// that Pillow does not have as they are stored.
static int arrow_of(
    const imgtool_image *image, const struct ArrowSchema *wanted, struct ArrowSchema *schema,
    struct ArrowArray *array) {
  if (wanted && arrow_as_stored(image, wanted, schema, array)) return IMGTOOL_OK;
  int status = library.image_to_arrow_like_pillow(image, schema, NULL);
  if (status == IMGTOOL_NO) return library.image_to_arrow(image, schema, array);
  if (status != IMGTOOL_OK) return status;
  bool is_wanted = !wanted || is_same_type(wanted, schema);
  schema->release(schema);
  if (!is_wanted && arrow_as_copied(image, wanted, schema, array)) return IMGTOOL_OK;
  status = library.image_to_arrow_like_pillow(image, schema, array);
  if (status == IMGTOOL_OK && wanted && is_wanted) allow_missing(schema, wanted);
  return status;
}

// The schema of what `arrow_of` makes when nothing is wanted.
static int arrow_schema_of(const imgtool_image *image, struct ArrowSchema *schema) {
  int status = library.image_to_arrow_like_pillow(image, schema, NULL);
  if (status != IMGTOOL_NO) return status;
  struct ArrowArray array = {0};
  status = library.image_to_arrow(image, schema, &array);
  if (status == IMGTOOL_OK) array.release(&array);
  return status;
}

static const struct ArrowSchema *wanted_schema(PyObject *requested) {
  if (requested == Py_None || !PyCapsule_IsValid(requested, SCHEMA)) return NULL;
  const struct ArrowSchema *schema = PyCapsule_GetPointer(requested, SCHEMA);
  return schema->release ? schema : NULL;
}

static PyObject *arrow_capsules(PyObject *self, PyObject *requested, bool has_array) {
  const struct ArrowSchema *wanted = wanted_schema(requested);
  Pixels *pixels = view_pixels(self);
  if (!pixels) return NULL;
  struct ArrowSchema *schema = calloc(1, sizeof *schema);
  struct ArrowArray *array = has_array ? calloc(1, sizeof *array) : NULL;
  PyObject *first = NULL, *second = NULL;
  if (!schema || (has_array && !array)) {
    PyErr_NoMemory();
  } else {
    Call call;
    call_begin(&call);
    int status = array ? arrow_of(pixels->image, wanted, schema, array)
                       : arrow_schema_of(pixels->image, schema);
    status = call_end(&call, status, NULL);
    if (status == IMGTOOL_NO) refuse(IMGTOOL_CAUSE_VALUE, "%s", library.last_error());
    if (status == 0 && array && arrow_wrap(array, keeper_of(pixels))) PyErr_NoMemory();
  }
  Py_DECREF(pixels);
  if (!PyErr_Occurred()) first = PyCapsule_New(schema, SCHEMA, drop_schema);
  if (first && !has_array) return first;
  if (first) second = PyCapsule_New(array, ARRAY, drop_array);
  if (second) return Py_BuildValue("NN", first, second);
  if (schema && !first) {
    release_both(schema, NULL);
    free(schema);
  }
  if (array && array->release) array->release(array);
  free(array);
  Py_XDECREF(first);
  return NULL;
}

PyObject *view_arrow(PyObject *self, PyObject *requested) {
  return arrow_capsules(self, requested, true);
}

PyObject *view_arrow_schema(PyObject *self, PyObject *unused) {
  return arrow_capsules(self, Py_None, false);
}

static void drop_arrow(Keeper *keeper) {
  struct ArrowArray *array = keeper->foreign;
  if (array->release) array->release(array);
  free(array);
}

static void release_foreign_arrow(struct ArrowArray *array) {
  array->release = NULL;
  keeper_release(array->private_data);
}

static bool has_dictionary(const struct ArrowSchema *schema) {
  return schema->dictionary || (schema->n_children == 1 && has_dictionary(schema->children[0]));
}

PyObject *exchange_from_arrow(PyObject *module, PyObject *arguments) {
  PyObject *first, *second;
  const char *mode;
  long long width, height;
  if (!PyArg_ParseTuple(
          arguments, "OOO&LL:fromarrow", &first, &second, name_argument, &mode, &width, &height))
    return NULL;
  if (!mode) return refuse(CAUSE_TYPE, "the name of a mode is expected, not None");
  if (!PyCapsule_IsValid(first, SCHEMA) || !PyCapsule_IsValid(second, ARRAY))
    return refuse(CAUSE_TYPE, "the object gives no Arrow array");
  struct ArrowSchema *schema = PyCapsule_GetPointer(first, SCHEMA);
  struct ArrowArray *array = PyCapsule_GetPointer(second, ARRAY);
  if (!array->release) return refuse(IMGTOOL_CAUSE_VALUE, "the Arrow array was taken before");
  if (has_dictionary(schema))
    return refuse(
        IMGTOOL_CAUSE_VALUE,
        "the Arrow array is encoded by a dictionary, and its values are indices into that; take "
        "dictionary_decode() first");
  struct ArrowArray *kept = malloc(sizeof *kept);
  Keeper *keeper = kept ? keeper_new(drop_arrow) : NULL;
  if (!keeper) {
    free(kept);
    return PyErr_NoMemory();
  }
  *kept = *array;
  keeper->foreign = kept;
  // The library moves a copy whose release lets go of the keeper.
  struct ArrowArray lent = *array;
  lent.private_data = keeper;
  lent.release = release_foreign_arrow;
  imgtool_image *image = NULL;
  int status = library.image_from_arrow(schema, &lent, mode, width, height, &image);
  if (answered(status, NULL)) {
    keeper_forget(keeper);
    free(kept);
    return NULL;
  }
  array->release = NULL;
  return view_new(image, NULL);
}
