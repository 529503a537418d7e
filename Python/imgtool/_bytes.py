"""Pixels as bytes, in the forms of Pillow's raw decoder and encoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._errors import ValueRefused
from ._palette import Paletted
from ._types import packed_rawmode

if TYPE_CHECKING:
    from ._image import Image

Arguments = tuple[Any, ...]


def raw_arguments(name: str, what: str, args: Arguments, mode: str) -> tuple[str, int, int]:
    """The rawmode, stride and orientation of Pillow's raw codec, one by one or as a tuple."""
    if name != "raw":
        raise ValueRefused(f"{what} {name} not available; raw is expected")
    if len(args) == 1 and isinstance(args[0], (tuple, list)):
        args = tuple(args[0])
    if len(args) > 3:
        raise ValueRefused(
            f"{len(args)} arguments; a rawmode, a stride and an orientation are expected")
    given: Arguments = (*args, *(mode, 0, 1)[len(args):])
    rawmode, stride, orientation = given
    return rawmode or mode, stride, orientation


class Bytes(Paletted):
    """Reading and writing packed rows."""

    def tobytes(self, encoder_name: str = "raw", *args: Any) -> bytes:
        """The pixels as packed rows, in the storage that the mode is named for, or as a rawmode.

        Samples of more than 8 bits take all their bytes: RGB of 16 bits is `RGB;16L`, which is the
        rawmode to read it with again. `args` are Pillow's: rawmode, stride (0: packed) and
        orientation (-1: the last row first).
        """
        rawmode, stride, orientation = raw_arguments(encoder_name, "encoder", args, self.mode)
        if 0 in self.size:
            return b""
        data = self._tobytes(None if rawmode == self.mode else rawmode)
        step = len(data) // self.height
        if stride in (0, step) and orientation == 1:
            return data
        if 0 < stride < step:
            raise ValueRefused(f"the stride is {stride}; a row has {step} bytes")
        rows = [data[start:start + step] for start in range(0, len(data), step)]
        return b"".join(
            row.ljust(stride, b"\0") for row in (rows if orientation == 1 else reversed(rows)))

    def frombytes(self, data: Any, decoder_name: str = "raw", *args: Any) -> None:
        """Sets all pixels, in place, to those of some bytes."""
        from ._making import frombuffer

        rows = frombuffer(self.mode, self.size, data, decoder_name, *args)
        colors = self._palette()
        # Bytes have no colors of their own.
        self._paste(rows if colors is None else rows._with_palette(colors), 0, 0)

    def __eq__(self, other: object) -> bool:
        """Whether mode, size, `info`, colors and all pixels are the same, as in Pillow."""
        if not isinstance(other, Paletted):
            return NotImplemented
        return (
            self.mode == other.mode and self.size == other.size and self.info == other.info
            and self.getpalette() == other.getpalette() and self._tobytes() == other._tobytes())

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Callable[..., Image], tuple[Any, ...]]:
        """To a copy, as `pickle` and `copy` want it."""
        return _restored, (
            self.mode, self.size, self.tobytes(), self._palette(), self._color_count, self.info,
            packed_rawmode(self.mode, self._sample_type))

    def __copy__(self) -> Image:
        return self._like(self._copy())

    def __deepcopy__(self, memo: dict[int, Any]) -> Image:
        return self.__copy__()


def _restored(
    mode: str, size: tuple[int, int], data: bytes, colors: bytes | None, color_count: int | None,
    info: dict[Any, Any], rawmode: str | None = None,
) -> Image:
    from ._making import frombytes

    image = frombytes(mode, size, data, "raw", rawmode or mode)
    if colors is not None:
        image._adopt(image._with_palette(colors))
    image._color_count = color_count
    image.info = info
    return image
