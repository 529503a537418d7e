"""Where in a buffer the samples stand: offsets, strides, orders, views; NumPy is the arithmetic."""

import re
import shlex

import numpy as np
import pytest
from PIL import Image

from oracles import MODES, PALETTE, packed, random_bytes, raw_bytes, samples, source, words

SIZE = (7, 5)
EVERY_MODE = pytest.mark.parametrize("mode", MODES)


def frame(mode, offset, stride, orientation=1, tail=0, seed="frame", size=SIZE):
    """A buffer of noise with a picture in it; and the samples of the picture, top row first."""
    width, height = size
    row = MODES[mode].row_bytes(width)
    noise = np.frombuffer(random_bytes(offset + stride * (height - 1) + row + tail, seed), "u1")
    noise = noise.copy()
    pixels = raw_bytes(mode, size, seed)
    for y in range(height):
        start = offset + stride * (y if orientation == 1 else height - 1 - y)
        noise[start:start + row] = np.frombuffer(pixels[y * row:(y + 1) * row], "u1")
    return noise.tobytes(), samples(mode, size, pixels)


def words_of(mode, size=SIZE):
    palette = ["--palette", "gray"] if mode in ("P", "PA") else []
    return ["raw.bin", "--size", f"{size[0]}x{size[1]}", "--mode", mode, *palette]


@EVERY_MODE
@pytest.mark.parametrize("offset", [0, 1, 3, 4096, 5001])
@pytest.mark.parametrize("extra", [0, 1, 13])
@pytest.mark.parametrize("orientation", [1, -1])
def test_offset_stride_and_orientation(imgtool, here, mode, offset, extra, orientation):
    stride = MODES[mode].row_bytes(SIZE[0]) + extra
    data, wanted = frame(mode, offset, stride, orientation)
    (here / "raw.bin").write_bytes(data)
    imgtool("frombuffer", *words_of(mode), "--offset", offset, "--stride", stride,
            "--orientation", orientation, "--no-copy", "--save", "out.raw", "--expect-shared",
            "--expect", f"6,4={words(mode, wanted[4, 6])}")
    assert samples(mode, SIZE, (here / "out.raw").read_bytes()).tobytes() == wanted.tobytes()


@EVERY_MODE
def test_a_put_through_a_strange_layout_reaches_that_pixel_only(imgtool, here, mode):
    stride = MODES[mode].row_bytes(SIZE[0]) + 5
    data, pixels = frame(mode, 11, stride, -1, tail=9)
    (here / "raw.bin").write_bytes(data)
    _, other = frame(mode, 11, stride, seed="other")
    imgtool("frombuffer", *words_of(mode), "--offset", "11", "--stride", stride, "--orientation",
            "-1", "--trailing", "ok", "--access", "rw", "--put", f"2,1={words(mode, other[1, 2])}")
    after = (here / "raw.bin").read_bytes()
    start = 11 + stride * 3
    row = MODES[mode].row_bytes(SIZE[0])
    assert after[:start] == data[:start] and after[start + row:] == data[start + row:]
    pixels[1, 2] = other[1, 2]
    got = samples(mode, (7, 1), after[start:start + row])
    assert got.tobytes() == pixels[1:2].tobytes()


@pytest.mark.parametrize("text,number", [("16", 16), ("0x10", 16), ("1K", 1024), ("1k", 1024),
                                         ("2M", 2 << 20), ("0", 0)])
def test_numbers_may_have_a_suffix(imgtool, here, text, number):
    (here / "raw.bin").write_bytes(bytes(number) + b"\x2a")
    run = imgtool("frombuffer", "raw.bin", "--size", "1x1", "--offset", text, "--print", "0,0")
    assert run.text == "42\n"


def test_the_last_row_needs_no_padding(imgtool, refused, here):
    (here / "raw.bin").write_bytes(bytes(16 * 3 + 10))
    imgtool("frombuffer", "raw.bin", "--size", "10x4", "--stride", "16", "--trailing", "error")
    (here / "raw.bin").write_bytes(bytes(16 * 3 + 9))
    refused("frombuffer", "raw.bin", "--size", "10x4", "--stride", "16", words=["58", "57"])


@pytest.mark.parametrize("count,options,height", [
    (64, [], 8), (71, [], 8), (71, ["--offset", "7"], 8), (70, ["--offset", "7"], 7),
    (16 * 3 + 8, ["--stride", "16"], 4), (16 * 3 + 7, ["--stride", "16"], 3)])
def test_a_height_left_out_takes_the_whole_rows_that_are_there(
        imgtool, here, count, options, height):
    (here / "raw.bin").write_bytes(bytes(count))
    facts = imgtool("info", "raw.bin", "--size", "8x", *options, "--trailing", "ok", "--json").json
    assert facts["size"] == [8, height]


def test_a_height_left_out_with_no_whole_row_is_refused(refused, here):
    (here / "raw.bin").write_bytes(bytes(7))
    refused("frombuffer", "raw.bin", "--size", "8x", "--print", "0,0", words=["8", "7"])


@pytest.mark.parametrize("trailing,exit_", [("ok", 0), ("warn", 0), ("error", 2)])
def test_trailing_bytes(imgtool, here, trailing, exit_):
    (here / "raw.bin").write_bytes(bytes(65))
    run = imgtool("frombuffer", "raw.bin", "--size", "8x8", "--trailing", trailing, ok=exit_)
    assert bool(run.errors) == (trailing != "ok")


def test_a_palette_gives_indices_their_colours(imgtool, here):
    data, raw = source(here, "P", SIZE)
    imgtool("frombuffer", *raw, "--convert", "RGB", "--save", "out.ppm", "--expect-shared")
    table = np.frombuffer(PALETTE, "u1").reshape(256, 3)
    with Image.open(here / "out.ppm") as image:
        assert np.array_equal(np.asarray(image), table[samples("P", SIZE, data)])


def test_a_gray_palette_is_a_ramp(imgtool, here):
    data, _ = source(here, "P", SIZE)
    imgtool("frombuffer", *words_of("P"), "--convert", "L", "--save", "out.raw")
    assert (here / "out.raw").read_bytes() == data


def test_an_index_beyond_a_short_palette_is_an_error(imgtool, refused, here):
    (here / "short.pal").write_bytes(bytes(3 * 4))
    (here / "raw.bin").write_bytes(bytes([0, 1, 2, 3]))
    line = ["frombuffer", "raw.bin", "--size", "2x2", "--mode", "P", "--palette", "short.pal"]
    imgtool(*line, "--save", "out.png")
    (here / "out.png").unlink()
    (here / "raw.bin").write_bytes(bytes([0, 1, 2, 4]))
    refused(*line, "--save", "out.png", words="4")


INTERLEAVES = {"line": (0, 2, 1), "plane": (2, 0, 1)}


@pytest.mark.parametrize("mode", ["LA", "RGB", "RGBA", "CMYK", "YCbCr"])
@pytest.mark.parametrize("interleave", INTERLEAVES)
def test_samples_may_stand_line_by_line_or_plane_by_plane(imgtool, here, mode, interleave):
    array = samples(mode, SIZE, raw_bytes(mode, SIZE))
    (here / "raw.bin").write_bytes(
        np.ascontiguousarray(array.transpose(INTERLEAVES[interleave])).tobytes())
    imgtool("frombuffer", *words_of(mode), "--interleave", interleave, "--expect-shared",
            "--no-copy", "--save", "out.raw")
    assert (here / "out.raw").read_bytes() == array.tobytes()


def test_planes_may_have_gaps(imgtool, here):
    planes = np.frombuffer(random_bytes(100 * 2 + 35, "planes"), "u1")
    (here / "raw.bin").write_bytes(planes.tobytes())
    imgtool("frombuffer", *words_of("RGB"), "--interleave", "plane", "--plane-stride", "100",
            "--save", "out.raw")
    wanted = np.stack([planes[100 * k:100 * k + 35].reshape(5, 7) for k in range(3)], -1)
    assert (here / "out.raw").read_bytes() == wanted.tobytes()


@pytest.mark.parametrize("frame_,index", [("0", 0), ("2", 2), ("last", 3)])
@pytest.mark.parametrize("header,gap", [(0, 0), (16, 0), (16, 9)])
def test_one_of_several_frames(imgtool, here, frame_, index, header, gap):
    length = 35 + header + gap
    data = random_bytes(length * 4, "frames")
    (here / "raw.bin").write_bytes(data)
    stride = ["--frame-stride", length] if gap else []
    imgtool("frombuffer", *words_of("L"), "--frame", frame_, "--frame-header", header, *stride,
            "--trailing", "ok", "--save", "out.raw", "--expect-shared")
    start = length * index + header
    assert (here / "out.raw").read_bytes() == data[start:start + 35]


# What the layout options say of rows and planes, and the strides of both: a row has 10 pixels.
PADDED_FRAMES = [
    ("RGB", "pixel", [], 30, 0), ("RGB", "pixel", ["--stride", 53], 53, 0),
    ("RGBX", "pixel", ["--align", 16], 48, 0), ("RGB", "line", [], 30, 0),
    ("RGB", "line", ["--stride", 53], 53, 0), ("RGBX", "line", ["--align", 16], 48, 0),
    ("RGB", "plane", [], 10, 40), ("RGB", "plane", ["--stride", 16], 16, 64),
    ("RGB", "plane", ["--align", 16], 16, 64), ("RGBX", "plane", ["--stride", 16], 16, 64),
    ("RGB", "plane", ["--stride", 16, "--orientation", -1], 16, 64),
    ("RGB", "plane", ["--plane-stride", 64], 10, 64),
    ("RGB", "plane", ["--stride", 16, "--plane-stride", 58], 16, 58),
    ("RGBX", "plane", ["--align", 16, "--plane-stride", 100], 16, 100),
    ("RGB", "plane", ["--stride", 64, "--plane-stride", 16], 64, 16),
]


@pytest.mark.parametrize("rawmode,interleave,options,stride,plane", PADDED_FRAMES)
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("is_padded", [True, False])
def test_padding_belongs_to_each_frame_but_may_be_missing_at_the_end(
        imgtool, here, rawmode, interleave, options, stride, plane, count, is_padded):
    bands = len(rawmode)
    length = max(stride * 4, plane * bands)
    steps = {"pixel": (stride, bands, 1), "line": (stride, 1, 10), "plane": (stride, 1, plane)}
    y, x, band = np.ogrid[:4, :10, :3]
    places = sum(index * step for index, step in zip((y, x, band), steps[interleave]))
    end = length * (count - 1) + places.max() + 1
    places = places[::-1] if "--orientation" in options else places
    data = np.frombuffer(random_bytes(length * count, "padded"), "u1").copy()
    data = data[:None if is_padded else end]
    (here / "raw.bin").write_bytes(data.tobytes())
    line = ["raw.bin", "--size", "10x4", "--mode", "RGB", "--rawmode", rawmode, "--interleave",
            interleave, *options]
    for index in {0, count - 1}:
        imgtool("frombuffer", *line, "--frame", index, "--save", "out.raw")
        assert (here / "out.raw").read_bytes() == data[places + length * index].tobytes(), index
    imgtool("frombuffer", *line, "--frame", "last", "--access", "rw", "--invert")
    data[places + length * (count - 1)] ^= 255
    assert (here / "raw.bin").read_bytes() == data.tobytes(), "nothing beside the frame"
    assert imgtool("info", *line, "--frame", 0, "--json").json["frames"] == count
    if count == 1:
        assert not imgtool("info", *line).errors, "padding trails nothing"


@pytest.mark.parametrize("options,rows", [
    (["--stride", 16], 4), (["--align", 16], 4), (["--plane-stride", 60], 3),
    (["--stride", 16, "--plane-stride", 64], 4),
])
def test_the_last_row_of_the_last_plane_needs_no_padding_to_be_counted(
        imgtool, here, options, rows):
    stride = 16 if "16" in map(str, options) else 10
    plane = options[-1] if "--plane-stride" in options else 4 * stride
    data = np.frombuffer(random_bytes(2 * plane + (rows - 1) * stride + 10, "rows"), "u1")
    (here / "raw.bin").write_bytes(data.tobytes())
    run = imgtool("frombuffer", "raw.bin", "--size", "10x", "--mode", "RGB", "--interleave", "plane",
                  *options, "--save", "out.npy")
    assert f"10x{rows}" in run.errors
    wanted = [[data[plane * k + stride * y:][:10] for k in range(3)] for y in range(rows)]
    assert np.array_equal(np.load("out.npy"), np.transpose(wanted, (0, 2, 1)))


def test_a_frame_that_is_not_there_is_refused(refused, here):
    (here / "raw.bin").write_bytes(bytes(35 * 4))
    refused("frombuffer", *words_of("L"), "--frame", "4", "--print", "0,0", words=["4"])


def test_a_tensor_of_channels_first_is_planes(imgtool, here):
    data = random_bytes(105, "chw")
    (here / "raw.bin").write_bytes(data)
    imgtool("frombuffer", *words_of("RGB"), "--order", "chw", "--save", "out.npy")
    wanted = np.frombuffer(data, "u1").reshape(3, 5, 7).transpose(1, 2, 0)
    assert np.array_equal(np.load(here / "out.npy"), wanted)


def test_frames_stand_one_below_the_other(imgtool, here):
    data = random_bytes(35 * 4, "frames")
    (here / "raw.bin").write_bytes(data)
    imgtool("frombuffer", *words_of("L"), "--frames", "1..2", "--trailing", "ok", "--save",
            "out.raw", "--expect-shared")
    assert (here / "out.raw").read_bytes() == data[35:105]


@pytest.mark.parametrize("align,stride", [("4", 24), ("16", 32), ("1", 21)])
def test_align_pads_the_rows(imgtool, here, align, stride):
    data = random_bytes(stride * 4 + 21, "align")
    (here / "raw.bin").write_bytes(data)
    imgtool("frombuffer", *words_of("RGB"), "--align", align, "--trailing", "error", "--save",
            "out.raw")
    rows = [data[stride * y:stride * y + 21] for y in range(5)]
    assert (here / "out.raw").read_bytes() == b"".join(rows)


def test_a_size_may_be_read_from_the_name_and_is_told(imgtool, here):
    data = random_bytes(7 * 5 * 4, "auto")
    (here / "cap_7x5_bgra.raw").write_bytes(data)
    run = imgtool("frombuffer", "cap_7x5_bgra.raw", "--size", "auto", "--mode", "RGBA",
                  "--rawmode", "BGRA", "--save", "out.npy")
    wanted = np.frombuffer(data, "u1").reshape(5, 7, 4)[..., [2, 1, 0, 3]]
    assert np.array_equal(np.load(here / "out.npy"), wanted)
    assert "7x5" in run.errors, "never silently"


def test_a_layout_is_written_and_read_again(imgtool, here):
    data, wanted = frame("RGB", 11, 30, -1, tail=9)
    (here / "raw.bin").write_bytes(data)
    layout = imgtool("info", *words_of("RGB"), "--offset", "11", "--stride", "30",
                     "--orientation", "-1", "--trailing", "ok", "--emit-layout")
    (here / "layout.json").write_bytes(layout.output)
    imgtool("frombuffer", "raw.bin", "--layout", "layout.json", "--trailing", "ok", "--save",
            "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), wanted)


VIEWS = [
    (["--crop", "3x2+1+2"], lambda a: a[2:4, 1:4]),
    (["--reorient", "h"], lambda a: a[:, ::-1]),
    (["--reorient", "v"], lambda a: a[::-1]),
    (["--reorient", "90"], lambda a: np.rot90(a, -1)),
    (["--reorient", "180"], lambda a: a[::-1, ::-1]),
    (["--reorient", "270"], lambda a: np.rot90(a)),
    (["--every", "2x3"], lambda a: a[::3, ::2]),
    (["--every", "3x1"], lambda a: a[:, ::3]),
    (["--crop", "5x4+1+1", "--reorient", "90", "--every", "2x2", "--reorient", "v"],
     lambda a: np.rot90(a[1:5, 1:6], -1)[::2, ::2][::-1]),
]


@EVERY_MODE
@pytest.mark.parametrize("steps,view", [pytest.param(*v, id=" ".join(v[0])) for v in VIEWS])
def test_a_view_shows_the_same_bytes_elsewhere(imgtool, here, mode, steps, view):
    data, raw = source(here, mode, SIZE)
    imgtool("frombuffer", *raw, "--no-copy", *steps, "--save", "out.raw", "--expect-shared")
    assert (here / "out.raw").read_bytes() == packed(mode, view(samples(mode, SIZE, data)))


@EVERY_MODE
@pytest.mark.parametrize("steps,view", [pytest.param(*v, id=" ".join(v[0])) for v in VIEWS])
def test_an_edit_through_a_view_reaches_the_right_bytes(imgtool, here, mode, steps, view):
    data, raw = source(here, mode, SIZE)
    array = samples(mode, SIZE, data)
    pixel = samples(mode, (1, 1), raw_bytes(mode, (1, 1), "one"))[0, 0]
    part = view(array)
    part[0, part.shape[1] - 1] = pixel
    imgtool("frombuffer", *raw, "--access", "rw", *steps, "--put",
            f"{part.shape[1] - 1},0={words(mode, pixel)}", "--expect-shared")
    assert samples(mode, SIZE, (here / "raw.bin").read_bytes()).tobytes() == array.tobytes()


@pytest.mark.parametrize("mode", [m.name for m in MODES.values() if m.count > 1 and m.name != "PA"])
def test_a_band_is_a_gray_picture_of_its_own(imgtool, here, mode):
    data, raw = source(here, mode, SIZE)
    array = samples(mode, SIZE, data)
    for number, band in enumerate(MODES[mode].bands):
        wanted = np.ascontiguousarray(array[..., number])
        if mode == "LAB" and number:
            wanted ^= 128
        imgtool("frombuffer", *raw, "--band", band, "--save", "out.raw", "--expect-shared")
        assert (here / "out.raw").read_bytes() == wanted.tobytes()


def test_an_edit_of_a_band_leaves_the_others(imgtool, here):
    data, raw = source(here, "RGB", SIZE)
    imgtool("frombuffer", *raw, "--access", "rw", "--band", "G", "--fill", "9")
    wanted = samples("RGB", SIZE, data)
    wanted[..., 1] = 9
    assert (here / "raw.bin").read_bytes() == wanted.tobytes()


@pytest.mark.parametrize("mode,low,high", [("I;16", 1000, 50000), ("F", -2.0, 3.5),
                                           ("I", -100000, 100000), ("L", 20, 200)])
def test_a_window_maps_a_range_to_eight_bits(imgtool, here, mode, low, high):
    array = np.linspace(low - (high - low) / 4, high + (high - low) / 4, 35).reshape(5, 7)
    array = array.clip(0, None) if mode in ("L", "I;16") else array
    data = packed(mode, array)
    _, raw = source(here, mode, SIZE)
    (here / "raw.bin").write_bytes(data)
    imgtool("frombuffer", *raw, "--window", f"{low},{high}", "--save", "out.pgm",
            "--expect-shared")
    with Image.open(here / "out.pgm") as image:
        got = np.asarray(image).astype(int)
    stored = samples(mode, SIZE, data).astype(float)
    wanted = ((stored - low) / (high - low)).clip(0, 1) * 255
    assert np.abs(got - wanted).max() <= 1


def test_random_layouts_write_the_pixels_that_they_read_and_no_other_byte(imgtool, here):
    generator = np.random.default_rng(33)
    for _ in range(25):
        mode = str(generator.choice([m for m in MODES if m != "1"]))
        size = tuple(int(v) for v in generator.integers(1, 9, 2))
        stride = MODES[mode].row_bytes(size[0]) + int(generator.integers(0, 20))
        offset, orientation = int(generator.integers(0, 50)), int(generator.choice([1, -1]))
        data, _ = frame(mode, offset, stride, orientation, 7, size=size)
        (here / "raw.bin").write_bytes(data)
        new, pixels = frame(mode, offset, stride, orientation, 7, seed="new", size=size)
        puts = []
        for y in range(size[1]):
            for x in range(size[0]):
                puts += ["--put", f"{x},{y}={words(mode, pixels[y, x])}"]
        imgtool("frombuffer", *words_of(mode, size), "--offset", offset, "--stride", stride,
                "--orientation", orientation, "--trailing", "ok", "--access", "rw", *puts)
        wanted = bytearray(data)
        row = MODES[mode].row_bytes(size[0])
        for y in range(size[1]):
            start = offset + stride * y
            wanted[start:start + row] = new[start:start + row]
        assert (here / "raw.bin").read_bytes() == bytes(wanted), (mode, size, stride, offset)


CONTRADICTIONS = [
    (["--align", 4, "--stride", 50], ["--stride 50", "--align 4"]),
    (["--justify", "msb"], ["--justify msb", "RGB"]),
    (["--frames", "0..1", "--frame", 1], ["--frames", "--frame 1"]),
    (["--interleave", "plane", "--plane-stride", 10], ["--plane-stride 10", "35"]),
    (["--frame-stride", 10], ["--frame-stride 10", "105"]),
    (["--frame-stride", 110, "--frame-header", 10], ["--frame-stride 110", "115"]),
]


@pytest.mark.parametrize("options,says", CONTRADICTIONS)
def test_options_that_contradict_each_other_are_refused(refused, here, options, says):
    (here / "raw.bin").write_bytes(bytes(1000))
    refused("frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGB", "--trailing", "ok",
            *options, words=says)


@pytest.mark.parametrize("mode,options,at,count", [
    # Rows of planes that lie between each other, and of frames that do.
    ("RGB", ["--interleave", "plane", "--stride", 21, "--plane-stride", 7], [0, 7, 14], 105),
    ("L", ["--stride", 14, "--frame-stride", 7, "--frame", 1], [7], 70),
    ("L", ["--align", 4, "--stride", 8], [0], 40),
])
def test_options_that_only_look_like_a_contradiction_are_taken(imgtool, here, mode, options, at, count):
    data = np.arange(count, dtype="u1").tobytes()
    (here / "raw.bin").write_bytes(data)
    run = imgtool("frombuffer", "raw.bin", "--size", "7x5", "--mode", mode, *options,
                  "--trailing", "ok", "--print", "0,0")
    assert run.text == ",".join(str(data[k]) for k in at) + "\n"


@pytest.mark.parametrize("options,rows", [
    (["--interleave", "pixel"], 5), (["--interleave", "line"], 5),
    (["--interleave", "plane"], 5), (["--interleave", "plane", "--plane-stride", "42"], None),
])
def test_the_rows_that_are_said_to_fit_do(imgtool, refused, here, options, rows):
    (here / "raw.bin").write_bytes(bytes(7 * 10 * 3))
    line = ["frombuffer", "raw.bin", "--mode", "RGB", *options, "--size"]
    run = imgtool(*line, "7x5")
    if rows is None:
        assert "more row" not in run.errors
    else:
        assert f"({rows} more rows would fit)" in run.errors
        imgtool(*line, f"7x{5 + rows}", "--trailing", "error")


# A file of this many bytes read as this, and what its length says.
LENGTHS = [
    (640 * 480 * 3, ["--size", "640x480"], "the file holds 640x480 RGB exactly; did you mean --mode RGB?"),
    (640 * 480 * 4, ["--size", "640x480"], "did you mean --mode RGBA?"),
    (640 * 480 * 2, ["--size", "640x480"], "did you mean --mode 'I;16'?"),
    (640 * 480 * 3 + 54, ["--size", "640x480", "--offset", 54], "did you mean --mode RGB?"),
    (640 * 480 * 4, ["--size", "640x480", "--mode", "RGB"], "did you mean --rawmode RGBX?"),
    (640 * 480 * 20, ["--size", "640x480"], "the file holds 20 such frames"),
    (640 * 480 * 3, ["--size", "640x480", "--mode", "L"], "the file holds 3 such frames"),
    (640 * 480 * 9, ["--size", "640x480"], "9 such frames; --frame N shows one, --frames A..B several; or it "
     "holds 3 frames of RGB (--mode RGB)"),
    (2048 * 480, ["--size", "640x480", "--mode", "RGB"], "did you mean --stride 2048?"),
    (452 * 100, ["--size", "150x100"], "did you mean --mode RGB --stride 452?"),
    (152 * 100, ["--size", "150x100"], "did you mean --stride 152?"),
    (104 * 99, ["--size", "51x99"], "did you mean --mode 'I;16' --stride 104?"),
]


@pytest.mark.parametrize("count,words,says", LENGTHS)
def test_trailing_bytes_are_told_with_what_was_meant(imgtool, here, count, words, says):
    (here / "raw.bin").write_bytes(bytes(count))
    for command in (["frombuffer"], ["info"], ["hash"]):
        run = imgtool(*command, "raw.bin", *words)
        assert run.errors.count("after the last row") == 1 and says in run.errors
        assert ("more rows" in run.errors) == ("such frames" in says)
    assert says in imgtool("frombuffer", "raw.bin", *words, "--trailing", "error", ok=2).errors
    assert not imgtool("frombuffer", "raw.bin", *words, "--trailing", "ok").errors
    if meant := re.search(r"did you mean (--\S+ \S+(?: --stride \S+)?)\?", says):
        imgtool("frombuffer", "raw.bin", *words, *shlex.split(meant[1]), "--trailing", "error")
    elif "such frames" in says:
        imgtool("frombuffer", "raw.bin", *words, "--frame", "last", "--trailing", "error")


def test_words_of_red_first_are_no_reason_to_advise_blue_first(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(8 * 6 * 3))
    run = imgtool("frombuffer", "raw.bin", "--size", "8x6", "--rawmode", "rgb565")
    assert "did you mean --rawmode RGB?" in run.errors


@pytest.mark.parametrize("count,words,says", [
    (640 * 480, ["--size", "640x480", "--mode", "RGB"], "did you mean --mode L?"),
    (640 * 480 * 3, ["--size", "640x480", "--rawmode", "BGRX"], "did you mean --rawmode BGR?"),
    (640 * 60, ["--size", "640x480"], "did you mean --mode 1?"),
    (640 * 480 * 2, ["--size", "640x480", "--mode", "RGB"], "did you mean --rawmode 'BGR;16'?"),
    (640 * 480 * 2, ["--size", "640x480", "--mode", "RGBA"], "did you mean --mode 'I;16'?"),
    (64, ["--size", "8x9"], "8 rows fit; did you mean --size 8x8?"),
    (640 * 480, ["--size", "640x480", "--offset", 54], "exactly from byte 0; did you mean no --offset?"),
])
def test_a_file_that_is_too_short_is_told_what_it_holds(refused, here, count, words, says):
    (here / "raw.bin").write_bytes(bytes(count))
    refused("frombuffer", "raw.bin", *words, words=[says, "needs", str(count)])
