"""Pictures in the terminal: real terminals, and other programs that decode what is sent to them."""

import base64
import itertools
import re
import resource
import subprocess

import numpy as np
import pytest
from PIL import Image

from conftest import TOOL
from oracles import MODES, source
from terminals import COLUMNS, ROWS, Terminal, half_blocks

RAMP = " .:-=+*#%@"


@pytest.fixture
def terminal(here, program):
    opened = []

    def open_one(columns=COLUMNS, rows=ROWS, **environment) -> Terminal:
        opened.append(Terminal(program("tmux"), here, environment, columns, rows))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def picture(width: int, height: int) -> np.ndarray:
    """Two slopes, and squares with hard edges."""
    y, x = np.mgrid[:height, :width]
    red, green = x * 255 // max(1, width - 1), y * 255 // max(1, height - 1)
    blue = (x // 5 + y // 5) % 2 * 255
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


def raw_of(here, pixels: np.ndarray, mode="RGB", name="raw.bin") -> list:
    (here / name).write_bytes(pixels.tobytes())
    return [name, "--size", f"{pixels.shape[1]}x{pixels.shape[0]}", "--mode", mode]


def averaged(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """The exact mean of each pixel's share, by matrices of overlaps."""

    def shares(many: int, few: int) -> np.ndarray:
        edges = np.arange(many + 1) * few
        low = np.maximum(edges[:-1][None], (np.arange(few) * many)[:, None])
        high = np.minimum(edges[1:][None], ((np.arange(few) + 1) * many)[:, None])
        return np.maximum(0, high - low) / many

    down, across = shares(pixels.shape[0], height), shares(pixels.shape[1], width)
    return np.einsum("yh,hwc,xw->yxc", down, pixels.astype(float), across, optimize=True)


def test_a_true_color_terminal_shows_every_pixel(here, terminal):
    pixels = picture(60, 41)
    screen = terminal(COLORTERM="truecolor")
    screen.run("show", *raw_of(here, pixels))
    assert screen.wait_for_exit() == 0
    shown = half_blocks(screen.cells(), 60, 41)
    assert shown == [[tuple(map(int, color)) for color in row] for row in pixels]


def test_a_terminal_of_256_colors_shows_the_nearest_of_them(here, terminal):
    pixels = picture(70, 44)
    screen = terminal()
    screen.run("show", *raw_of(here, pixels))
    assert screen.wait_for_exit() == 0
    levels = [0, 95, 135, 175, 215, 255]
    table = np.array([*itertools.product(levels, repeat=3), *[[8 + 10 * n] * 3 for n in range(24)]])
    shown = np.array(half_blocks(screen.cells(), 70, 44))[..., 0]
    assert shown.min() >= 16, "the first 16 colors are the user's own"
    distance = ((pixels[..., None, :].astype(int) - table) ** 2).sum(-1)
    chosen = np.take_along_axis(distance, (shown - 16)[..., None], -1)[..., 0]
    assert (chosen == distance.min(-1)).all()


def test_a_large_picture_is_averaged_and_leaves_a_line_for_the_prompt(here, terminal):
    pixels = picture(333, 257)
    screen = terminal(COLORTERM="24bit")
    screen.run("show", *raw_of(here, pixels), tell=False)
    screen.wait_for(lambda text: text.split("\n")[23].strip() in ("$", "#"))
    shown = half_blocks(screen.cells(), 60, 46)
    assert np.abs(np.array(shown) - averaged(pixels, 60, 46)).max() <= 0.5 + 1e-9


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colors_gets_characters(here, terminal, environment):
    screen = terminal(COLORTERM="truecolor", **environment)
    screen.run("show", *raw_of(here, picture(40, 40)))
    assert screen.wait_for_exit() == 0
    shown = screen.screen().split("\n")[:20]
    assert all(set(line) <= set(RAMP) for line in shown) and any(map(str.strip, shown))


def test_what_is_no_terminal_gets_characters_by_lightness(imgtool, here):
    pixels = picture(70, 40)
    run = imgtool("show", *raw_of(here, pixels))
    light = np.floor(averaged(pixels, 70, 20) + 0.5).astype(int) @ [299, 587, 114] // 1000
    assert run.lines == ["".join(RAMP[v * 10 // 256] for v in row) for row in light]


@pytest.mark.parametrize("colors", [6, 5000])
def test_sixels_decode_to_the_picture(imgtool, here, program, colors):
    if colors == 6:
        pixels = np.array([[(9, 200, 30), (255, 255, 255), (0, 0, 0)],
                           [(255, 0, 0), (70, 70, 200), (255, 255, 0)]], np.uint8)
        pixels = pixels.repeat(20, 0).repeat(33, 1)
    else:
        y, x = np.mgrid[:83, :120]
        pixels = np.stack([x * 2, y * 3, 255 - x - y], -1).astype(np.uint8)
    run = imgtool("show", *raw_of(here, pixels), "--protocol", "sixel")
    (here / "out.six").write_bytes(run.output)
    subprocess.run([program("sixel2png"), "-i", "out.six", "-o", "out.png"], check=True)
    shown = np.array(Image.open("out.png").convert("RGB")).astype(int)
    assert shown.shape == pixels.shape
    error = np.abs(shown - pixels)
    # A sixel color is in percent; 256 of them stand for the many.
    assert error.max() <= (2 if colors == 6 else 24) and error.mean() <= (2 if colors == 6 else 6)


def kitty(data: bytes) -> tuple:
    """What a terminal of kitty's protocol gets to see: the keys, and the pixels."""
    pieces = re.findall(rb"\x1b_G([^;]*);([^\x1b]*)\x1b\\", data)
    keys = dict(pair.split("=") for pair in pieces[0][0].decode().split(","))
    assert all(len(piece) <= 4096 for _, piece in pieces)
    more = [dict(p.split("=") for p in key.decode().split(",")).get("m", "0") for key, _ in pieces]
    assert more == ["1"] * (len(pieces) - 1) + ["0"]
    content = b"".join(base64.b64decode(piece, validate=True) for _, piece in pieces)
    if keys.get("t") == "f":
        with open(content, "rb") as file:
            file.seek(int(keys["O"]))
            content = file.read(int(keys["S"]))
    shape = int(keys["v"]), int(keys["s"]), int(keys["f"]) // 8
    return keys, np.frombuffer(content, np.uint8).reshape(shape)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_kitty_reads_a_plain_file_by_itself(imgtool, here, mode):
    data, raw = source(here, mode, (33, 17))
    (here / "raw.bin").write_bytes(b"header." + data)
    run = imgtool("show", *raw, "--offset", 7, "--protocol", "kitty")
    keys, pixels = kitty(run.output)
    assert keys["t"] == "f" and "c" not in keys and len(run.output) < 500
    assert pixels.tobytes() == data


def test_kitty_scales_a_plain_file_that_is_larger_than_the_window(imgtool, here):
    _, raw = source(here, "RGB", (2000, 500))
    keys, pixels = kitty(imgtool("show", *raw, "--protocol", "kitty").output)
    assert pixels.shape == (500, 2000, 3)
    assert (int(keys["c"]), int(keys["r"])) == (80, 10)
    keys, _ = kitty(imgtool("show", *raw, "--protocol", "kitty", "--width", 40).output)
    assert (int(keys["c"]), int(keys["r"])) == (40, 5)


@pytest.mark.parametrize("steps", [
    ["--put", "0,0=1,2,3"], ["--crop", "20x10+1+1"], ["--reorient", "h"], ["--copy"],
    ["--convert", "L"], ["--every", "2x2"],
])
def test_kitty_gets_the_pixels_where_the_file_is_not_the_picture(imgtool, here, steps):
    _, raw = source(here, "RGB", (33, 17))
    imgtool("frombuffer", *raw, *steps, "--save", "want.ppm" if "L" not in steps else "want.pgm")
    run = imgtool("frombuffer", *raw, *steps, "--show", "--protocol", "kitty")
    keys, pixels = kitty(run.output)
    want = np.array(Image.open("want.ppm" if "L" not in steps else "want.pgm").convert("RGB"))
    assert "t" not in keys and np.array_equal(pixels, want)


def test_kitty_gets_long_pictures_in_pieces(imgtool, here):
    pixels = picture(200, 150)[..., ::-1].copy()
    raw = raw_of(here, pixels)
    keys, shown = kitty(imgtool("show", *raw, "--rawmode", "BGR", "--protocol", "kitty").output)
    assert "t" not in keys and np.array_equal(shown, pixels[..., ::-1])


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_has_a_picture(imgtool, here, mode):
    _, raw = source(here, mode, (33, 17))
    run = imgtool("show", *raw)
    assert len(run.lines) == 9 and all(len(line) == 33 for line in run.lines)
    assert len(set(run.text)) > 3


def test_transparency_shows_a_checkerboard(imgtool, here):
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:, 4:] = (10, 20, 30, 255)
    run = imgtool("show", *raw_of(here, pixels, "RGBA"), "--rawmode", "BGRA", "--protocol", "kitty")
    _, shown = kitty(run.output)
    assert (shown[:, 4:] == (30, 20, 10)).all()
    assert set(map(tuple, shown[:, :4].reshape(-1, 3))) == {(0x66,) * 3}
    run = imgtool("show", *raw_of(here, pixels, "RGBA"), "--protocol", "ascii")
    assert all(line.startswith("    ") for line in run.lines)


@pytest.mark.parametrize("mode, dtype, values", [
    ("I;16", "<u2", (1000, 1400)), ("I", "<i4", (-70000, 90000)), ("F", "<f4", (-0.25, 0.75)),
])
def test_wide_samples_are_spread_from_the_least_to_the_largest(imgtool, here, mode, dtype, values):
    low, high = values
    samples = np.linspace(low, high, 64).reshape(8, 8).astype(dtype)
    run = imgtool("show", *raw_of(here, samples, mode), "--protocol", "kitty")
    assert f"from {low} to {high}" in run.errors
    _, shown = kitty(run.output)
    want = (samples.astype(float) - low) * 255 / (high - low)
    assert np.abs(shown[..., 0] - want).max() <= 0.51
    report = imgtool("show", *raw_of(here, samples, mode), "--json").json
    assert report["window"] == [low, high] and report["protocol"] == "ascii"
    assert report["size"] == [8, 8] and report["version"] == 1


def test_a_color_picture_of_16_bits_is_spread_over_all_bands(imgtool, here):
    pixels = (picture(16, 16).astype("<u2") * 16)[:, :, :3].copy()
    raw = [*raw_of(here, pixels), "--rawmode", "RGB;16L"]
    _, shown = kitty(imgtool("show", *raw, "--protocol", "kitty").output)
    assert np.abs(shown.astype(int) - picture(16, 16)).max() <= 1


def test_a_small_picture_grows_only_when_it_is_asked_to(imgtool, here):
    raw = raw_of(here, np.array([[0, 255]], np.uint8), "L")
    assert imgtool("show", *raw).lines == [" @"]
    assert imgtool("show", *raw, "--width", 8).lines == [" " * 4 + "@" * 4] * 2


def test_memory_is_bounded_by_the_screen(spawner, here):
    with open("raw.bin", "wb") as file:
        file.truncate(1 << 27)
    script = f"ulimit -v 1500000; exec {TOOL} show raw.bin --size 16384x8192 --mode L"
    spent = spawner.run("/bin/sh", "-c", script, cwd=here)
    assert spent.status == 0 and spent.output, spent.errors
    assert spent.memory < 64 << 20, f"{spent.memory >> 10} KiB"


@pytest.mark.parametrize("options, words", [
    (["--protocol", "sixle"], ["--protocol", "sixel"]),
    (["--width", "0"], ["--width is 0", "1 to 1000"]),
    (["--width", "wide"], ["--width", "whole number"]),
])
def test_wrong_options_are_told_before_the_file_is_opened(refused, options, words):
    refused("show", "absent.bin", "--size", "1x1", *options, words=words)


@pytest.mark.parametrize("mode, dtype", [("L", "u1"), ("I;16", "<u2"), ("F", "<f4")])
def test_info_draws_the_histogram_of_each_band(imgtool, here, mode, dtype):
    samples = (np.random.default_rng(3).beta(2, 5, (64, 64)) * 200).astype(dtype)
    run = imgtool("info", *raw_of(here, samples, mode), "--stats")
    ends = (0, 256) if mode == "L" else (samples.min(), samples.max())
    counts, _ = np.histogram(samples, 256, ends)
    columns = counts.reshape(64, 4).sum(1)
    bars = "".join(" ▁▂▃▄▅▆▇█"[-(-count * 8 // columns.max())] for count in columns)
    assert run.lines[-2][3:] == bars
    assert run.lines[-1].split()[0] == f"{float(samples.min()):.4g}" or mode == "L"
    assert f"{samples.mean():.4g}"[:4] in run.text
    report = imgtool("info", *raw_of(here, samples, mode), "--stats", "--json").json
    assert report["bands"][0]["min"] == samples.min() and report["version"] == 1


def test_info_keeps_quiet_about_samples_unless_asked(imgtool, here):
    raw = raw_of(here, np.zeros((2, 2), np.uint8), "L")
    assert "mean" not in imgtool("info", *raw).text
    assert "bands" not in imgtool("info", *raw, "--json").json
