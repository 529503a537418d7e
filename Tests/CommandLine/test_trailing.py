"""Bytes behind all that a file has: said, refused under `error`, and none of them in files as programs write them."""

import struct
import subprocess

import nrrd
import numpy as np
import OpenEXR
import pytest
import SimpleITK
import tifffile
from PIL import Image
from safetensors.numpy import save_file

JUNK = b"\xfe\x01junk junk!"
COLORS = np.arange(5 * 7 * 3, dtype="u1").reshape(5, 7, 3)
GRAY = COLORS[..., 0].copy()
STACK = np.arange(3 * 5 * 7, dtype="u2").reshape(3, 5, 7)


def by_pillow(array=COLORS, mode=None, **options):
    def write(path):
        image = Image.fromarray(array)
        (image.convert(mode) if mode else image).save(path, **options)
    return write


def by_tifffile(array=COLORS, **options):
    return lambda path: tifffile.imwrite(path, array, **options)


def by_magick(*options):
    def write(path):
        Image.fromarray(COLORS).save(path.parent / "in.png")
        subprocess.run(["convert", path.parent / "in.png", *options, path], check=True)
    return write


def by_bytes(data):
    return lambda path: path.write_bytes(data)


def pages_of_pillow(path):
    """Pillow pads each page to 16 bytes."""
    images = [Image.fromarray(page[:4, :6].astype("u1")) for page in STACK]
    images[0].save(path, save_all=True, append_images=images[1:])


def pages_of_magick(*options):
    """ImageMagick writes with libtiff."""
    def write(path):
        names = []
        for index, page in enumerate(STACK):
            names.append(path.parent / f"{index}.in.png")
            Image.fromarray(page).save(names[-1])
        subprocess.run(["convert", *names, *options, path], check=True)
    return write


def exif_of_pillow(path):
    said = Image.Exif()
    said.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0hello"
    Image.fromarray(GRAY[:, :5]).save(path, exif=said, dpi=(300, 300))


def of_libvips(more):
    head = b"\xb6\xa6\xf2\x08" + struct.pack("<7i2f", 7, 5, 1, 8, 0, 0, 1, 1, 1) + bytes(24)
    return by_bytes(head + GRAY.tobytes() + more)


XML = (b'<?xml version="1.0"?>\n<root xmlns="http://www.vips.ecs.soton.ac.uk//8.14.1">\n  <header>\n'
       b"  </header>\n  <meta>\n    <field type=\"VipsRefString\" name=\"comment\">hello</field>\n  </meta>\n"
       b"</root>\n")
RLE8 = (b"BM" + struct.pack("<IHHI", 0, 0, 0, 62) + struct.pack("<IiiHHIIiiII", 40, 4, 2, 1, 8, 1, 0, 0, 0, 2, 0)
        + bytes([0, 0, 0, 0, 255, 255, 255, 0]))

def of_openexr(path, **more):
    header = {"compression": OpenEXR.NO_COMPRESSION, "type": OpenEXR.scanlineimage, **more}
    OpenEXR.File(header, {"Y": GRAY.astype("f4")}).write(str(path))


FILES = {
    "png": ("a.png", by_pillow()),
    "animated png": ("a.png", lambda path: Image.fromarray(COLORS).save(
        path, save_all=True, append_images=[Image.fromarray(COLORS[::-1])])),
    "bmp": ("a.bmp", by_pillow()),
    "bmp of indices": ("a.bmp", by_pillow(mode="P")),
    "bmp of run lengths": ("a.bmp", by_magick("-type", "Palette", "-define", "bmp:format=bmp3", "-compress", "RLE")),
    "bmp of run lengths without an end": ("a.bmp", by_bytes(RLE8 + b"\x04\x01\x00\x00\x04\x00")),
    "tga": ("a.tga", by_pillow()),
    "tga in packets": ("a.tga", by_pillow(compression="tga_rle")),
    "tga of ImageMagick": ("a.tga", by_magick()),
    "tga of ImageMagick in packets": ("a.tga", by_magick("-compress", "RLE")),
    "qoi": ("a.qoi", by_magick()),
    "tiff of Pillow": ("a.tif", by_pillow()),
    "tiff of Pillow, deflated": ("a.tif", by_pillow(compression="tiff_adobe_deflate")),
    "tiff of Pillow, LZW": ("a.tif", by_pillow(compression="tiff_lzw")),
    "tiff of Pillow, Exif": ("a.tif", exif_of_pillow),
    "pages of Pillow": ("a.tif", pages_of_pillow),
    "pages of libtiff": ("a.tif", pages_of_magick("-define", "tiff:rows-per-strip=2")),
    "pages of libtiff, deflated": ("a.tif", pages_of_magick("-compress", "zip")),
    "pages of libtiff, tiled": ("a.tif", pages_of_magick("-define", "tiff:tile-geometry=16x16")),
    "pages of libtiff, planar": ("a.tif", pages_of_magick("-interlace", "plane", "-type", "TrueColor")),
    "tiff of tifffile": ("a.tif", by_tifffile()),
    "odd tiff of tifffile": ("a.tif", by_tifffile(GRAY)),
    "odd pages of tifffile": ("a.tif", by_tifffile(STACK.astype("u1"), photometric="minisblack")),
    "pages of tifffile": ("a.tif", by_tifffile(STACK, photometric="minisblack")),
    "pages of tifffile, truncated": ("a.tif", by_tifffile(STACK, photometric="minisblack", truncate=True)),
    "pages of tifffile, deflated": ("a.tif", by_tifffile(STACK, photometric="minisblack", compression="zlib")),
    "pages of tifffile, big": ("a.tif", by_tifffile(STACK, photometric="minisblack", bigtiff=True)),
    "ImageJ's by tifffile": ("a.tif", by_tifffile(STACK, imagej=True)),
    "OME by tifffile": ("a.tif", by_tifffile(STACK, ome=True, photometric="minisblack")),
    "slices of tifffile": ("a.tif", by_tifffile(STACK, volumetric=True, tile=(1, 16, 16), photometric="minisblack")),
    "tiff of ImageMagick": ("a.tif", by_magick("-compress", "None")),
    "pbm": ("a.pbm", by_pillow(mode="1")),
    "pgm": ("a.pgm", by_pillow(GRAY)),
    "pgm of maxval 4095": ("a.pgm", by_bytes(b"P5 7 5 4095\n" + bytes(70))),
    "ppm": ("a.ppm", by_pillow()),
    "several ppm": ("a.ppm", by_bytes(2 * (b"P6 7 5 255\n" + COLORS.tobytes()))),
    "pbm in text": ("a.pbm", by_bytes(b"P1\n2 2\n0 1\n1 0\n")),
    "pgm in text": ("a.pgm", by_bytes(b"P2\n2 2\n255\n0 1\n1 0\n")),
    "ppm in text, a comment behind": ("a.ppm", by_bytes(b"P3\n1 1\n255\n0 1 2 # the end\n\n")),
    "pam": ("a.pam", by_magick()),
    "pfm": ("a.pfm", by_bytes(b"Pf\n7 5\n-1.0\n" + GRAY.astype("<f4").tobytes())),
    "farbfeld": ("a.ff", by_bytes(b"farbfeld" + struct.pack(">II", 7, 5) + bytes(8 * 35))),
    "npy": ("a.npy", lambda path: np.save(path, COLORS)),
    "npy of frames": ("a.npy", lambda path: np.save(path, np.stack([STACK] * 2))),
    "npy of 9 frames": ("a.npy", lambda path: np.save(path, np.zeros((9, 5, 7), "u2"))),
    "npy in Fortran order": ("a.npy", lambda path: np.save(path, np.asfortranarray(np.zeros((9, 5, 7))))),
    "npy of planes": ("a.npy", lambda path: np.save(path, np.zeros((3, 5, 7), "i2"))),
    "vips": ("a.v", of_libvips(b"")),
    "vips with metadata": ("a.v", of_libvips(XML)),
    "nrrd": ("a.nrrd", lambda path: nrrd.write(str(path), GRAY, {"encoding": "raw"})),
    "metaimage": ("a.mha", lambda path: SimpleITK.WriteImage(SimpleITK.GetImageFromArray(STACK), str(path))),
    "sgi": ("a.sgi", by_pillow()),
    "sgi in run lengths": ("a.sgi", by_magick("-compress", "RLE")),
    "sun": ("a.ras", by_magick("-compress", "None")),
    "exr": ("a.exr", of_openexr),
    "exr from below": ("a.exr", lambda path: of_openexr(path, lineOrder=OpenEXR.DECREASING_Y)),
    "safetensors": ("a.safetensors", lambda path: save_file({"x": GRAY, "y": GRAY}, path)),
    "npz": ("a.npz", lambda path: np.savez(path, x=GRAY, y=GRAY)),
}


@pytest.fixture(params=FILES)
def file(request, here):
    name, write = FILES[request.param]
    write(here / name)
    return here / name


def test_files_as_programs_write_them_have_nothing_behind(imgtool, file):
    for line in (["open", file.name, "--trailing", "error", "--hash"], ["info", file.name, "--trailing", "error"]):
        imgtool(*line)
    assert "after all that" not in imgtool("open", file.name, "--hash").errors


@pytest.mark.parametrize("command", ["open", "info"])
def test_bytes_behind_a_file_are_counted(imgtool, refused, file, command):
    odd = file.suffix == ".tif" and file.stat().st_size % 2
    file.write_bytes(file.read_bytes() + b"\0" * odd + JUNK)
    line = [command, file.name]
    steps = ["--hash"] if command == "open" else []
    for policy in ([], ["--trailing", "warn"]):
        run = imgtool(*line, *policy, *steps)
        assert f"{len(JUNK)} bytes after all that" in run.errors, run
    refused(*line, "--trailing", "error", *steps, words=[f"{len(JUNK)} bytes after all that", "--trailing ok"])
    assert "after all that" not in imgtool(*line, "--trailing", "ok", *steps).errors


@pytest.mark.parametrize("magic,samples", [("P1", "1"), ("P2", "7"), ("P3", "7 8 9")])
def test_samples_behind_the_last_pixel_of_text_are_counted(imgtool, refused, here, magic, samples):
    top = "" if magic == "P1" else "255\n"
    (here / "a.pnm").write_text(f"{magic}\n1 1\n{top}{samples}\n3 4\n")
    assert "4 bytes after all that" in imgtool("open", "a.pnm", "--hash").errors
    refused("open", "a.pnm", "--trailing", "error", "--hash", words=["4 bytes after"])


def test_metadata_of_libvips_is_told_by_its_fields(imgtool, here):
    of_libvips(XML)(here / "a.v")
    assert "the metadata of libvips (comment)" in imgtool("open", "a.v", "--save", "out.npy").errors
    of_libvips(JUNK)(here / "a.v")
    run = imgtool("open", "a.v", "--save", "out.npy")
    assert "metadata" not in run.errors and "12 bytes after all that vips has" in run.errors


def test_an_npy_that_is_cut_short_says_so_where_its_frames_are_whole(imgtool, refused, here):
    frames = np.arange(9 * 35, dtype="u2").reshape(9, 5, 7)
    np.save("whole.npy", frames)
    (here / "a.npy").write_bytes((here / "whole.npy").read_bytes()[:-71])
    run = imgtool("open", "a.npy", "--frame", "6", "--save", "o.npy")
    assert "71 bytes of the 630 in its 9 frames are missing" in run.errors
    assert np.array_equal(np.load("o.npy"), frames[6])
    assert any("71 bytes" in note for note in imgtool("info", "a.npy", "--json").json["notes"])
    refused("open", "a.npy", "--frame", "7", "--hash", words="a.npy")
    assert "missing" not in imgtool("open", "whole.npy", "--frame", "8", "--hash").errors
