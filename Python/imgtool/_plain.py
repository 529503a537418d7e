"""Packed bytes as plain samples: what `getpixel` gives, one after the other."""

from __future__ import annotations

import array
import sys
from typing import Any

_WHITE = bytes([0] + [255] * 255)
# LAB is stored with its second and third samples from the middle on.
_TURNED = bytes(value ^ 0x80 for value in range(256))
# The letter of array.array for each sample type of the library.
_LETTERS = ("B", "H", "i", "f", "d")


def rawmode(mode: str) -> str | None:
    """The storage that `plain` takes."""
    return "1;8" if mode == "1" else None


def plain(data: bytes, mode: str, sample_type: int) -> bytes | array.array[Any]:
    """The samples of packed rows."""
    if mode == "1":
        return data.translate(_WHITE)
    if mode == "LAB":
        turned = bytearray(data)
        for band in (1, 2):
            turned[band::3] = data[band::3].translate(_TURNED)
        return bytes(turned)
    if sample_type == 0:
        return data
    numbers: array.array[Any] = array.array(
        "q" if mode == "I" and sample_type == 4 else _LETTERS[sample_type])
    numbers.frombytes(data)
    # Rows of 16 bits are little-endian, but for one mode.
    if sample_type == 1 and (mode == "I;16B") == (sys.byteorder == "little") and mode != "I;16N":
        numbers.byteswap()
    return numbers


def plain_bytes(samples: bytes | array.array[Any]) -> bytes:
    """The bytes of plain samples, zeros where these are zero."""
    return samples if isinstance(samples, bytes) else samples.tobytes()
