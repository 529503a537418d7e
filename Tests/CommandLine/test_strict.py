"""What is lost is told wherever it can arise, and `--strict` makes it an error before a file changes."""

import struct

import numpy as np
import pytest
from PIL import Image

SAYS = "pixel 1,0 is stored as 0x8005: bits above the tenth are set, and masked"
RAW = ["--size", "2x2", "--rawmode", "gray10le"]
READERS = {
    "hash": ["hash", "stray.raw", *RAW],
    "hash --check": ["hash", "--check", "list.txt", *RAW],
    "compare, first": ["compare", "stray.raw", "clean.raw", *RAW],
    "compare, second": ["compare", "clean.raw", "stray.raw", *RAW],
    "info": ["info", "stray.raw", *RAW, "--stats"],
    "verify": ["verify", "stray.raw", *RAW],
    "show": ["show", "stray.raw", *RAW, "--protocol", "ascii"],
    "watch": ["watch", "stray.raw", *RAW, "--count", 1, "--hash"],
    "frombuffer": ["frombuffer", "stray.raw", *RAW, "--hash"],
}


@pytest.fixture
def stray(imgtool, here):
    """A file with bits above the tenth in one word, its twin without, and hashes of it."""
    np.array([[5, 0x8005], [1023, 7]], "<u2").tofile(here / "stray.raw")
    np.array([[5, 5], [1023, 7]], "<u2").tofile(here / "clean.raw")
    (here / "list.txt").write_bytes(imgtool("hash", "stray.raw", *RAW).output)


@pytest.mark.parametrize("words", READERS.values(), ids=READERS)
def test_each_reader_tells_of_stray_bits_in_text_and_in_notes(imgtool, stray, words):
    run = imgtool(*words, "--json")
    assert any(SAYS in note for note in run.json["notes"]), run
    assert run.errors.count(SAYS) == 1
    assert imgtool(*words).errors.count(SAYS) == 1


@pytest.mark.parametrize("words", READERS.values(), ids=READERS)
def test_each_reader_refuses_them_under_strict(imgtool, here, stray, words):
    run = imgtool(*words, "--strict", ok=2)
    assert SAYS in run.errors and "--strict" in run.errors
    (here / "stray.raw").write_bytes((here / "clean.raw").read_bytes())
    imgtool(*words, "--strict")


@pytest.mark.parametrize("steps", [
    ["--crop", "1x2+0+0", "--hash"], ["--crop", "1x2+1+0", "--hash"], ["--print", "0,1"],
    ["--save", "o.png"], ["--convert", "F", "--stats"], [], ["--invert", "--print", "0,0"],
], ids=" ".join)
def test_watch_refuses_what_frombuffer_refuses(imgtool, stray, steps):
    runs = [imgtool(command, "stray.raw", *RAW, *count, *steps, "--strict", ok=None)
            for command, count in (("frombuffer", []), ("watch", ["--count", 1]))]
    assert runs[0].exit == runs[1].exit
    assert ("0x8005" in runs[0].errors) == ("0x8005" in runs[1].errors)


def test_strict_is_an_error_where_no_pixel_is_read(refused, stray):
    refused("info", "stray.raw", *RAW, "--strict", words=["--strict changes nothing", "--stats"])


# Edits of a file: nothing is changed when the exit status is 2.

WORDS = ["--size", "3x2", "--rawmode", "rgb565le"]


@pytest.fixture
def colors(here):
    data = np.arange(7, 13, dtype="<u2").tobytes()
    (here / "565.raw").write_bytes(data)
    Image.new("RGB", (2, 1), (37, 37, 37)).save("odd.png")
    return data


@pytest.mark.parametrize("steps", [
    ["--put", "0,0=37,37,37"], ["--fill", "37,37,37"], ["--fill", "1x1+2+1=37,37,37"],
    ["--paste", "odd.png@1,1"], ["--swap", "R,G"], ["--crop", "2x1+1+1", "--put", "0,0=37,37,37"],
    ["--reorient", "90", "--fill", "37,37,37"],
], ids=" ".join)
def test_an_edit_that_would_be_rounded_leaves_the_file_alone(refused, here, colors, steps):
    # Green of 6 bits, which red of 5 has not.
    if "--swap" in steps:
        colors = np.full(6, 1 << 5, "<u2").tobytes()
        (here / "565.raw").write_bytes(colors)
    refused("frombuffer", "565.raw", *WORDS, "--access", "rw", *steps, "--strict",
            words=["samples are rounded", "--strict"])
    assert (here / "565.raw").read_bytes() == colors


def test_a_value_that_is_known_ahead_is_refused_before_the_first_step(refused, here, colors):
    refused("frombuffer", "565.raw", *WORDS, "--access", "rw", "--invert", "--save", "o.png", "--put",
            "0,0=37,37,37", "--strict", words=["32 in place of 37", "--strict"])
    assert (here / "565.raw").read_bytes() == colors and not (here / "o.png").exists()


@pytest.mark.parametrize("steps", [
    ["--put", "0,0=41,32,255"], ["--flip", "h"], ["--invert"], ["--swap", "R,B"],
], ids=" ".join)
def test_an_exact_edit_is_made_under_strict(imgtool, here, colors, steps):
    made = []
    for strictly in ([], ["--strict"]):
        (here / "565.raw").write_bytes(colors)
        imgtool("frombuffer", "565.raw", *WORDS, "--access", "rw", *steps, *strictly)
        made.append((here / "565.raw").read_bytes())
    assert made[0] == made[1] != colors


def test_a_float_that_would_be_rounded_leaves_the_file_alone(refused, here):
    np.save("in.npy", np.array([[7, 16777216]], "<f4"))
    for steps in (["--add", "1"], ["--put", "1,0=16777217"]):
        refused("open", "in.npy", "--access", "rw", *steps, "--strict", words=["16777216"])
        assert np.load("in.npy").tolist() == [[7, 16777216]]


def test_an_edit_leaves_the_bits_beside_a_sample_and_says_so_once(imgtool, here, stray, refused):
    raw = ["frombuffer", "stray.raw", *RAW, "--access", "rw"]
    data = (here / "stray.raw").read_bytes()
    refused(*raw, "--put", "1,0=3", "--strict", words=["0x8003", "left as they are"])
    assert (here / "stray.raw").read_bytes() == data
    run = imgtool(*raw, "--put", "1,0=3", "--print", "1,0", "--json")
    assert (here / "stray.raw").read_bytes() == struct.pack("<4H", 5, 0x8003, 1023, 7)
    assert [step.get("lossy") for step in run.json["steps"]] == [["unused bits"], None]
    assert run.errors.count("0x8003: bits above the tenth are set, and left as they are") == 1
    assert imgtool(*raw, "--put", "0,0=9", "--strict").errors == ""


# What is read as another thing.

@pytest.mark.parametrize("size", [(4, 1), (1, 4), (2, 2)])
def test_a_truth_that_is_neither_0_nor_1_is_told(imgtool, refused, here, size):
    raw = ["frombuffer", "truth.raw", "--size", f"{size[0]}x{size[1]}", "--mode", "1", "--rawmode", "1;8"]
    (here / "truth.raw").write_bytes(bytes([0, 1, 200, 2]))
    place = (2 % size[0], 2 // size[0])
    says = f"pixel {place[0]},{place[1]} is stored as 0xc8 in place of 0 or 1, and read as 255"
    run = imgtool(*raw, "--save", "o.png", "--hash", "--json")
    assert run.errors.count(says) == 1 and run.json["steps"][0]["lossy"] == ["unused bits"]
    assert np.asarray(Image.open("o.png")).reshape(-1).tolist() == [False, True, True, True]
    refused(*raw, "--save", "p.png", "--strict", words=[says])
    (here / "truth.raw").write_bytes(bytes([0, 1, 255, 1]))
    assert imgtool(*raw, "--save", "o.png", "--strict").errors == ""


@pytest.mark.parametrize("name", ["o.png", "o.bmp", "o.ppm", "o.pam", "o.qoi", "o.tga"])
@pytest.mark.parametrize("padding,place", [
    ([4] * 6, (0, 0)), ([0, 0, 0, 0, 7, 0], (1, 1)), ([255] * 6, None), ([0] * 6, None),
    ([0, 0, 255, 255, 0, 0], (2, 0)), ([255, 255, 255, 0, 3, 0], (0, 1)),
])
def test_padding_that_says_something_is_told_where_it_is_left_out(
        imgtool, refused, here, name, padding, place):
    pixels = np.zeros((2, 3, 4), "u1") + 9
    pixels[..., 3] = np.reshape(padding, (2, 3))
    pixels.tofile(here / "x.raw")
    raw = ["frombuffer", "x.raw", "--size", "3x2", "--mode", "RGBX"]
    run = imgtool(*raw, "--save", name, "--json")
    said = [note for note in run.json.get("notes", []) if "band X" in note]
    assert bool(said) == bool(place), run
    if not place:
        imgtool(*raw, "--save", f"s{name}", "--strict")
        return
    assert run.json["steps"][0]["lossy"] == ["band X"]
    x, y = place
    assert f"band X of pixel {x},{y} is {padding[3 * y + x]}, and left out" in said[0]
    refused(*raw, "--save", f"s{name}", "--strict", words=["band X", "--strict"])
    assert not (here / f"s{name}").exists()


@pytest.mark.parametrize("name", ["o.tif", "o.raw"])
def test_padding_that_a_format_keeps_is_no_loss(imgtool, here, name):
    np.arange(24, dtype="u1").tofile(here / "x.raw")
    run = imgtool("frombuffer", "x.raw", "--size", "3x2", "--mode", "RGBX", "--save", name, "--strict")
    assert run.errors == ""


def array_behind(path):
    for count in (0, 1):
        with open(path, "ab") as file:
            np.save(file, np.full((2, 2), count, "u1"))


def text_behind(path):
    path.write_bytes(b"P2 2 2 255 1 2 3 4\nP2 2 2 255 5 6 7 8\n")


@pytest.mark.parametrize("name,write", [("a.npy", array_behind), ("a.pgm", text_behind)])
def test_bytes_behind_the_image_are_named_where_they_are_replaced(
        imgtool, refused, here, name, write):
    write(here / name)
    line = ["open", name, "--trailing", "ok", "--crop", "1x1+0+0"]
    over = [*line, "--replace", "--save", name]
    refused(*over, "--strict", words=["bytes after the image are not in the file"])
    imgtool(*line, "--save", "other.npy", "--strict")
    losses = str(imgtool(*over, "--json").json)
    assert "after the image are not in the file" in losses


def test_a_palette_with_alpha_is_not_pasted_where_opacity_has_no_place(imgtool, refused, here):
    image = Image.fromarray(np.array([[0, 1], [2, 3]], "u1"), "P")
    image.putpalette([*range(12)])
    image.save("pal.png", transparency=bytes([255, 128, 0, 255]))
    Image.new("RGB", (4, 4)).save("rgb.bmp")
    refused("open", "rgb.bmp", "--access", "rw", "--paste", "pal.png@0,0", words=["opacity"])
    assert "colors, with alpha" in imgtool("info", "pal.png").output.decode()


def itxt(path):
    from PIL import PngImagePlugin
    info = PngImagePlugin.PngInfo()
    info.add_itxt("Title", "Bild", lang="de", tkey="Titel")
    Image.new("L", (2, 2)).save(path, format="png", pnginfo=info)


@pytest.mark.parametrize("name,write,out,words", [
    ("a.pfm", lambda path: path.write_bytes(b"Pf\n1 1\n-2.5\n" + bytes(4)), "o.tif",
     ["scale factor"]),
    ("a.pam", lambda path: path.write_bytes(
        b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nTUPLTYPE depth\nENDHDR\n\1"), "o.pam",
     ["tuple type depth"]),
    ("a.png", itxt, "o.tif", ["language of text Title", "translated key of text Title"])])
def test_words_of_a_header_that_are_not_kept_are_named(
        imgtool, refused, here, name, write, out, words):
    write(here / name)
    run = imgtool("open", name, "--save", out, "--strict", ok=2)
    assert all(word in run.errors for word in words) and not (here / out).exists()
    assert all(word in str(imgtool("open", name, "--save", out, "--json").json) for word in words)
