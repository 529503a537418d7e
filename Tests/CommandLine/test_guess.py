"""`guess` answers for every file: with layouts that fit, with what the file is, or that nothing fits."""

import bz2
import gzip
import io
import lzma
import os
import re
import shlex
import struct
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from conftest import ROOT, listed
from oracles import random_bytes


@pytest.mark.parametrize("words", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("size", range(1, 71))
def test_a_short_file_gets_an_answer(imgtool, here, size, words):
    (here / "short.raw").write_bytes(bytes(range(size)))
    run = imgtool("guess", "short.raw", *words)
    assert run.output == imgtool("guess", "-", *words, stdin=bytes(range(size))).output.replace(
        b'"source":"-"', b'"source":"short.raw"').replace(b"frombuffer - ", b"frombuffer short.raw ").replace(
        b"-: ", b"short.raw: ")


def test_one_byte_is_one_gray_pixel(imgtool, here):
    (here / "r1").write_bytes(b"x")
    (guess,) = imgtool("guess", "r1", "--json").json["candidates"]
    assert (guess["size"], guess["mode"]) == ([1, 1], "L")


def photo(corpus, mode="RGB"):
    with Image.open(corpus("golang-image") / "video-001.png") as image:
        return image.size, image.convert(mode).tobytes()


def test_the_shares_are_the_same_for_every_limit(imgtool, here, corpus):
    (here / "frame.raw").write_bytes(photo(corpus)[1])
    every = imgtool("guess", "frame.raw", "--limit", 1000, "--json").json["candidates"]
    assert len(every) > 10 and abs(sum(guess["score"] for guess in every) - 1) < 0.01 * len(every)
    for limit in (1, 2, 10):
        assert imgtool("guess", "frame.raw", "--limit", limit, "--json").json["candidates"] == every[:limit]
    shares = [re.findall(r"(\d+) %", imgtool("guess", "frame.raw", "--limit", limit).text)
              for limit in (1, 10)]
    assert shares[0] == shares[1][:1]


def tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.add(ROOT / "README.md", "README.md")
    return out.getvalue()


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a", bytes(1000))
    return out.getvalue()


def source_text():
    return b"".join(path.read_bytes() for path in sorted((ROOT / "Sources").rglob("*.swift")))


NOTHING = {
    "random bytes": lambda: random_bytes(100_000),
    "a few random bytes": lambda: random_bytes(1000),
    "random bytes of a usual size": lambda: random_bytes(640 * 480),
    "zeros": lambda: bytes(10_000),
    "ones": lambda: b"\xff" * 10_000,
    "zeros of a usual size": lambda: bytes(640 * 480),
    "text": lambda: (ROOT / "README.md").read_bytes(),
    "much text": source_text,
    "lines of equal length": lambda: b"".join(b"%07d,%07d\n" % (i, i * i % 9_999_999) for i in range(9000)),
    "packed text without a header": lambda: lzma.compress(source_text())[64:],
}


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_fits_bytes_that_are_no_picture(imgtool, here, name):
    (here / "some.raw").write_bytes(NOTHING[name]())
    report = imgtool("guess", "some.raw", "--json", ok=1).json
    assert report["candidates"] == [] and report["exit"] == 1 and "no layout fits" in report["reason"]
    text = imgtool("guess", "some.raw", ok=1).text
    assert "no layout fits" in text and "%" not in text
    assert ("--size 640x480" in text) == ("usual size" in name)


@pytest.mark.parametrize("name,mode,rawmode", [
    ("noise_640x480.raw", "L", "L"), ("noise_640x480_rgb.raw", "RGB", "RGB"),
    ("dark-640x480-rgba.bin", "RGBA", "RGBA"), ("a_640x480_bgra.bin", "RGBA", "BGRA"),
    ("n_123x45.bin", "L", "L"), ("n_123x45_rgb565.bin", "RGB", "BGR;16"), ("n_90x70_gray16be.bin", "I;16B", None),
])
def test_what_only_the_name_says_is_told_but_is_no_answer(imgtool, here, name, mode, rawmode):
    width, height = map(int, re.search(r"(\d+)x(\d+)", name).groups())
    count = width * height * (2 if "565" in name or "16" in name else len(mode))
    for data in (random_bytes(count), bytes(count)):
        (here / name).write_bytes(data)
        report = imgtool("guess", name, "--json", ok=1).json
        assert report["candidates"] == [] and "no layout fits" in report["reason"]
        first = report["unproven"][0]
        assert (first["size"], first["offset"]) == ([width, height], 0) and "score" not in first
        assert mode == "I;16B" or (first["mode"], first["rawmode"]) == (mode, rawmode)
        text = imgtool("guess", name, ok=1).text
        assert "its name and length alone allow:" in text and "%" not in text
        imgtool(*shlex.split(first["command"])[1:-1], "--trailing", "error")


def test_a_name_that_says_the_size_counts_beside_the_bytes(imgtool, here, corpus):
    (width, height), data = photo(corpus)
    for name in (f"a_{width}x{height}.raw", f"a_{width}x{height}_bgr.raw"):
        (here / name).write_bytes(data)
        report = imgtool("guess", name, "--json").json
        best = report["candidates"][0]
        assert report["unproven"] == [] and best["score"] > 0.5
        assert (best["size"], best["rawmode"]) == ([width, height], "BGR" if "bgr" in name else "RGB")


BESIDE = {
    "frame.json": b'{"camera": 3, "imageWidth": 64, "imageHeight": 48}', "frame.txt": b"mode 64x48, 60 Hz\n",
    "frame.hdr": b"ENVI\nsamples = 64\nlines   = 48\nbands = 1\n", "frame.bin.yaml": b"width: 64\nheight: 48\n",
    # The one has no room in the file, the other is larger than the next.
    "frame.log": b"[rawvideo] 320x240 -> scaled\n[out] 64x48 gray\n[thumbnail] 16x12\n",
    "frame.png": "png", "frame.jpg": "jpeg", "frame.bmp": "bmp", "frame.pgm": "ppm",
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_a_file_beside_it_says_of_the_size_counts_as_the_name_does(imgtool, here, name):
    said = BESIDE[name]
    if isinstance(said, bytes):
        (here / name).write_bytes(said)
    else:
        Image.new("L", (64, 48)).save(here / name, said)
    (here / "frame.bin").write_bytes(random_bytes(64 * 48))
    report = imgtool("guess", "frame.bin", "--json", ok=1).json
    first = report["unproven"][0]
    assert first["size"] == [64, 48] and f"{name} beside it says 64x48" in first["reason"]
    assert f"{name} beside it and its length alone allow:" in imgtool("guess", "frame.bin", ok=1).text
    # The name of the file itself comes first.
    (here / "frame.bin").rename(here / "frame_96x32.bin")
    (here / name).rename(here / name.replace("frame", "frame_96x32"))
    first = imgtool("guess", "frame_96x32.bin", "--json", ok=1).json["unproven"][0]
    assert first["size"] == [96, 32] and "the name says 96x32" in first["reason"]


def test_frames_have_the_height_that_a_file_beside_them_says(imgtool, here, corpus):
    (width, height), data = photo(corpus, "L")
    gray = np.frombuffer(data, "u1").reshape(height, width)
    (here / "cap.raw").write_bytes(b"".join(each.tobytes() for each in (gray, gray[:, ::-1], gray, gray[::-1])))
    (here / "cap.json").write_text(f'{{"width": {width}, "height": {height}}}')
    best = imgtool("guess", "cap.raw", "--json").json["candidates"][0]
    assert (best["size"], best["frames"], best["rawmode"]) == ([width, height], 4, "L")
    assert f"cap.json beside it says {width}x{height}" in best["reason"]


def test_files_beside_it_that_say_nothing_or_cannot_be_read_are_passed_over(imgtool, here):
    (here / "frame.bin").write_bytes(random_bytes(64 * 48))
    expected = imgtool("guess", "frame.bin", "--json", ok=1).output
    os.mkfifo(here / "frame.json")
    (here / "frame.txt").mkdir()
    (here / "frame.yaml").write_text("width: 99999999999999999999\nheight: 3\nsize: 9000000x9000000\n")
    (here / "frame.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (here / "frame.log").symlink_to("frame.log")
    (here / "frame.jpg").write_bytes(b"")
    # What stands behind 64 KiB is not read.
    (here / "frame.xml").write_bytes(b" " * (1 << 16) + b"64x48")
    assert imgtool("guess", "frame.bin", "--json", ok=1).output == expected


def floats(kind: str, gray):
    """A picture of floats: levels of 8 bits as a part of 1, as they are, as light, with gaps, in planes."""
    return {
        "of 1": gray / 255, "of 255": gray, "light": (gray / 255) ** 2.2 * 1000, "signed": gray - 128,
        "gaps": np.where(gray > 200, np.nan, gray), "smooth": np.hypot(*np.mgrid[0:240, 0:320]) / 7,
    }[kind].astype("f4")


@pytest.mark.parametrize("order,rawmode", [("<f4", "F"), (">f4", "F;32BF")])
@pytest.mark.parametrize("kind", ["of 1", "of 255", "light", "signed", "gaps", "smooth"])
def test_floats_are_recognized(imgtool, here, corpus, kind, order, rawmode):
    with Image.open(corpus("golang-image") / "video-001.png") as image:
        gray = np.asarray(image.convert("RGB"), "f8").mean(2)
    pixels = floats(kind, gray)
    (here / "f.raw").write_bytes(pixels.astype(order).tobytes())
    best = imgtool("guess", "f.raw", "--json").json["candidates"][0]
    assert best["rawmode"] == rawmode
    assert kind == "smooth" or (best["size"], best["offset"]) == ([*pixels.shape[::-1]], 0)


@pytest.mark.parametrize("order,rawmode", [("<f4", "F"), (">f4", "F;32BF")])
def test_floats_without_rows_are_told_as_what_the_length_allows(imgtool, here, order, rawmode):
    noise = np.random.default_rng(5).normal(size=(240, 320)).astype(order)
    (here / "noise.raw").write_bytes(noise.tobytes())
    first = imgtool("guess", "noise.raw", "--json", ok=1).json["unproven"][0]
    assert (first["rawmode"], first["size"]) == (rawmode, [320, 240])


@pytest.mark.parametrize("width", [149, 150, 151, 101, 333])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_rows_padded_to_four_bytes_are_recognized(imgtool, here, corpus, width, mode):
    with Image.open(corpus("golang-image") / "video-001.png") as image:
        rows = np.asarray(image.convert("RGB").resize((width, 103)).convert(mode)).reshape(103, -1)
    stride = -(-rows.shape[1] // 4) * 4
    (here / "f.raw").write_bytes(np.pad(rows, ((0, 0), (0, stride - rows.shape[1]))).tobytes())
    best = imgtool("guess", "f.raw", "--json").json["candidates"][0]
    assert (best["size"], best["stride"], best["mode"]) == ([width, 103], stride, mode)


@pytest.mark.parametrize("size", range(1, 65))
def test_a_layout_of_a_few_bytes_fills_them_without_padding(imgtool, here, size):
    for data in (random_bytes(size), bytes(range(size)), bytes(size)):
        (here / "few.raw").write_bytes(data)
        report = imgtool("guess", "few.raw", "--json").json
        assert report["candidates"]
        for guess in report["candidates"]:
            (width, height), bits = guess["size"], {"L": 8, "RGB": 24, "RGBA": 32}.get(guess["rawmode"], 16)
            assert guess["stride"] * height + guess["offset"] <= size
            assert guess["interleave"] == "plane" or bits == 16 or guess["stride"] == width * bits // 8, guess
            assert " 1 bytes" not in guess["reason"] and " 1 rows" not in " " + guess["reason"]
        imgtool(*shlex.split(report["candidates"][0]["command"])[1:-1], "--trailing", "error")


@pytest.mark.parametrize("shape", [(32, 32), (480, 640), (1080, 1920)])
def test_a_picture_without_an_edge_is_guessed_by_its_usual_size(imgtool, here, shape):
    rows = np.linspace(0, 255, shape[0]).astype("u1")
    (here / "ramp.raw").write_bytes(np.repeat(rows, shape[1]).tobytes())
    sizes = [guess["size"] for guess in imgtool("guess", "ramp.raw", "--json").json["candidates"]]
    assert [shape[1], shape[0]] in sizes


def saved(kind, **options):
    out = io.BytesIO()
    Image.radial_gradient("L").convert(options.pop("mode", "RGB")).save(out, kind, **options)
    return out.getvalue()


def npy():
    out = io.BytesIO()
    np.save(out, np.zeros((20, 30), "u1"))
    return out.getvalue()


def dicom():
    """A picture of 6 x 4 in the explicit syntax."""
    def element(group, number, kind, value):
        long = kind in (b"OB", b"OW")
        size = struct.pack("<HI", 0, len(value)) if long else struct.pack("<H", len(value))
        return struct.pack("<HH", group, number) + kind + size + value

    words = {2: 1, 0x10: 4, 0x11: 6, 0x100: 8, 0x101: 8, 0x102: 7, 0x103: 0}
    return (bytes(128) + b"DICM" + element(2, 0x10, b"UI", b"1.2.840.10008.1.2.1\0")
            + b"".join(element(0x28, tag, b"US", struct.pack("<H", word)) for tag, word in words.items())
            + element(0x7FE0, 0x10, b"OB", bytes(24)))


OPENED = {
    "PNG": lambda: saved("png"), "BMP": lambda: saved("bmp"), "PPM": lambda: saved("ppm"),
    "PGM": lambda: saved("ppm", mode="L"), "TIFF": lambda: saved("tiff"), "NPY": npy,
    "QOI": lambda: saved("qoi"), "FARBFELD": lambda: b"farbfeld" + bytes([0, 0, 0, 8] * 2) + bytes(512),
    "PAM": lambda: b"P7\nWIDTH 9\nHEIGHT 9\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n" + bytes(81),
    "PFM": lambda: b"Pf\n9 9\n-1.0\n" + bytes(324),
    "XWD": lambda: struct.pack(">25I", 101, 7, 2, 24, 6, 4, 0, 0, 32, 0, 32, 32, 24, 4, 0xFF0000, 0xFF00, 0xFF,
                               8, 0, 0, 6, 4, 0, 0, 0) + bytes(97),
    "SCREENCAP": lambda: struct.pack("<3I", 6, 4, 1) + bytes(96), "DDS": lambda: saved("dds"),
    "SER": lambda: b"LUCAM-RECORDER" + struct.pack("<7i", 0, 0, 0, 6, 4, 8, 1) + bytes(136 + 24),
    "KTX2": lambda: b"\xabKTX 20\xbb\r\n\x1a\n" + struct.pack("<9I4I2Q3Q", 9, 1, 6, 4, 0, 0, 1, 1, 0, 0, 0, 0, 0,
                                                              0, 0, 104, 24, 24) + bytes(24),
    "DICOM": dicom,
}
if "jpeg" in {row["format"] for row in listed("formats")}:
    OPENED["JPEG"] = lambda: saved("jpeg")
FOREIGN = {
    "GIF": lambda: saved("gif", mode="L"), "WebP": lambda: saved("webp"),
    "JPEG 2000": lambda: saved("jpeg2000"), "AVIF": lambda: saved("avif"), "PDF": lambda: saved("pdf"),
    "gzip": lambda: gzip.compress(bytes(1000)), "xz": lambda: lzma.compress(bytes(1000)),
    "bzip2": lambda: bz2.compress(bytes(1000)), "zip": archive, "tar": tar,
    "Zstandard": lambda: b"\x28\xb5\x2f\xfd" + random_bytes(1000),
    "MP4": lambda: b"\0\0\0\x18ftypisom" + random_bytes(1000),
}


@pytest.mark.parametrize("kind", OPENED)
def test_a_file_that_describes_itself_is_answered_with_the_command_that_opens_it(imgtool, here, kind):
    (here / "some file").write_bytes(OPENED[kind]())
    report = imgtool("guess", "some file", "--json").json
    assert report["candidates"] == [] and report["kind"] == kind
    assert report["command"] == "imgtool open 'some file'"
    text = imgtool("guess", "some file").text
    assert "imgtool open 'some file'" in text and kind in text and "%" not in text
    imgtool("open", "some file")


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_of_a_known_kind_that_is_not_read_is_named(imgtool, here, kind):
    (here / "some.bin").write_bytes(FOREIGN[kind]())
    report = imgtool("guess", "some.bin", "--json", ok=1).json
    assert report["candidates"] == [] and kind in report["kind"] and "command" not in report
    for command, status in (("guess", 1), ("info", 0)):
        text = imgtool(command, "some.bin", ok=status).text
        assert kind in text and "not read here" in text and "%" not in text
    assert kind in imgtool("info", "some.bin", "--json").json["kind"]
    assert kind in imgtool("open", "some.bin", ok=2).errors
