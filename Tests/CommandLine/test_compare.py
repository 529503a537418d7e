"""Comparing images: NumPy and ImageMagick say what must be found."""

import subprocess

import numpy as np
import pytest
from PIL import Image

from oracles import MODES, PALETTE, PALETTE_MODES, packed, raw_bytes, samples, source, words

SIZE = (33, 17)


def change(mode: str, array: np.ndarray, count: int, seed=0) -> np.ndarray:
    """The samples with `count` pixels made others in some band."""
    draw = np.random.default_rng(seed)
    other = array.copy()
    flat = other.reshape(SIZE[0] * SIZE[1], -1)
    for pixel in draw.choice(len(flat), count, replace=False):
        band = draw.integers(flat.shape[1])
        if mode == "RGBX":
            band = draw.integers(3)
        value = flat[pixel, band]
        flat[pixel, band] = not value if mode == "1" else value / 2 + 3 if mode == "F" else value ^ 5
    return other


def wide(mode: str, array: np.ndarray) -> np.ndarray:
    """The samples that are compared, as numbers wide enough for their differences."""
    if mode == "1":
        return array.astype("f8")[..., None] * 255
    if mode in PALETTE_MODES:
        colors = np.frombuffer(PALETTE, "u1").reshape(-1, 3).astype("f8")
        return colors[array] if mode == "P" else np.concatenate(
            [colors[array[..., 0]], array[..., 1:].astype("f8")], axis=2)
    array = array.astype("f8")
    if array.ndim == 2:
        array = array[..., None]
    return array[..., :3] if mode == "RGBX" else array


@pytest.mark.parametrize("mode", MODES)
def test_the_numbers_are_those_of_numpy(imgtool, here, mode):
    data, raw = source(here, mode, SIZE)
    array = samples(mode, SIZE, data)
    other = change(mode, array, 12)
    (here / "other.bin").write_bytes(b"head!" + packed(mode, other))
    (here / "raw.bin").write_bytes(b"head!" + data)
    report = imgtool("compare", "raw.bin", "other.bin", *raw[1:], "--offset", 5, "--json", ok=1).json
    a, b = wide(mode, array), wide(mode, other)
    errors = np.abs(a - b)
    places = np.argwhere(errors.max(axis=2) > 0)
    y, x = map(int, places[0])
    assert report["same"] is False and report["exit"] == 1
    assert report["count"] == len(places)
    assert report["max"] == errors.max()
    assert report["mean"] == pytest.approx(errors.mean(), rel=1e-12)
    peak = {"u1": 255, "<u2": 65535, ">u2": 65535, "<i4": 2**31 - 1, "<f4": 1}[MODES[mode].dtype]
    assert report["psnr"] == pytest.approx(
        10 * np.log10(peak**2 / (errors**2).mean()), rel=1e-12)
    first = report["first"]
    assert (first["x"], first["y"]) == (x, y)
    if mode != "LAB":
        assert (first["a"], first["b"]) == (a[y, x].tolist(), b[y, x].tolist())
    # The first byte of the files from the pixel on that differs, or is a part of what does.
    size = np.dtype(MODES[mode].dtype).itemsize
    one, two = np.frombuffer((here / "raw.bin").read_bytes(), "u1"), np.frombuffer(
        (here / "other.bin").read_bytes(), "u1")
    byte = int(np.flatnonzero(one != two)[0])
    assert first["offset"]["a"] == first["offset"]["b"] == 5 + (byte - 5) // size * size


def test_each_offset_is_counted_in_its_own_file(imgtool, here):
    array = samples("RGB", (7, 5), raw_bytes("RGB", (7, 5)))
    other = array.copy()
    other[3, 4, 2] ^= 9
    (here / "a.bin").write_bytes(bytes(11) + array.tobytes())
    Image.fromarray(other).save("b.bmp")
    line = ["a.bin", "b.bmp", "--size", "7x5", "--mode", "RGB", "--offset", 11]
    report = imgtool("compare", *line, "--json", ok=1).json
    # BMP: 54 bytes of header, rows bottom-up and padded to 24 bytes, blue first.
    assert report["first"] == {
        "x": 4, "y": 3, "a": array[3, 4].tolist(), "b": other[3, 4].tolist(),
        "offset": {"a": 11 + (3 * 7 + 4) * 3 + 2, "b": 54 + 1 * 24 + 4 * 3}}
    assert (here / "b.bmp").read_bytes()[report["first"]["offset"]["b"]] == other[3, 4, 2]
    Image.fromarray(other).save("b.png")
    report = imgtool("compare", "b.png", "a.bin", *line[2:], "--json", ok=1).json
    assert report["first"]["offset"] == {"a": None, "b": 11 + (3 * 7 + 4) * 3 + 2}
    text = imgtool("compare", *line, ok=1).text
    values = [words("RGB", one[3, 4]) for one in (array, other)]
    assert text.startswith(f"pixel 4,3 differs: {values[0]} (byte 88) and {values[1]} (byte 90); ")
    assert "1 pixel differs" in text


def test_the_step_finds_the_offsets_through_views(imgtool, here):
    array = samples("RGB", (7, 5), raw_bytes("RGB", (7, 5)))
    turned = np.rot90(array[1:4, 2:6], -1).copy()
    turned[2, 1, 1] ^= 3
    Image.fromarray(turned).save("turned.png")
    (here / "a.bin").write_bytes(array.tobytes())
    run = imgtool("frombuffer", "a.bin", "--size", "7x5", "--mode", "RGB", "--crop", "4x3+2+1",
                  "--reorient", "90", "--json", "--compare", "turned.png", ok=1)
    first = run.json["steps"][-1]["difference"]["first"]
    assert (first["x"], first["y"]) == (1, 2)
    # Turned clockwise, column 1 is the middle row of the crop and row 2 its third column.
    assert first["offset"] == {"a": ((1 + 1) * 7 + 2 + 2) * 3 + 1, "b": None}


@pytest.mark.parametrize("mode,other,suffix", [
    ("1", "L", "png"), ("L", "RGB", "png"), ("L", "RGBA", "png"), ("P", "RGB", "ppm"),
    ("RGBX", "RGB", "png"), ("RGB", "RGBA", "png"), ("LA", "RGBA", "png"), ("I;16B", "I;16", "png"),
])
def test_modes_meet_where_nothing_is_lost(imgtool, here, mode, other, suffix):
    raw = source(here, mode, SIZE)[1]
    imgtool("frombuffer", *raw, *(["--convert", other] if mode != "I;16B" else []), "--save",
            f"out.{suffix}")
    assert imgtool("compare", "raw.bin", f"out.{suffix}", *raw[1:]).text.startswith("same")
    assert imgtool("compare", f"out.{suffix}", "raw.bin", *raw[1:]).text.startswith("same")


def test_modes_that_do_not_meet_differ(imgtool, here):
    raw = source(here, "L", (4, 4))[1]
    Image.new("I;16", (4, 4)).save("deep.png")
    run = imgtool("compare", *raw[:1], "deep.png", *raw[1:], ok=1)
    assert "modes differ" in run.text and "I;16" in run.text
    report = imgtool("compare", *raw[:1], "deep.png", *raw[1:], "--json", ok=1).json
    assert report["same"] is False and "modes differ" in report["reason"]
    assert [report[key] for key in ("first", "count", "max", "mean", "psnr")] == [None] * 5


def test_sizes_that_differ_are_no_error(imgtool, here):
    Image.new("L", (4, 4)).save("a.png")
    Image.new("L", (4, 5)).save("b.png")
    run = imgtool("compare", "a.png", "b.png", ok=1)
    assert "4x4" in run.text and "4x5" in run.text and not run.errors.count("error")
    assert imgtool("compare", "a.png", "b.png", "--json", ok=1).json["exit"] == 1
    imgtool("open", "a.png", "--compare", "b.png", ok=1)


def test_what_is_the_same_has_no_error(imgtool, here):
    raw = source(here, "RGB", SIZE)[1]
    report = imgtool("compare", "raw.bin", "raw.bin", *raw[1:], "--json").json
    assert (report["same"], report["first"], report["psnr"]) == (True, None, None)
    assert (report["count"], report["max"], report["mean"], report["exit"]) == (0, 0, 0, 0)


@pytest.fixture
def pair(here):
    """Two gray pictures of 100 pixels, of which 10 differ: by 1, 2, … 10."""
    a = np.full((10, 10), 100, "u1")
    b = a.copy()
    b[4] += np.arange(1, 11, dtype="u1")
    Image.fromarray(a).save("a.png")
    Image.fromarray(b).save("b.png")
    return ["a.png", "b.png"]


@pytest.mark.parametrize("limits,status", [
    ([], 1), (["--fail", 9], 1), (["--fail", 10], 0), (["--fail", "9.5"], 1),
    (["--fail-percent", "9.9"], 1), (["--fail-percent", 10], 0),
    (["--fail", 4, "--fail-percent", 5], 1), (["--fail", 5, "--fail-percent", 5], 0),
])
def test_limits_decide_the_answer(imgtool, pair, limits, status):
    report = imgtool("compare", *pair, *limits, "--json", ok=status).json
    assert report["same"] is (status == 0)
    assert (report["count"], report["max"], report["exit"]) == (10, 10, status)
    over = float(limits[1]) if "--fail" in limits else 0
    assert report["failing"] == sum(error > over for error in range(1, 11))


def test_a_region_is_compared_alone(imgtool, pair):
    assert imgtool("compare", *pair, "--region", "10x4+0+0").text.startswith("same")
    report = imgtool("compare", *pair, "--region", "3x3+5+3", "--json", ok=1).json
    assert (report["count"], report["max"], report["pixels"]) == (3, 8, 9)
    assert (report["first"]["x"], report["first"]["y"]) == (5, 4)


def test_a_region_that_both_hold_is_compared_whatever_their_sizes(imgtool, refused, here):
    small = np.random.default_rng(8).integers(0, 255, (10, 20, 3), "u1")
    large = np.concatenate([small, small[:, ::-1] // 2])
    large[4, 3] += 1
    Image.fromarray(small).save("small.png")
    Image.fromarray(large).save("large.ppm")
    for pair in (["small.png", "large.ppm"], ["large.ppm", "small.png"]):
        assert imgtool("compare", *pair, "--region", "20x6+0+4", ok=1).text.startswith("pixel 3,4 ")
        assert imgtool("compare", *pair, "--region", "17x10+3+0", "--diff", "d.png", ok=1).text
        errors = np.abs(small.astype(int) - large[:10]).max(axis=2)[:, 3:]
        assert np.array_equal(np.asarray(Image.open("d.png")), errors)
        assert imgtool("compare", *pair, "--region", "16x10+4+0").text == "same: 160 pixels\n"
        refused("compare", *pair, "--region", "4x4+0+7",
                words=["small.png: 4x4+0+7", "outside", "20x10"])
        assert imgtool("compare", *pair, ok=1).text.startswith("sizes differ: ")
    imgtool("open", "large.ppm", "--region", "20x5+0+5", "--compare", "small.png")


def test_a_picture_of_the_errors_is_saved_on_failure_alone(imgtool, here, pair):
    imgtool("compare", *pair, "--fail", 10, "--diff", "errors.png")
    imgtool("compare", "a.png", "a.png", "--diff", "errors.png")
    assert not (here / "errors.png").exists()
    imgtool("compare", *pair, "--diff", "errors.png", ok=1)
    errors = np.zeros((10, 10), "u1")
    errors[4] = np.arange(1, 11)
    picture = Image.open("errors.png")
    assert picture.mode == "L" and np.array_equal(np.asarray(picture), errors)
    imgtool("compare", *pair, "--region", "4x2+6+4", "--diff", "errors.pgm", ok=1)
    assert np.array_equal(np.asarray(Image.open("errors.pgm")), errors[4:6, 6:10])


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "I;16", "I", "F"])
def test_the_picture_shows_the_largest_error_of_each_pixel(imgtool, here, mode):
    data, raw = source(here, mode, SIZE)
    array = samples(mode, SIZE, data)
    (here / "other.bin").write_bytes(packed(mode, change(mode, array, 50)))
    imgtool("compare", "raw.bin", "other.bin", *raw[1:], "--diff", "errors.png", ok=1)
    other = samples(mode, SIZE, (here / "other.bin").read_bytes())
    largest = np.abs(wide(mode, array) - wide(mode, other)).max(axis=2)
    scale = {"I;16": 255 / 65535, "I": 255 / largest.max(), "F": 255 / largest.max()}.get(mode, 1)
    found = np.asarray(Image.open("errors.png")).astype("f8")
    assert np.array_equal(found > 0, largest > 0)
    assert np.abs(found - np.ceil(largest * scale)).max() <= (1 if mode == "F" else 0)


@pytest.mark.parametrize("mode", ["L", "RGB", "I;16"])
def test_imagemagick_finds_the_same(imgtool, here, program, mode):
    """AE counts pixels, MAE and PSNR are means over the samples."""
    data, raw = source(here, mode, SIZE)
    array = samples(mode, SIZE, data)
    imgtool("frombuffer", *raw, "--save", "a.png")
    (here / "raw.bin").write_bytes(packed(mode, change(mode, array, 40)))
    imgtool("frombuffer", *raw, "--save", "b.png")
    report = imgtool("compare", "a.png", "b.png", "--json", ok=1).json

    def metric(name: str) -> list:
        run = subprocess.run(
            [program("compare"), "-metric", name, "a.png", "b.png", "null:"],
            capture_output=True, text=True)
        return [float(word.strip("()")) for word in run.stderr.split()]

    assert report["count"] == metric("AE")[0] == 40
    top = 65535 if mode == "I;16" else 255
    assert report["mean"] / top == pytest.approx(metric("MAE")[1], rel=1e-4)
    assert report["psnr"] == pytest.approx(metric("PSNR")[0], rel=1e-5)
    assert (report["mse"] ** 0.5) / top == pytest.approx(metric("RMSE")[1], rel=1e-4)


def test_a_nan_is_the_same_as_itself(imgtool, here):
    numbers = np.array([np.nan, 1, -0.0, np.inf], "<f4")
    (here / "a.bin").write_bytes(numbers.tobytes())
    layout = ["--size", "4x1", "--mode", "F"]
    assert imgtool("compare", "a.bin", "a.bin", *layout).text.startswith("same")
    (here / "b.bin").write_bytes(np.array([np.nan, 1, 0, np.inf], "<f4").tobytes())
    assert imgtool("compare", "a.bin", "b.bin", *layout).text.startswith("same")
    (here / "b.bin").write_bytes(np.array([5, 1, 0, np.inf], "<f4").tobytes())
    report = imgtool("compare", "a.bin", "b.bin", *layout, "--json", ok=1).json
    assert (report["count"], report["max"], report["first"]["a"]) == (1, "inf", ["nan"])


def test_a_raw_file_that_begins_like_another_is_raw_by_its_name_or_its_size(imgtool, here):
    for name in ("a.raw", "a.bin", "a.frame"):
        (here / name).write_bytes(b"BM" + bytes(10))
        Image.frombytes("L", (4, 3), b"BM" + bytes(10)).save("b.png")
        assert imgtool("compare", name, "b.png", "--size", "4x3", "--mode", "L").exit == 0


def test_standard_input_can_be_one_of_the_two(imgtool, here, refused):
    data, raw = source(here, "RGB", SIZE)
    imgtool("frombuffer", *raw, "--save", "a.png")
    assert imgtool("compare", "-", "a.png", *raw[1:], stdin=data).text.startswith("same")
    assert imgtool("compare", "raw.bin", "-", *raw[1:], stdin=data).text.startswith("same")
    refused("compare", "-", "-", *raw[1:], words=["standard input", "not both"])


def test_wrong_options_are_refused(refused, here):
    Image.new("L", (4, 4)).save("a.png")
    (here / "raw.bin").write_bytes(bytes(16))
    refused("compare", "a.png", words=["compare"])
    refused("compare", "a.png", "raw.bin", words=["raw.bin", "--size"])
    refused("compare", "a.png", "none.png", words=["none.png"])
    refused("compare", "a.png", "a.png", "--fail", "-1", words=["--fail", "-1"])
    refused("compare", "a.png", "a.png", "--fail", "nan", words=["--fail"])
    refused("compare", "a.png", "a.png", "--fail-percent", "101", words=["--fail-percent", "100"])
    refused("compare", "a.png", "a.png", "--region", "4x4+1+0", words=["4x4+1+0", "outside"])
    refused("compare", "a.png", "a.png", "--diff", "errors.jpg", words=["errors.jpg"])
    refused("compare", "a.png", "a.png", "--diff", "errors.ppm", words=["ppm", "mode L"])
    refused("compare", "a.png", "a.png", "--diff", "-", words=["--diff"])


@pytest.mark.parametrize("limits,status", [
    ([], 1), (["--fail", 10], 0), (["--fail-percent", "9.9"], 1), (["--fail-percent", 10], 0),
    (["--fail", 5, "--fail-percent", 5], 0), (["--region", "10x4+0+0"], 0),
    (["--region", "3x3+5+3"], 1),
])
def test_the_step_takes_what_the_command_takes(imgtool, pair, limits, status):
    run = imgtool("open", pair[0], *limits, "--compare", pair[1], "--json", ok=status)
    assert run.json["steps"][-1]["difference"]["same"] is (status == 0)
    # The settings stay until they are changed.
    imgtool("open", pair[0], *limits, "--compare", pair[0], "--compare", pair[1], ok=status)


def test_settings_hold_until_they_are_changed(imgtool, pair):
    line = ["open", pair[0], "--fail", 10, "--compare", pair[1]]
    imgtool(*line)
    imgtool(*line, "--fail", 9, "--compare", pair[1], ok=1)


def test_the_step_saves_a_picture_of_the_errors(imgtool, here, pair, refused):
    line = ["open", pair[0], "--diff", "errors.png"]
    imgtool(*line, "--compare", pair[0])
    assert not (here / "errors.png").exists()
    imgtool(*line, "--region", "4x2+6+4", "--compare", pair[1], ok=1)
    want = np.zeros((2, 4), "u1")
    want[0] = [7, 8, 9, 10]
    assert np.array_equal(np.asarray(Image.open("errors.png")), want)


@pytest.mark.parametrize("words,says", [
    (["--fail", "-1"], ["--fail"]), (["--fail-percent", "101"], ["--fail-percent", "100"]),
    (["--diff", "-"], ["--diff"]), (["--diff", "errors.ppm"], ["ppm", "mode L"]),
    (["--diff", "errors.jpg"], ["errors.jpg"]), (["--region", "9x9+5+5"], ["9x9+5+5", "outside"]),
])
def test_wrong_settings_of_the_step_are_refused_before_the_first(refused, pair, words, says):
    refused("open", pair[0], "-q", "--save", "made.png", *words, "--compare", pair[1], words=says)


def test_the_step_compares_a_raw_file_of_the_same_length_in_the_same_layout(imgtool, refused, here):
    data, raw = source(here, "RGB", SIZE)
    other = bytearray(b"head!" + data)
    (here / "raw.bin").write_bytes(other)
    other[5 + (3 * SIZE[0] + 2) * 3 + 1] ^= 9
    for name in ("other.rgb", "other.raw"):
        (here / name).write_bytes(other)
        line = ["frombuffer", *raw, "--offset", 5, "--json"]
        run = imgtool(*line, "--compare", name, ok=1)
        first = run.json["steps"][0]["difference"]["first"]
        assert (first["x"], first["y"]) == (2, 3)
        assert first["offset"]["a"] == first["offset"]["b"] == 5 + (3 * SIZE[0] + 2) * 3 + 1
        imgtool(*line, "--put", f"2,3={','.join(map(str, first['b']))}", "--compare", name)
    (here / "short.rgb").write_bytes(other[:-1])
    refused("frombuffer", *raw, "--offset", 5, "--compare", "short.rgb",
            words=["short.rgb", str(len(other) - 1), "imgtool compare A B LAYOUT"])
    imgtool("frombuffer", *raw, "--offset", 5, "--save", "a.png")
    refused("open", "a.png", "-q", "--compare", "other.rgb",
            words=["other.rgb", "imgtool compare A B LAYOUT"])


def test_quiet_says_nothing_and_the_status_is_the_answer(imgtool, pair):
    for line, status in ((pair, 1), (pair[:1] * 2, 0)):
        run = imgtool("compare", *line, "-q", ok=status)
        assert (run.output, run.errors) == (b"", "")
