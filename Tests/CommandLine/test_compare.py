"""Comparing images: NumPy and ImageMagick say what must be found."""

import shlex
import subprocess

import numpy as np
import pytest
from comparing import SIZE, box_of, change, is_red, pair, wide  # noqa: F401
from oracles import MODES, packed, raw_bytes, samples, source, words
from PIL import Image


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
    assert report["box"] == box_of(errors.max(axis=2) > 0)
    # The first byte of the files that differs.
    one, two = np.frombuffer((here / "raw.bin").read_bytes(), "u1"), np.frombuffer(
        (here / "other.bin").read_bytes(), "u1")
    byte = int(np.flatnonzero(one != two)[0])
    assert first["offset"] == {"a": byte, "b": byte}


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
    assert [report[key] for key in ("first", "box", "count", "max", "mean", "psnr")] == [None] * 6


@pytest.mark.parametrize("mode,bands", [("LA", 2), ("RGB", 3), ("RGBA", 4)])
def test_8_bits_meet_16_of_the_same_mode(imgtool, here, mode, bands):
    array = np.random.default_rng(bands).integers(0, 256, (5, 7, bands), "u1")
    array[2, 4, -1] = 7
    deep = array.astype("<u2") * 257
    array.tofile("narrow.raw")
    Image.fromarray(array, mode).save("narrow.png")
    layout = ["--size", "7x5", "--mode", mode, "--rawmode", f"{mode};16L"]
    for step in (0, 3):
        deep[2, 4, -1] += step
        deep.tofile("deep.raw")
        for line in (["narrow.png", "deep.raw"], ["deep.raw", "narrow.png"]):
            run = imgtool("compare", *line, *layout, "--json", ok=int(step > 0))
            assert run.json["widened"] == f"{mode};16"
            assert (run.json["count"], run.json["max"]) == (int(step > 0), step)


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


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "I;16B", "I", "F"])
@pytest.mark.parametrize("limit", [0, 2, 4, 1000])
def test_with_a_limit_the_first_pixel_and_the_box_are_of_those_that_fail(imgtool, here, mode, limit):
    data, raw = source(here, mode, SIZE)
    array = samples(mode, SIZE, data)
    other = array.copy()
    draw = np.random.default_rng(limit)
    for y, x in draw.integers(0, SIZE[::-1], (60, 2)):
        step = draw.integers(1, 9)
        value = other[y, x] if other.ndim == 2 else other[y, x, -1]
        changed = ~value if mode == "1" else value + (step if value < 200 else -step)
        other[y, x, ...] = changed if other.ndim == 2 else [*other[y, x, :-1], changed]
    (here / "other.bin").write_bytes(packed(mode, other))
    largest = np.abs(wide(mode, array) - wide(mode, other)).max(axis=2)
    fails = largest > limit
    line = ["raw.bin", "other.bin", *raw[1:], "--fail", limit]
    run = imgtool("compare", *line, "--json", ok=int(fails.any()))
    assert (run.json["count"], run.json["failing"]) == ((largest > 0).sum(), fails.sum())
    text = imgtool("compare", *line, ok=int(fails.any())).text
    if not fails.any():
        assert run.json["first"] is run.json["box"] is None
        assert "none beyond --fail" in text and "accepted" in text and "pixel " not in text.split(";")[0]
        return
    y, x = np.argwhere(fails)[0].tolist()
    assert (run.json["first"]["x"], run.json["first"]["y"]) == (x, y)
    box = box_of(fails)
    assert run.json["box"] == box
    assert text.startswith(f"pixel {x},{y} differs: ")
    assert f"within {box['width']}x{box['height']}+{box['x']}+{box['y']}," in text


def test_the_box_is_that_of_the_region_in_the_whole_image(imgtool, pair):
    run = imgtool("compare", *pair, "--region", "3x3+5+3", "--fail", 6, "--json", ok=1)
    assert run.json["box"] == {"x": 6, "y": 4, "width": 2, "height": 1}


@pytest.mark.parametrize("threads", [1, 2])
def test_the_box_spans_the_tiles_of_a_large_image(imgtool, here, threads):
    array = np.zeros((3000, 1000), "u1")
    array.tofile("a.raw")
    for y, x in [(2, 700), (1500, 20), (2990, 800)]:
        array[y, x] = 9
    array.tofile("b.raw")
    run = imgtool("compare", "a.raw", "b.raw", "--size", "1000x3000", "--threads", threads, "--json",
                  ok=1)
    assert run.json["box"] == box_of(array > 0)


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
        differ = np.abs(small.astype(int) - large[:10]).max(axis=2)[:, 3:] > 0
        assert np.array_equal(is_red(Image.open("d.png")), differ)
        assert imgtool("compare", *pair, "--region", "16x10+4+0").text == "same: 160 pixels\n"
        refused("compare", *pair, "--region", "4x4+0+7",
                words=["small.png: 4x4+0+7", "outside", "20x10"])
        assert imgtool("compare", *pair, ok=1).text.startswith("sizes differ: ")
    imgtool("open", "large.ppm", "--region", "20x5+0+5", "--compare", "small.png")


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
    refused("compare", "a.png", "a.png", "--diff", "errors.gif", words=["errors.gif"])
    refused("compare", "a.png", "a.png", "--diff", "errors.pgm",
            words=["pgm", "mode RGB", "--diff-style gray"])
    refused("compare", "a.png", "a.png", "--diff", "errors.ppm", "--diff-style", "gray",
            words=["ppm", "mode L", "--diff-style highlight"])
    refused("compare", "a.png", "a.png", "--diff", "errors.pfm", words=["pfm", "mode RGB"])
    refused("compare", "a.png", "a.png", "--diff", "d.png", "--diff-style", "grey",
            words=["--diff-style", "grey", "did you mean gray"])
    refused("compare", "a.png", "b.png", "--diff-style", "gray",
            words=["--diff-style", "changes nothing", "--diff"])
    refused("compare", "a.png", "a.png", "--diff", "-", words=["--diff"])


def test_quiet_says_nothing_and_the_status_is_the_answer(imgtool, pair):
    for line, status in ((pair, 1), (pair[:1] * 2, 0)):
        run = imgtool("compare", *line, "-q", ok=status)
        assert (run.output, run.errors) == (b"", "")


@pytest.mark.parametrize("stray", [0, 1])
def test_bits_that_are_not_compared_are_told(imgtool, here, stray):
    names = ["a.raw", "b.raw"]
    for number, name in enumerate(names):
        (here / name).write_bytes(np.array([5, 1024 + 7 if number == stray else 7], "<u2").tobytes())
    raw = ["--size", "2x1", "--rawmode", "gray10le"]
    says = "pixel 1,0 is stored as 0x0407: bits above the tenth are set, and masked"
    run = imgtool("compare", *names, *raw)
    assert run.output.startswith(b"same") and f"{names[stray]}: {says}" in run.errors
    step = imgtool("frombuffer", "a.raw", *raw, "--compare", "b.raw", "--json")
    assert f"{names[stray]}: {says}" in step.errors
    assert step.json["steps"][-1]["lossy"] == ["unused bits"]
    assert says in imgtool("info", names[stray], *raw, "--stats").errors
    refused = imgtool("frombuffer", "a.raw", *raw, "--compare", "b.raw", "--strict", ok=2)
    assert says in refused.errors


@pytest.mark.parametrize("suffix,peak", [("png", 65535), ("ff", 65535)])
def test_the_range_of_errors_is_told_where_8_bits_meet_16(imgtool, here, suffix, peak):
    Image.new("RGB", (2, 2), (1, 2, 3)).save("a.png")
    wide = np.full((2, 2, 3), [1, 2, 3], "u2") * 257
    wide[1, 1, 0] += 300
    wide.astype("<u2").tofile(here / "wide.raw")
    imgtool("frombuffer", "wide.raw", "--size", "2x2", "--mode", "RGB", "--rawmode", "RGB;16L", "--save",
            f"b.{suffix}")
    for limit, status in ((299, 1), (300, 0)):
        run = imgtool("compare", "a.png", f"b.{suffix}", "--fail", limit, ok=status)
        assert "errors and --fail count from 0 to 65535" in run.text
        report = imgtool("compare", "a.png", f"b.{suffix}", "--json", ok=1).json
        assert (report["peak"], report["max"]) == (peak, 300)
    assert imgtool("compare", "a.png", "a.png", "--json").json["peak"] == 255


@pytest.mark.parametrize("narrow,wide,mode", [
    ("a.png", "b.png", "I;16"), ("a.png", "b.npy", "I"), ("b.png", "b.npy", "I"), ("b.png", "f.npy", "F"),
])
def test_modes_of_numbers_that_differ_are_told_with_the_command_that_compares_them(
        imgtool, here, narrow, wide, mode):
    numbers = np.array([[0, 7], [200, 255]])
    Image.fromarray(numbers.astype("u1")).save("a.png")
    Image.fromarray(numbers.astype("u2")).save("b.png")
    np.save("b.npy", numbers.astype("<i4"))
    np.save("f.npy", numbers.astype("<f4"))
    for names in ((narrow, wide), (wide, narrow)):
        run = imgtool("compare", *names, ok=1)
        command = run.text.split("`")[1]
        assert shlex.split(command) == ["imgtool", "open", narrow, "--convert", mode, "--compare", wide]
        imgtool(*shlex.split(command)[1:])


def test_no_tolerance_accepts_what_is_no_number(imgtool, here):
    layout = ["--size", "4x1", "--mode", "F"]
    np.array([np.nan, 1, np.inf, 5], "<f4").tofile(here / "a.raw")
    np.array([3, 1, -np.inf, 4], "<f4").tofile(here / "b.raw")
    run = imgtool("compare", "a.raw", "b.raw", *layout, "--fail", "inf", "--json", ok=1)
    assert (run.json["failing"], run.json["first"]["x"], run.json["count"]) == (1, 0, 3)
    run = imgtool("compare", "a.raw", "b.raw", *layout, "--fail", "inf", "--region", "3x1+1+0")
    assert "accepted" in run.text
    run = imgtool("compare", "a.raw", "b.raw", *layout, "--fail", "inf", "--diff", "d.png", ok=1)
    red = np.asarray(Image.open("d.png"))[0].tolist()
    assert [pixel == [255, 0, 0] for pixel in red] == [True, False, False, False]


def test_a_picture_of_errors_that_are_infinite_says_so(imgtool, here):
    np.array([np.nan, 1, 5, 900], "<f4").tofile(here / "a.raw")
    np.array([3, 1, 4, 5], "<f4").tofile(here / "b.raw")
    run = imgtool("compare", "a.raw", "b.raw", "--size", "4x1", "--mode", "F", "--diff", "d.png",
                  "--diff-style", "gray", ok=1)
    assert "an error is infinite, so none is multiplied" in run.errors
    assert np.asarray(Image.open("d.png")).tolist() == [[255, 0, 1, 255]]
