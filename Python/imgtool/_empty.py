"""Images without pixels, which Pillow has and the library does not."""

from __future__ import annotations

from typing import Any

from ._errors import BufferRefused, ValueRefused
from ._image import Difference, Image
from ._making import empty
from ._native import View


class EmptyImage(Image):
    """Nothing to read, nothing to edit; views and copies are empty as well.

    The image below has one pixel, which stands in for the mode and what follows from it.
    """

    __module__ = "imgtool"

    def _crop(self, x: int, y: int, width: int, height: int) -> Image:
        return empty(self.mode, (width, height))

    def _band(self, band: int) -> Image:
        return empty(super()._band(band).mode, self.size)

    def _reorient(self, how: str) -> Image:
        super()._reorient(how)
        return empty(self.mode, self.size[::-1] if how in ("90", "270") else self.size)

    def _every(self, columns: int, rows: int) -> Image:
        super()._every(columns, rows)
        return empty(self.mode, (-(-self.width // columns), -(-self.height // rows)))

    def _convert(self, mode: str, clamp: bool = False) -> Image:
        return empty(super()._convert(mode, clamp).mode, self.size)

    def _window(self, low: float, high: float, clamp: bool = False) -> Image:
        return empty(super()._window(low, high).mode, self.size)

    def _automatic_window(self, percent: float) -> tuple[float, float]:
        return 0.0, 1.0

    def _copy(self) -> Image:
        return empty(self.mode, self.size)

    def _adopt(self, other: View) -> None:
        size = self.size
        super()._adopt(other)
        self._hide(*size)

    def _paste(self, other: View, x: int, y: int) -> None:
        pass

    def _tobytes(self, rawmode: str | None = None) -> bytes:
        return b""

    def _getdata(self) -> list[Any]:
        return []

    def _statistics(self) -> tuple[list[tuple[float, float]], list[int]]:
        return [], [0] * 256 * self._band_count

    def _dlpack(self, is_versioned: bool) -> object:
        raise BufferRefused("the image has no pixels, and no tensor shows none")

    def _arrow(self, requested: object) -> tuple[object, object]:
        raise ValueRefused("the image has no pixels, and no Arrow array shows none")

    def toarray(self) -> Any:
        import numpy

        return numpy.empty(self._array_shape, self._array_type)

    def compare(self, other: Image, tolerance: float = 0) -> Difference:
        is_same = (self.mode, self.size) == (other.mode, other.size)
        reason = "" if is_same else f"the sizes are {self.size} and {other.size}"
        return Difference(is_same, reason, 0, 0, 0, float("inf"), None)

    def hash(self) -> str:
        raise ValueRefused("the image has no pixels to hash")

    def as_pil(self) -> Any:
        raise ValueRefused("the image has no pixels; PIL.Image.new(im.mode, im.size) is as good")

    def save(self, fp: Any, format: str | None = None, **params: Any) -> None:
        raise ValueRefused("cannot write empty image")
