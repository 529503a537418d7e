"""DLPack, Arrow and the buffer protocol: the same bytes for other libraries, and theirs for us."""

from __future__ import annotations

import ctypes
from ctypes import (
    PYFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_int32, c_int64, c_ssize_t, c_uint8,
    c_uint16, c_uint64, c_void_p, py_object, pythonapi)

from ._image import Image, _made
from ._library import Error, lib
from ._memory import packed
from ._types import mode_for

# The C API of capsules. An object that is being destroyed must not be counted, so that destructors
# get addresses; names must outlive capsules.
_new_capsule = PYFUNCTYPE(py_object, c_void_p, c_char_p, c_void_p)(("PyCapsule_New", pythonapi))
_is_valid = PYFUNCTYPE(c_int, c_void_p, c_char_p)(("PyCapsule_IsValid", pythonapi))
_pointer = PYFUNCTYPE(c_void_p, c_void_p, c_char_p)(("PyCapsule_GetPointer", pythonapi))
_set_name = PYFUNCTYPE(c_int, c_void_p, c_char_p)(("PyCapsule_SetName", pythonapi))
_Destructor = PYFUNCTYPE(None, c_void_p)
_SCHEMA, _ARRAY = b"arrow_schema", b"arrow_array"
# By whether the tensor has a version.
_TENSOR = {True: b"dltensor_versioned", False: b"dltensor"}
_USED = {True: b"used_dltensor_versioned", False: b"used_dltensor"}


class _ArrowSchema(Structure):
    pass


class _ArrowArray(Structure):
    pass


_ArrowSchema._fields_ = [
    ("format", c_char_p), ("name", c_char_p), ("metadata", c_char_p), ("flags", c_int64),
    ("n_children", c_int64), ("children", c_void_p), ("dictionary", c_void_p),
    ("release", PYFUNCTYPE(None, POINTER(_ArrowSchema))), ("private_data", c_void_p),
]
_ArrowArray._fields_ = [
    ("length", c_int64), ("null_count", c_int64), ("offset", c_int64), ("n_buffers", c_int64),
    ("n_children", c_int64), ("buffers", c_void_p), ("children", c_void_p),
    ("dictionary", c_void_p), ("release", PYFUNCTYPE(None, POINTER(_ArrowArray))),
    ("private_data", c_void_p),
]


class _Tensor(Structure):
    _fields_ = [
        ("data", c_void_p), ("device_type", c_int32), ("device_id", c_int32), ("ndim", c_int32),
        ("code", c_uint8), ("bits", c_uint8), ("lanes", c_uint16), ("shape", POINTER(c_int64)),
        ("strides", POINTER(c_int64)), ("byte_offset", c_uint64),
    ]


class _ManagedTensor(Structure):
    _fields_ = [("tensor", _Tensor), ("context", c_void_p), ("deleter", PYFUNCTYPE(None, c_void_p))]


class _ManagedTensorVersioned(Structure):
    _fields_ = [
        ("version", c_uint64), ("context", c_void_p), ("deleter", PYFUNCTYPE(None, c_void_p)),
        ("flags", c_uint64), ("tensor", _Tensor),
    ]


_MANAGED = {True: _ManagedTensorVersioned, False: _ManagedTensor}

# MARK: DLPack


def _drop_tensor(capsule):
    """Deletes a tensor that nobody took."""
    for versioned, name in _TENSOR.items():
        if _is_valid(capsule, name):
            address = _pointer(capsule, name)
            _MANAGED[versioned].from_address(address).deleter(address)


_drop_tensor_address = _Destructor(_drop_tensor)


def dlpack_capsule(image: Image, max_version: tuple | None):
    versioned = max_version is not None and max_version[0] >= 1
    make = lib.imgtool_image_to_dlpack if versioned else lib.imgtool_image_to_dlpack_unversioned
    tensor = c_void_p()
    if make(image._handle, byref(tensor)) != 0:
        raise BufferError(lib.imgtool_last_error().decode())
    return _new_capsule(tensor, _TENSOR[versioned], ctypes.cast(_drop_tensor_address, c_void_p))


def from_dlpack(obj, mode: str | None = None) -> Image:
    """An image on a tensor of height, width and perhaps bands, in main memory, with its strides."""
    try:
        capsule = obj.__dlpack__(max_version=(1, 0))
    except TypeError:
        capsule = obj.__dlpack__()
    versioned = bool(_is_valid(id(capsule), _TENSOR[True]))
    if not versioned and not _is_valid(id(capsule), _TENSOR[False]):
        raise Error("the object gives no tensor, or one that was taken before")
    address = _pointer(id(capsule), _TENSOR[versioned])
    tensor = _MANAGED[versioned].from_address(address).tensor
    if mode is None:
        bands = tensor.shape[2] if tensor.ndim == 3 else 1
        kind = {0: "i", 1: "u", 2: "f", 6: "b"}.get(tensor.code, "V")
        mode = mode_for(bands, kind, tensor.bits // 8, False)
    take = lib.imgtool_image_from_dlpack if versioned else lib.imgtool_image_from_dlpack_unversioned
    image = _made(take, address, mode.encode())
    _set_name(id(capsule), _USED[versioned])
    return image


# MARK: Arrow

# What the capsules of ours point to, until they are gone.
_structures: dict = {}


def _drop_arrow(capsule):
    """Releases what nobody moved out of a capsule, and the structure with it."""
    for name in (_SCHEMA, _ARRAY):
        if _is_valid(capsule, name):
            structure = _structures.pop(_pointer(capsule, name), None)
            if structure is not None and structure.release:
                structure.release(byref(structure))


_drop_arrow_address = _Destructor(_drop_arrow)


def _arrow_capsule(structure, name: bytes):
    address = ctypes.addressof(structure)
    _structures[address] = structure
    return _new_capsule(address, name, ctypes.cast(_drop_arrow_address, c_void_p))


def arrow_capsules(image: Image) -> tuple:
    schema, array = _ArrowSchema(), _ArrowArray()
    status = lib.imgtool_image_to_arrow(image._handle, byref(schema), byref(array))
    if status != 0:
        raise Error(lib.imgtool_last_error().decode())
    return _arrow_capsule(schema, _SCHEMA), _arrow_capsule(array, _ARRAY)


def fromarrow(obj, mode: str, size: tuple) -> Image:
    """An image on the values of an Arrow array; read-only, since Arrow's values do not change."""
    schema, array = obj.__arrow_c_array__()
    image = _made(
        lib.imgtool_image_from_arrow, _pointer(id(schema), _SCHEMA), _pointer(id(array), _ARRAY),
        mode.encode(), *size)
    return image


# MARK: The buffer protocol

_from_memory = pythonapi.PyMemoryView_FromMemory
_from_memory.argtypes, _from_memory.restype = [c_void_p, c_ssize_t, c_int], py_object
_READ, _WRITE = 0x100, 0x200
_FORMATS = dict(zip("b1 u1 i1 u2 i2 u4 i4 u8 i8 f4 f8".split(), "?BbHhIiQqfd"))


def memory_view(image: Image, flags: int) -> memoryview:
    """The pixels as a `memoryview` with the shape of the array; the rows must not have gaps.

    The interpreter keeps the image alive as long as the view that it makes of this one.
    """
    interface = getattr(image, "__array_interface__", None)
    if interface is None:
        raise BufferError(image._array)
    typestr, shape = interface["typestr"], interface["shape"]
    address, readonly = interface["data"]
    wanted = packed(shape, int(typestr[2:]))
    gaps = any(
        count > 1 and found != step
        for count, found, step in zip(shape, interface["strides"], wanted))
    if gaps or typestr[1:] not in _FORMATS or typestr[0] == ">":
        raise BufferError("the pixels have gaps or no type of a buffer; np.asarray takes them")
    if flags & 1 and readonly:
        raise BufferError("the image is read-only")
    view = _from_memory(address, shape[0] * wanted[0], _READ if readonly else _WRITE)
    return view.cast(_FORMATS[typestr[1:]], shape)
