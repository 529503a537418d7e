"""Colors as CSS writes them, as Pillow's ImageColor reads them."""

import re
import subprocess

import numpy as np
import pytest
from conftest import ROOT
from PIL import ImageColor

NAMES = sorted(ImageColor.colormap)


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "LA", "RGBX"])
def test_every_name_is_the_color_that_pillow_has(imgtool, here, mode):
    size = ["--size", f"{len(NAMES)}x1"]
    bands = len(ImageColor.getcolor("red", mode)) if mode != "L" else 1
    bands = 4 if mode == "RGBX" else bands
    (here / "a.raw").write_bytes(bytes(len(NAMES) * bands))
    puts = [word for x, name in enumerate(NAMES) for word in ("--put", f"{x},0={name}")]
    imgtool("frombuffer", "a.raw", *size, "--mode", mode, *puts, "--save", "b.raw")
    wanted = [np.atleast_1d(ImageColor.getcolor(name, mode)).tolist() for name in NAMES]
    if mode == "RGBX":
        wanted = [[*color, 255] for color in wanted]
    assert np.fromfile("b.raw", "u1").reshape(-1, bands).tolist() == wanted


def test_no_name_is_known_that_pillow_has_not_but_transparent():
    table = (ROOT / "Sources/PixelViews/NamedColor.swift").read_text()
    assert sorted(re.findall('"(.*)": 0x', table)) == sorted([*NAMES, "transparent"])


@pytest.mark.parametrize("mode,name,shown", [
    ("RGBA", "transparent", "0,0,0,0"), ("LA", "Transparent", "0,0"), ("RGBA", "RED", "255,0,0,255"),
    ("L", "rebeccapurple", "78"), ("LA", "white", "255,255"), ("RGBa", "transparent", "0,0,0,0"),
])
def test_a_name_is_a_value_of_each_step_that_takes_one(imgtool, here, mode, name, shown):
    (here / "a.raw").write_bytes(bytes(range(4)) * 2)
    line = ["frombuffer", "a.raw", "--size", "2x1", "--mode", mode, "--trailing", "ok"]
    for step in (["--put", f"0,0={name}"], ["--fill", name], ["--fill", f"1x1+0+0={name}"]):
        run = imgtool(*line, *step, "--print", "0,0", "--expect", f"0,0={name}")
        assert run.text.strip() == shown
    imgtool(*line, "--expect", f"1,0={name}", ok=1)


@pytest.mark.parametrize("rawmode,mode,name,shown", [
    ("RGB;16L", "RGB", "tomato", "65535,25443,18247"), ("L;16", "L", "red", str(76 * 257)),
])
def test_a_name_fills_wide_samples(imgtool, here, rawmode, mode, name, shown):
    (here / "a.raw").write_bytes(bytes(6))
    run = imgtool("frombuffer", "a.raw", "--size", "1x1", "--mode", mode, "--rawmode", rawmode,
                  "--trailing", "ok", "--fill", name, "--print", "0,0")
    assert run.text.strip() == shown


@pytest.mark.parametrize("mode,value,words", [
    ("RGB", "redd", ["redd", "not a CSS color name", "did you mean red?"]),
    ("L", "rebecapurple", ["rebecapurple", "did you mean rebeccapurple?"]),
    ("RGB", "transparent", ["transparent has alpha", "mode RGB has none"]),
    ("L", "transparent", ["transparent has alpha", "mode L has none"]),
    ("I", "red", ["red", "names of colors", "this image is I"]),
    ("1", "white", ["white", "names of colors", "this image is 1"]),
    ("P", "red", ["red", "names of colors", "this image is P"]),
    ("I", "redd", ["redd", "a number is expected"]), ("L", "", ["number is expected"]),
    ("RGB", "red,1,2", ["red", "a number is expected"]), ("F", "nano", ["nano", "number"]),
])
def test_what_is_not_a_color_of_the_mode_is_refused(refused, here, mode, value, words):
    (here / "a.raw").write_bytes(bytes(4))
    palette = ["--palette", "gray"] if mode == "P" else []
    for step in (["--put", f"0,0={value}"], ["--expect", f"0,0={value}"], ["--fill", value]):
        refused("frombuffer", "a.raw", "--size", "1x1", "--mode", mode, "--trailing", "ok", *palette,
                *step, words=words)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "RGBX"])
@pytest.mark.parametrize("value", ["#f80", "#FFF", "#0a0b0c", "#f808", "#12345678"])
def test_hexadecimal_digits_are_the_color_that_pillow_reads(imgtool, refused, here, mode, value):
    (here / "a.raw").write_bytes(bytes(8))
    line = ["frombuffer", "a.raw", "--size", "2x1", "--mode", mode, "--trailing", "ok",
            "--put", f"1,0={value}", "--print", "1,0"]
    wanted = ImageColor.getrgb(value)
    if mode == "RGB" and len(wanted) == 4:
        refused(*line, words=f"{value} has alpha, mode RGB has none")
        return
    wanted = (*wanted, 255)[:len(mode)]
    assert imgtool(*line).text.strip() == ",".join(map(str, wanted))


@pytest.mark.parametrize("mode,value,words", [
    ("RGB", "#12345", "#rgb, #rrggbb or #rrggbbaa is expected"), ("RGB", "#", "#rgb, #rrggbb"),
    ("RGBA", "#zzz", '"#zzz"'), ("L", "#888", "this image is L"), ("CMYK", "#f00", "this image is CMYK"),
    ("RGB", "f00", "did you mean '#f00'?"), ("RGBA", "00ff0080", "has 1 sample"),
    ("RGB", "burlywood4", "it has burlywood alone"), ("RGB", "Red1", "it has red alone"),
    ("RGB", "rgb(255,0,0)", "write any color as #rrggbb"), ("RGB", "notacolor", "write any color as #rrggbb"),
    ("L", "notacolor", "not a CSS color name"), ("RGB", "gray101", "not a CSS color name"),
])
def test_what_css_does_not_write_so_is_refused_with_what_it_does(refused, here, mode, value, words):
    (here / "a.raw").write_bytes(bytes(4))
    refused("frombuffer", "a.raw", "--size", "1x1", "--mode", mode, "--trailing", "ok", "--fill", value,
            words=words)


def test_the_colors_that_only_x11_names_are_said_in_numbers(imgtool, here, program):
    (here / "a.raw").write_bytes(bytes(3))
    line = ["frombuffer", "a.raw", "--size", "1x1", "--mode", "RGB"]
    names = [f"gray{percent}" for percent in range(101)] + [
        "grey50", "Gray7", "lightgoldenrod", "lightslateblue", "navyblue", "violetred"]
    known = {}
    for name in names:
        run = imgtool(*line, "--fill", name, ok=2)
        known[name] = re.search(r"has no name for \(did you mean ([0-9,]+)\?\)", run.errors)[1]
    drawn = subprocess.run([program("convert"), *(f"xc:{name}" for name in names), "+append", "-depth", "8",
                            "rgb:-"], capture_output=True, check=True).stdout
    assert np.frombuffer(drawn, "u1").reshape(-1, 3).tolist() == [
        [int(word) for word in value.split(",")] for value in known.values()]
    assert imgtool(*line, "--fill", known["gray50"], "--print", "0,0").text.strip() == "127,127,127"
