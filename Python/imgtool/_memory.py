"""Memory of other objects: where it is, what its elements are, and what keeps it there."""

from __future__ import annotations

import array
import struct
import sys
from typing import Any, NamedTuple

from . import _native
from ._errors import Error, TypeRefused, ValueRefused

held = _native.held

# The kinds of numbers, by the letters of the buffer protocol.
KINDS = {"?": "b"} | dict.fromkeys("bhilqn", "i") | dict.fromkeys("BHILQN", "u") | dict.fromkeys(
    "efd", "f")
# No memory has as many bytes; sums and products of what is below stay what they are in C.
_LIMIT = 1 << 56
_ROW = 1 << 16


class Elements(NamedTuple):
    """The elements of an object that has the buffer protocol or `__array_interface__`.

    `memory` holds the object. `offset` is where the first element is in it, `strides` are bytes,
    `kind` and `itemsize` are NumPy's.
    """

    memory: _native.Memory
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    kind: str
    itemsize: int
    big_endian: bool

    @property
    def is_contiguous(self) -> bool:
        wanted = packed(self.shape, self.itemsize)
        return 0 in self.shape or all(
            count == 1 or found == stride
            for count, found, stride in zip(self.shape, self.strides, wanted))

    @property
    def extent(self) -> tuple[int, int]:
        """The distances from the first element to the lowest byte and past the highest."""
        return extent(self.shape, self.strides, self.itemsize)

    @property
    def byte_count(self) -> int:
        """The bytes of memory that stands in one piece."""
        if not self.is_contiguous:
            raise ValueRefused("the memory has gaps; fromarray takes strides")
        below, above = self.extent
        return above - below


def elements_of(owner: Any) -> Elements:
    """What an object has to share, which is held from now on."""
    try:
        memory = _native.memory_of(owner)
    except (BufferError, TypeError, ValueError):
        # No buffer, or not of this kind: datetimes of NumPy are none.
        interface = getattr(owner, "__array_interface__", None)
        if interface is None:
            raise
        return _described(owner, interface, None)
    if memory.format == "B" and len(memory.shape) == 1:
        # Bytes, perhaps of an object that says what they mean.
        interface = getattr(owner, "__array_interface__", None)
        if isinstance(interface, dict) and not isinstance(interface.get("data"), tuple):
            return _described(owner, interface, memory)
    return _of_buffer(memory)


def bytes_of(owner: object) -> tuple[_native.Memory, int, int]:
    """The bytes of an object that stand in one piece: what holds them, the first, how many."""
    if type(owner) in (bytes, bytearray, memoryview):
        # They say nothing else of themselves.
        memory = _native.memory_of(owner)
        if memory.packed:
            return memory, 0, memory.nbytes
    elements = elements_of(owner)
    return elements.memory, elements.offset, elements.byte_count


def private(data: Any) -> Any:
    """The same sequence in memory of its own, when its memory may be that of a file.

    Python and NumPy follow a mapping where the file was cut, and end the process; here that is an
    error.
    """
    if isinstance(data, (list, tuple, bytes, bytearray, str, array.array)):
        return data
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(data, numpy.ndarray):
        # Arrays with a mask, and of objects, are more than their bytes.
        if type(data).tolist is not numpy.ndarray.tolist or data.dtype.hasobject:
            return data
        copy, first, elements = _copied(data)
        return numpy.ndarray(data.shape, data.dtype, copy, first, elements.strides)
    try:
        copy, _, elements = _copied(memoryview(data))
    except (BufferError, TypeError):
        return data
    letter = elements.memory.format.lstrip("@=<>!")
    step, rest = divmod(elements.strides[0] if elements.strides else 0, elements.itemsize)
    is_native = elements.itemsize == 1 or elements.big_endian == (sys.byteorder == "big")
    if (len(elements.shape) != 1 or letter not in KINDS or rest or not step or not is_native
            or struct.calcsize(letter) != elements.itemsize):
        return data
    return memoryview(copy).cast(letter)[::step]  # type: ignore[call-overload]


def _copied(data: Any) -> tuple[bytes, int, Elements]:
    """All bytes from the lowest to the highest of an object, as the library reads them."""
    elements = elements_of(data)
    below, above = elements.extent
    start, count, parts = elements.offset + below, above - below, []
    while count > 0:
        width, height = min(count, _ROW), max(count // _ROW, 1)
        layout = {"mode": "L", "width": width, "height": height}
        part = _native.from_memory(elements.memory, start, width * height, True, layout)
        parts.append(part._tobytes())
        start, count = start + width * height, count - width * height
    return b"".join(parts), -below, elements


def _of_buffer(memory: _native.Memory) -> Elements:
    shape, itemsize, text = memory.shape, memory.itemsize, memory.format
    # Packed arrays of ctypes have no strides, whatever is asked for.
    strides = memory.strides or packed(shape, itemsize)
    kind = KINDS.get(text.lstrip("@=<>!"), "V")
    return Elements(memory, 0, shape, strides, kind, itemsize, text[:1] in (">", "!"))


def _described(owner: Any, interface: Any, memory: _native.Memory | None) -> Elements:
    """The elements that an `__array_interface__` describes, every word of which may be wrong."""
    if not isinstance(interface, dict):
        raise TypeRefused("__array_interface__ is not a dict")
    typestr = interface.get("typestr")
    # Their typestr has no size.
    if _has_objects(typestr) or _has_objects(interface.get("descr")):
        raise TypeRefused("arrays of dtype object are not pixels")
    if not (isinstance(typestr, str) and len(typestr) > 2 and typestr[0] in "<>|="
            and typestr[2:].isdecimal() and typestr.isascii()):
        raise _wrong("typestr", typestr, 'a string such as "|u1" is')
    kind, itemsize = typestr[1], int(typestr[2:8])
    if not 1 <= itemsize <= 1 << 16 or len(typestr) > 8:
        raise _wrong("typestr", typestr, "an element of 1 to 65536 bytes is")
    shape = _numbers("shape", interface.get("shape"))
    if any(not 0 <= count < _LIMIT for count in shape):
        raise _wrong("shape", shape, "numbers from 0 to what memory holds are")
    strides = interface.get("strides")
    strides = packed(shape, itemsize) if strides is None else _numbers("strides", strides)
    if len(strides) != len(shape):
        raise _wrong("strides", strides, f"{len(shape)} numbers, as in the shape, are")
    offset, = _numbers("offset", (interface.get("offset", 0),))
    if interface.get("mask") is not None:
        raise ValueRefused("__array_interface__ has a mask; images have none")
    below, above = extent(shape, strides, itemsize)
    if not -_LIMIT < below <= above < _LIMIT or not abs(offset) < _LIMIT:
        raise ValueRefused("__array_interface__ reaches further than any memory")
    data = interface.get("data")
    if isinstance(data, tuple):
        memory = _at_address(owner, data, offset + below, offset + above)
    else:
        if data is not None:
            memory = _native.memory_of(data)
        elif memory is None:
            raise TypeRefused("__array_interface__ has no data, and the object no buffer")
        if not _of_buffer(memory).is_contiguous:
            raise ValueRefused("the buffer of __array_interface__ has gaps")
        if offset + below < 0 or offset + above > memory.nbytes:
            raise ValueRefused(
                f"__array_interface__ describes the bytes {offset + below} to {offset + above}; "
                f"the buffer has {memory.nbytes}")
    return Elements(memory, offset, shape, strides, kind, itemsize, typestr[0] == ">")


def _has_objects(fields: object) -> bool:
    """Whether a type in a description of fields, which may have fields of their own, is object."""
    if isinstance(fields, str):
        return fields[1:2] == "O"
    return isinstance(fields, list) and any(
        isinstance(field, tuple) and len(field) > 1 and _has_objects(field[1])
        for field in fields)


def _at_address(
    owner: object, data: tuple[Any, ...], below: int, above: int
) -> _native.Memory:
    if len(data) != 2 or not isinstance(data[0], int):
        raise _wrong("data", data, "an address and whether it is read-only are")
    address, readonly = data
    if not 0 < address + below <= address + above < 1 << 63:
        raise ValueRefused("__array_interface__ reaches beyond what can be addressed")
    return _native.memory_at(owner, address, below, above, bool(readonly))


def _numbers(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, (tuple, list)) or len(value) > 32:
        raise _wrong(name, value, "a tuple of numbers is")
    try:
        return tuple(number.__index__() for number in value)
    except (AttributeError, TypeError):
        raise _wrong(name, value, "whole numbers are") from None


def _wrong(name: str, value: object, expected: str) -> Error:
    return TypeRefused(f"__array_interface__ has the {name} {value!r}; {expected} expected")


def extent(
    shape: tuple[int, ...], strides: tuple[int, ...], itemsize: int
) -> tuple[int, int]:
    """The distances from the first element to the lowest byte and past the highest."""
    if 0 in shape:
        return 0, 0
    reaches = [(count - 1) * stride for count, stride in zip(shape, strides)]
    below = sum(reach for reach in reaches if reach < 0)
    above = sum(reach for reach in reaches if reach > 0)
    return below, above + itemsize


def packed(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """The strides of an array without gaps, rows first."""
    strides, step = [], itemsize
    for count in reversed(shape):
        strides.append(step)
        step *= count
    return tuple(reversed(strides))
