"""What the package says: what was found, what was expected, and what to do."""

import numpy as np
import pytest

import imgtool


class Described:
    """An array of bytes, in the words of `__array_interface__`."""

    def __init__(self, **words):
        self.__array_interface__ = {
            "version": 3, "shape": (2, 2), "typestr": "|u1", "data": bytearray(4), **words}


@pytest.mark.parametrize("color, found", [
    (object(), "object"), (None, "NoneType"), (b"red", "bytes"), ({}, "dict"), (1.5, "float")])
@pytest.mark.parametrize("mode", ["RGB", "LA", "L", "I;16"])
def test_what_is_not_a_color_is_named(mode, color, found):
    with pytest.raises(imgtool.Error, match=f"color must be int or .*, not {found}$"):
        imgtool.new(mode, (1, 1)).putpixel((0, 0), color)


@pytest.mark.parametrize("dtype", ["V8", "c8", "c16", "U1", "S3", "O"])
def test_arrays_that_are_not_pixels_are_named_by_their_dtype(dtype):
    array = np.zeros((2, 2), dtype)
    with pytest.raises(imgtool.Error, match="arrays of dtype .* are not pixels|no buffer|format"):
        imgtool.fromarray(array)


@pytest.mark.parametrize("words, text", [
    ({"strides": (1,)}, r"2 numbers, as in the shape, are expected"),
    ({"shape": (1.5, 2)}, "whole numbers are expected"),
    ({"shape": (-1, 2)}, "numbers from 0 to what memory holds are expected"),
    ({"typestr": "u1"}, 'a string such as "|u1" is expected')])
def test_what_an_array_interface_must_have_is_said_in_the_right_number(words, text):
    with pytest.raises(imgtool.Error, match=text.replace("|", r"\|")):
        imgtool.fromarray(Described(**words))


@pytest.mark.parametrize("save", [
    lambda im, path: im.save(path), lambda im, path: im.save(path, format="raw")])
def test_a_save_onto_the_mapped_file_says_how_it_may_be(here, save):
    (here / "a.raw").write_bytes(bytes(range(16)))
    image = imgtool.fromfile("a.raw", "L", (4, 4)).transpose(imgtool.FLIP_TOP_BOTTOM)
    text = "the file is mapped by this process; save elsewhere, or pass replace=True"
    with pytest.raises(imgtool.Error, match=text):
        save(image, "a.raw")
    image.save("a.raw", replace=True)


def test_what_needs_pillow_says_how_to_have_it(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(NotImplementedError, match="as_pil needs Pillow; pip install pillow"):
        imgtool.new("L", (1, 1)).as_pil()


def test_the_picture_of_a_read_only_image_is_read_only():
    data = bytes(4)
    image = imgtool.frombuffer("L", (2, 2), data)
    picture = image.as_pil()
    assert picture.readonly == 1 and "read-only" in imgtool.Image.as_pil.__doc__
    picture.putpixel((0, 0), 9)
    assert (picture.readonly, image.getpixel((0, 0))) == (0, 0)
