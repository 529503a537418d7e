"""Which arrays can be which modes: the number types of elements, and the rawmodes for them."""

from __future__ import annotations

from ._errors import TypeRefused, ValueRefused

_GRAY16 = ("I;16", "I;16L", "I;16B", "I;16N")
# The modes of one band that arrays of a number type become when none is asked for.
_BY_KIND = {"b": "1", "i": "I", "f": "F", "u": "I"}
_BY_BANDS = {2: "LA", 3: "RGB", 4: "RGBA"}
_INTEGERS = {
    ("u", 1): "I;8", ("i", 1): "I;8S", ("u", 2): "I;16", ("i", 2): "I;16S", ("u", 4): "I;32",
    ("i", 4): "I;32S", ("u", 8): "I;64", ("i", 8): "I;64S",
}
_FLOATS = {2: "F;16F", 4: "F;32F", 8: "F;64F"}
# The samples of modes as NumPy names them, by the number of the library's sample type.
SAMPLE_TYPES = ["|u1", "<u2", "<i4", "<f4", "<f8"]
# The same as users see them; mode I has integers of 64 bits where the library has the last.
_NAMES = ("u8", "u16", "i32", "f32", "f64")
_NATURAL = {**dict.fromkeys(_GRAY16, 1), "I": 2, "F": 3}
_WIDE = {("L", 1): "L;16", ("I", 4): "I;64S", ("F", 4): "F;64F"}
U16 = 1
# The modes of several bands that have 16 bits a sample as well.
WIDE_COLORS = ("LA", "La", "RGB", "RGBA", "RGBX", "RGBa", "CMYK")


def mode_for(bands: int, kind: str, itemsize: int, big_endian: bool) -> str:
    """The mode of an array that names none."""
    if bands == 1:
        if (kind, itemsize) == ("u", 1):
            return "L"
        if (kind, itemsize) == ("u", 2):
            return "I;16B" if big_endian else "I;16"
        if kind in _BY_KIND:
            return _BY_KIND[kind]
    elif bands in _BY_BANDS and kind == "u" and itemsize <= 2:
        return _BY_BANDS[bands]
    # As in Pillow, this is about a type, and not about a value.
    if kind not in _BY_KIND:
        raise TypeRefused(f"arrays of dtype {kind}{itemsize} are not pixels")
    raise TypeRefused(f"no mode has {bands} bands of {kind}{itemsize}; give one with mode=")


def rawmode_for(mode: str, kind: str, itemsize: int, big_endian: bool) -> str:
    """How elements of a number type store a mode."""
    if mode == "1" and itemsize == 1 and kind in "bu":
        return "1;8"
    if mode == "I" and (kind, itemsize) in _INTEGERS:
        return _swapped(_INTEGERS[kind, itemsize], big_endian and itemsize > 1)
    if mode == "F" and kind == "f" and itemsize in _FLOATS:
        return _swapped(_FLOATS[itemsize], big_endian)
    if mode == "F" and kind in "ui" and itemsize <= 4:
        name = _INTEGERS[kind, itemsize].replace("I", "F")
        return _swapped(name, big_endian and itemsize > 1)
    if mode in _GRAY16 and (kind, itemsize) == ("u", 2):
        return "I;16B" if big_endian else "I;16" if mode == "I;16" else _little(mode)
    if kind == "u" and itemsize == 1:
        return mode
    if kind == "u" and itemsize == 2:
        return f"{mode};16B" if big_endian else "L;16" if mode == "L" else f"{mode};16L"
    raise ValueRefused(f"mode {mode} is not stored as {'>' if big_endian else '<'}{kind}{itemsize}")


def is_natural(mode: str, sample_type: int) -> bool:
    """Whether samples are of the type that the mode is named for."""
    return sample_type == _NATURAL.get(mode, 0)


def sample_name(mode: str, sample_type: int) -> str:
    """The type of samples in a word."""
    return "i64" if (mode, sample_type) == ("I", 4) else _NAMES[sample_type]


def byte_count(sample_type: int) -> int:
    """The bytes of one plain sample."""
    return int(SAMPLE_TYPES[sample_type][-1])


def packed_rawmode(mode: str, sample_type: int) -> str:
    """The rawmode of what `tobytes` gives."""
    if is_natural(mode, sample_type):
        return mode
    return _WIDE.get((mode, sample_type)) or f"{mode};16L"


def _swapped(name: str, big_endian: bool) -> str:
    """The big-endian form of a rawmode: `I;16S` is `I;16BS` then."""
    if not big_endian:
        return name
    return f"{name[:-1]}B{name[-1]}" if name[-1] in "SF" else f"{name}B"


def _little(mode: str) -> str:
    if mode == "I;16B":
        raise ValueRefused("mode I;16B is big-endian; the array is not")
    return mode


def array_type(mode: str, sample_type: int) -> tuple[str | None, str]:
    """How plain pixels of a mode become an array: the rawmode, and NumPy's name of the elements."""
    if mode == "1":
        return "1;8", "|b1"
    if mode == "I;16B":
        return "I;16B", ">u2"
    return None, SAMPLE_TYPES[sample_type] if mode != "I" or sample_type != 4 else "<i8"
