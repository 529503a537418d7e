"""Pictures of Pillow on the memory of an image."""

import numpy as np
import pytest
import support
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFilter

import imgtool

DRAWABLE = {"L": 9, "P": 9, "RGBA": (1, 2, 3, 4), "RGBX": (1, 2, 3, 4), "CMYK": (1, 2, 3, 4),
            "I;16": 300, "I;16B": 300}
VIEWS = {
    "whole": lambda a: a, "a part": lambda a: a[1:4, 2:5], "the last pixel": lambda a: a[-1:, -1:],
    "bottom-up": lambda a: a[::-1], "every second row": lambda a: a[::2],
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("mode", DRAWABLE)
def test_pillow_draws_on_the_array(mode, view):
    numbers = support.random_array(mode, (7, 6))
    shown = VIEWS[view](numbers)
    image = imgtool.fromarray(shown, mode)
    outside = numbers.copy()
    picture = image.as_pil()
    assert (picture.mode, picture.size) == (mode, image.size)
    assert picture.getpixel((0, 0)) == image.getpixel((0, 0))
    ImageDraw.Draw(picture).point((0, 0), DRAWABLE[mode])
    assert image.getpixel((0, 0)) == DRAWABLE[mode]
    numbers[...] = support.random_array(mode, (7, 6), 1)
    assert picture.getpixel((image.width - 1, image.height - 1)) == image.getpixel((-1, -1))
    # Nothing but the pixel was touched.
    numbers[...] = outside
    ImageDraw.Draw(picture).rectangle((0, 0, *image.size), DRAWABLE[mode])
    VIEWS[view](outside)[...] = shown
    assert np.array_equal(numbers, outside)


def test_the_picture_keeps_the_memory():
    image = imgtool.new("L", (64, 64), 7)
    picture = image.as_pil()
    image.close()
    assert picture.getextrema() == (7, 7)


def test_the_picture_of_constant_bytes_copies_when_it_is_edited():
    data = bytes(4)
    picture = imgtool.frombuffer("L", (2, 2), data).as_pil()
    picture.putpixel((0, 0), 9)
    assert data == bytes(4) and picture.getpixel((0, 0)) == 9


def test_colors_go_with_the_picture():
    image = imgtool.new("P", (2, 2), "red")
    assert image.as_pil().convert("RGB").getpixel((1, 1)) == (255, 0, 0)


@pytest.mark.parametrize(
    "image",
    [imgtool.new("RGB", (2, 2)), imgtool.new("F", (2, 2)), imgtool.new("1", (2, 2)),
     imgtool.new("L", (2, 2)).convert("RGBA"), imgtool.new("L", (4, 4)).reorient("h"),
     imgtool.new("L", (4, 4)).every(2, 2), imgtool.new("L", (4, 2)).transpose(5)],
    ids=["RGB", "F", "1", "computed", "mirrored", "each second", "transposed"])
def test_what_pillow_cannot_share_is_refused_with_a_way_out(image):
    with pytest.raises(imgtool.Error, match=r"fromarray\(im.toarray\(\)\)"):
        image.as_pil()
    Pillow.fromarray(image.toarray())


def test_notebooks_show_a_png():
    assert imgtool.new("RGB", (2, 2))._repr_png_().startswith(b"\x89PNG")
    assert imgtool.new("CMYK", (2, 2))._repr_png_() is None


def test_an_image_is_shown_by_pillow(monkeypatch):
    shown = []
    monkeypatch.setattr(Pillow.Image, "show", lambda self, title=None: shown.append((self, title)))
    imgtool.new("RGB", (2, 1), "red").show("title")
    assert shown[0][0].getpixel((1, 0)) == (255, 0, 0) and shown[0][1] == "title"


@pytest.mark.parametrize(
    "arguments", [("P",), ("P", None, 0, 1, 16), ("1", None, 3), ("L", (1, 0, 0, 0))])
def test_what_the_library_does_not_compute_pillow_converts(arguments):
    numbers = support.random_array("RGB", (9, 7))
    image, picture = imgtool.fromarray(numbers), Pillow.fromarray(numbers)
    found, expected = image.convert(*arguments), picture.convert(*arguments)
    assert (found.mode, found.tobytes()) == (expected.mode, expected.tobytes())
    assert found.getpalette() == expected.getpalette()
    assert not found.sharing().shared and image.convert("L", dither=0).sharing().shared


def test_colors_behind_indices_are_what_a_conversion_without_a_mode_gives():
    image = imgtool.new("P", (1, 1), "red")
    assert image.convert().mode == "RGB" and image.convert().getpixel((0, 0)) == (255, 0, 0)
    image.putpalette(bytes(8), "RGBA")
    assert image.convert().mode == "RGBA"


def test_without_pillow_a_conversion_is_refused_by_the_library(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(imgtool.Error, match="no conversion"):
        imgtool.new("RGB", (1, 1)).convert("P")
    with pytest.raises(NotImplementedError, match="Pillow"):
        imgtool.new("L", (1, 1)).convert("1", dither=3)


def test_copies_that_pillow_makes_are_pillows():
    numbers = [support.random_array("RGB", (16, 12), seed) for seed in range(2)]
    ours, theirs = [imgtool.fromarray(a) for a in numbers], [Pillow.fromarray(a) for a in numbers]
    pairs = [
        (images[0].filter(ImageFilter.BLUR), images[0].quantize(8),
         images[0].transform((5, 5), Pillow.Transform.EXTENT, (1, 1, 9, 9)),
         library.blend(*images, 0.3), library.composite(*images, images[0].getchannel("G")),
         library.alpha_composite(images[0].convert("RGBA"), images[1].convert("RGBA")))
        for library, images in ((imgtool, ours), (Pillow, theirs))]
    for found, expected in zip(*pairs):
        assert (found.mode, found.size) == (expected.mode, expected.size)
        assert found.tobytes() == expected.tobytes() and found.getpalette() == expected.getpalette()


def test_a_thumbnail_is_a_copy_unless_the_image_is_small():
    numbers = support.random_array("RGB", (16, 12))
    image, picture = imgtool.fromarray(numbers), Pillow.fromarray(numbers)
    part = image.crop((0, 0, 16, 12))
    image.thumbnail((20, 20))
    assert image.size == (16, 12) and image.sharing().shared
    for each in (image, picture):
        each.thumbnail((8, 5))
    assert (image.size, image.tobytes()) == (picture.size, picture.tobytes())
    assert not image.sharing().shared and part.sharing().shared
