"""Every mode in its natural packed layout: shared, read and written in place."""

import numpy as np
import pytest

from oracles import (BYTE_MODES, MODES, SIZES, clear_padding, numbers, packed, pillow, raw_bytes,
                     samples, source, words)

EVERY_MODE = pytest.mark.parametrize("mode", MODES)
EVERY_SIZE = pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")


def corners(size):
    width, height = size
    return {(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1),
            (width // 2, height // 2)}


@EVERY_MODE
@EVERY_SIZE
def test_the_oracles_agree(mode, size):
    data = raw_bytes(mode, size)
    image, array = pillow(mode, size, data), samples(mode, size, data)
    assert np.array_equal(np.asarray(image), array)
    for x, y in corners(size):
        pixel = np.atleast_1d(image.getpixel((x, y))).tolist()
        assert ",".join(str(v) for v in pixel) == words(mode, array[y, x])


@EVERY_MODE
@EVERY_SIZE
def test_pixels_read_as_pillow_reads_them(imgtool, here, mode, size):
    data, raw = source(here, mode, size)
    array = samples(mode, size, data)
    steps, expected = [], []
    for x, y in sorted(corners(size)):
        text = words(mode, array[y, x])
        steps += ["--print", f"{x},{y}", "--expect", f"{x},{y}={text}"]
        expected.append(numbers(text))
    run = imgtool("frombuffer", *raw, *steps, "--expect-shared")
    assert [numbers(line) for line in run.lines] == expected


@EVERY_MODE
@EVERY_SIZE
def test_raw_comes_back_as_it_went_in(imgtool, here, mode, size):
    data, raw = source(here, mode, size)
    run = imgtool("frombuffer", *raw, "--no-copy", "--save", "out.raw", "--expect-shared")
    saved = (here / "out.raw").read_bytes()
    assert clear_padding(mode, size, saved) == clear_padding(mode, size, data), run
    assert (here / "raw.bin").read_bytes() == data


@EVERY_MODE
def test_random_bits_of_any_kind_survive_a_raw_save(imgtool, here, mode):
    # Random bits are also NaN with a payload and denormals: nobody may canonicalize them.
    size = (33, 17)
    data = np.random.default_rng(8).bytes(MODES[mode].byte_count(size))
    _, raw = source(here, mode, size)
    (here / "raw.bin").write_bytes(data)
    imgtool("frombuffer", *raw, "--save", "out.raw")
    saved = (here / "out.raw").read_bytes()
    assert clear_padding(mode, size, saved) == clear_padding(mode, size, data)


@EVERY_MODE
@EVERY_SIZE
def test_a_put_under_rw_changes_that_pixel_in_the_file_and_nothing_else(imgtool, here, mode, size):
    data, raw = source(here, mode, size)
    array = samples(mode, size, data)
    other = samples(mode, size, raw_bytes(mode, size, "other"))
    steps = []
    for x, y in sorted(corners(size)):
        array[y, x] = other[y, x]
        steps += ["--put", f"{x},{y}={words(mode, other[y, x])}"]
    imgtool("frombuffer", *raw, "--access", "rw", "--no-copy", *steps, "--expect-shared")
    saved = (here / "raw.bin").read_bytes()
    if mode == "1":
        # The bits of the padding are somebody else's: they must still be what they were.
        width, height = size
        bits = np.unpackbits(np.frombuffer(data, "u1").reshape(height, -1), axis=1)
        bits[:, :width] = array
        assert saved == np.packbits(bits, axis=1).tobytes()
    else:
        assert saved == packed(mode, array)


@EVERY_MODE
def test_a_put_under_cow_stays_out_of_the_file(imgtool, here, mode):
    size = (33, 17)
    data, raw = source(here, mode, size)
    other = samples(mode, size, raw_bytes(mode, size, "other"))
    text = words(mode, other[3, 2])
    imgtool("frombuffer", *raw, "--put", f"2,3={text}", "--expect", f"2,3={text}", "--save",
            "out.raw")
    assert (here / "raw.bin").read_bytes() == data
    wanted = samples(mode, size, data)
    wanted[3, 2] = other[3, 2]
    saved = samples(mode, size, (here / "out.raw").read_bytes())
    assert saved.tobytes() == wanted.tobytes()


@EVERY_MODE
def test_the_image_follows_what_another_descriptor_writes(imgtool, here, mode):
    size = (33, 17)
    data, raw = source(here, mode, size)
    new = raw_bytes(mode, size, "new")
    pixel = words(mode, samples(mode, size, new)[9, 8])
    before = words(mode, samples(mode, size, data)[9, 8])
    imgtool("frombuffer", *raw, "--expect", f"8,9={before}", "--save", "one.raw",
            "--poke", f"0={new.hex()}", "--expect", f"8,9={pixel}", "--expect-shared",
            "--save", "two.raw")
    assert clear_padding(mode, size, (here / "one.raw").read_bytes()) == clear_padding(
        mode, size, data)
    assert clear_padding(mode, size, (here / "two.raw").read_bytes()) == clear_padding(
        mode, size, new)


@pytest.mark.parametrize("mode", [m.name for m in BYTE_MODES if m.name not in ("P", "PA")])
def test_hexadecimal_values_are_the_same_values(imgtool, here, mode):
    _, raw = source(here, mode, (2, 2))
    count = MODES[mode].count
    decimal, hexadecimal = ",".join(["171"] * count), ",".join(["0xab"] * count)
    run = imgtool("frombuffer", *raw, "--put", f"1,1={hexadecimal}", "--print", "1,1")
    assert run.text == decimal + "\n"


@pytest.mark.parametrize("mode,value,samples_", [
    ("RGB", "#0a141e", "10,20,30"),
    ("RGBA", "#0a141e28", "10,20,30,40"),
    ("RGBA", "#0a141e", "10,20,30,255"),
])
def test_a_colour_in_hexadecimal_is_a_colour(imgtool, here, mode, value, samples_):
    _, raw = source(here, mode, (2, 2))
    run = imgtool("frombuffer", *raw, "--put", f"1,1={value}", "--print", "1,1")
    assert run.text == samples_ + "\n"


def test_modes_lists_all_twenty(imgtool):
    listed = imgtool("modes", "--json").json["modes"]
    assert sorted(row["mode"] for row in listed) == sorted(MODES)
    text = imgtool("modes").text
    assert all(name in text for name in MODES)
