"""`info --emit-layout` and `--layout`: what one writes the other reads, and nothing else passes."""

import copy
import json
import re

import numpy as np
import pytest
from PIL import Image

from conftest import ROOT
from oracles import random_bytes

SIZE = (7, 5)


@pytest.fixture
def raw(here):
    data = random_bytes(4096, "layout file")
    (here / "raw.bin").write_bytes(data)
    return data


def emit(imgtool, *words, file="raw.bin"):
    return imgtool("info", file, *words, "--emit-layout").json


LAYOUTS = {
    "packed": ["--mode", "RGB"],
    "padded, bottom-up, BGR": ["--mode", "RGB", "--rawmode", "BGR", "--offset", "11", "--stride",
                               "32", "--orientation", "-1"],
    "planes": ["--mode", "RGB", "--interleave", "plane", "--plane-stride", "100"],
    "lines": ["--mode", "RGBA", "--interleave", "line"],
    "565": ["--mode", "RGB", "--rawmode", "BGR;16"],
    "bits": ["--mode", "1", "--rawmode", "1;IR"],
    "nibbles": ["--mode", "L", "--rawmode", "L;4"],
    "12 bits": ["--mode", "I;16", "--rawmode", "I;12P"],
    "10 bits at the top": ["--mode", "I;16", "--rawmode", "I;16;10", "--justify", "msb"],
    "bit planes": ["--mode", "P", "--rawmode", "P;4L", "--palette", "gray"],
    "one band": ["--mode", "RGB", "--rawmode", "G"],
    "inverted": ["--mode", "CMYK", "--rawmode", "CMYK;I"],
    "big-endian float": ["--mode", "F", "--rawmode", "F;64BF"],
    "signed": ["--mode", "I", "--rawmode", "I;16BS"],
    "16-bit color": ["--mode", "RGB", "--rawmode", "RGB;16B"],
    "LAB": ["--mode", "LAB"],
    "a frame": ["--mode", "L", "--frame", "3", "--frame-header", "5"],
}


@pytest.mark.parametrize("words", LAYOUTS.values(), ids=LAYOUTS)
def test_a_layout_comes_back_as_it_was(imgtool, here, raw, words):
    layout = ["--size", "7x5", "--trailing", "ok", *words]
    (here / "layout.json").write_bytes(imgtool("info", "raw.bin", *layout, "--emit-layout").output)
    palette = ["--palette", "gray"] if "--palette" in words else []
    again = ["--layout", "layout.json", "--trailing", "ok", *palette]
    assert emit(imgtool, *again) == emit(imgtool, *layout)
    dumps = [imgtool("hexdump", "raw.bin", *given, "--at", "0,0,7x5", "--json").json["pixels"]
             for given in (layout, again)]
    assert dumps[0] == dumps[1]


def test_pixels_of_a_container_can_be_taken_for_raw(imgtool, here):
    array = np.random.default_rng(5).integers(0, 256, (5, 7, 3), "u1")
    Image.fromarray(array).save(here / "in.bmp")
    (here / "layout.json").write_text(json.dumps(emit(imgtool, file="in.bmp")))
    imgtool("frombuffer", "in.bmp", "--layout", "layout.json", "--trailing", "ok",
            "--expect-shared", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), array)


def test_an_edit_through_a_layout_file_reaches_the_right_bytes(imgtool, here, raw):
    # No option can say this: turned, and each pixel a byte of nine.
    layout = {
        "version": 1, "mode": "L", "sampleType": "u8", "size": [5, 7], "bitOffset": 800,
        "rowBits": -72, "pixelBits": 7 * 72,
        "fields": [{"band": "L", "bitOffset": 8, "storage": ["word", 1, "little"], "shift": 0,
                    "bitCount": 8, "number": "unsigned", "scaling": "none", "flippedBits": "0xff"}],
    }
    (here / "layout.json").write_text(json.dumps(layout, indent=2))
    imgtool("frombuffer", "raw.bin", "--layout", "layout.json", "--trailing", "ok", "--access",
            "rw", "--put", "4,6=1")
    after = (here / "raw.bin").read_bytes()
    at = 100 - 6 * 9 + 4 * 63 + 1
    assert after[at] == 254
    assert after[:at] + after[at + 1:] == raw[:at] + raw[at + 1:]


@pytest.mark.parametrize("option", [
    ["--size", "7x5"], ["--mode", "L"], ["--rawmode", "L"], ["--offset", "0"], ["--stride", "21"],
    ["--orientation", "1"], ["--interleave", "pixel"], ["--frame", "0"], ["--align", "4"],
])
def test_a_second_word_on_the_layout_is_refused(imgtool, refused, here, raw, option):
    layout = emit(imgtool, "--size", "7x5", "--trailing", "ok")
    (here / "layout.json").write_text(json.dumps(layout))
    refused("frombuffer", "raw.bin", "--layout", "layout.json", *option,
            words=["--layout", option[0], "contradicts"])


def test_a_file_that_is_too_short_is_told_from_where_to_where(refused, imgtool, here, raw):
    layout = emit(imgtool, "--size", "7x5", "--offset", "100", "--trailing", "ok")
    (here / "layout.json").write_text(json.dumps(layout))
    (here / "short.bin").write_bytes(raw[:120])
    refused("frombuffer", "short.bin", "--layout", "layout.json",
            words=["byte 100", "byte 135", "120"])
    layout["bitOffset"] = -8
    (here / "layout.json").write_text(json.dumps(layout))
    refused("frombuffer", "raw.bin", "--layout", "layout.json", words=["byte -1", "byte 34"])


def test_a_decoded_picture_has_no_layout_in_its_file(refused, here):
    Image.new("RGB", SIZE).save(here / "in.png")
    refused("info", "in.png", "--emit-layout", words=["in.png", "no layout"])


def change(path, value):
    """A function that sets one number of a layout, or takes it away."""

    def apply(layout):
        *outer, last = path
        for key in outer:
            layout = layout[key]
        if value is None:
            del layout[last]
        else:
            layout[last] = value

    return apply


FIELD = ["fields", 0]
WRONG = {
    "another version": (["version"], 3, ["version 3"]),
    "no version": (["version"], None, ["version"]),
    "no fields": (["fields"], [], ["0 fields", "L"]),
    "an unknown key": (["extra"], 1, ["extra"]),
    "an unknown key of a field": ([*FIELD, "extra"], 1, ["field 0", "extra"]),
    "an unknown mode": (["mode"], "RGBQ", ["mode", "RGB"]),
    "another mode": (["mode"], "RGB", ["field"]),
    "a type that the mode has not": (["sampleType"], "f32", ["L", "f32"]),
    "no width": (["size"], [0, 5], ["0x5"]),
    "a negative height": (["size"], [7, -1], ["7x-1"]),
    "three sizes": (["size"], [7, 5, 3], ["size"]),
    "a fraction": (["rowBits"], 56.5, ["rowBits", "56.5"]),
    "text for a number": (["rowBits"], "56", ["rowBits"]),
    "a product that overflows": (["size"], [1 << 60, 1 << 60], ["64 bits"]),
    "a stride that overflows": (["rowBits"], (1 << 63) - 1, ["rowBits"]),
    "the smallest stride": (["rowBits"], -(1 << 63), ["rowBits"]),
    "an offset that overflows": ([*FIELD, "bitOffset"], (1 << 63) - 1, ["bitOffset"]),
    "no bits": ([*FIELD, "bitCount"], 0, ["bitCount", "0", "1 to 64"]),
    "too many bits": ([*FIELD, "bitCount"], 65, ["bitCount", "65"]),
    "more bits than the word": ([*FIELD, "bitCount"], 9, ["shift 0 + bitCount 9 = 9"]),
    "a shift beyond the word": ([*FIELD, "shift"], 1, ["shift 1 + bitCount 8 = 9"]),
    "a negative shift": ([*FIELD, "shift"], -1, ["shift"]),
    "a word of three bytes": ([*FIELD, "storage"], ["word", 3, "little"], ["3 bytes"]),
    "a word of no order": ([*FIELD, "storage"], ["word", 2, "middle"], ["storage"]),
    "an unknown storage": ([*FIELD, "storage"], ["tape"], ["storage"]),
    "bits of no order": ([*FIELD, "storage"], ["bits", "random"], ["storage"]),
    "planes at no distance": ([*FIELD, "storage"], ["bitPlanes", 0], ["step"]),
    "planes far apart": ([*FIELD, "storage"], ["bitPlanes", 1 << 62], ["step"]),
    "a constant of nine bits": ([*FIELD, "storage"], ["constant", 256], ["storage"]),
    "a word that starts within a byte": (["bitOffset"], 3, ["start on a byte"]),
    "pixels that start within a byte": (["pixelBits"], 12, ["start on a byte"]),
    "a float of eight bits": ([*FIELD, "number"], "float", ["float", "u8"]),
    "negative gray": ([*FIELD, "number"], "signed", ["signed", "u8"]),
    "an unknown scaling": ([*FIELD, "scaling"], "half", ["scaling"]),
    "more flipped bits than there are": ([*FIELD, "flippedBits"], "0x1ff", ["0x1ff", "8 bits"]),
    "flipped bits that are no number": ([*FIELD, "flippedBits"], "0x+1", ["flippedBits"]),
    "the wrong band": ([*FIELD, "band"], "R", ["band"]),
}


@pytest.mark.parametrize("path,value,words", WRONG.values(), ids=WRONG)
def test_a_wrong_number_is_named(imgtool, refused, here, raw, path, value, words):
    layout = copy.deepcopy(emit(imgtool, "--size", "7x5", "--trailing", "ok"))
    change(path, value)(layout)
    (here / "layout.json").write_text(json.dumps(layout))
    refused("frombuffer", "raw.bin", "--layout", "layout.json", "--trailing", "ok",
            words=["layout.json", *words])


@pytest.mark.parametrize("text,words", [
    (b"", ["byte 0", "the end"]), (b"{", ["byte 1"]), (b"[1,]", ["byte 3"]),
    (b'{"a":01}', ["byte 6"]), (b'{"a":1,"a":2}', ["byte 7", "again"]), (b"\xef\xbb\xbf{}", ["byte 0"]),
    (b"[" * 100, ["byte 32"]), (b'{"a":1e999}', ["byte 5"]), (b'{"a":9223372036854775808}', ["byte 5"]),
    (b'"\xff"', ["UTF-8"]), (b"{} x", ["byte 3"]), (b"[]", ["not a JSON object"]), (b"NaN", ["byte 0"]),
    (b" " * (1 << 20) + b"{}", ["layout.json"]),
])
def test_text_that_is_no_json_is_refused_with_the_byte(refused, here, raw, text, words):
    (here / "layout.json").write_bytes(text)
    refused("frombuffer", "raw.bin", "--layout", "layout.json", words=["layout.json", *words])


def test_samples_that_share_bits_can_be_read_but_not_edited(imgtool, refused, here, raw):
    layout = emit(imgtool, "--size", "7x5", "--trailing", "ok")
    layout["rowBits"] = 8
    (here / "layout.json").write_text(json.dumps(layout))
    given = ["frombuffer", "raw.bin", "--layout", "layout.json", "--trailing", "ok"]
    assert imgtool(*given, "--print", "2,3").lines == [str(raw[5])]
    refused(*given, "--put", "0,0=1", words=["read-only"])


@pytest.mark.parametrize("access", ["rw", "cow"])
@pytest.mark.parametrize("pattern,places", [("RGGB", (0, 1, 9)), ("BGGR", (9, 1, 0)), ("GRBG", (1, 0, 8))])
def test_the_cells_of_a_sensor_are_edited_in_place(imgtool, here, pattern, places, access):
    mosaic = np.arange(6 * 8, dtype="u1").reshape(6, 8)
    (here / "raw.bin").write_bytes(mosaic.tobytes())
    layout = emit(imgtool, "--size", "4x3", "--mode", "RGB", "--trailing", "ok")
    layout["pixelBits"], layout["rowBits"] = 16, 128
    for field, place in zip(layout["fields"], places):
        field["bitOffset"] = place * 8
    (here / "cells").write_text(json.dumps(layout))
    planes = [mosaic[place // 8::2, place % 8::2] for place in places]
    wanted = np.stack(planes, -1)
    wanted[2, 1] = (1, 2, 3)
    wanted = 255 - wanted[:, ::-1]
    imgtool("frombuffer", "raw.bin", "--layout", "cells", "--trailing", "ok", "--access", access,
            "--put", "1,2=1,2,3", "--flip", "h", "--invert", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), wanted)
    if access == "rw":
        for place, plane in zip(places, np.moveaxis(wanted, -1, 0)):
            mosaic[place // 8::2, place % 8::2] = plane
    assert (here / "raw.bin").read_bytes() == mosaic.tobytes()


def test_the_layouts_of_the_document_are_read(imgtool, here):
    text = (ROOT / "Documentation/layout-file.md").read_text()
    bgr, nv12 = re.findall(r"^```json\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    data = np.random.default_rng(6).integers(0, 256, 62, "u1")
    data.tofile(here / "raw.bin")
    (here / "bgr.json").write_text(bgr)
    (here / "nv12.json").write_text(nv12)
    imgtool("frombuffer", "raw.bin", "--layout", "bgr.json", "--save", "bgr.npy", "--expect-shared")
    assert np.array_equal(np.load(here / "bgr.npy"), data[54:60].reshape(1, 2, 3)[..., ::-1])
    imgtool("frombuffer", "raw.bin", "--layout", "nv12.json", "--save", "nv12.npy", "--expect-shared",
            "--band", "Cr")
    rows = np.pad(data, (0, 2)).reshape(8, 8)
    pairs = rows[4:6, :6].reshape(2, 3, 2).repeat(2, 0).repeat(2, 1)
    assert np.array_equal(np.load(here / "nv12.npy"), np.dstack([rows[:4, :6], pairs]))
    assert emit(imgtool, "--layout", "nv12.json") == json.loads(nv12)
    assert emit(imgtool, "--size", "6x4", "--mode", "YCbCr", "--rawmode", "nv12", "--stride", "8",
                "--trailing", "ok") == json.loads(nv12)


@pytest.mark.parametrize("name", ["nv12", "yuv410p", "yuyv", "v210", "nv15", "raw10", "raw14", "ipu3"])
def test_a_layout_of_planes_comes_back_as_it_was(imgtool, here, raw, name):
    layout = ["--size", "7x5", "--rawmode", name, *([] if name.startswith(("raw", "ipu")) else ["--mode", "YCbCr"]),
              "--offset", "3", "--orientation", "-1", "--trailing", "ok"]
    (here / "layout.json").write_bytes(imgtool("info", "raw.bin", *layout, "--emit-layout").output)
    assert emit(imgtool, "--layout", "layout.json") == emit(imgtool, *layout)
    assert emit(imgtool, *layout)["version"] == 2
    hashes = [imgtool("frombuffer", "raw.bin", *words, "--hash").text
              for words in (layout, ["--layout", "layout.json", "--trailing", "ok"])]
    assert hashes[0] == hashes[1]


def two_orders(groups, high, low):
    """A gray picture of groups of two samples of four bits, one counted from each end of a byte."""
    fields = [{"band": "L", "bitOffset": at, "storage": ["bits", order], "shift": 0, "bitCount": 4,
               "number": "unsigned", "scaling": "none", "flippedBits": "0x0"}
              for at, order in ((high, "mostSignificantFirst"), (low, "leastSignificantFirst"))]
    return {"version": 2, "mode": "L", "sampleType": "u8", "size": [2 * groups, 1], "grid": [2 * groups, 1],
            "lens": {"columns": [0, 1], "rows": [0, 1], "transposed": False},
            "planes": [{"band": "L", "bitOffset": 0, "rowBits": 256, "share": [1, 1], "groupBits": 16,
                        "fields": fields}]}


@pytest.mark.parametrize("high,low,writable", [
    # The high half of byte 0 and the low half of byte 1; then of one byte the same half; then a half of
    # each, which the bits of the byte alone would tell apart.
    (0, 8, True), (0, 4, False), (4, 0, False), (0, 0, False), (4, 8, True),
])
def test_bits_that_are_counted_from_both_ends_are_not_written_over_each_other(imgtool, here, high, low, writable):
    (here / "raw.bin").write_bytes(bytes(32))
    (here / "layout.json").write_text(json.dumps(two_orders(2, high, low)))
    run = imgtool("frombuffer", "raw.bin", "--layout", "layout.json", "--trailing", "ok", "--access", "rw", "--put", "0,0=15",
                  "--print", "1,0", ok=0 if writable else 2)
    if writable:
        assert run.lines == ["0"]
    else:
        assert "read-only" in run.errors and (here / "raw.bin").read_bytes() == bytes(32)
