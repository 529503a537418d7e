"""Parts, turns and sizes of images, and what is put into them."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Optional, SupportsFloat

from . import _pil
from ._errors import IndexRefused, TypeRefused, ValueRefused, refusals, several, whole
from ._modes import Resampling, Transpose
from ._palette import Paletted

if TYPE_CHECKING:
    from ._image import Image

# Pillow turns counterclockwise, the library clockwise; the two on the diagonals are a turn and a
# mirror.
_WAYS = {
    Transpose.FLIP_LEFT_RIGHT: "h", Transpose.FLIP_TOP_BOTTOM: "v", Transpose.ROTATE_90: "270",
    Transpose.ROTATE_180: "180", Transpose.ROTATE_270: "90", Transpose.TRANSPOSE: "90 h",
    Transpose.TRANSVERSE: "90 v",
}
# As Pillow takes masks: the opacity of those that have some.
_MASKS = ("1", "L", "LA", "RGBA", "RGBa")
Box = Optional[Sequence[float]]


class Geometry(Paletted):
    """Views of parts; edits of parts in place."""

    def crop(self, box: Box = None) -> Image:
        """The pixels from (left, upper) to before (right, lower); floats are rounded.

        Inside of the image a view: edit it, and the image is edited. A box that reaches beyond the
        edge, or is empty, gives a copy, with zeros outside.
        """
        if box is None:
            return self._whole()
        edges = [_rounded(edge) for edge in several(box, "the box", (4,), IndexRefused)]
        if box[2] < box[0]:
            raise ValueRefused("Coordinate 'right' is less than 'left'")
        if box[3] < box[1]:
            raise ValueRefused("Coordinate 'lower' is less than 'upper'")
        left, upper, right, lower = edges
        width, height = self.size
        if 0 <= left < right <= width and 0 <= upper < lower <= height:
            return self._part(left, upper, right, lower)
        beyond = self._blank((right - left, lower - upper))
        seen = _common((left, upper, right, lower), (0, 0, width, height))
        if seen is not None:
            beyond._paste(self._part(*seen), seen[0] - left, seen[1] - upper)
        return beyond

    def paste(
        self, im: Paletted | Any, box: Any = None, mask: Paletted | Any = None
    ) -> None:
        """Copies an image, or one color, over the pixels from (left, upper) on, in place.

        What lies beyond the edges is left out. A box of four numbers must have the image's size; a
        color without a box fills everything. An image in another mode is converted, unless opacity
        would be lost. With a mask, Pillow mixes the two if it is installed. Pictures of Pillow
        are images as well, here and in every other call.
        """
        if _pil.is_image(im):
            im = _pil.image_of(im)
        if _pil.is_image(box):
            if mask is not None:
                raise ValueRefused(
                    "If using second argument as mask, third argument must be None")
            box, mask = None, box
        if mask is not None:
            self._paste_behind(_pil.image_of(mask), im, box)
            return
        corner = (0, 0) if box is None else _edges(box)
        if isinstance(im, Paletted):
            self._paste_image(im, corner)
        elif len(corner) == 4:
            self._paste_color(im, corner)
        elif box is None:
            self._paste_color(im, (0, 0, *self.size))
        else:
            raise ValueRefused("cannot determine region size; use 4-item box")

    def _paste_behind(self, mask: Paletted, im: Paletted | Any, box: Sequence[int] | None) -> None:
        if mask.mode not in _MASKS:
            raise ValueRefused(f"a mask has one of the modes {', '.join(_MASKS)}, not {mask.mode}")
        size = im.size if isinstance(im, Paletted) else mask.size
        edges = (0, 0) if box is None else _edges(box)
        left, upper = edges[:2]
        right, lower = edges[2:] if len(edges) == 4 else (
            left + size[0], upper + size[1])
        if (right - left, lower - upper) != mask.size or size != mask.size:
            raise ValueRefused(
                f"images do not match: the mask is {mask.size}, what is pasted {size}, the box "
                f"{(right - left, lower - upper)}")
        seen = _common((left, upper, right, lower), (0, 0, *self.size))
        if seen is None:
            return
        below = _pil.copy_for_pillow(self._part(*seen), "a paste behind a mask")
        above = _pil.copy_for_pillow(im, "a paste") if isinstance(im, Paletted) else im
        corner = (left - seen[0], upper - seen[1])
        behind = _pil.copy_for_pillow(mask, "a mask")
        with refusals():
            below.paste(above, (*corner, corner[0] + size[0], corner[1] + size[1]), behind)
        self._paste(_pil.copy_from_pillow(below, self.mode), seen[0], seen[1])

    def putalpha(self, alpha: Paletted | int | Any) -> None:
        """Sets the opacity, in place; the image has some to set."""
        if self.mode not in ("LA", "PA", "RGBA"):
            raise ValueRefused(
                f"mode {self.mode} has no opacity; take im.convert('RGBA').copy() first")
        band = self._band(self._band_count - 1)
        if _pil.is_image(alpha):
            alpha = _pil.image_of(alpha)
        if isinstance(alpha, Paletted) and alpha.size != self.size:
            raise ValueRefused(f"images do not match: {alpha.size} and {self.size}")
        band.paste(alpha)

    def rotate(
        self, angle: float, resample: int = Resampling.NEAREST, expand: bool = False,
        center: tuple[float, float] | None = None, translate: tuple[int, int] | None = None,
        fillcolor: Any = None,
    ) -> Image:
        """The pixels turned counterclockwise: a view for right angles that fit, else by Pillow."""
        if not isinstance(angle, SupportsFloat):
            raise TypeRefused(f"the angle is {angle!r}; a number is expected")
        turns = {0: None, 180: Transpose.ROTATE_180}
        if expand or self.width == self.height:
            turns |= {90: Transpose.ROTATE_90, 270: Transpose.ROTATE_270}
        if angle % 360 in turns and not (center or translate):
            method = turns[int(angle % 360)]
            return self._whole() if method is None else self.transpose(method)
        arguments = (angle, resample, expand, center, translate, fillcolor)
        return _pil.through(self, "rotate", lambda im: im.rotate(*arguments))

    def _paste_image(self, im: Paletted, corner: tuple[int, ...]) -> None:
        left, upper = corner[:2]
        width, height = im.size
        if len(corner) == 4 and (corner[2] - left, corner[3] - upper) != im.size:
            raise ValueRefused(
                f"images do not match: the box {corner} is not of the image's size {im.size}")
        seen = _common((left, upper, left + width, upper + height), (0, 0, *self.size))
        if seen is None:
            return
        x, y, right, lower = seen
        if (right - x, lower - y) != im.size:
            im = im._part(x - left, y - upper, right - left, lower - upper)
        self._paste(im, x, y)

    def _paste_color(self, color: Any, corner: tuple[int, ...]) -> None:
        samples = self._samples(color)
        seen = _common(corner, (0, 0, *self.size))
        if seen is not None:
            left, upper, right, lower = seen
            self._fill(left, upper, right - left, lower - upper, samples)

    def transpose(self, method: int) -> Image:
        """The pixels mirrored or turned, as a view; `method` is a `Transpose`, or its number."""
        try:
            ways = _WAYS[Transpose(operator.index(method))].split()
        except ValueError:
            raise ValueRefused("No such transpose operation") from None
        view = self._reorient(ways[0])
        return self._like(view._reorient(ways[1]) if len(ways) > 1 else view)

    def reorient(self, how: str | int) -> Image:
        """Mirrored left-right ("h"), top-bottom ("v"), or turned clockwise ("90", "180", "270")."""
        return self._like(self._reorient(str(how)))

    def every(self, columns: int, rows: int) -> Image:
        """Each `columns`th column of each `rows`th row, as a view."""
        return self._like(self._every(columns, rows))

    def resize(
        self, size: Sequence[int], resample: int | None = None, box: Box = None,
        reducing_gap: float | None = None,
    ) -> Image:
        """The pixels in another size.

        To the nearest pixel, and to a size that divides this one, a view. Everything else is done
        by Pillow, where it is installed, and is a copy.
        """
        width, height = (
            whole(extent, "an extent of the size") for extent in several(size, "the size", (2,)))
        if (width, height) == self.size and (box is None or tuple(box) == (0, 0, *self.size)):
            return self._like(self._copy())
        is_nearest = self.mode in ("1", "P") or resample == Resampling.NEAREST
        if is_nearest and box is None and width > 0 and height > 0:
            columns, rows = self.width // width, self.height // height
            if columns and rows and (width * columns, height * rows) == self.size:
                # Pillow takes the pixel in the middle of each that is left.
                return self._part(columns // 2, rows // 2, *self.size).every(columns, rows)
        arguments = (resample, box, reducing_gap)
        return _pil.through(self, "resize", lambda im: im.resize((width, height), *arguments))

    def reduce(self, factor: int | tuple[int, int], box: Sequence[int] | None = None) -> Image:
        """The mean of each `factor` pixels, by Pillow where it is installed: a copy."""
        if factor in (1, (1, 1)):
            return self.crop(box)
        return _pil.through(self, "reduce", lambda im: im.reduce(factor, box))


def _rounded(edge: Any) -> int:
    try:
        return int(round(edge))
    except (OverflowError, TypeError, ValueError):
        raise TypeRefused(f"an edge of the box is {edge!r}; a number is expected") from None


def _edges(box: Any) -> tuple[int, ...]:
    return tuple(whole(edge, "an edge of the box") for edge in several(box, "the box", (2, 4)))


def _common(a: Sequence[int], b: Sequence[int]) -> tuple[int, int, int, int] | None:
    """What two rectangles have in common; None when that is nothing."""
    left, upper = max(a[0], b[0]), max(a[1], b[1])
    right, lower = min(a[2], b[2]), min(a[3], b[3])
    return (left, upper, right, lower) if left < right and upper < lower else None
