"""JPEG files: what Pillow and the programs of libjpeg-turbo read and write is what must be read and
written here."""

import io
import struct
import subprocess

import numpy as np
import pytest
from conftest import CORPORA, listed
from PIL import Image, ImageCms, PngImagePlugin
from test_memory import MIB, peak

pytestmark = pytest.mark.skipif(
    "jpeg" not in {row["format"] for row in listed("formats")}, reason="the build is without libjpeg")

SIZES = [(1, 1), (7, 5), (8, 8), (16, 16), (17, 33), (200, 3), (3, 200), (97, 61)]
# The options of cjpeg.
FORMS = {
    "baseline 4:2:0": ["-sample", "2x2"],
    "4:2:2": ["-sample", "2x1"],
    "4:4:4": ["-sample", "1x1"],
    "4:4:0": ["-sample", "1x2"],
    "4:1:1": ["-sample", "4x1"],
    "progressive": ["-progressive", "-sample", "2x2"],
    "arithmetic": ["-arithmetic", "-sample", "2x2"],
    "restarts": ["-restart", "1", "-sample", "2x2"],
    "optimized, coarse": ["-optimize", "-quality", "10"],
    "RGB": ["-rgb"],
    "gray": ["-grayscale"],
}


def scene(width, height, bands=3, seed=3):
    """A picture that is neither flat nor noise alone."""
    y, x = np.mgrid[:height, :width]
    base = np.stack([128 + 100 * np.sin(x / 9 + k) * np.cos(y / (5 + k)) for k in range(bands)], -1)
    noise = np.random.default_rng(seed).normal(0, 12, base.shape)
    return np.clip(base + noise, 0, 255).astype("u1").squeeze()


def ppm(array) -> bytes:
    kind = 6 if array.ndim == 3 else 5
    return b"P%d %d %d 255\n" % (kind, array.shape[1], array.shape[0]) + array.tobytes()


def cjpeg(array, *options) -> bytes:
    return subprocess.run(["cjpeg", *options], input=ppm(array), capture_output=True, check=True).stdout


def djpeg(data: bytes):
    done = subprocess.run(["djpeg", "-dct", "int"], input=data, capture_output=True, check=True)
    image = np.asarray(Image.open(io.BytesIO(done.stdout)))
    return image


def pillow(data: bytes):
    return np.asarray(Image.open(io.BytesIO(data)))


def read(imgtool, name, *options):
    """The pixels that the tool reads."""
    imgtool("open", name, *options, "--save", "read.npy")
    return np.load("read.npy").squeeze()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("form", FORMS)
def test_pixels_are_those_of_djpeg_and_pillow(imgtool, here, form, size):
    picture = scene(*size)
    picture = picture.reshape(size[1], size[0], 3)
    data = cjpeg(picture, *FORMS[form])
    (here / "p.jpg").write_bytes(data)
    ours = read(imgtool, "p.jpg")
    assert np.array_equal(ours, djpeg(data).squeeze())
    assert np.array_equal(ours, pillow(data).squeeze())
    facts = imgtool("info", "p.jpg", "--json").json
    assert facts["size"] == list(size) and facts["mode"] == ("L" if form == "gray" else "RGB")
    assert facts["rawmode"] == "jpeg" and facts["shared"] is False


def test_scans_of_one_component_each_are_read(imgtool, here):
    (here / "scans").write_text("0;\n1;\n2;\n")
    data = cjpeg(scene(97, 61), "-scans", "scans")
    (here / "p.jpg").write_bytes(data)
    assert np.array_equal(read(imgtool, "p.jpg"), djpeg(data))


@pytest.mark.parametrize("transform", [False, True], ids=["CMYK", "YCCK"])
def test_cmyk_is_what_pillow_has(imgtool, here, transform):
    Image.fromarray(scene(40, 30, 4), "CMYK").save("p.jpg", quality=95)
    data = (here / "p.jpg").read_bytes()
    at = data.index(b"Adobe") + 11
    if transform:
        data = data[:at] + b"\2" + data[at + 1:]
        (here / "p.jpg").write_bytes(data)
    assert np.array_equal(read(imgtool, "p.jpg"), pillow(data))
    assert imgtool("info", "p.jpg", "--json").json["mode"] == "CMYK"


@pytest.mark.parametrize("path", sorted(CORPORA.glob("**/*.jp*g")) if CORPORA.exists() else [],
                         ids=lambda path: path.name)
def test_files_of_the_corpora_are_read_as_pillow_does(imgtool, here, path):
    assert np.array_equal(read(imgtool, path), np.asarray(Image.open(path)))


def frame(data: bytes, kind=None, **changes) -> bytes:
    """The bytes with other numbers in the frame."""
    at = next(i for i in range(len(data)) if data[i] == 0xFF and data[i + 1] in (0xC0, 0xC1, 0xC2))
    out = bytearray(data)
    if kind is not None:
        out[at + 1] = kind
    places = {"bits": (4, ">B"), "height": (5, ">H"), "width": (7, ">H"), "components": (9, ">B")}
    for name, value in changes.items():
        struct.pack_into(places[name][1], out, at + places[name][0], value)
    return bytes(out)


REFUSED = [
    ("samples of 12 bits", lambda data: frame(data, 0xC1, bits=12), ["12-bit samples"]),
    ("lossless", lambda data: frame(data, 0xC3), ["lossless-compressed JPEG"]),
    ("hierarchical", lambda data: frame(data, 0xC5), ["hierarchical-compressed JPEG"]),
    ("no height", lambda data: frame(data, height=0), ["a height that follows the rows"]),
    ("no width", lambda data: frame(data, width=0), ["damaged jpeg file", "a width of 0"]),
    ("cut in the header", lambda data: data[:60], ["damaged jpeg file", "to the end"]),
    ("a scan alone", lambda data: data[:2] + data[data.index(b"\xff\xda"):], ["a scan without a frame"]),
    ("a length of 0", lambda data: data[:4] + b"\0\0" + data[6:], ["a length of 0"]),
    ("cut in the rows", lambda data: data[:-200], ["it ends before its end marker (EOI); --salvage"]),
    ("without its end", lambda data: data[:-2], ["it ends before its end marker (EOI); --salvage"]),
    ("bytes too many", lambda data: data[:-2] + b"\x12\x34\x56\x78" + data[-2:], ["extraneous bytes"]),
    ("pixels without bytes", lambda data: frame(data, width=60000, height=10000), ["bytes at least"]),
]


@pytest.mark.parametrize("damage, words", [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_damage_and_what_is_not_decoded_are_refused(imgtool, refused, here, damage, words):
    (here / "p.jpg").write_bytes(damage(cjpeg(scene(64, 48), "-quality", "90")))
    refused("open", "p.jpg", "--save", "o.png", words=["p.jpg", *words])


def test_no_byte_that_is_cut_off_goes_unseen(imgtool, here):
    data = cjpeg(scene(16, 16), "-quality", "50")
    for count in range(2, len(data), 7):
        (here / "p.jpg").write_bytes(data[:count])
        assert imgtool("open", "p.jpg", "--save", "o.png", ok=2).errors.startswith("imgtool: p.jpg: ")


def test_nothing_but_one_line_is_printed_of_damage(imgtool, here):
    data = bytearray(cjpeg(scene(200, 200), "-quality", "90"))
    for at in range(2000, len(data) - 100, 501):
        data[at] = 0x55
    (here / "p.jpg").write_bytes(data)
    run = imgtool("open", "p.jpg", "--save", "o.png", ok=2)
    assert len(run.errors.splitlines()) == 1 and "damaged jpeg file" in run.errors


def test_a_picture_of_more_pixels_than_allowed_is_refused_before_it_is_decoded(refused, here):
    (here / "p.jpg").write_bytes(cjpeg(scene(64, 48)))
    refused("open", "p.jpg", "--limit-pixels", "3071", "--save", "o.png", words=["64x48", "--limit-pixels"])


def test_a_picture_in_too_many_scans_is_refused(refused, imgtool, here):
    (here / "scans").write_text("0;\n1;\n2;\n")
    data = cjpeg(scene(64, 48), "-scans", "scans")
    last = data.rindex(b"\xff\xda")
    for count in (497, 498):
        (here / f"{count}.jpg").write_bytes(data[:-2] + data[last:-2] * count + data[-2:])
    imgtool("open", "497.jpg", "--hash")
    refused("open", "498.jpg", "--hash", words=["498.jpg", "beyond the limit of 500 scans"])


def test_bytes_behind_the_end_are_told(imgtool, here):
    (here / "p.jpg").write_bytes(cjpeg(scene(64, 48)) + b"mp4" * 100)
    for line in (["open", "p.jpg", "--stats"], ["info", "p.jpg"]):
        assert "300 bytes after all that jpeg has" in imgtool(*line).errors
    imgtool("open", "p.jpg", "--trailing", "error", "--stats", ok=2)


# Writing

@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("quality", [1, 30, 75, 89, 90, 100])
@pytest.mark.parametrize("bands", [1, 3])
def test_a_save_has_the_pixels_of_cjpeg(imgtool, here, size, quality, bands):
    picture = scene(*size, bands).reshape(size[1], size[0], *([bands] if bands > 1 else []))
    np.save("p.npy", picture)
    sample = [] if bands == 1 else ["-sample", "2x2" if quality < 90 else "1x1"]
    imgtool("open", "p.npy", "--quality", quality, "--save", "ours.jpg")
    theirs = cjpeg(picture, "-quality", str(quality), "-baseline", *sample)
    ours = (here / "ours.jpg").read_bytes()
    assert np.array_equal(pillow(ours), pillow(theirs))
    # The tables and scans are the same bytes.
    assert ours[ours.index(b"\xff\xdb"):] == theirs[theirs.index(b"\xff\xdb"):]


@pytest.mark.parametrize("subsampling, factors", [("444", "1x1"), ("422", "2x1"), ("420", "2x2")])
def test_subsampling_is_what_was_chosen(imgtool, here, subsampling, factors):
    picture = scene(97, 61)
    np.save("p.npy", picture)
    imgtool("open", "p.npy", "--subsampling", subsampling, "--save", "ours.jpg")
    theirs = cjpeg(picture, "-quality", "90", "-sample", factors)
    assert np.array_equal(pillow((here / "ours.jpg").read_bytes()), pillow(theirs))


def test_cmyk_is_written_as_pillow_reads_it(imgtool, here):
    picture = scene(97, 61, 4)
    (here / "p.raw").write_bytes(picture.tobytes())
    imgtool("frombuffer", "p.raw", "--size", "97x61", "--mode", "CMYK", "--quality", "95", "--save", "p.jpg")
    ours = Image.open("p.jpg")
    theirs = io.BytesIO()
    Image.fromarray(picture, "CMYK").save(theirs, "jpeg", quality=95)
    assert ours.mode == "CMYK" and np.array_equal(np.asarray(ours), pillow(theirs.getvalue()))


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "jpe", "jfif", "JPG"])
def test_the_suffixes_of_jpeg_are_known(imgtool, here, suffix):
    np.save("p.npy", scene(20, 10))
    imgtool("open", "p.npy", "--save", f"p.{suffix}")
    assert Image.open(f"p.{suffix}").format == "JPEG"


def test_standard_output_takes_a_jpeg(imgtool, here):
    np.save("p.npy", scene(20, 10))
    assert imgtool("open", "p.npy", "--format", "jpg", "--save", "-").output[:2] == b"\xff\xd8"


def test_the_bytes_are_the_same_for_every_number_of_threads(imgtool, here):
    np.save("p.npy", scene(700, 900))
    for threads in (1, 2, 7):
        imgtool("open", "p.npy", "--threads", threads, "--save", f"{threads}.jpg")
    assert len({(here / f"{threads}.jpg").read_bytes() for threads in (1, 2, 7)}) == 1


NOT_WRITTEN = [
    (["--mode", "RGBA"], ["cannot hold mode RGBA", "--convert RGB"]),
    (["--mode", "I"], ["cannot hold mode I", "--window auto"]),
    (["--mode", "L", "--subsampling", "420"], ["mode L has no chroma to share, and subsampling 420 is for that"]),
    (["--mode", "L", "--quality", "0"], ["--quality is 0; 1 to 100 is expected"]),
    (["--mode", "L", "--quality", "101"], ["--quality is 101"]),
    (["--mode", "RGB", "--subsampling", "411"], ['--subsampling is "411"', "444, 422, 420"]),
    (["--mode", "L", "--level", "3"], ["in which the compression level cannot be chosen"]),
    (["--mode", "L", "--strict"], ["changes exact values", "--strict makes that an error"]),
]


@pytest.mark.parametrize("options, words", NOT_WRITTEN, ids=[" ".join(row[0]) for row in NOT_WRITTEN])
def test_what_jpeg_does_not_hold_is_refused(refused, here, options, words):
    (here / "p.raw").write_bytes(bytes(range(256)) * 4)
    size = "16x16" if options[1] in ("RGBA", "I") else "16x8"
    refused("frombuffer", "p.raw", "--trailing", "ok", "--size", size, *options, "--save", "o.jpg", words=words)


def test_quality_is_for_lossy_formats_alone(refused, here):
    (here / "p.raw").write_bytes(bytes(64))
    refused("frombuffer", "p.raw", "--size", "8x8", "--quality", "50", "--save", "o.png",
            words=["--quality 50 changes nothing", "a png file, in which the quality cannot be chosen"])


def test_a_side_beyond_65500_is_refused_before_anything_is_written(refused, here):
    (here / "p.raw").write_bytes(bytes(65501))
    refused("frombuffer", "p.raw", "--size", "65501x1", "--save", "o.jpg", words=["65501x1", "65500x65500"])


def test_samples_of_16_bits_are_rounded_and_told(imgtool, here):
    np.save("p.npy", scene(20, 10).astype("u2") * 257)
    assert "rounded to 8 bits" in imgtool("open", "p.npy", "--save", "p.jpg").errors


def test_a_save_is_not_told_to_be_lossy_each_time(imgtool, here):
    np.save("p.npy", scene(20, 10))
    assert imgtool("open", "p.npy", "--save", "p.jpg").errors == ""


# What a file says beside its pixels

def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(orientation=6) -> bytes:
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "Maker"
    return data.tobytes()


def test_what_a_file_says_is_told_and_goes_to_png_and_back(imgtool, here):
    icc = profile()
    Image.fromarray(scene(20, 10)).save("p.jpg", icc_profile=icc, dpi=(300, 200), exif=exif(),
                                        comment="hä?", xmp=b"<x:xmpmeta/>")
    said = imgtool("info", "p.jpg", "--json").json
    assert said["metadata"]["profile"]["byteCount"] == len(icc), said["metadata"]
    text = imgtool("info", "p.jpg").text
    for words in ("300x200 dpi", "hä?", "exif: "):
        assert words in text, text
    run = imgtool("open", "p.jpg", "--save", "p.png")
    assert "the Exif orientation is 6" in run.errors and "--reorient 90" in run.errors
    png = Image.open("p.png")
    assert png.info["icc_profile"] == icc and png.getexif()[0x010F] == "Maker"
    assert png.info["Comment"] == "hä?" and round(png.info["dpi"][0]) == 300
    imgtool("open", "p.png", "--save", "q.jpg")
    jpg = Image.open("q.jpg")
    assert jpg.info["icc_profile"] == icc and jpg.info["dpi"] == (300, 200)
    assert jpg.getexif()[0x0112] == 6 and jpg.info["comment"] == "hä?".encode()
    assert jpg.info["xmp"] == b"<x:xmpmeta/>"


def test_a_turned_picture_is_saved_upright(imgtool, here):
    Image.fromarray(scene(20, 10)).save("p.jpg", exif=exif(6))
    run = imgtool("open", "p.jpg", "--reorient", "90", "--save", "q.jpg")
    assert "the Exif orientation was 6 and is now 1" in run.errors
    assert Image.open("q.jpg").getexif()[0x0112] == 1 and Image.open("q.jpg").size == (10, 20)


def test_a_profile_of_several_segments_is_read_and_written(imgtool, here):
    icc = profile()
    # Bytes behind the last tag.
    icc = struct.pack(">I", 200_000) + icc[4:] + np.random.default_rng(1).bytes(200_000 - len(icc))
    Image.fromarray(scene(20, 10)).save("p.jpg", icc_profile=icc)
    imgtool("open", "p.jpg", "--save", "q.jpg")
    assert Image.open("q.jpg").info["icc_profile"] == icc
    data = bytearray((here / "p.jpg").read_bytes())
    at = data.index(b"ICC_PROFILE\0", data.index(b"ICC_PROFILE\0") + 1) + 12
    data[at] = 77
    (here / "p.jpg").write_bytes(data)
    run = imgtool("open", "p.jpg", "--save", "q.jpg")
    assert "color profile (damaged or beyond a limit)" in run.errors
    assert "icc_profile" not in Image.open("q.jpg").info


def test_what_has_no_place_is_named(imgtool, here):
    data = cjpeg(scene(20, 10))
    more = b"".join(b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body for marker, body in [
        (0xED, b"Photoshop 3.0\0" + bytes(20)), (0xE2, b"MPF\0" + bytes(20)), (0xE5, b"what?")])
    (here / "p.jpg").write_bytes(data[:2] + more + data[2:])
    said = imgtool("open", "p.jpg", "--save", "q.png").errors
    for words in ("Photoshop data", "list of further pictures", "segment APP5"):
        assert words in said, said
    imgtool("open", "p.jpg", "--strict", "--save", "q.png", ok=2)
    imgtool("open", "p.jpg", "--strict", "--strip", "--save", "q.png")


def test_what_jpeg_has_no_place_for_is_named(imgtool, here):
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "me")
    info.add_text("Comment", "kept")
    Image.fromarray(scene(20, 10)).save("p.png", pnginfo=info, gamma=0.5)
    said = imgtool("open", "p.png", "--save", "q.jpg").errors
    assert "text Author" in said and "Comment" not in said, said
    assert Image.open("q.jpg").info["comment"] == b"kept"


@pytest.mark.parametrize("dpi, kept", [((72, 72), (72, 72)), ((299.9994, 299.9994), (300, 300)),
                                       ((72.5, 72.5), None)])
def test_a_density_of_whole_numbers_is_kept(imgtool, here, dpi, kept):
    Image.fromarray(scene(20, 10)).save("p.tif", dpi=dpi)
    run = imgtool("open", "p.tif", "--save", "q.jpg")
    assert Image.open("q.jpg").info.get("dpi") == kept
    assert ("density" in run.errors) == (kept is None)


# What the rest of the tool makes of it

def test_verify_leaves_out_what_it_cannot_prove(imgtool, refused, here):
    (here / "p.raw").write_bytes(bytes(64))
    run = imgtool("verify", "p.raw", "--size", "8x8", "--json").json
    jpeg = next(row for row in run["formats"] if row["format"] == "jpeg")
    assert "shared" not in jpeg and jpeg["skipped"] == "is lossy, so a save changes pixels"
    assert "jpeg: not proven: it is lossy, and a save changes pixels" in imgtool("verify", "p.raw", "--size", "8x8").text
    refused("verify", "p.raw", "--size", "8x8", "--save", "o.jpg", words=["o.jpg", "is lossy"])


def test_no_lossy_format_is_advised(imgtool, here):
    (here / "p.raw").write_bytes(bytes(192))
    said = imgtool("frombuffer", "p.raw", "--size", "8x8", "--mode", "RGB", "--save", "o.pgm", ok=2).errors
    assert "save as png" in said and "jpeg" not in said


def test_jpeg_is_listed_as_read_and_written(imgtool):
    row = next(row for row in imgtool("formats", "--json").json["formats"] if row["format"] == "jpeg")
    assert row["reads"] and row["writes"] and row["modes"] == ["L", "RGB", "RGBX", "CMYK"]
    assert "JPEG by libjpeg-turbo" in imgtool("--version").text


def test_writing_takes_memory_for_a_few_rows(imgtool, here, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    with open("p.raw", "wb") as file:
        file.truncate(3 * 8000 * 8000)
    assert peak("frombuffer", "p.raw", "--size", "8000x8000", "--mode", "RGB", "--save", "o.jpg") < 32 * MIB
    assert Image.open("o.jpg").size == (8000, 8000)
