"""DLPack and Arrow: the same bytes for other libraries, and theirs for us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _native
from ._errors import TypeRefused
from ._types import mode_for

if TYPE_CHECKING:
    from ._image import Image


def dlpack_capsule(image: Image, max_version: tuple[int, int] | None) -> object:
    """The pixels as a tensor, with a version if the caller understands one."""
    return image._dlpack(max_version is not None and max_version[0] >= 1)


def from_dlpack(obj: Any, mode: str | None = None) -> Image:
    """An image on a tensor of height, width and perhaps bands, in main memory, with its strides."""
    from ._making import colored

    if not hasattr(obj, "__dlpack__"):
        raise TypeRefused(f"{type(obj).__name__} has no __dlpack__; a tensor is expected")
    try:
        capsule = obj.__dlpack__(max_version=(1, 0))
    except TypeError:
        capsule = obj.__dlpack__()
    if mode is None:
        mode = mode_for(*_native.tensor_type(capsule), False)
    return colored(_native.from_dlpack(capsule, mode), None)


def fromarrow(obj: Any, mode: str, size: tuple[int, int]) -> Image:
    """An image on the values of an Arrow array; read-only, since Arrow's values do not change.

    The array has one value a pixel, lists of one value a band or of four (as Pillow's), all values
    one after the other, or words of 32 bits with four bytes each. Arrays with nulls and those
    encoded by a dictionary are refused.
    """
    from ._making import colored, empty, size_of

    if not hasattr(obj, "__arrow_c_array__"):
        raise TypeRefused(f"{type(obj).__name__} has no __arrow_c_array__; an array is expected")
    size = size_of(size)
    if 0 in size:
        return empty(mode, size)
    schema, array = obj.__arrow_c_array__()
    return colored(_native.from_arrow(schema, array, mode, *size), None)
