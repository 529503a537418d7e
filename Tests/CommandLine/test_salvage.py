"""`--salvage`: what is there of a PNG or JPEG file that ends too early is shown, and what is not is told.

The oracle is the whole picture: a row that is told to be there equals its own, at whatever byte the file
is cut.
"""

import io
import re
import struct
import subprocess
import zlib

import numpy as np
import pytest
from conftest import listed
from PIL import Image

HAS_JPEG = "jpeg" in {row["format"] for row in listed("formats")}
jpeg = pytest.mark.skipif(not HAS_JPEG, reason="the build is without libjpeg")


def scene(width, height, bands, seed=5):
    y, x = np.mgrid[:height, :width]
    base = np.stack([128 + 100 * np.sin(x / 7 + k) * np.cos(y / (4 + k)) for k in range(bands)], -1)
    noise = np.random.default_rng(seed).normal(0, 9, base.shape)
    return np.clip(base + noise, 1, 255).astype("u1").squeeze()


def png(array, mode=None, chunk=1 << 20, **options) -> bytes:
    """A PNG file with rows in chunks of `chunk` bytes."""
    out = io.BytesIO()
    Image.fromarray(array, mode).save(out, "png", **options)
    data, rows, rest, at = out.getvalue(), b"", [], 8
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        if name == b"IDAT":
            rows += data[at + 8:at + 8 + length]
        else:
            rest.append((name, data[at + 8:at + 8 + length]))
        at += 12 + length
    parts = [(b"IDAT", rows[at:at + chunk]) for at in range(0, len(rows), chunk)]
    frames = [struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
              for name, body in rest[:-1] + parts + rest[-1:]]
    return data[:8] + b"".join(frames)


def salvage(imgtool, name, *, ok=0):
    """The pixels, and the rows that are told to be missing; None where there is nothing to salvage."""
    run = imgtool("open", name, "--salvage", "--save", "o.npy", ok=None)
    if run.exit:
        assert run.exit == 2 and len(run.errors.splitlines()) == 1, run
        return None
    pixels = np.load("o.npy")
    rows = re.search(r"rows? (\d+)(?: to (\d+))? (?:is|are) missing and shows? as 0: the file ends too early", run.errors)
    if rows is None:
        return pixels, range(0), run.errors
    first = int(rows[1])
    return pixels, range(first, int(rows[2] or first) + 1), run.errors


KINDS = {
    "RGB": lambda: scene(40, 30, 3), "L": lambda: scene(40, 30, 1), "RGBA": lambda: scene(40, 30, 4),
    "palette": lambda: Image.fromarray(scene(40, 30, 3)).quantize(16),
}


@pytest.mark.parametrize("chunk", [1 << 20, 100], ids=["one chunk", "many chunks"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_row_of_a_cut_png_is_whole_or_told_to_be_missing(imgtool, here, kind, chunk):
    picture = KINDS[kind]()
    data = png(np.asarray(picture), chunk=chunk) if kind != "palette" else None
    if data is None:
        out = io.BytesIO()
        picture.save(out, "png")
        data = out.getvalue()
    (here / "p.png").write_bytes(data)
    imgtool("open", "p.png", "--save", "whole.npy")
    whole = np.load("whole.npy")
    seen = set()
    for count in list(range(8, len(data), 41)) + list(range(len(data) - 20, len(data))):
        (here / "c.png").write_bytes(data[:count])
        found = salvage(imgtool, "c.png")
        if found is None:
            continue
        pixels, missing, said = found
        there = whole.shape[0] - len(missing)
        assert pixels.shape == whole.shape and np.array_equal(pixels[:there], whole[:there])
        assert not pixels[there:].any() and (not missing or missing.stop == whole.shape[0])
        assert missing or "ends without IEND" in said, said
        seen.add(there)
    assert len(seen) > 8 and {30} < seen, sorted(seen)


def test_no_row_that_is_there_is_missed(imgtool, here):
    """zlib itself says how many rows the bytes make."""
    picture = scene(40, 30, 3)
    data = png(picture)
    start = data.index(b"IDAT") + 4
    for count in range(start + 300, len(data) - 20, 97):
        (here / "c.png").write_bytes(data[:count])
        filtered = len(zlib.decompressobj().decompress(data[start:count]))
        _, missing, _ = salvage(imgtool, "c.png")
        assert 30 - len(missing) == filtered // 121


def test_pixels_of_a_cut_interlaced_png_are_right_or_zero(imgtool, here):
    picture = scene(40, 30, 1)
    (here / "p.pgm").write_bytes(b"P5 40 30 255\n" + picture.tobytes())
    subprocess.run(["convert", "p.pgm", "-interlace", "PNG", "p.png"], check=True)
    data = (here / "p.png").read_bytes()
    assert data[28] == 1
    counts, passes = [], set()
    for count in range(data.index(b"IDAT") + 10, len(data) - 30, 17):
        (here / "c.png").write_bytes(data[:count])
        found = salvage(imgtool, "c.png")
        if found is None:
            continue
        pixels, _, said = found
        passes |= set(re.findall(r"ends in pass (\d) of 7", said))
        shown = pixels != 0
        assert np.array_equal(pixels[shown], picture[shown])
        counts.append(shown.sum())
    assert counts == sorted(counts) and passes >= {"4", "5", "6", "7"}


FORMS = {
    "4:2:0": ["-sample", "2x2"], "4:4:4": ["-sample", "1x1"], "4:2:2": ["-sample", "2x1"],
    "gray": ["-grayscale"], "restarts": ["-restart", "1", "-sample", "2x2"], "arithmetic": ["-arithmetic"],
}


def cjpeg(array, *options) -> bytes:
    head = b"P6 %d %d 255\n" % (array.shape[1], array.shape[0])
    return subprocess.run(["cjpeg", "-quality", "85", *options], input=head + array.tobytes(),
                          capture_output=True, check=True).stdout


@jpeg
@pytest.mark.parametrize("form", FORMS)
def test_each_row_of_a_cut_jpeg_is_whole_or_told_to_be_missing(imgtool, here, form):
    data = cjpeg(scene(41, 75, 3), *FORMS[form])
    (here / "p.jpg").write_bytes(data)
    imgtool("open", "p.jpg", "--save", "whole.npy")
    whole = np.load("whole.npy")
    seen = set()
    for count in list(range(2, len(data) - 10, 23)) + list(range(len(data) - 10, len(data))):
        (here / "c.jpg").write_bytes(data[:count])
        found = salvage(imgtool, "c.jpg")
        if found is None:
            continue
        pixels, missing, said = found
        there = whole.shape[0] - len(missing)
        assert np.array_equal(pixels[:there], whole[:there]), count
        assert not pixels[there:].any() and (not missing or missing.stop == whole.shape[0])
        assert missing or "ends without EOI" in said, said
        seen.add(there)
    assert len(seen) > 3 and (75 in seen or form == "arithmetic"), sorted(seen)


@jpeg
def test_a_cut_progressive_jpeg_is_shown_with_the_detail_that_is_there(imgtool, here):
    data = cjpeg(scene(41, 75, 3), "-progressive")
    first, equal, scans = data.index(b"\xff\xda"), 0, set()
    for count in range(first + 100, len(data) - 10, 101):
        (here / "c.jpg").write_bytes(data[:count])
        pixels, missing, said = salvage(imgtool, "c.jpg")
        assert not missing, said
        scans.add(int(re.search(r"the file ends in scan (\d+): each row lacks what follows", said)[1]))
        shown = subprocess.run(["djpeg", "-dct", "int", "c.jpg"], capture_output=True)
        if shown.returncode in (0, 2):  # It takes half a table for a wrong one.
            assert np.array_equal(pixels, np.asarray(Image.open(io.BytesIO(shown.stdout))))
            equal += 1
    assert equal > 7 and len(scans) > 5


@jpeg
def test_missing_rows_of_cmyk_have_no_ink(imgtool, here):
    Image.fromarray(scene(40, 40, 4), "CMYK").save("p.jpg")
    data = (here / "p.jpg").read_bytes()
    (here / "c.jpg").write_bytes(data[:len(data) * 3 // 4])
    imgtool("open", "c.jpg", "--salvage", "--expect", "39,39=0,0,0,0")


@jpeg
def test_damage_within_a_jpeg_is_shown_and_told_as_such(imgtool, here):
    data = bytearray(cjpeg(scene(200, 200, 3)))
    for at in range(2000, len(data) - 100, 501):
        data[at] = 0x55
    (here / "c.jpg").write_bytes(data)
    run = imgtool("open", "c.jpg", "--save", "o.png", ok=2)
    assert "--salvage decodes what the file still holds" in run.errors
    run = imgtool("open", "c.jpg", "--salvage", "--save", "o.png")
    assert "any row may be wrong" in run.errors
    shown = subprocess.run(["djpeg", "-dct", "int", "c.jpg"], capture_output=True).stdout
    assert np.array_equal(np.asarray(Image.open("o.png")), np.asarray(Image.open(io.BytesIO(shown))))


@pytest.fixture
def cut(here):
    data = png(scene(40, 30, 3))
    (here / "c.png").write_bytes(data[:len(data) // 2])
    return "c.png"


def test_without_the_option_a_cut_file_is_refused_with_it_as_the_advice(refused, cut):
    for line in (["open", cut, "--save", "o.bmp"], ["hash", cut], ["show", cut], ["info", cut, "--stats"],
                 ["compare", cut, cut]):
        refused(*line, words=["it ends before the last row; --salvage decodes what the file still holds"])


def test_a_pasted_file_is_refused_without_an_advice_that_does_not_work(refused, here, cut):
    np.save("p.npy", scene(40, 30, 3))
    run = refused("open", "p.npy", "--paste", f"{cut}@0,0", "--save", "o.bmp", words=["the last row"])
    assert "salvage" not in run.errors


def test_under_strict_a_missing_row_is_an_error(refused, cut):
    refused("open", cut, "--salvage", "--strict", "--save", "o.bmp",
            words=["are missing and show as 0", "--strict makes that an error"])


def test_every_command_that_opens_a_file_takes_the_option(imgtool, cut):
    for line in (["hash", cut], ["show", cut], ["info", cut], ["info", cut, "--json"], ["compare", cut, cut]):
        assert "are missing" in imgtool(*line, "--salvage").errors
    notes = imgtool("info", cut, "--salvage", "--json").json["notes"]
    assert re.fullmatch(r"c\.png: rows \d+ to 29 are missing and show as 0: the file ends too early", notes[0])


def test_a_sound_file_is_read_as_without_the_option(imgtool, here):
    (here / "p.png").write_bytes(png(scene(40, 30, 3)))
    run = imgtool("open", "p.png", "--salvage", "--save", "o.bmp")
    assert run.errors == "" and np.array_equal(np.asarray(Image.open("o.bmp")), scene(40, 30, 3))


def test_wrong_bytes_are_an_error_with_the_option_too(imgtool, here):
    data = bytearray(png(scene(40, 30, 3)))
    data[data.index(b"IDAT") + 500] ^= 0x40
    (here / "p.png").write_bytes(data)
    assert "damaged png file" in imgtool("open", "p.png", "--salvage", "--save", "o.bmp", ok=2).errors


def test_the_pixels_of_a_header_that_lies_are_limited(refused, here):
    head = struct.pack(">IIBBBBB", 40000, 40000, 8, 2, 0, 0, 0)
    data = png(scene(40, 30, 3))
    frame = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    (here / "p.png").write_bytes(data[:8] + frame + data[33:])
    refused("open", "p.png", "--salvage", "--save", "o.bmp", words=["40000x40000", "--limit-pixels"])
