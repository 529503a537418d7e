"""What everything else of an image is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _native
from ._inks import named, samples
from ._types import largest

if TYPE_CHECKING:
    from ._image import Image


class Core(_native.View):
    """The base of `Image`: views, edits and facts with the arguments that the extension takes."""

    # How many colors of the palette were given by somebody; None for all of them.
    _color_count: int | None = None
    _notes: dict[Any, Any] | None = None
    format: str | None = None
    """The format of the file that was opened, by Pillow's name; None for everything else."""

    @property
    def info(self) -> dict[Any, Any]:
        """What the file says beside its pixels, by Pillow's keys ("dpi", "gamma", "icc_profile",
        "exif", texts), and notes of the user's; views and copies get their own. A save keeps what
        the file said, whatever becomes of the notes; `strip=True` leaves it out."""
        if self._notes is None:
            self._notes = {} if self._is_closed else self._metadata()
        return self._notes

    @info.setter
    def info(self, notes: dict[Any, Any]) -> None:
        self._notes = notes

    def _like(self, view: Image) -> Image:
        """A view of this image, with what goes along with it."""
        if self._notes:
            view._notes = dict(self._notes)
        if self._color_count is not None and view.mode == self.mode:
            view._color_count = self._color_count
        return view

    def _part(self, left: int, upper: int, right: int, lower: int) -> Image:
        return self._like(self._crop(left, upper, right - left, lower - upper))

    def _whole(self) -> Image:
        """Another view of the same."""
        return self._part(0, 0, *self.size)

    def _blank(self, size: tuple[int, int], mode: str | None = None) -> Image:
        """Zeros, with the samples and the colors of this image when they have its mode."""
        from ._making import zeros

        is_same = mode is None or mode == self.mode
        blank = self._like(zeros(mode or self.mode, size, self._sample_type if is_same else None))
        if blank.mode == self.mode and self.mode in ("P", "PA"):
            colors = self._palette()
            if colors is not None:
                blank._adopt(blank._with_palette(colors))
        return blank

    def _samples(self, color: object) -> list[float]:
        """A color as one number a band; one of modes P and PA is added to the palette."""
        return color_of(self, self.mode, self._sample_type, color)

    def _write_rows(self, row: int, count: int, data: Any, rawmode: str | None) -> None:
        """Packed rows, stored in place."""
        layout = {"mode": self.mode, "rawmode": rawmode, "width": self.width, "height": count}
        rows = _native.from_memory(_native.memory_of(data), 0, len(data), True, layout)
        self._paste(rows, 0, row)


def color_of(image: Any, mode: str, sample_type: int, color: object) -> list[float]:
    """The samples of a color in any form, for an image if it is known."""
    if image is not None and mode in ("P", "PA") and (
            isinstance(color, str) or isinstance(color, (tuple, list)) and len(color) in (3, 4)):
        found: list[float] = image._index_of(color)
        return found
    return samples(color, mode, largest(mode, sample_type))


def _pixel_color(image: Any, mode: str, sample_type: int, color: object) -> list[float]:
    return color_of(image, mode, sample_type, named(color, mode))


_native.set_colors(_pixel_color)
