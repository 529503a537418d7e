"""Files that real programs write: opened, compared with what those programs read, edited in place."""

import re
import shlex
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import ROOT, listed
from oracles import PALETTE, numbers, pam

SIZE = (7, 5)
FLAT = {"L": (), "P": (), "LA": (2,), "RGB": (3,), "RGBA": (4,)}


def pixels(mode: str, seed=3, size=SIZE) -> np.ndarray:
    generator = np.random.default_rng(seed)
    shape = size[::-1]
    if mode == "1":
        return generator.integers(0, 2, shape, "u1").astype(bool)
    if mode == "F":
        return generator.standard_normal(shape).astype("f4")
    if mode == "I":
        return generator.integers(-(1 << 31), 1 << 31, shape, "i8").astype("i4")
    if mode.startswith("I;16"):
        return generator.integers(0, 1 << 16, shape, "u2")
    return generator.integers(0, 256, shape + FLAT[mode], "u1")


def picture(mode: str, array: np.ndarray) -> Image.Image:
    image = Image.fromarray(array) if mode != "P" else Image.frombytes(
        "P", array.shape[::-1], array.tobytes())
    if mode == "P":
        image.putpalette(PALETTE)
    assert image.mode == mode or mode.startswith("I;16")
    return image


def by_pillow(suffix, mode):
    def write(here: Path, program, array):
        picture(mode, array).save(here / f"in.{suffix}")
        return here / f"in.{suffix}"

    return write


def through_png(name, suffix, *options):
    """Another program turns a PNG of Pillow's into the file."""

    def write(here: Path, program, array):
        Image.fromarray(array).save(here / "first.png")
        out = here / f"in.{suffix}"
        if name == "ffmpeg":
            line = [program(name), "-v", "error", "-i", "first.png", *options, out]
            subprocess.run(line, cwd=here, check=True)
        elif name == "convert":
            subprocess.run([program(name), "first.png", *options, out], cwd=here, check=True)
        else:
            with open(out, "wb") as file:
                subprocess.run([program(name), *options, "first.png"], cwd=here, stdout=file,
                               check=True)
        (here / "first.png").unlink()
        return out

    return write


def by_numpy(dtype, order="C"):
    def write(here: Path, program, array):
        np.save(here / "in.npy", np.asarray(array.astype(dtype), order=order))
        return here / "in.npy"

    return write


# (name, mode of the picture, how the file is made, can it be mapped in place)
FILES = [
    ("a PNG of Pillow's, 1", "1", by_pillow("png", "1"), False),
    ("a PNG of Pillow's, L", "L", by_pillow("png", "L"), False),
    ("a PNG of Pillow's, LA", "LA", by_pillow("png", "LA"), False),
    ("a PNG of Pillow's, P", "P", by_pillow("png", "P"), False),
    ("a PNG of Pillow's, RGB", "RGB", by_pillow("png", "RGB"), False),
    ("a PNG of Pillow's, RGBA", "RGBA", by_pillow("png", "RGBA"), False),
    ("a PNG of Pillow's, I;16", "I;16", by_pillow("png", "I;16"), False),
    ("a BMP of Pillow's, 1", "1", by_pillow("bmp", "1"), True),
    ("a BMP of Pillow's, L", "L", by_pillow("bmp", "L"), True),
    ("a BMP of Pillow's, P", "P", by_pillow("bmp", "P"), True),
    ("a BMP of Pillow's, RGB", "RGB", by_pillow("bmp", "RGB"), True),
    ("a PBM of Pillow's", "1", by_pillow("pbm", "1"), True),
    ("a PGM of Pillow's", "L", by_pillow("pgm", "L"), True),
    ("a PPM of Pillow's", "RGB", by_pillow("ppm", "RGB"), True),
    ("a 16-bit PGM of Pillow's", "I;16", by_pillow("pgm", "I;16"), True),
    ("a PFM of Pillow's", "F", by_pillow("pfm", "F"), True),
    ("an RGBA BMP of ImageMagick's", "RGBA", through_png("convert", "bmp"), True),
    ("an RGB BMP of ImageMagick's", "RGB", through_png("convert", "bmp", "-type", "TrueColor"),
     True),
    ("a PAM of ImageMagick's", "RGBA", through_png("convert", "pam"), True),
    ("an interlaced PNG of ImageMagick's", "RGBA",
     through_png("convert", "png", "-interlace", "PNG", "-define", "png:color-type=6"), False),
    ("an RGB BMP of ffmpeg's", "RGB", through_png("ffmpeg", "bmp"), True),
    ("a PAM of ffmpeg's", "RGBA", through_png("ffmpeg", "pam"), True),
    ("a PNG of ffmpeg's", "RGBA", through_png("ffmpeg", "png"), False),
    ("a PPM of Netpbm's", "RGB", through_png("pngtopam", "ppm"), True),
    ("a PAM of Netpbm's", "LA", through_png("pngtopam", "pam", "-alphapam"), True),
    ("an NPY of bool", "1", by_numpy("?"), True),
    ("an NPY of uint8", "L", by_numpy("u1"), True),
    ("an NPY of uint8, 2 bands", "LA", by_numpy("u1"), True),
    ("an NPY of uint8, 3 bands", "RGB", by_numpy("u1"), True),
    ("an NPY of uint8, 4 bands", "RGBA", by_numpy("u1"), True),
    ("an NPY of little-endian uint16", "I;16", by_numpy("<u2"), True),
    ("an NPY of big-endian uint16", "I;16B", by_numpy(">u2"), True),
    ("an NPY of int32", "I", by_numpy("<i4"), True),
    ("an NPY of float32", "F", by_numpy("<f4"), True),
    ("an NPY of big-endian float32", "F", by_numpy(">f4"), True),
    ("an NPY in Fortran's order", "L", by_numpy("u1", "F"), True),
    ("an NPY of 3 bands in Fortran's order", "RGB", by_numpy("u1", "F"), True),
]
EVERY_FILE = pytest.mark.parametrize(
    "mode,write,mapped", [pytest.param(*row[1:], id=row[0]) for row in FILES])
MAPPED = pytest.mark.parametrize(
    "mode,write", [pytest.param(*row[1:3], id=row[0]) for row in FILES if row[3]])


def text_of(mode, pixel) -> str:
    values = np.atleast_1d(pixel).tolist()
    return ",".join(str(255 * v if mode == "1" else v) for v in values)


@EVERY_FILE
def test_the_opened_pixels_are_the_written_ones(imgtool, here, program, mode, write, mapped):
    array = pixels(mode)
    path = write(here, program, array)
    shared = "--expect-shared" if mapped else "--expect-detached"
    run = imgtool("open", path.name, shared, "--print", "6,4", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), array), run
    assert numbers(run.lines[0]) == numbers(text_of(mode, array[4, 6]))


@EVERY_FILE
def test_info_tells_the_size_and_the_mode(imgtool, here, program, mode, write, mapped):
    path = write(here, program, pixels(mode))
    facts = imgtool("info", path.name, "--json").json
    assert facts["size"] == list(SIZE)
    family = ("I;16", "I;16B", "I;16L", "I;16N")
    assert facts["mode"] == mode or {facts["mode"], mode} <= set(family)


@pytest.mark.parametrize("suffix", ["png", "bmp"])
def test_the_palette_is_read_with_the_indices(imgtool, here, suffix):
    array = pixels("P")
    picture("P", array).save(here / f"in.{suffix}")
    imgtool("open", f"in.{suffix}", "--convert", "RGB", "--save", "out.raw")
    table = np.frombuffer(PALETTE, "u1").reshape(256, 3)
    assert (here / "out.raw").read_bytes() == table[array].tobytes()


@MAPPED
def test_an_edit_in_place_changes_that_pixel_and_nothing_else(imgtool, here, program, mode, write):
    array, other = pixels(mode), pixels(mode, 4)
    path = write(here, program, array)
    before = path.read_bytes()
    value = other[4, 3] if mode != "1" else ~array[4, 3]
    imgtool("open", path.name, "--access", "rw", "--no-copy", "--put",
            f"3,4={text_of(mode, value)}", "--expect-shared")
    after = path.read_bytes()
    wanted = array.copy()
    wanted[4, 3] = value
    assert np.array_equal(read_back(path, program, mode), wanted)
    changed = sum(a != b for a, b in zip(before, after, strict=True))
    assert 1 <= changed <= (1 if mode == "1" else value.nbytes)


def read_back(path, program, mode):
    if path.suffix == ".npy":
        return np.load(path)
    if path.suffix == ".pam":
        (width, height, depth, _), _, body = pam(path, program("pamfile"))
        return np.frombuffer(body, "u1").reshape(height, width, depth)
    with Image.open(path) as image:
        return np.asarray(image)


def test_three_bytes_of_a_photograph(imgtool, here):
    array = pixels("RGB", size=(64, 48))
    array[4, 3] = (1, 2, 3)
    Image.fromarray(array).save(here / "photo.bmp")
    before = (here / "photo.bmp").read_bytes()
    imgtool("open", "photo.bmp", "--access", "rw", "--put", "3,4=255,0,0")
    after = (here / "photo.bmp").read_bytes()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 3
    array[4, 3] = (255, 0, 0)
    assert np.array_equal(np.asarray(Image.open(here / "photo.bmp")), array)


@pytest.mark.parametrize("kind,mode", [("pbm", "1"), ("pgm", "L"), ("ppm", "RGB")])
def test_plain_netpbm_is_read_and_said_to_be_a_copy(imgtool, here, program, kind, mode):
    array = pixels(mode)
    picture(mode, array).save(here / f"raw.{kind}")
    with open(here / f"in.{kind}", "wb") as out:
        subprocess.run([program("pnmtopnm"), "-plain", f"raw.{kind}"], stdout=out, check=True)
    imgtool("open", f"in.{kind}", "--expect-shared", ok=1)
    imgtool("open", f"in.{kind}", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), array)


@pytest.mark.parametrize("header", [
    b"P5 7 5 255\n", b"P5\n# a comment\n7 5\n# another\n255\n", b"P5\n7\n5\n255 ", b"P5\t7\r5\n255\n",
])
def test_headers_of_netpbm_are_free_in_their_spaces(imgtool, here, header):
    array = pixels("L")
    (here / "in.pgm").write_bytes(header + array.tobytes())
    assert np.array_equal(np.asarray(Image.open(here / "in.pgm")), array), "Pillow agrees"
    imgtool("open", "in.pgm", "--no-copy", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), array)


@pytest.mark.parametrize("name,what", [("object", np.array([[{}]], dtype=object)),
                                       ("structured", np.zeros((2, 2), "u1,f4")),
                                       ("complex", np.zeros((2, 2), "c8")),
                                       ("text", np.zeros((2, 2), "U3"))])
def test_an_npy_that_is_no_picture_is_refused(refused, here, name, what):
    np.save(here / "in.npy", what, allow_pickle=True)
    refused("open", "in.npy", "--print", "0,0")


def test_the_content_decides_and_not_the_suffix(imgtool, here):
    array = pixels("RGB")
    Image.fromarray(array).save(here / "in.dat", "PNG")
    imgtool("open", "in.dat", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), array)


def test_a_file_that_nobody_knows_is_refused_with_the_way_out(refused, here):
    (here / "noise.dat").write_bytes(b"\x01\x02\x03\x04" * 9)
    refused("open", "noise.dat", "--print", "0,0", words=["noise.dat", "frombuffer"])


def pngsuite(corpus, pattern):
    return sorted(corpus("pngsuite").glob(pattern))


def test_pngsuite_of_8_bits_and_less_reads_as_pillow_reads_it(imgtool, here, corpus):
    paths = [path for path in pngsuite(corpus, "[!x]*.png") if not path.stem.endswith("16")]
    assert len(paths) == 128
    differ = []
    for path in paths:
        run = imgtool("open", path, "--convert", "RGBA", "--save", "out.raw", ok=None)
        with Image.open(path) as image:
            if path.stem == "tbbn0g04":
                # Pillow compares the 4-bit transparent gray with 8-bit samples.
                image.info["transparency"] *= 17
            if run.exit or (here / "out.raw").read_bytes() != image.convert("RGBA").tobytes():
                differ.append(f"{path.stem}: {run.errors}")
    assert not differ


def test_pngsuite_of_16_bits_reads_as_netpbm_reads_it(imgtool, here, corpus, program):
    # Netpbm refuses the sBIT chunk of that one.
    paths = [path for path in pngsuite(corpus, "[!x]*16.png") if path.stem != "cs3n2c16"]
    assert len(paths) == 32
    differ = []
    for path in paths:
        with open(here / "wanted.pam", "wb") as out:
            subprocess.run([program("pngtopam"), "-alphapam", path], stdout=out, check=True,
                           stderr=subprocess.DEVNULL)
        (width, height, depth, top), _, body = pam(here / "wanted.pam", program("pamfile"))
        wanted = np.frombuffer(body, ">u2").reshape(height, width, depth).copy()
        with Image.open(path) as image:
            if image.mode == "RGB" and "transparency" in image.info:
                # Netpbm does not see a transparent colour of 16 bits.
                wanted[(wanted[..., :3] == image.info["transparency"]).all(-1), 3] = 0
        run = imgtool("open", path, "--save", "out.npy", ok=None)
        if run.exit:
            differ.append(f"{path.stem}: {run.errors}")
            continue
        got = np.load(here / "out.npy")
        got = got.reshape(height, width, -1)
        bands = got.shape[2]
        opaque = bands == depth or (wanted[..., -1] == 65535).all()
        if top != 65535 or not opaque or not np.array_equal(got, wanted[..., :bands]):
            differ.append(f"{path.stem}: other pixels")
    assert not differ


def test_every_format_that_is_read_is_fuzzed():
    done = subprocess.run([ROOT / "Scripts/fuzz", "--help"], capture_output=True, text=True, check=True)
    targets = done.stdout.partition("Targets: ")[2].split()
    # One reader for the three kinds of Netpbm's maps.
    maps = {"pbm", "ppm", "pnm"}
    read = {entry["format"] for entry in listed("formats") if entry["reads"]}
    # A build may be without libjpeg.
    absent = {"layout-file", "command-line"} | ({"jpeg"} - read)
    assert read - maps == set(targets) - absent and maps < read


def test_pngsuite_broken_files_are_refused(refused, corpus):
    names = pngsuite(corpus, "x*.png")
    assert len(names) == 14
    for path in names:
        refused("open", path, "--save", "out.raw", words=path.name)


@pytest.mark.parametrize("dtype", ["u1", "<u2", ">u2"])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_planes_of_an_array_that_may_be_frames_are_told_with_the_way_to_them(imgtool, here, count, dtype):
    array = np.arange(count * 35).reshape(count, 5, 7).astype(dtype) * 2
    np.save(here / "a.npy", array)
    run = imgtool("open", "a.npy", "--save", "planes.npy")
    assert np.array_equal(np.load(here / "planes.npy"), np.moveaxis(array, 0, -1))
    words = re.search(rf"shape \({count}, 5, 7\) .* {count} images.*: (--size .*) --frame N", run.errors)[1]
    for frame in range(count):
        imgtool("frombuffer", "a.npy", *shlex.split(words), "--frame", frame, "--save", "frame.npy")
        assert np.array_equal(np.load(here / "frame.npy"), array[frame])


@pytest.mark.parametrize("array", [
    np.zeros((5, 7, 3), "u1"), np.zeros((3, 5, 4), "u1"), np.asfortranarray(np.zeros((3, 5, 7), "u1")),
    np.zeros((1, 5, 7), "u1"), np.zeros((5, 7), "u1")], ids=lambda a: str(a.shape))
def test_an_array_with_one_meaning_is_read_without_a_word(imgtool, here, array):
    np.save(here / "a.npy", array)
    assert not imgtool("open", "a.npy", "--print", "0,0").errors


def test_the_frames_of_an_array_are_counted(imgtool, here):
    np.save(here / "a.npy", np.zeros((6, 5, 7), "u1"))
    run = imgtool("open", "a.npy", "--print", "0,0")
    assert run.errors.count("\n") == 1 and "6 frames" in run.errors and "--frame" in run.errors


def test_a_pam_with_line_ends_of_windows_is_read_as_netpbm_reads_it(imgtool, refused, here):
    head = "P7\r\nWIDTH 2\r\nHEIGHT 1\r\nDEPTH 1\r\nMAXVAL 255\r\nTUPLTYPE GRAYSCALE\r\nENDHDR\r\n"
    (here / "in.pam").write_bytes(head.encode() + b"\x01\x02")
    theirs = subprocess.run(["pamtopnm", "in.pam"], capture_output=True, check=True).stdout
    imgtool("open", "in.pam", "--save", "out.pgm")
    assert (here / "out.pgm").read_bytes() == theirs
    for rest, says in ((" 332", "thumbnail of XV"), (" x", "a line end after")):
        (here / "in.pam").write_bytes(f"P7{rest}\n2 1 255\n".encode() + b"\x01\x02")
        refused("open", "in.pam", "--hash", words=[says])


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (9, 7), (7, 9), (64, 33), (100, 1), (1, 100), (513, 1030), (17, 1025)],
                         ids=str)
@pytest.mark.parametrize("turn,steps", [
    (lambda a: np.rot90(a, -1), ["90"]), (np.rot90, ["270"]), (np.transpose, ["h", "270"]),
    (lambda a: np.rot90(a.T, 2), ["h", "90"])], ids=["90", "270", "transposed", "transverse"])
def test_bits_that_are_turned_are_the_same_bits(imgtool, here, size, turn, steps):
    array = np.random.default_rng(1).integers(0, 2, size[::-1]).astype(bool)
    Image.fromarray(array).save(here / "in.pbm")
    words = [word for step in steps for word in ("--reorient", step)]
    wanted = turn(array)
    for crop in (0, 3):
        h, w = wanted.shape[0] - crop, wanted.shape[1] - crop
        if min(w, h) < 1:
            continue
        for name in ("out.pbm", "out.tif", "out.raw"):
            imgtool("open", "in.pbm", *words, "--crop", f"{w}x{h}+{crop}+{crop}", "--save", name)
        rows = np.unpackbits(np.fromfile(here / "out.raw", "u1").reshape(h, -1), axis=1)
        assert not rows[:, w:].any() and np.array_equal(rows[:, :w], wanted[crop:, crop:])
        for name in ("out.pbm", "out.tif"):
            assert np.array_equal(np.asarray(Image.open(here / name)), wanted[crop:, crop:])


def test_a_compressed_tiff_is_read_or_the_library_for_it_is_named(imgtool, here):
    array = pixels("L")
    Image.fromarray(array).save("in.tif", compression="tiff_lzw")
    if "libtiff" in imgtool("--version").text:
        imgtool("open", "in.tif", "--save", "out.npy")
        assert np.array_equal(np.load("out.npy"), array)
    else:
        run = imgtool("open", "in.tif", "--save", "out.npy", ok=2)
        assert "LZW" in run.errors and "install libtiff-dev" in run.errors and not Path("out.npy").exists()
