"""Edits in place, against the same edit made by NumPy."""

import numpy as np
import pytest
from PIL import Image

from oracles import MODES, packed, random_bytes, raw_bytes, samples, source, words

SIZE = (33, 17)
EVERY_MODE = pytest.mark.parametrize("mode", MODES)
# LAB stores two of its bands in another way than the third: bytes do not simply change places.
COLOURS = [m.name for m in MODES.values() if m.count >= 3 and m.name != "LAB"]


def edit(imgtool, here, mode, *steps, size=SIZE):
    """The samples of the file after the steps have run under `rw`; and those from before."""
    data, raw = source(here, mode, size)
    imgtool("frombuffer", *raw, "--access", "rw", *steps, "--expect-shared")
    after = (here / "raw.bin").read_bytes()
    assert len(after) == len(data)
    return samples(mode, size, after), samples(mode, size, data)


def value(mode, seed="value"):
    return samples(mode, (1, 1), raw_bytes(mode, (1, 1), seed))[0, 0]


@EVERY_MODE
def test_fill_fills_every_pixel(imgtool, here, mode):
    v = value(mode)
    after, before = edit(imgtool, here, mode, "--fill", words(mode, v))
    assert np.array_equal(after, np.broadcast_to(v, before.shape))


@EVERY_MODE
@pytest.mark.parametrize("box", [(1, 1, 0, 0), (5, 3, 9, 4), (33, 1, 0, 16), (1, 17, 32, 0)])
def test_fill_fills_a_box_and_nothing_else(imgtool, here, mode, box):
    w, h, x, y = box
    v = value(mode)
    after, wanted = edit(imgtool, here, mode, "--fill", f"{w}x{h}+{x}+{y}={words(mode, v)}")
    wanted[y:y + h, x:x + w] = v
    assert np.array_equal(after, wanted)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "HSV", "YCbCr", "I;16", "I;16B", "1"])
def test_invert_takes_each_sample_from_the_top(imgtool, here, mode):
    after, before = edit(imgtool, here, mode, "--invert")
    assert np.array_equal(after, ~before)


@pytest.mark.parametrize("mode", ["LA", "RGBA", "RGBX"])
def test_alpha_and_padding_are_no_colour(imgtool, here, mode):
    after, wanted = edit(imgtool, here, mode, "--fill", words(mode, [9] * MODES[mode].count),
                         "--invert", "--add", "2")
    wanted[..., :-1], wanted[..., -1] = 248, 9
    assert np.array_equal(after, wanted)


@EVERY_MODE
@pytest.mark.parametrize("direction,axis", [("h", 1), ("v", 0)])
def test_flip_mirrors_in_place(imgtool, here, mode, direction, axis):
    after, before = edit(imgtool, here, mode, "--flip", direction)
    assert np.array_equal(after, np.flip(before, axis))


@pytest.mark.parametrize("mode", COLOURS)
def test_swap_exchanges_two_bands(imgtool, here, mode):
    first, last = MODES[mode].bands[0], MODES[mode].bands[2]
    after, wanted = edit(imgtool, here, mode, "--swap", f"{first},{last}")
    wanted[..., [0, 2]] = wanted[..., [2, 0]]
    assert np.array_equal(after, wanted)


@pytest.mark.parametrize("mode", ["L", "RGB", "I;16", "I;16B", "I", "F"])
def test_add_adds_to_each_sample(imgtool, here, mode):
    size, base = (9, 4), np.arange(36).reshape(4, 9)
    array = (np.stack([base, base + 50, base + 100], -1) if mode == "RGB" else base)
    _, raw = source(here, mode, size)
    for number in (20, -5):
        (here / "raw.bin").write_bytes(packed(mode, array + 10))
        imgtool("frombuffer", *raw, "--access", "rw", "--add", number)
        assert np.array_equal(samples(mode, size, (here / "raw.bin").read_bytes()),
                              array + 10 + number)


@pytest.mark.parametrize("mode,number", [("L", 1), ("L", -1), ("RGB", 300), ("I;16", 1),
                                         ("I", 1), ("L", 0.5)])
def test_a_sum_that_does_not_fit_is_refused_and_nothing_changes(refused, here, mode, number):
    _, raw = source(here, mode, (64, 64))
    array = samples(mode, (64, 64), raw_bytes(mode, (64, 64)))
    limits = np.iinfo(array.dtype)
    array.flat[0], array.flat[-1] = limits.min, limits.max
    (here / "raw.bin").write_bytes(array.tobytes())
    refused("frombuffer", *raw, "--access", "rw", "--add", number, words="--add")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "I", "F", "I;16", "I;16B"])
def test_paste_puts_a_picture_of_the_same_mode_at_its_place(imgtool, here, mode):
    small = samples(mode, (5, 3), raw_bytes(mode, (5, 3), "small"))
    np.save(here / "small.npy", small)
    after, wanted = edit(imgtool, here, mode, "--paste", "small.npy@7,4")
    wanted[4:7, 7:12] = small
    assert np.array_equal(after, wanted)


RAMP = [channel for index in range(256) for channel in (index, index, index)]
# The first 16 colors of the gray ramp and others after them, and the other way round.
SAME_START = RAMP[:48] + [9] * 720
SAME_END = [9, 8, 7] * 16 + RAMP[48:]


@pytest.mark.parametrize("mode", ["P", "PA"])
@pytest.mark.parametrize("colors,indices", [
    (RAMP, (0, 256)), (RAMP[:48], (0, 16)), (SAME_START, (0, 16)), (SAME_END, (16, 256))])
def test_indices_are_pasted_where_they_stand_for_the_same_colors(
        imgtool, here, mode, colors, indices):
    picture = np.random.default_rng(3).integers(*indices, (3, 5), "u1")
    image = Image.fromarray(picture, "L")
    image.putpalette(colors)
    image.save(here / "small.bmp")
    before = random_bytes(8 * 8 * len(mode), "paste")
    (here / "raw.bin").write_bytes(before)
    imgtool("frombuffer", "raw.bin", "--size", "8x8", "--mode", mode, "--palette", "gray",
            "--access", "rw", *([] if mode == "P" else ["--band", "P"]), "--paste", "small.bmp@2,1")
    wanted = np.frombuffer(before, "u1").reshape(8, 8, len(mode)).copy()
    wanted[1:4, 2:7, 0] = picture
    assert (here / "raw.bin").read_bytes() == wanted.tobytes()


@pytest.mark.parametrize("suffix", ["png", "bmp"])
@pytest.mark.parametrize("colors,index", [(SAME_START, 16), (SAME_END, 15), (RAMP[:48], 16)])
def test_indices_that_would_change_their_color_are_not_pasted(
        imgtool, refused, here, suffix, colors, index):
    picture = np.full((3, 5), index, "u1")
    image = Image.fromarray(picture, "L")
    image.putpalette(colors + [1, 2, 3] * (len(colors) < 768))
    image.save(here / f"small.{suffix}")
    before = random_bytes(64, "paste")
    (here / "raw.bin").write_bytes(before)
    line = ["frombuffer", "raw.bin", "--size", "8x8", "--mode", "P", "--palette", "gray"]
    paste = ["--paste", f"small.{suffix}@2,1"]
    refused(*line, *paste, words=[
        f"index {index}", f"{index},{index},{index}", "--convert RGB --copy", "--palette"])
    imgtool(*line, "--convert", "RGB", "--copy", *paste, "--save", "out.npy")
    wanted = np.frombuffer(before, "u1").reshape(8, 8).repeat(3).reshape(8, 8, 3)
    wanted[1:4, 2:7] = np.asarray(image.convert("RGB"))
    assert np.array_equal(np.load("out.npy"), wanted)


def test_indices_without_colors_are_pasted_as_they_are(imgtool, here):
    image = Image.fromarray(np.full((3, 5), 7, "u1"), "L")
    image.putpalette(SAME_END)
    image.save(here / "small.png")
    (here / "raw.bin").write_bytes(bytes(64))
    imgtool("frombuffer", "raw.bin", "--size", "8x8", "--mode", "P", "--access", "rw", "--paste",
            "small.png@2,1", "--expect", "2,1=7", "--expect", "0,0=0")


def test_paste_of_a_decoded_png(imgtool, here):
    small = samples("RGB", (5, 3), raw_bytes("RGB", (5, 3), "small"))
    Image.fromarray(small).save(here / "small.png")
    after, wanted = edit(imgtool, here, "RGB", "--paste", "small.png@28,14")
    wanted[14:, 28:] = small
    assert np.array_equal(after, wanted)


def test_edits_run_from_left_to_right(imgtool, here):
    after, wanted = edit(imgtool, here, "RGB", "--put", "0,0=1,2,3", "--flip", "h", "--invert",
                         "--swap", "R,B", "--put", "1,1=9,9,9")
    wanted[0, 0] = (1, 2, 3)
    wanted = (255 - wanted[:, ::-1])[..., ::-1].copy()
    wanted[1, 1] = (9, 9, 9)
    assert np.array_equal(after, wanted)


@pytest.mark.parametrize("step", [
    ["--put", "3,3=7"], ["--fill", "7"], ["--invert"], ["--flip", "h"], ["--flip", "v"],
    ["--fill", "4x4+2+2=7"]], ids=" ".join)
def test_bytes_outside_of_the_image_are_not_touched(imgtool, here, step):
    # 8x6 gray at offset 5 with rows of 13 bytes: 5 bytes of somebody else's between them.
    frame = np.random.default_rng(6).integers(0, 256, 5 + 13 * 6 + 20, "u1")
    (here / "raw.bin").write_bytes(frame.tobytes())
    imgtool("frombuffer", "raw.bin", "--size", "8x6", "--offset", "5", "--stride", "13",
            "--trailing", "ok", "--access", "rw", *step)
    after = np.fromfile(here / "raw.bin", "u1")
    inside = np.zeros(frame.size, bool)
    for y in range(6):
        inside[5 + 13 * y:5 + 13 * y + 8] = True
    assert np.array_equal(after[~inside], frame[~inside])
    assert not np.array_equal(after[inside], frame[inside])


@pytest.mark.parametrize("step,reason", [
    (["--put", "33,0=1,2,3"], "33"), (["--put", "0,17=1,2,3"], "17"), (["--put", "-1,0=1,2,3"], "-1"),
    (["--put", "0,0=256,0,0"], "256"), (["--put", "0,0=-1,0,0"], "-1"), (["--put", "0,0=1,2"], "3"),
    (["--put", "0,0=1,2,3,4"], "3"), (["--put", "0,0=redd"], "did you mean red?"), (["--put", "0,0"], "X,Y=V"),
    (["--put", "0,0=0.5,0,0"], "0.5"), (["--put", "0,0=99999999999999999999,0,0"], "99999"),
    (["--fill", "256,0,0"], "256"), (["--fill", "5x5+30+0=1,2,3"], "33x17"),
    (["--fill", "0x5+0+0=1,2,3"], "0x5"), (["--swap", "R,Q"], "Q"), (["--swap", "R"], "swap"),
    (["--flip", "d"], "d"), (["--add", "x"], "x"), (["--paste", "missing.png@0,0"], "missing.png"),
    (["--put", "0,0=#12345"], "12345"),
], ids=lambda v: " ".join(v) if isinstance(v, list) else None)
def test_an_edit_that_cannot_be_is_refused_and_nothing_changes(refused, here, step, reason):
    _, raw = source(here, "RGB", SIZE)
    refused("frombuffer", *raw, "--access", "rw", *step, words=reason)


@pytest.mark.parametrize("mode,v", [("1", "1"), ("1", "128"), ("L", "256"), ("I;16", "65536"),
                                    ("I;16", "-1"), ("I", "2147483648"), ("I", "0.5"),
                                    ("I", "-2147483649"), ("F", "1e40"), ("F", "-3.5e38"), ("F", "1e400"),
                                    ("L", "nan"), ("I", "inf"), ("F", "nonsense"), ("L", "#ffffff")])
def test_a_value_out_of_the_modes_range_is_refused(refused, here, mode, v):
    _, raw = source(here, mode, SIZE)
    refused("frombuffer", *raw, "--put", f"0,0={v}", words=v)


@pytest.mark.parametrize("mode,v,shown", [
    ("I", "-2147483648", -2147483648), ("I", "2147483647", 2147483647), ("F", "0.5", 0.5),
    ("F", "-1e30", -1e30), ("F", "3", 3.0), ("I;16", "0xffff", 65535), ("1", "255", 255)])
def test_values_at_the_ends_of_the_range_are_taken(imgtool, here, mode, v, shown):
    _, raw = source(here, mode, SIZE)
    run = imgtool("frombuffer", *raw, "--put", f"0,0={v}", "--print", "0,0")
    assert np.float32(run.lines[0]) == np.float32(shown)


@pytest.mark.parametrize("v,shown", [
    ("nan", "nan"), ("-nan", "nan"), ("NaN", "nan"), ("inf", "inf"), ("-inf", "-inf"), ("Infinity", "inf"),
    ("3.4028234e38", "3.4028235e+38")])
def test_what_is_no_number_is_a_sample_of_mode_f_when_it_is_written_so(imgtool, here, v, shown):
    _, raw = source(here, "F", SIZE)
    for step in (f"--put=0,0={v}", f"--fill={v}"):
        run = imgtool("frombuffer", *raw, step, "--print", "0,0", f"--expect=0,0={v}")
        assert run.text == shown + "\n"


def test_a_half_takes_what_it_can_hold(imgtool, refused, here):
    (here / "half.raw").write_bytes(bytes(2))
    half = ["half.raw", "--size", "1x1", "--mode", "F", "--rawmode", "F;16F"]
    for v in ("65504", "-65519", "inf"):
        imgtool("frombuffer", *half, "--put", f"0,0={v}", "--save", "out.pfm", "--print", "0,0")
    for v in ("65520", "-1e5"):
        refused("frombuffer", *half, "--put", f"0,0={v}", words=["65504"])


def test_not_a_number_is_told_from_numbers(imgtool, here):
    _, raw = source(here, "F", SIZE)
    imgtool("frombuffer", *raw, "--fill", "1", "--expect", "0,0=nan", ok=1)
    imgtool("frombuffer", *raw, "--fill", "nan", "--expect", "0,0=1", ok=1)


@pytest.mark.parametrize("step", ["--add=1e40", "--fill=-1e39", "--fill=1x1+0+0=1e400", "--expect=0,0=1e40"])
def test_a_number_that_a_float_cannot_hold_is_refused(refused, here, step):
    _, raw = source(here, "F", SIZE)
    refused("frombuffer", *raw, step, words=step.rpartition("=")[2])


@pytest.mark.parametrize("edit", [["--put", "0,0=9"], ["--fill", "4"], ["--fill", "1x1+0+0=255"]])
def test_an_index_without_a_color_is_not_stored(imgtool, refused, here, edit):
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 9, 9, 9, 5, 5, 5, 255, 0, 0])
    image.save("in.bmp")
    before = (here / "in.bmp").read_bytes()
    refused("open", "in.bmp", "--access", "rw", *edit, words=[edit[0], "beyond the palette"])
    assert (here / "in.bmp").read_bytes() == before
    (here / "raw.bin").write_bytes(bytes(2))
    (here / "colors.pal").write_bytes(bytes(range(12)))
    raw = ["frombuffer", "raw.bin", "--size", "2x1", "--mode", "P", "--access", "rw"]
    refused(*raw, "--palette", "colors.pal", *edit, words=["beyond the palette", "4 colors"])
    imgtool(*raw, "--palette", "colors.pal", "--put", "0,0=3")
    imgtool(*raw, "--palette", "gray", *edit)


@pytest.mark.parametrize("command,step", [("show", []), ("frombuffer", ["--show"])])
def test_an_index_without_a_color_is_not_shown(refused, here, command, step):
    (here / "raw.bin").write_bytes(bytes([1, 9]))
    (here / "colors.pal").write_bytes(bytes(range(12)))
    refused(command, "raw.bin", "--size", "2x1", "--mode", "P", "--palette", "colors.pal",
            "--protocol", "ascii", *step, words=["pixel 1,0 has index 9", "4 colors"])


@pytest.mark.parametrize("mode", ["L", "1", "I", "LA"])
def test_a_picture_whose_color_is_lost_in_a_paste_is_told(imgtool, refused, here, mode):
    (here / "page.raw").write_bytes(bytes(16))
    Image.new("RGB", (2, 1), (255, 9, 9)).save("red.png")
    raw = ["frombuffer", "page.raw", "--size", "2x2", "--mode", mode, "--access", "rw",
           "--trailing", "ok", "--paste", "red.png@0,0"]
    refused(*raw, "--strict", words=["color of red.png", mode, "--strict"])
    assert (here / "page.raw").read_bytes() == bytes(16)
    run = imgtool(*raw, "--json")
    assert run.json["steps"][0]["lossy"] == ["color"]
    assert run.json["steps"][0]["converted"] == mode and "color of red.png" in run.errors
