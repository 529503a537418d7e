"""Pixels as an array in C: what a C compiler makes of the file is what the buffer holds."""

import re
import subprocess

import numpy as np
import pytest
from oracles import source
from PIL import Image

SIZE = (13, 5)
MODES = ["1", "L", "RGB", "RGBA", "I;16", "F"]
NAMES = {"icon.h": "icon", "my-icon 2.c": "my_icon_2", "2x.h": "image_2x", "int.h": "image_int",
         "size_t.h": "image_size_t", "é.h": "image", "f-01.h": "f_01"}


def test_a_c_compiler_reads_back_the_bytes(imgtool, here, program):
    wanted = {}
    for index, mode in enumerate(MODES):
        data, raw = source(here, mode, SIZE)
        imgtool("frombuffer", *raw, "--save", f"m{index}.h", "--expect-shared")
        # What pads a row of bits is 0.
        rows = np.frombuffer(data, "u1").reshape(SIZE[1], -1)
        wanted[f"m{index}"] = (rows & [255, 0xF8]).astype("u1").tobytes() if mode == "1" else data
    # Only the ends of the range: 5 and 6 bits hold them as they are.
    pixels = np.random.default_rng(3).integers(0, 2, (SIZE[1], SIZE[0], 3), "u1") * 255
    Image.fromarray(pixels).save("it.png")
    imgtool("open", "it.png", "--as", "rgb565be", "--save", "packed.h")
    red, green, blue = np.moveaxis(pixels.astype("u2"), 2, 0)
    wanted["packed"] = ((red >> 3 << 11) | (green >> 2 << 5) | blue >> 3).astype(">u2").tobytes()
    lines = [f'#include "{name}.h"' for name in wanted] + ["#include <stdio.h>", "int main(void) {"]
    for name, data in wanted.items():
        lines.append(f"  if ({name}_width != {SIZE[0]} || {name}_height != {SIZE[1]}) return 1;")
        lines.append(f"  if ({name}_stride * {name}_height != {len(data)} || !{name}_mode[0]) return 2;")
        lines.append(f"  fwrite({name}, 1, sizeof {name}, stdout);")
    (here / "main.c").write_text("\n".join([*lines, "  return 0;", "}", ""]))
    options = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([program("cc"), *options, "main.c", "-o", "main"], check=True)
    done = subprocess.run(["./main"], capture_output=True, check=True)
    assert done.stdout == b"".join(wanted.values())


def test_the_text_is_lines_of_twelve_under_a_name_that_c_takes(imgtool, here):
    _, raw = source(here, "L", SIZE)
    for file, name in NAMES.items():
        imgtool("frombuffer", *raw, "--save", file)
        text = (here / file).read_text()
        assert f"#define {name}_width 13\n" in text and f"uint8_t {name}[" in text
    counts = [len(re.findall("0x", line)) for line in text.splitlines() if line.startswith("  0x")]
    assert counts == [12] * 5 + [5]
    piped = imgtool("frombuffer", *raw, "--format", "c", "--save", "-").text
    assert piped == text.replace("f_01", "image")


def test_what_an_array_does_not_keep_is_said(imgtool, refused, here):
    _, raw = source(here, "RGB", SIZE)
    short = ["frombuffer", *raw, "--as", "BGR;16", "--save", "o.h"]
    assert "rounded to 5 bits" in imgtool(*short).errors
    (here / "o.h").unlink()
    refused(*short, "--strict", words="rounded")
    _, video = source(here, "YCbCr", (12, 4))
    refused("frombuffer", *video, "--as", "nv12", "--save", "o.h", words=["c cannot hold", "save as raw"])


def test_verify_does_not_ask_a_file_that_nobody_reads_back(imgtool, refused, here):
    _, raw = source(here, "L", SIZE)
    formats = [entry["format"] for entry in imgtool("verify", *raw, "--json").json["formats"]]
    assert "raw" in formats and "c" not in formats
    refused("verify", *raw, "--save", "o.h", words=["o.h", "verify takes the format from the suffix"])


@pytest.mark.parametrize("command", ["open", "info"])
def test_an_array_is_not_an_image_to_open(imgtool, here, command):
    _, raw = source(here, "L", SIZE)
    imgtool("frombuffer", *raw, "--save", "o.h")
    run = imgtool(command, "o.h", ok=None)
    assert "read here" in run.errors + run.text
