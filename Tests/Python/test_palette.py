"""Palettes in Pillow's forms."""

import numpy as np
import pytest
from PIL import Image as Pillow

import imgtool

FORMS = [
    (bytes(range(6)), "RGB"), (list(range(6)), "RGB"), (bytes(range(8)), "RGBA"),
    (bytes(range(6)), "BGR"), (bytes(range(8)), "BGRX"), (bytes(range(6)), "RGB;L"),
    (bytes(768), "RGB"), (bytes(range(256)) * 4, "RGBA"), ([], "RGB"),
]


@pytest.mark.parametrize("data, rawmode", FORMS, ids=lambda value: str(value)[:20])
@pytest.mark.parametrize("mode", ["L", "P", "LA", "PA"])
def test_colors_are_pillows_and_the_indices_stay_where_they_are(mode, data, rawmode):
    shape = (2, 2) if len(mode) == 1 else (2, 2, 2)
    numbers = np.zeros(shape, "u1")
    ours, theirs = imgtool.fromarray(numbers, mode), Pillow.new(mode, (2, 2))
    for image in ours, theirs:
        image.putpalette(data, rawmode)
    assert ours.mode == theirs.mode
    for order in ("RGB", "RGBA", "BGR", None):
        if data or order != "BGR":
            assert ours.getpalette(order) == theirs.getpalette(order), order
    numbers[...] = 1
    assert ours.getpixel((0, 0)) == (1 if len(mode) == 1 else (1, 1))
    if data:
        theirs.putpixel((0, 0), ours.getpixel((0, 0)))
        assert ours.convert("RGB").getpixel((0, 0)) == theirs.convert("RGB").getpixel((0, 0))


def test_what_is_not_a_palette_is_refused():
    image = imgtool.new("P", (1, 1))
    for data, rawmode in [
            (bytes(771), "RGB"), (b"ab", "RGB"), ([300, 0, 0], "RGB"), (b"abc", "XYZ")]:
        with pytest.raises(imgtool.Error, match="palette|raw mode"):
            image.putpalette(data, rawmode)
    with pytest.raises(imgtool.Error, match="illegal image mode"):
        imgtool.new("RGB", (1, 1)).putpalette(b"abc")
    with pytest.raises(imgtool.Error, match="raw mode"):
        image.getpalette("XYZ")


def test_a_palette_is_taken_from_one_image_to_another():
    first, second = imgtool.new("P", (1, 1), "red"), imgtool.new("L", (1, 1))
    second.putpalette(first.palette)
    assert second.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
    assert first.palette.colors == {(255, 0, 0): 0} and first.palette.mode == "RGB"
    assert imgtool.new("RGB", (1, 1)).palette is None


def test_views_made_before_keep_their_colors():
    image = imgtool.new("P", (2, 2), "red")
    part = image.crop((0, 0, 1, 1))
    image.putpalette([0, 0, 255])
    assert part.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
    assert image.convert("RGB").getpixel((0, 0)) == (0, 0, 255)
