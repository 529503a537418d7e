"""Packed bytes as plain samples: what `getpixel` gives, one after the other."""

from __future__ import annotations

import array
import sys
from typing import Any

from ._memory import KINDS
from ._types import ArrayType

_WHITE = bytes([0] + [255] * 255)
# LAB is stored with its second and third samples from the middle on.
_TURNED = bytes(value ^ 0x80 for value in range(256))
# The letter of array.array for elements.
_LETTERS = {
    (kind, array.array(letter).itemsize): letter
    for letter, kind in KINDS.items() if letter in array.typecodes}


def plain(data: bytes, mode: str, elements: ArrayType) -> bytes | array.array[Any]:
    """The samples of packed rows."""
    if elements.kind == "b":
        return data.translate(_WHITE)
    if mode == "LAB":
        turned = bytearray(data)
        for band in (1, 2):
            turned[band::3] = data[band::3].translate(_TURNED)
        return bytes(turned)
    if elements.itemsize == 1:
        return data
    numbers: array.array[Any] = array.array(_LETTERS[elements.kind, elements.itemsize])
    numbers.frombytes(data)
    if elements.big_endian != (sys.byteorder == "big"):
        numbers.byteswap()
    return numbers


def plain_bytes(samples: bytes | array.array[Any]) -> bytes:
    """The bytes of plain samples, zeros where these are zero."""
    return samples if isinstance(samples, bytes) else samples.tobytes()
