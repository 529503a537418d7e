// DLPack: the same bytes as tensors of other libraries, and theirs as images.
//
// What goes out holds the library's image, and needs neither the interpreter nor its lock when it
// is deleted. It counts as an export of the memory that the image looks at, so that the collector
// of cycles leaves that alone. What comes in is dropped with the lock, as every object of Python is.
#include "native.h"

#include <stdlib.h>

#define TENSOR "dltensor"
#define TENSOR_VERSIONED "dltensor_versioned"

Keeper *keeper_of(const Pixels *pixels) {
  return pixels->memory ? ((Memory *)pixels->memory)->keeper : NULL;
}

Keeper *export_begin(Keeper *keeper) {
  if (keeper) {
    keeper_retain(keeper);
    atomic_fetch_add(&keeper->exports, 1);
  }
  return keeper;
}

void export_end(Keeper *keeper) {
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
  PyObject *capsule = PyCapsule_New(&outer->tensor, TENSOR, drop_tensor);
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
  PyObject *capsule = PyCapsule_New(&outer->tensor, TENSOR_VERSIONED, drop_tensor);
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
