"""The functions that the package declares are those of the header."""

import os
import re

import numpy as np
import pytest
import support
from PIL import Image as Pillow

import imgtool
from imgtool import _library


def declared() -> dict:
    """Every function of the header with the number of its parameters."""
    text = re.sub(r"//.*", "", support.HEADER.read_text())
    found = re.findall(r"^[\w *]+?\b(imgtool_\w+)\(([^;{]*?)\);", text, re.M)
    return {name: 0 if given.strip() == "void" else given.count(",") + 1 for name, given in found}


def test_each_function_is_declared_with_its_parameters():
    assert len(declared()) > 40
    assert declared() == {
        name: len(arguments) for name, (_, arguments) in _library.FUNCTIONS.items()}


@pytest.mark.parametrize("name", ["Layout", "SaveOptions", "Info", "Array", "Saved", "Sharing"])
def test_structures_have_the_fields_of_the_header(name):
    snake = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
    text = re.sub(r"//.*", "", support.HEADER.read_text())
    body = re.search(r"typedef struct imgtool_%s \{(.*?)\}" % snake, text, re.S)[1]
    names = [
        re.sub(r"\[.*", "", word.split()[-1].lstrip("*"))
        for line in body.split(";") for word in line.split(",") if word.strip()]
    assert names == [field for field, _ in getattr(_library, name)._fields_]


def test_lists_of_names():
    assert "png" in imgtool.formats() and "png" not in imgtool.formats("CMYK")
    assert imgtool.rawmodes("1")[0] == "1" and len(imgtool.rawmodes()) > 100
    assert re.fullmatch(r"\d+\.\d+\.\d+", imgtool.__version__)


def test_a_large_png_is_read_by_pillow(here):
    y, x = np.mgrid[0:2160, 0:3840]
    numbers = np.stack([x, y, x + y], -1).astype("u2")
    numbers = (numbers // 8 + np.random.default_rng(0).integers(0, 3, numbers.shape)).astype("u1")
    imgtool.fromarray(numbers).save("ours.png")
    assert np.array_equal(np.asarray(Pillow.open("ours.png")), numbers)


@pytest.mark.parametrize("name", [b"\xff.png", b"a\xc3.png", "\u00e9.png", b"\xed\xa0\x80 \n.png"])
def test_the_name_of_a_file_is_bytes(here, name):
    imgtool.new("L", (4, 3), 7).save(name)
    assert os.listdir(os.fsencode(here)) == [os.fsencode(name)]
    with Pillow.open(os.fsdecode(name)) as saved:
        assert (saved.size, saved.getpixel((0, 0))) == ((4, 3), 7)
    assert imgtool.open(name).getpixel((3, 2)) == 7
