"""Pastes of a view of the image's own memory: they are what Pillow makes of a paste of a copy."""

import os

import numpy as np
import pytest
from PIL import Image

import imgtool

W, H = 640, 600
TURNS = {"h": Image.Transpose.FLIP_LEFT_RIGHT, "v": Image.Transpose.FLIP_TOP_BOTTOM,
         "180": Image.Transpose.ROTATE_180, "90": Image.Transpose.ROTATE_270, "270": Image.Transpose.ROTATE_90}


def crop(box):
    return lambda image: image.crop(box), lambda image: image.crop(box)


def turn(how, box=(0, 0, W, H)):
    return lambda image: image.crop(box).reorient(how), lambda image: image.crop(box).transpose(TURNS[how])


def every(columns, rows):
    return (lambda image: image.every(columns, rows),
            lambda image: Image.fromarray(np.asarray(image)[::rows, ::columns].copy()))


SQUARE = (20, 10, 500, 490)
# What is pasted, as a view and by Pillow, and where.
CASES = {
    "itself": (crop((0, 0, W, H)), (0, 0)),
    "left": (crop((7, 0, W, H)), (0, 0)),
    "right": (crop((0, 0, W - 7, H)), (7, 0)),
    "up": (crop((0, 3, W, H)), (0, 0)),
    "down": (crop((0, 0, W, H - 3)), (0, 3)),
    "left and down": (crop((7, 0, W, H - 3)), (0, 3)),
    "right and up": (crop((0, 3, W - 7, H)), (7, 0)),
    "beside": (crop((0, 0, W // 2, H)), (W // 2, 0)),
    "below": (crop((0, 0, W, H // 2)), (0, H // 2)),
    "mirrored": (turn("h"), (0, 0)),
    "upside down": (turn("v"), (0, 0)),
    "half a turn": (turn("180"), (0, 0)),
    "a quarter turn": (turn("90", SQUARE), (20, 10)),
    "three quarters": (turn("270", SQUARE), (21, 10)),
    "a mirror beside": (turn("h", (0, 0, W // 2, H)), (W // 2, 0)),
    "a turn beside": (turn("90", (0, 0, W // 2, W // 2)), (W // 2, 0)),
    "a mirror in place": (turn("h", SQUARE), (20, 10)),
    "a mirror aside": (turn("v", SQUARE), (22, 11)),
    "each second": (every(2, 2), (0, 0)),
    "each third, in the middle": (every(3, 3), (100, 100)),
    "each pixel": (every(1, 1), (0, 0)),
}
MODES = {"L": 1, "RGB": 3, "RGBA": 4, "I;16": 1}


def pixels(mode):
    random = np.random.default_rng(3)
    if mode == "I;16":
        return random.integers(0, 1 << 16, (H, W), "u2")
    return random.integers(0, 256, (H, W) + ((MODES[mode],) if MODES[mode] > 1 else ()), "u1")


class Pair:
    """A target and an image of the same pixels, in one memory or file."""

    def __init__(self, kind, mode, here):
        array = pixels(mode)
        self.target_kind = kind
        if kind == "one image":
            self.array = array
            self.target = self.source = imgtool.fromarray(array, mode)
        elif kind == "two of one array":
            self.target, self.source = imgtool.fromarray(array, mode), imgtool.fromarray(array, mode)
        elif kind == "an array of the image":
            self.target = imgtool.fromarray(array, mode).copy()
            self.source = imgtool.fromarray(np.asarray(self.target), mode, readonly=True)
        elif kind == "an image of its own":
            self.target = imgtool.fromarray(array, mode).copy()
            self.source = self.target
        else:
            (here / "raw.bin").write_bytes(array.tobytes())
            os.link(here / "raw.bin", here / "twin.bin")
            access, name = {"one map": ("rw", None), "two maps": ("rw", "raw.bin"), "a hard link": ("ro", "twin.bin"),
                            "private": ("cow", "raw.bin"), "private itself": ("cow", None)}[kind]
            self.target = imgtool.fromfile(here / "raw.bin", mode, (W, H), access="cow" if access == "cow" else "rw")
            self.source = imgtool.fromfile(here / name, mode, (W, H), access=access) if name else self.target


KINDS = ("one image", "two of one array", "an array of the image", "an image of its own", "one map",
         "two maps", "a hard link", "private", "private itself")


def wanted(mode, other, place):
    """By Pillow, on a copy."""
    before = Image.fromarray(pixels(mode))
    after = before.copy()
    picture = other(before)
    if mode == "I;16":
        array = np.asarray(before).copy()
        x, y = place
        array[y:y + picture.height, x:x + picture.width] = np.asarray(picture)
        return array
    after.paste(picture, place)
    return np.asarray(after)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CASES)
def test_a_view_of_its_own_memory_is_pasted_as_it_was(here, name, kind, mode):
    (view, other), place = CASES[name]
    pair = Pair(kind, mode, here)
    pair.target.paste(view(pair.source), place)
    assert np.array_equal(np.asarray(pair.target), wanted(mode, other, place))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", [*TURNS, None])
def test_a_band_is_pasted_over_another(here, kind, how):
    if how in ("90", "270"):
        box = (0, 0, H, H)
    else:
        box = (0, 0, W, H)
    before = Image.fromarray(pixels("RGB")).crop(box)
    band = before.getchannel(0)
    bands = list(before.split())
    bands[1] = band.transpose(TURNS[how]) if how else band
    pair = Pair(kind, "RGB", here)
    source = pair.source.crop(box).getchannel(0)
    target = pair.target.crop(box)
    target.getchannel(1).paste(source.reorient(how) if how else source, (0, 0))
    assert np.array_equal(np.asarray(target), Image.merge("RGB", bands))


@pytest.mark.parametrize("how", TURNS)
def test_bits_are_pasted_over_a_turn_of_themselves(how):
    # Rows of whole bytes and others; pixels share bytes.
    for side in (1600, 1601):
        before = Image.fromarray(np.random.default_rng(4).integers(0, 2, (side, side), "u1") * 255).convert("1")
        content = bytearray(before.tobytes())
        image = imgtool.frombuffer("1", (side, side), content, "raw", "1", 0, 1)
        image.paste(image.reorient(how))
        assert bytes(content) == before.transpose(TURNS[how]).tobytes()


def test_a_conversion_of_its_own_pixels_is_pasted_as_it_was():
    array = pixels("RGB")
    image = imgtool.fromarray(array)
    image.paste(image.convert("L").reorient("v").convert("RGB"))
    before = Image.fromarray(pixels("RGB"))
    assert np.array_equal(array, before.convert("L").transpose(TURNS["v"]).convert("RGB"))
