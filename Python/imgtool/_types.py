"""What modes and their samples are, and which arrays can be which modes: as the library has it."""

from __future__ import annotations

from typing import NamedTuple

from . import _native
from ._errors import TypeRefused, ValueRefused


class ArrayType(NamedTuple):
    """How packed rows are an array: the rawmode, and the elements by NumPy's letters."""

    rawmode: str
    kind: str
    itemsize: int
    big_endian: bool

    @property
    def dtype(self) -> str:
        """NumPy's name of the elements."""
        order = "|" if self.itemsize == 1 else ">" if self.big_endian else "<"
        return f"{order}{self.kind}{self.itemsize}"


class Mode(NamedTuple):
    """What a mode is."""

    bands: tuple[str, ...]
    alpha: int | None
    sample_type: int
    """The one that the mode is named for; each is a number of the library."""
    arrays: dict[int, ArrayType]
    """By the sample types that the mode can have."""

    @property
    def is_wide_color(self) -> bool:
        """Whether samples of several bands can have 16 bits."""
        return len(self.bands) > 1 and U16 in self.arrays


U8, U16 = 0, 1
MODES = {
    name: Mode(bands, None if alpha < 0 else alpha, sample_type, {
        number: ArrayType(*array) for number, array in arrays.items()})
    for name, (bands, alpha, sample_type, arrays) in _native.mode_table().items()}
# The kinds of elements that are pixels.
_KINDS = "biuf"


def mode_for(bands: int, kind: str, itemsize: int, big_endian: bool) -> str:
    """The mode of an array that names none."""
    # As in Pillow, this is about a type, and not about a value.
    if kind not in _KINDS:
        raise TypeRefused(f"arrays of dtype {kind}{itemsize} are not pixels")
    mode = _native.element_mode(bands, kind, itemsize, big_endian)
    if mode is None:
        raise TypeRefused(f"no mode has {bands} bands of {kind}{itemsize}; give one with mode=")
    return mode


def rawmode_for(mode: str, kind: str, itemsize: int, big_endian: bool) -> str:
    """How elements of a number type store a mode."""
    if kind not in _KINDS:
        raise ValueRefused(f"mode {mode} is not stored as {kind}{itemsize}")
    # Bytes of 0 and others are as good as booleans.
    if mode == "1" and (kind, itemsize) == ("u", 1):
        kind = "b"
    return _native.element_rawmode(mode, kind, itemsize, big_endian)


def is_natural(mode: str, sample_type: int) -> bool:
    """Whether samples are of the type that the mode is named for."""
    return sample_type == MODES[mode].sample_type


def array_type(mode: str, sample_type: int) -> ArrayType:
    """How packed rows of a mode are an array."""
    return MODES[mode].arrays[sample_type]


def packed_rawmode(mode: str, sample_type: int) -> str:
    """The rawmode of what `tobytes` gives."""
    return mode if is_natural(mode, sample_type) else array_type(mode, sample_type).rawmode


def sample_name(mode: str, sample_type: int) -> str:
    """The type of samples in a word."""
    found = array_type(mode, sample_type)
    return f"{'u' if found.kind == 'b' else found.kind}{8 * found.itemsize}"


def byte_count(mode: str, sample_type: int) -> int:
    """The bytes of one sample."""
    return array_type(mode, sample_type).itemsize


def largest(mode: str, sample_type: int) -> int:
    """The largest sample of a mode of several bands."""
    return (1 << 8 * byte_count(mode, sample_type)) - 1
