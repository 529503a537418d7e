"""Each header over each rawmode: what other programs read then is the picture, or the header is refused."""

import functools
import json
import re
import struct
import subprocess

import numpy as np
import pytest
import SimpleITK
import tifffile
from PIL import Image

from conftest import TOOL
from oracles import random_bytes
from test_header import READERS

WIDTH, HEIGHT = 8, 5
# What programs take an array for that has this many bands and no names for them.
TAKEN_FOR = {2: "LA", 3: "RGB", 4: "RGBA"}
UNNAMED = ["npy", "mhd", "metaimage"]


def listed(*words):
    done = subprocess.run([TOOL, *words], capture_output=True, text=True)
    return done.stdout or done.stderr


def rawmodes():
    if not TOOL.exists():
        return []
    return [(row["mode"], row["rawmode"], row["remark"]) for row in json.loads(listed("rawmodes", "--json"))["rawmodes"]]


@functools.cache
def kinds():
    return re.search(r"one of (.*)", listed("header", "absent"))[1].split(", ")


def read_npy(path):
    return np.load(path)


def read_tiff(path):
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        array = page.asarray()
        if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
            array = ~array
        return array


def read_pillow(path):
    with Image.open(path) as image:
        return np.asarray(image)


def read_netpbm(path):
    """By the specification, for Pillow cuts 16 bits of colors to 8."""
    data = path.read_bytes()
    if data[:2] == b"P7":
        head, _, body = data.partition(b"ENDHDR\n")
        fields = dict(re.findall(rb"^(\w+) (\S+)$", head, re.M))
        shape = tuple(int(fields[key]) for key in (b"HEIGHT", b"WIDTH", b"DEPTH"))
        top = int(fields[b"MAXVAL"])
    else:
        count = 3 if data[:2] == b"P4" else 4
        words = data.split(maxsplit=count)
        body = data[len(re.match(rb"(\S+\s){%d}" % count, data)[0]):]
        shape = (int(words[2]), int(words[1]), 3 if data[:2] == b"P6" else 1)
        if count == 3:
            stride = (shape[1] + 7) // 8
            rows = np.frombuffer(body, "u1", shape[0] * stride).reshape(shape[0], stride)
            bits = np.unpackbits(rows, axis=1)
            return bits[:, :shape[1]] == 0
        top = int(words[3])
    return np.frombuffer(body, ">u2" if top > 255 else "u1", int(np.prod(shape))).reshape(shape)


def read_pfm(path):
    kind, size, scale, body = path.read_bytes().split(b"\n", 3)
    w, h = map(int, size.split())
    shape = (h, w, 3) if kind == b"PF" else (h, w)
    return np.frombuffer(body, "<f4" if float(scale) < 0 else ">f4", int(np.prod(shape))).reshape(shape)[::-1]


def read_farbfeld(path):
    data = path.read_bytes()
    w, h = struct.unpack(">II", data[8:16])
    return np.frombuffer(data, ">u2", w * h * 4, 16).reshape(h, w, 4)


def read_vips(path):
    data = path.read_bytes()
    order = "<" if data[:4] == b"\xb6\xa6\xf2\x08" else ">"
    w, h, bands, _, kind = struct.unpack(order + "5i", data[4:24])
    dtype = {0: "u1", 1: "i1", 2: "u2", 3: "i2", 4: "u4", 5: "i4", 6: "f4", 8: "f8"}[kind]
    return np.frombuffer(data, order + dtype, w * h * bands, 64).reshape(h, w, bands)


def read_y4m(path):
    head, frame, body = path.read_bytes().split(b"\n", 2)
    words = head.decode().split()
    assert words[0] == "YUV4MPEG2" and frame == b"FRAME"
    said = {word[0]: word[1:] for word in words[1:]}
    w, h = int(said["W"]), int(said["H"])
    kind, bits = re.fullmatch(r"(mono|\d{3})(?:jpeg|p?(\d+))?", said["C"]).groups()
    columns, rows = {"420": (2, 2), "411": (4, 1), "422": (2, 1)}.get(kind, (1, 1))
    dtype = np.dtype("<u2" if bits else "u1")
    # The bits above those that the header names are nobody's.
    samples = np.frombuffer(body, dtype, len(body) // dtype.itemsize) & ((1 << int(bits or 8)) - 1)
    planes, start = [samples[:w * h].reshape(h, w)], w * h
    for _ in range(0 if kind == "mono" else 2):
        shape = (-(-h // rows), -(-w // columns))
        plane = samples[start:start + shape[0] * shape[1]].reshape(shape)
        planes.append(np.repeat(np.repeat(plane, rows, 0), columns, 1)[:h, :w])
        start += plane.size
    return np.dstack(planes)


def read_metaimage(path):
    path = path.rename(path.with_suffix(".mha"))
    return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))


def read_sgi(path):
    """By the specification, for Pillow reads no pair of channels."""
    data = path.read_bytes()
    size, axes, w, h, bands = struct.unpack(">xxxBHHHH", data[:12])
    bands = bands if axes == 3 else 1
    planes = np.frombuffer(data, f">u{size}", w * h * bands, 512).reshape(bands, h, w)
    return planes[:, ::-1].transpose(1, 2, 0)


WHOLE = {"npy": read_npy, "metaimage": read_metaimage, "sgi": read_sgi, "sun": read_pillow, "tiff": read_tiff,
         "bmp": read_pillow, "tga": read_pillow, "pfm": read_pfm, "farbfeld": read_farbfeld, "vips": read_vips, "pbm": read_netpbm, "pgm": read_netpbm,
         "ppm": read_netpbm, "pnm": read_netpbm, "pam": read_netpbm, "y4m": read_y4m}
# What others see of these is tested with each format.
ELSEWHERE = {"xwd": "test_xwd", "screencap": "test_screencap", "ser": "test_ser", "dds": "test_dds",
             "ktx2": "test_ktx2", "fits": "test_fits", "nifti": "test_nifti", "mrc": "test_mrc",
             "idx": "test_idx_hgt"}
LAYOUTS = [[], ["--orientation", "-1", "--align", "4"]]


def same(theirs, wanted):
    if theirs.ndim == 3 and theirs.shape[0] == HEIGHT and theirs.shape[2] == WIDTH:
        # The bands of an array stand line by line.
        theirs = theirs.transpose(0, 2, 1)
    elif theirs.ndim == 3 and theirs.shape[1:] == (HEIGHT, WIDTH):
        # … or plane by plane.
        theirs = theirs.transpose(1, 2, 0)
    theirs, wanted = (array.reshape(HEIGHT, WIDTH, -1) for array in (theirs, wanted))
    return theirs.shape == wanted.shape and np.array_equal(
        theirs.astype("f8"), wanted.astype("f8"), equal_nan=True)


@pytest.fixture(scope="module")
def bands():
    return {row["mode"]: row["bands"] for row in json.loads(listed("modes", "--json"))["modes"]}


@pytest.mark.parametrize("mode,rawmode,remark", rawmodes(), ids=lambda name: name)
def test_a_header_shows_the_picture_to_others_or_is_refused(imgtool, here, bands, mode, rawmode, remark):
    palette = ["--palette", "gray"] if mode in ("P", "PA") else []
    raw = here / "raw.bin"
    taken = set()
    # One of the layouts for each: both meet every kind of storage.
    for options in [LAYOUTS[sum(map(ord, mode + rawmode)) % len(LAYOUTS)]]:
        words = [raw.name, "--size", f"{WIDTH}x{HEIGHT}", "--mode", mode, "--rawmode", rawmode, *options, *palette]
        raw.write_bytes(bytes(WIDTH * HEIGHT * 32))
        need = imgtool("info", *words, "--trailing", "ok", "--json").json["need"]
        # Padding after the last pixel is a part of the box that headers describe.
        data = random_bytes(need + 8, (mode, rawmode))
        if rawmode == "1;8":
            # An array of booleans holds no other bytes.
            data = bytes(byte & 1 for byte in data)
        if partial := re.fullmatch(r"I;16;(\d+)(B?)", rawmode):
            # A maxval says that no word is larger.
            order = ">u2" if partial[2] else "<u2"
            whole = np.frombuffer(data[:len(data) & ~1], order) & ((1 << int(partial[1])) - 1)
            data = whole.astype(order).tobytes() + data[len(data) & ~1:]
        if ";64" in rawmode and not rawmode.endswith("F"):
            # Doubles hold these.
            data = bytes(byte if 2 <= index % 8 < 6 else 0 for index, byte in enumerate(data))
        raw.write_bytes(data)
        imgtool("frombuffer", *words, "--trailing", "ok", "--save", "out.npy")
        wanted = np.load(here / "out.npy")
        stored, wanted_stored = bands[mode], wanted
        if remark.startswith("computed from "):
            # Headers with names say what is stored.
            other = remark.removeprefix("computed from ")
            words[words.index(mode)] = other
            imgtool("frombuffer", *words, "--trailing", "ok", "--save", "out.npy")
            words[words.index(other)] = mode
            stored, wanted_stored = bands[other], np.load(here / "out.npy")
        for kind in kinds():
            if kind in ELSEWHERE:
                continue
            run = imgtool("header", *words, "--trailing", "ok", "--format", kind, ok=None)
            if run.exit:
                assert run.exit == 2 and "does not fit" in run.errors and not run.output, run
                continue
            taken.add(kind)
            stored_mode = mode if stored == bands[mode] else remark.removeprefix("computed from ")
            is_told = "does not say that" in run.errors
            assert is_told == (kind in UNNAMED and mode not in ("P", "PA")
                               and TAKEN_FOR.get(len(stored), stored_mode) != stored_mode), run
            if kind in WHOLE:
                path = here / f"whole.{kind}"
                path.write_bytes(run.output + raw.read_bytes())
                theirs = WHOLE[kind](path)
                expected = wanted
                if mode == "RGBX" and theirs.shape[-1] == 3:
                    expected = wanted[..., :3]
                assert same(theirs, expected), f"{run}\n{theirs}\n{expected}"
                continue
            names, theirs = READERS[kind](run.text, here)
            if names and names != [None]:
                theirs = theirs[..., [names.index(band) for band in stored]]
            assert same(theirs, wanted_stored), f"{run}\n{theirs}\n{wanted_stored}"
    assert taken <= set(WHOLE) | set(READERS)


@pytest.mark.parametrize("mode", sorted({mode for mode, _, _ in rawmodes()}))
def test_a_saved_array_tells_what_it_does_not_say(imgtool, here, bands, mode):
    palette = ["--palette", "gray"] if mode in ("P", "PA") else []
    (here / "raw.bin").write_bytes(bytes(64))
    run = imgtool("frombuffer", "raw.bin", "--size", "2x2", "--mode", mode, "--trailing", "ok", *palette, "--save",
                  "out.npy", "--json")
    shape = np.load(here / "out.npy").shape
    taken = TAKEN_FOR.get(shape[2] if len(shape) == 3 else 1, mode)
    is_told = mode not in ("P", "PA") and taken != mode
    assert ("does not say that" in run.errors) == is_told
    assert ("meaning of the bands" in run.json["steps"][-1].get("lossy", [])) == is_told


def test_a_header_that_cannot_say_what_bands_mean_names_those_that_can(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(6))
    run = imgtool("header", "raw.bin", "--size", "2x1", "--mode", "HSV", "--format", "npy")
    named = re.search(r"read as RGB; (.*) would say it", run.errors)[1].split(", ")
    assert {"nrrd", "vips"} <= set(named) and "mhd" not in named
    for kind in named:
        imgtool("header", "raw.bin", "--size", "2x1", "--mode", "HSV", "--format", kind)


def test_what_farbfeld_holds_is_said(refused, here):
    (here / "raw.bin").write_bytes(bytes(6))
    refused("header", "raw.bin", "--size", "2x1", "--mode", "HSV", "--format", "farbfeld",
            words=["it holds RGBA with u16 samples, not HSV"])


@pytest.mark.parametrize("rawmode,kind", [("gray12be", "pgm"), ("gray12be", "pam"), ("gray12be", "pnm"), ("gray10be", "pgm")])
def test_rows_with_unused_high_bits_are_those_of_a_smaller_maxval(imgtool, here, rawmode, kind):
    top = 4095 if "12" in rawmode else 1023
    array = np.array([[0, 1, top // 2], [top, 5, 6]], ">u2")
    (here / "raw.bin").write_bytes(array.tobytes())
    run = imgtool("header", "raw.bin", "--size", "3x2", "--rawmode", rawmode, "--format", kind)
    (here / f"whole.{kind}").write_bytes(run.output + array.tobytes())
    assert np.array_equal(read_netpbm(here / f"whole.{kind}").reshape(2, 3), array)
    assert str(top).encode() in run.output.split()


@pytest.mark.parametrize("size", ["8x5", "8x3", "3x5", "3x3", "1x8"])
@pytest.mark.parametrize("interleave", ["pixel", "line", "plane"])
@pytest.mark.parametrize("mode", ["LA", "PA", "RGB", "RGBA", "CMYK", "YCbCr"])
def test_an_array_that_opens_as_another_picture_is_refused_or_told(imgtool, here, mode, interleave, size):
    words = ["raw.bin", "--size", size, "--mode", mode, "--interleave", interleave]
    palette = ["--palette", "gray"] if mode == "PA" else []
    width, height = map(int, size.split("x"))
    (here / "raw.bin").write_bytes(random_bytes(width * height * {"LA": 2, "PA": 2, "CMYK": 4, "RGBA": 4}.get(mode, 3), mode))
    run = imgtool("header", *words, *palette, "--format", "npy", ok=None)
    if run.exit:
        assert run.exit == 2 and interleave != "pixel" and re.search(r"does not fit: .*; what fits: .*envi", run.errors), run
        return
    (here / "whole.npy").write_bytes(run.output + (here / "raw.bin").read_bytes())
    imgtool("open", "whole.npy", "--save", "back.npy")
    imgtool("frombuffer", *words, *palette, "--save", "wanted.npy")
    assert np.array_equal(np.load(here / "back.npy"), np.load(here / "wanted.npy"))
