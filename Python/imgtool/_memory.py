"""Memory of other objects: where it is, and what keeps it there."""

from __future__ import annotations

import ctypes
import itertools
import threading
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_ssize_t, c_void_p, py_object

from ._library import Error, Release


class _PyBuffer(Structure):
    """`Py_buffer` of CPython."""

    _fields_ = [
        ("buf", c_void_p), ("obj", c_void_p), ("len", c_ssize_t), ("itemsize", c_ssize_t),
        ("readonly", c_int), ("ndim", c_int), ("format", c_char_p), ("shape", POINTER(c_ssize_t)),
        ("strides", POINTER(c_ssize_t)), ("suboffsets", POINTER(c_ssize_t)), ("internal", c_void_p),
    ]


_STRIDED, _FORMAT = 0x18, 0x4
_get_buffer = ctypes.pythonapi.PyObject_GetBuffer
_get_buffer.argtypes, _get_buffer.restype = [py_object, POINTER(_PyBuffer), c_int], c_int
_release_buffer = ctypes.pythonapi.PyBuffer_Release
_release_buffer.argtypes, _release_buffer.restype = [POINTER(_PyBuffer)], None

_KINDS = {"?": "b"} | dict.fromkeys("bhilqn", "i") | dict.fromkeys("BHILQN", "u") | dict.fromkeys(
    "efd", "f")


class Memory:
    """The memory of an object that has the buffer protocol or `__array_interface__`.

    `strides` are bytes; `kind` and `itemsize` are NumPy's. The object, or its export, is held.
    """

    def __init__(self, owner):
        self.view = None
        interface = getattr(owner, "__array_interface__", None)
        if interface is not None and not isinstance(interface.get("data"), tuple):
            # No address: an object with a buffer, or the object is one itself.
            data = interface.get("data")
            self._read_buffer(owner if data is None else data)
            self._read_shape(interface)
        elif interface is not None:
            self.owner = owner
            self.address, self.readonly = interface["data"]
            self._read_shape(interface)
        else:
            self._read_buffer(owner)

    def _read_shape(self, interface: dict) -> None:
        typestr = interface["typestr"]
        self.kind, self.itemsize = typestr[1], int(typestr[2:])
        self.big_endian = typestr[0] == ">"
        self.shape = tuple(interface["shape"])
        self.strides = tuple(interface.get("strides") or packed(self.shape, self.itemsize))
        self.address = (self.address or 0) + interface.get("offset", 0)

    def _read_buffer(self, owner) -> None:
        view = _PyBuffer()
        _get_buffer(owner, byref(view), _STRIDED | _FORMAT)
        self.view, self.owner = view, owner
        self.address, self.readonly = view.buf or 0, bool(view.readonly)
        self.itemsize = view.itemsize
        self.shape = tuple(view.shape[: view.ndim])
        # Packed arrays of ctypes have no strides, whatever is asked for.
        self.strides = tuple(view.strides[: view.ndim]) if view.strides else packed(
            self.shape, self.itemsize)
        text = (view.format or b"B").decode()
        self.big_endian = text[0] in ">!"
        self.kind = _KINDS.get(text.lstrip("@=<>!"), "V")

    @property
    def is_contiguous(self) -> bool:
        wanted = packed(self.shape, self.itemsize)
        return all(
            count == 1 or found == stride
            for count, found, stride in zip(self.shape, self.strides, wanted)) or 0 in self.shape

    @property
    def extent(self) -> tuple:
        """The distances from the first element to the lowest byte and behind the highest."""
        reaches = [(count - 1) * stride for count, stride in zip(self.shape, self.strides)]
        below = sum(reach for reach in reaches if reach < 0)
        above = sum(reach for reach in reaches if reach > 0)
        return below, above + self.itemsize

    def __del__(self):
        self.release()

    def release(self) -> None:
        view, self.view, self.owner = self.view, None, None
        if view is not None:
            _release_buffer(byref(view))


def packed(shape: tuple, itemsize: int) -> tuple:
    """The strides of an array without gaps, rows first."""
    strides, step = [], itemsize
    for count in reversed(shape):
        strides.append(step)
        step *= count
    return tuple(reversed(strides))


# What images look at, until the library says that the last image on it is gone.
_held: dict = {}
_tokens = itertools.count(1)
_lock = threading.Lock()


def hold(memory: Memory) -> int:
    """Keeps memory where it is; the number is what the release callback gets."""
    with _lock:
        token = next(_tokens)
    _held[token] = memory
    return token


def let_go(token: int) -> None:
    """Ends what `hold` began."""
    memory = _held.pop(token, None)
    if memory is not None:
        memory.release()


def held() -> int:
    """How many pieces of memory images look at now."""
    return len(_held)


# Made once: it has to outlive every image.
RELEASED = Release(let_go)


def require_bytes(memory: Memory) -> int:
    """The bytes of memory that stands in one piece."""
    if not memory.is_contiguous:
        raise Error("the memory has gaps; fromarray takes strides")
    count = memory.itemsize
    for size in memory.shape:
        count *= size
    return count
