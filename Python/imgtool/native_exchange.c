// DLPack and Arrow: the same bytes for other libraries, and theirs for us.
//
// What goes out holds the library's image, and needs neither the interpreter nor its lock when it
// is deleted. It counts as an export of the memory that the image looks at, so that the collector
// of cycles leaves that alone. What comes in is dropped with the lock, as every object of Python is.
#include "native.h"

#include <stdlib.h>
#include <string.h>

#define TENSOR "dltensor"
#define TENSOR_VERSIONED "dltensor_versioned"

static Keeper *keeper_of(const Pixels *pixels) {
  return pixels->memory ? ((Memory *)pixels->memory)->keeper : NULL;
}

static Keeper *export_begin(Keeper *keeper) {
  if (keeper) {
    keeper_retain(keeper);
    atomic_fetch_add(&keeper->exports, 1);
  }
  return keeper;
}

static void export_end(Keeper *keeper) {
  if (!keeper) return;
  atomic_fetch_sub(&keeper->exports, 1);
  keeper_release(keeper);
}

// MARK: Tensors that go out

// One of ours around one of the library's, which it deletes.
typedef struct {
  DLManagedTensor tensor;
  DLManagedTensor *inner;
  Keeper *keeper;
} Plain;

typedef struct {
  DLManagedTensorVersioned tensor;
  DLManagedTensorVersioned *inner;
  Keeper *keeper;
} Versioned;

static void delete_plain(DLManagedTensor *tensor) {
  Plain *outer = (Plain *)tensor;
  outer->inner->deleter(outer->inner);
  export_end(outer->keeper);
  free(outer);
}

static void delete_versioned(DLManagedTensorVersioned *tensor) {
  Versioned *outer = (Versioned *)tensor;
  outer->inner->deleter(outer->inner);
  export_end(outer->keeper);
  free(outer);
}

// A tensor that nobody took.
static void drop_tensor(PyObject *capsule) {
  lock_held_begin();
  if (PyCapsule_IsValid(capsule, TENSOR)) {
    DLManagedTensor *tensor = PyCapsule_GetPointer(capsule, TENSOR);
    if (tensor->deleter) tensor->deleter(tensor);
  } else if (PyCapsule_IsValid(capsule, TENSOR_VERSIONED)) {
    DLManagedTensorVersioned *tensor = PyCapsule_GetPointer(capsule, TENSOR_VERSIONED);
    if (tensor->deleter) tensor->deleter(tensor);
  }
  lock_held_end();
}

static int no_buffer(int status) {
  if (status == IMGTOOL_NO) refuse(CAUSE_BUFFER, "%s", library.last_error());
  return answered(status, NULL) ? -1 : 0;
}

static PyObject *capsule_of(void *tensor, const char *name) {
  PyObject *capsule = PyCapsule_New(tensor, name, drop_tensor);
  return capsule;
}

static PyObject *plain_capsule(Pixels *pixels) {
  Plain *outer = calloc(1, sizeof *outer);
  if (!outer) return PyErr_NoMemory();
  if (no_buffer(library.image_to_dlpack_unversioned(pixels->image, &outer->inner))) {
    free(outer);
    return NULL;
  }
  outer->tensor.dl_tensor = outer->inner->dl_tensor;
  outer->tensor.deleter = delete_plain;
  outer->keeper = export_begin(keeper_of(pixels));
  PyObject *capsule = capsule_of(&outer->tensor, TENSOR);
  if (!capsule) delete_plain(&outer->tensor);
  return capsule;
}

static PyObject *versioned_capsule(Pixels *pixels) {
  Versioned *outer = calloc(1, sizeof *outer);
  if (!outer) return PyErr_NoMemory();
  if (no_buffer(library.image_to_dlpack(pixels->image, &outer->inner))) {
    free(outer);
    return NULL;
  }
  outer->tensor = *outer->inner;
  outer->tensor.manager_ctx = NULL;
  outer->tensor.deleter = delete_versioned;
  outer->keeper = export_begin(keeper_of(pixels));
  PyObject *capsule = capsule_of(&outer->tensor, TENSOR_VERSIONED);
  if (!capsule) delete_versioned(&outer->tensor);
  return capsule;
}

PyObject *view_dlpack(PyObject *self, PyObject *is_versioned) {
  int versioned = PyObject_IsTrue(is_versioned);
  Pixels *pixels = versioned < 0 ? NULL : view_pixels(self);
  if (!pixels) return NULL;
  PyObject *capsule = versioned ? versioned_capsule(pixels) : plain_capsule(pixels);
  Py_DECREF(pixels);
  return capsule;
}

// MARK: Tensors that come in

static void drop_plain(Keeper *keeper) {
  DLManagedTensor *tensor = keeper->foreign;
  if (tensor->deleter) tensor->deleter(tensor);
}

static void drop_versioned(Keeper *keeper) {
  DLManagedTensorVersioned *tensor = keeper->foreign;
  if (tensor->deleter) tensor->deleter(tensor);
}

// What the library gets in place of a tensor: deleting it lets go of the keeper.
static void release_plain(DLManagedTensor *tensor) {
  keeper_release(tensor->manager_ctx);
  free(tensor);
}

static void release_versioned(DLManagedTensorVersioned *tensor) {
  keeper_release(tensor->manager_ctx);
  free(tensor);
}

static const DLTensor *tensor_of(PyObject *capsule) {
  if (PyCapsule_IsValid(capsule, TENSOR_VERSIONED)) {
    DLManagedTensorVersioned *tensor = PyCapsule_GetPointer(capsule, TENSOR_VERSIONED);
    return &tensor->dl_tensor;
  }
  if (PyCapsule_IsValid(capsule, TENSOR)) {
    DLManagedTensor *tensor = PyCapsule_GetPointer(capsule, TENSOR);
    return &tensor->dl_tensor;
  }
  refuse(IMGTOOL_CAUSE_VALUE, "the object gives no tensor, or one that was taken before");
  return NULL;
}

PyObject *exchange_tensor_type(PyObject *module, PyObject *capsule) {
  const DLTensor *tensor = tensor_of(capsule);
  if (!tensor) return NULL;
  long long bands = tensor->ndim == 3 && tensor->shape ? tensor->shape[2] : 1;
  static const char kinds[] = {'i', 'u', 'f', 'V', 'V', 'V', 'b'};
  char kind = tensor->dtype.code < sizeof kinds ? kinds[tensor->dtype.code] : 'V';
  return Py_BuildValue("LCi", bands, kind, tensor->dtype.bits / 8);
}

PyObject *exchange_from_dlpack(PyObject *module, PyObject *arguments) {
  PyObject *capsule;
  const char *mode;
  if (!PyArg_ParseTuple(arguments, "OO&:from_dlpack", &capsule, name_argument, &mode)) return NULL;
  if (!mode) return refuse(CAUSE_TYPE, "the name of a mode is expected, not None");
  if (!tensor_of(capsule)) return NULL;
  bool is_versioned = PyCapsule_IsValid(capsule, TENSOR_VERSIONED);
  const char *name = is_versioned ? TENSOR_VERSIONED : TENSOR;
  Keeper *keeper = keeper_new(is_versioned ? drop_versioned : drop_plain);
  if (!keeper) return NULL;
  keeper->foreign = PyCapsule_GetPointer(capsule, name);
  imgtool_image *image = NULL;
  int status;
  void *given;
  if (is_versioned) {
    DLManagedTensorVersioned *tensor = given = malloc(sizeof *tensor);
    if (tensor) {
      *tensor = *(DLManagedTensorVersioned *)keeper->foreign;
      tensor->manager_ctx = keeper;
      tensor->deleter = release_versioned;
    }
    status = tensor ? library.image_from_dlpack(tensor, mode, &image) : IMGTOOL_OK;
  } else {
    DLManagedTensor *tensor = given = malloc(sizeof *tensor);
    if (tensor) {
      *tensor = *(DLManagedTensor *)keeper->foreign;
      tensor->manager_ctx = keeper;
      tensor->deleter = release_plain;
    }
    status = tensor ? library.image_from_dlpack_unversioned(tensor, mode, &image) : IMGTOOL_OK;
  }
  if (!given) PyErr_NoMemory();
  if (answered(status, NULL)) {
    // Not taken: the tensor stays the capsule's.
    keeper_forget(keeper);
    free(given);
    return NULL;
  }
  PyCapsule_SetName(capsule, is_versioned ? "used_" TENSOR_VERSIONED : "used_" TENSOR);
  return view_new(image, NULL);
}

// MARK: Arrow

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
