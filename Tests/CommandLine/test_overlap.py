"""Pastes of a file into itself: what is pasted is the picture as it was. Pillow pastes a copy of it."""

import os

import numpy as np
import pytest
from PIL import Image

from conftest import run_tool

SIDE = 33
TURNS = {
    None: None, "h": Image.Transpose.FLIP_LEFT_RIGHT, "v": Image.Transpose.FLIP_TOP_BOTTOM,
    "90": Image.Transpose.ROTATE_270, "180": Image.Transpose.ROTATE_180,
    "270": Image.Transpose.ROTATE_90,
}
NAMES = ("same", "dot", "symlink", "hard link", "descriptor", "standard input")


def picture(mode="RGB", size=(SIDE, SIDE)):
    shape = (size[1], size[0]) + ((3,) if mode == "RGB" else ())
    return Image.fromarray(np.random.default_rng(5).integers(0, 256, shape, "u1"))


def other_name(name, here):
    """A path that leads to `x.ppm` or, for standard input, that path itself."""
    if name == "symlink":
        (here / "link.ppm").symlink_to("x.ppm")
    if name == "hard link":
        os.link(here / "x.ppm", here / "twin.ppm")
    return {"dot": "./x.ppm", "symlink": "link.ppm", "hard link": "twin.ppm",
            "descriptor": "/proc/self/fd/0"}.get(name, "x.ppm")


def pasted(before, turn, mode="RGB"):
    """The file after its picture has been pasted over the turned view of itself, as Pillow does it."""
    view = before.transpose(TURNS[turn]) if turn else before.copy()
    view.paste(before.copy())
    back = {"90": "270", "270": "90"}.get(turn, turn)
    return view.transpose(TURNS[back]) if back else view


@pytest.mark.parametrize("access", ["rw", "cow"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("turn", TURNS)
def test_a_file_is_pasted_over_a_turned_view_of_itself(imgtool, here, turn, name, access):
    before = picture()
    before.save(here / "x.ppm")
    content = (here / "x.ppm").read_bytes()
    path = other_name(name, here)
    turned = ["--reorient", turn] if turn else []
    with open(here / "x.ppm", "r+b") as file:
        run = imgtool("open", "-" if name == "standard input" else "x.ppm", "--access", access, "--json",
                      *turned, "--paste", f"{path}@0,0", "--save", "out.ppm", stdin=file)
    view = before.transpose(TURNS[turn]) if turn else before.copy()
    view.paste(before)
    assert np.array_equal(Image.open(here / "out.ppm"), view)
    if access == "cow":
        assert (here / "x.ppm").read_bytes() == content
    else:
        assert np.array_equal(Image.open(here / "x.ppm"), pasted(before, turn))
    copied = next(step for step in run.json["steps"] if step["step"] == "paste")["copiedBytes"]
    # Under cow no store reaches the mapping that is read; and nothing moves without a turn.
    assert copied == (SIDE * SIDE * 3 if turn and access == "rw" else 0)


@pytest.mark.parametrize("name", NAMES)
def test_no_copy_refuses_a_paste_that_needs_one(refused, imgtool, here, name):
    picture().save(here / "x.ppm")
    path = other_name(name, here)
    paste = ["--access", "rw", "--no-copy", "--paste", f"{path}@0,0"]
    with open(here / "x.ppm", "r+b") as file:
        target = "-" if name == "standard input" else "x.ppm"
        refused("open", target, *paste[:3], "--reorient", "v", *paste[3:], stdin=file, words=["--no-copy", path])
        imgtool("open", target, *paste, stdin=file)


@pytest.mark.parametrize("access", ["rw", "cow"])
@pytest.mark.parametrize("dx,dy", [(dx, dy) for dx in (-5, 0, 5) for dy in (-1, 0, 1, 100, 700)])
@pytest.mark.parametrize("way", ["an offset", "standard input"])
def test_a_picture_is_pasted_beside_itself(imgtool, here, dx, dy, access, way):
    """The file is a BMP, and the bytes of its picture are a part of another one."""
    w, h = 600, 700
    small = picture("L", (w, h))
    small.save(here / "x.bmp")
    head = (here / "x.bmp").read_bytes()[:-w * h]
    with open(here / "x.bmp", "ab") as file:
        file.write(np.random.default_rng(6).integers(0, 256, 710 * w, "u1").tobytes())
    content = np.fromfile(here / "x.bmp", "u1")
    offset = len(head) + dy * w + dx
    with open(here / "x.bmp", "r+b") as file:
        # Standard input is mapped from where it stands.
        file.seek(offset)
        source = ["-"] if way == "standard input" else ["x.bmp", "--offset", offset]
        run = imgtool("frombuffer", *source, "--size", f"{w}x{h + 2}", "--mode", "L", "--trailing", "ok",
                      "--access", access,
                      "--paste", "x.bmp@0,1", "--save", "out.pgm", stdin=file)
    target = content[offset:offset + w * (h + 2)].reshape(h + 2, w)
    target[1:1 + h] = np.asarray(small)
    assert np.array_equal(Image.open(here / "out.pgm"), target), run
    if access == "rw":
        assert np.array_equal(np.fromfile(here / "x.bmp", "u1"), content)


@pytest.mark.parametrize("band", "RGB")
@pytest.mark.parametrize("turn", TURNS)
def test_a_file_in_gray_is_pasted_over_one_band_of_itself(imgtool, here, turn, band):
    before = picture(size=(700, 700))
    before.save(here / "x.ppm")
    turned = ["--reorient", turn] if turn else []
    imgtool("open", "x.ppm", "--access", "rw", *turned, "--band", band, "--paste", "x.ppm@0,0")
    view = before.transpose(TURNS[turn]) if turn else before.copy()
    bands = list(view.split())
    bands["RGB".index(band)] = before.convert("L")
    back = {"90": "270", "270": "90"}.get(turn, turn)
    wanted = Image.merge("RGB", bands)
    assert np.array_equal(Image.open(here / "x.ppm"), wanted.transpose(TURNS[back]) if back else wanted)


@pytest.mark.parametrize("turn", ["v", "90"])
def test_a_large_file_is_pasted_over_itself(imgtool, here, turn):
    before = picture(size=(1500, 1500))
    before.save(here / "x.ppm")
    imgtool("open", "x.ppm", "--access", "rw", "--reorient", turn, "--paste", "x.ppm@0,0")
    assert np.array_equal(Image.open(here / "x.ppm"), pasted(before, turn))


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("edit", [["--flip", "h"], ["--flip", "v"], ["--swap", "R,B"]], ids=" ".join)
def test_pixels_change_places_in_a_turned_view(imgtool, here, turn, edit):
    before = picture(size=(700, 700))
    before.save(here / "x.ppm")
    turned = ["--reorient", turn] if turn else []
    imgtool("open", "x.ppm", "--access", "rw", *turned, *edit)
    view = before.transpose(TURNS[turn]) if turn else before.copy()
    if edit[0] == "--swap":
        view = Image.merge("RGB", view.split()[::-1])
    else:
        view = view.transpose(TURNS[edit[1]])
    back = {"90": "270", "270": "90"}.get(turn, turn)
    assert np.array_equal(Image.open(here / "x.ppm"), view.transpose(TURNS[back]) if back else view)


@pytest.mark.parametrize("access", ["rw", "cow"])
def test_a_picture_of_differences_does_not_take_the_place_of_a_mapped_file(here, access):
    picture().save(here / "x.ppm")
    picture().transpose(TURNS["h"]).save(here / "y.ppm")
    before = (here / "x.ppm").read_bytes(), (here / "y.ppm").read_bytes()
    for target in "x.ppm", "y.ppm":
        for command in (["compare", "x.ppm", "y.ppm", "--diff", target],
                        ["open", "x.ppm", "--access", access, "--diff", target, "--compare", "y.ppm"]):
            run = run_tool(*command, ok=None)
            assert run.exit == 2 and target in run.errors, run
            assert before == ((here / "x.ppm").read_bytes(), (here / "y.ppm").read_bytes())
