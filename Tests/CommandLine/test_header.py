"""Headers for raw files, read by the programs that they are for."""

import re
import subprocess
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import tifffile
from PIL import Image

from oracles import PALETTE, pam, random_bytes, samples, source

SIZE = (7, 5)
BYTES = {"|": "u1", "<": "<u2", ">": ">u2"}


@pytest.fixture
def whole(imgtool, here):
    """The header and the raw file, one after the other."""

    def make(kind, *words, file="raw.bin"):
        header = imgtool("header", file, *words, "--format", kind).output
        (here / f"whole.{kind}").write_bytes(header + (here / file).read_bytes())
        return here / f"whole.{kind}"

    return make


@pytest.mark.parametrize("kind,mode", [
    ("pgm", "L"), ("ppm", "RGB"), ("pnm", "L"), ("tiff", "L"), ("tiff", "RGB"),
    ("tiff", "RGBA"), ("tiff", "CMYK"), ("tiff", "I;16"), ("tiff", "F"),
])
def test_pillow_reads_a_header_and_the_raw_file(whole, here, kind, mode):
    data, raw = source(here, mode, SIZE)
    with Image.open(whole(kind, *raw[1:])) as image:
        assert np.array_equal(np.asarray(image), samples(mode, SIZE, data))


@pytest.mark.parametrize("mode,kind", [("RGBA", "RGB_ALPHA"), ("LA", "GRAYSCALE_ALPHA"),
                                       ("CMYK", "CMYK")])
def test_netpbm_reads_a_pam(whole, here, program, mode, kind):
    data, raw = source(here, mode, SIZE)
    depth = len(mode)
    assert pam(whole("pam", *raw[1:]), program("pamfile")) == ((7, 5, depth, 255), kind, data)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "CMYK", "HSV", "I", "F", "I;16",
                                  "I;16B"])
def test_numpy_reads_a_header_and_the_raw_file(whole, here, mode):
    data, raw = source(here, mode, SIZE)
    if mode == "1":
        data = bytes(i % 2 for i in range(35))
        (here / "raw.bin").write_bytes(data)
        array = np.load(whole("npy", *raw[1:], "--rawmode", "1;8"))
        assert array.dtype == bool and array.tobytes() == data
        return
    array = np.load(whole("npy", *raw[1:]))
    assert np.array_equal(array, samples(mode, SIZE, data)) and array.tobytes() == data


@pytest.mark.parametrize("rawmode,mode,dtype", [
    ("F;64BF", "F", ">f8"), ("F;16F", "F", "<f2"), ("I;16BS", "I", ">i2"), ("I;64", "I", "<u8"),
    ("I;8S", "I", "i1"),
])
def test_numpy_reads_every_number_type(whole, here, rawmode, mode, dtype):
    array = np.arange(35).reshape(5, 7).astype(dtype)
    (here / "raw.bin").write_bytes(array.tobytes())
    got = np.load(whole("npy", "--size", "7x5", "--mode", mode, "--rawmode", rawmode))
    assert got.dtype == array.dtype and np.array_equal(got, array)


def test_numpy_reads_planes_in_their_order(whole, here):
    array = np.random.default_rng(1).integers(0, 256, (5, 7, 3), "u1").transpose((2, 0, 1))
    (here / "raw.bin").write_bytes(np.ascontiguousarray(array).tobytes())
    got = np.load(whole("npy", "--size", "7x5", "--mode", "RGB", "--interleave", "plane"))
    assert np.array_equal(got, array)


@pytest.mark.parametrize("kind", ["tiff", "tga"])
def test_a_palette_that_nobody_gave_is_told(imgtool, here, kind):
    (here / "raw.bin").write_bytes(bytes(35))
    words = ["header", "raw.bin", "--size", "7x5", "--mode", "P", "--format", kind]
    assert "no palette is known" in imgtool(*words).errors
    assert not imgtool(*words, "--palette", "gray").errors


def test_netpbm_reads_bits_and_big_endian_samples(whole, here, program):
    (here / "raw.bin").write_bytes(random_bytes(70, "netpbm"))
    for words in (["--mode", "I;16B"], ["--mode", "I;16", "--rawmode", "I;16B"]):
        path = whole("pgm", "--size", "7x5", *words)
        said = subprocess.run([program("pamfile"), path], capture_output=True, text=True).stdout
        assert "7 by 5" in said and "maxval 65535" in said
    path = whole("pbm", "--size", "7x5", "--mode", "1", "--rawmode", "1;I", "--trailing", "ok")
    with Image.open(path) as image:
        bits = np.unpackbits(np.frombuffer(random_bytes(70, "netpbm")[:5], "u1")[:, None], axis=1)
        assert np.array_equal(np.asarray(image), bits[:, :7] == 0)


@pytest.mark.parametrize("mode,rawmode", [("RGB", "BGR"), ("RGBA", "BGRA"), ("L", "L"), ("P", "P")])
def test_a_bmp_is_a_header_before_rows_that_are_bottom_up_and_padded(whole, here, mode, rawmode):
    bands = {"RGB": 3, "RGBA": 4}.get(mode, 1)
    stride = (7 * bands + 3) // 4 * 4
    data = np.frombuffer(random_bytes(stride * 5, "bmp"), "u1").reshape(5, stride)
    (here / "raw.bin").write_bytes(data.tobytes())
    (here / "colors.bin").write_bytes(PALETTE)
    palette = ["--palette", "colors.bin"] if mode == "P" else []
    path = whole("bmp", "--size", "7x5", "--mode", mode, "--rawmode", rawmode, "--align", "4",
                 "--orientation", "-1", *palette)
    pixels = data[::-1, :7 * bands].reshape(5, 7, bands)
    if mode in ("RGB", "RGBA"):
        pixels = pixels[..., [2, 1, 0, 3][:bands]]
    with Image.open(path) as image:
        assert np.array_equal(np.asarray(image).reshape(pixels.shape), pixels)


def test_a_pfm_is_a_header_before_rows_that_are_bottom_up(whole, here):
    array = np.random.default_rng(1).random((5, 7)).astype("<f4")
    (here / "raw.bin").write_bytes(array.tobytes())
    with Image.open(whole("pfm", "--size", "7x5", "--mode", "F", "--orientation", "-1")) as image:
        assert np.array_equal(np.asarray(image), array[::-1])


@pytest.mark.parametrize("kind,words,said", [
    ("ppm", ["--mode", "RGB", "--rawmode", "BGR"], ["B,G,R", "R,G,B", "nrrd"]),
    ("ppm", ["--mode", "RGB", "--orientation", "-1"], ["bottom-up", "vrt"]),
    ("ppm", ["--mode", "RGB", "--stride", "30"], ["30 bytes", "21", "vrt"]),
    ("ppm", ["--mode", "RGB", "--offset", "9"], ["byte 9", "envi"]),
    ("ppm", ["--mode", "RGB", "--interleave", "plane"], ["envi"]),
    ("ppm", ["--mode", "RGB", "--rawmode", "RGBX"], ["32 bits", "24"]),
    ("pgm", ["--mode", "I;16"], ["little-endian", "big-endian", "npy"]),
    ("pgm", ["--mode", "RGB"], ["L", "RGB", "ppm"]),
    ("pgm", ["--mode", "L", "--rawmode", "L;I"], ["band L", "bits"]),
    ("npy", ["--mode", "RGB", "--rawmode", "BGR;16"], ["band R", "5 bits"]),
    ("npy", ["--mode", "RGB", "--rawmode", "G"], ["band R", "no bytes"]),
    ("npy", ["--mode", "RGB", "--stride", "30"], ["30 bytes apart", "21"]),
    ("bmp", ["--mode", "RGB"], ["bottom-up", "24", "B,G,R"]),
    ("mhd", ["--mode", "RGB", "--interleave", "plane"], ["plane by plane"]),
    ("npy", ["--mode", "RGB", "--rawmode", "BGR"], ["B,G,R", "R,G,B", "what fits: tga, xwd, ser, dds, ktx2, envi, nrrd, vrt"]),
    ("npy", ["--mode", "RGB", "--rawmode", "BGRX"], ["B,G,R,padding", "what fits: xwd, dds, envi, nrrd, vrt"]),
    ("mhd", ["--mode", "RGBA", "--rawmode", "ARGB"], ["A,R,G,B", "what fits: xwd, dds, envi, nrrd, vrt"]),
    ("npy", ["--mode", "RGBA", "--rawmode", "RGBa"], ["computed from the stored RGBa"]),
    ("envi", ["--mode", "F", "--rawmode", "F;16F"], ["f16", "npy"]),
    ("mhd", ["--mode", "L", "--orientation", "-1"], ["bottom-up"]),
    ("jpeg", ["--mode", "L"], ["jpeg", "npy", "vrt"]),
    ("png", ["--mode", "L"], ["png", "npy", "vrt"]),
])
def test_a_header_that_does_not_fit_is_refused_with_what_differs(refused, here, kind, words, said):
    (here / "raw.bin").write_bytes(bytes(400))
    refused("header", "raw.bin", "--size", "7x5", "--trailing", "ok", *words, "--format", kind,
            words=["raw.bin" if kind not in ("jpeg", "png") else kind, *said])


def test_a_format_is_needed(refused, here):
    (here / "raw.bin").write_bytes(bytes(35))
    refused("header", "raw.bin", "--size", "7x5", words=["--format", "npy", "envi"])


def test_a_decoded_picture_has_no_header(refused, here):
    Image.new("RGB", SIZE).save(here / "in.png")
    refused("header", "in.png", "--format", "vrt", words=["in.png", "no header"])


# Few-line readers of detached headers, by their specifications.

ENVI = {"1": "u1", "2": "i2", "3": "i4", "4": "f4", "5": "f8", "12": "u2", "13": "u4", "14": "i8",
        "15": "u8"}
NRRD = {**{f"{u}int{bits}": f"{u or 'i'}{bits // 8}" for u in ("", "u") for bits in (8, 16, 32, 64)},
        "float": "f4", "double": "f8"}
MET = {"MET_UCHAR": "u1", "MET_CHAR": "i1", "MET_USHORT": "u2", "MET_SHORT": "i2", "MET_UINT": "u4",
       "MET_INT": "i4", "MET_ULONG_LONG": "u8", "MET_LONG_LONG": "i8", "MET_FLOAT": "f4", "MET_DOUBLE": "f8"}
VRT = {"Byte": "u1", **{f"{u}Int{bits}": f"{'u' if u else 'i'}{bits // 8}" for u in ("", "U")
                        for bits in (8, 16, 32, 64)},
       **{f"Float{bits}": f"f{bits // 8}" for bits in (16, 32, 64)}}


def box(data, dtype, big, offset, shape):
    return np.frombuffer(data, (">" if big else "<") + dtype, np.prod(shape), offset).reshape(shape)


def read_envi(text, here):
    assert text.startswith("ENVI\n")
    fields = dict(re.findall(r"^(.+?) = (.+)$", text, re.M))
    w, h, n = (int(fields[key]) for key in ("samples", "lines", "bands"))
    shape, axes = {"bip": ((h, w, n), (0, 1, 2)), "bil": ((h, n, w), (0, 2, 1)),
                   "bsq": ((n, h, w), (1, 2, 0))}[fields["interleave"]]
    names = fields["band names"].strip("{}").split(", ")
    array = box((here / "raw.bin").read_bytes(), ENVI[fields["data type"]],
                fields["byte order"] == "1", int(fields["header offset"]), shape)
    return names, array.transpose(axes)


def read_nrrd(text, here):
    assert text.startswith("NRRD0005\n")
    fields = dict(re.findall(r"^(.+?): (.+)$", text, re.M))
    sizes = [int(size) for size in fields["sizes"].split()][::-1]
    labels = re.findall('"(.*?)"', fields["labels"])[::-1]
    assert fields["encoding"] == "raw" and int(fields["dimension"]) == len(sizes)
    array = box((here / fields["data file"]).read_bytes(), NRRD[fields["type"]],
                fields.get("endian") == "big", int(fields["byte skip"]), sizes)
    names = [label for label in labels if label not in ("x", "y")]
    order = [labels.index("y"), labels.index("x")] + [labels.index(name) for name in names]
    array = array.transpose(order)
    return (names[0].split(",") if names else [None]), array.reshape(*array.shape[:2], -1)


def read_mhd(text, here):
    fields = dict(re.findall(r"^(.+?) = (.+)$", text, re.M))
    assert text.rstrip().splitlines()[-1].startswith("ElementDataFile")
    w, h = map(int, fields["DimSize"].split())
    array = box((here / fields["ElementDataFile"]).read_bytes(), MET[fields["ElementType"]],
                fields["BinaryDataByteOrderMSB"] == "True", int(fields["HeaderSize"]),
                (h, w, int(fields["ElementNumberOfChannels"])))
    return None, array


def read_vrt(text, here):
    root = ET.fromstring(text)
    w, h = int(root.get("rasterXSize")), int(root.get("rasterYSize"))
    bands = []
    for band in root.iter("VRTRasterBand"):
        data = (here / band.find("SourceFilename").text).read_bytes()
        at, step, line = (int(band.find(f"{name}Offset").text) for name in ("Image", "Pixel", "Line"))
        dtype = np.dtype((">" if band.find("ByteOrder").text == "MSB" else "<")
                         + VRT[band.get("dataType")])
        bands.append([[np.frombuffer(data, dtype, 1, at + y * line + x * step)[0]
                       for x in range(w)] for y in range(h)])
    return [b.find("Description").text for b in root.iter("VRTRasterBand")], np.stack(bands, -1)


READERS = {"envi": read_envi, "nrrd": read_nrrd, "mhd": read_mhd, "vrt": read_vrt}

# Options, and which of the four can say it.
DETACHED = {
    "packed": (["--mode", "RGB"], "envi nrrd mhd vrt"),
    "gray": (["--mode", "L", "--offset", "13"], "envi nrrd mhd vrt"),
    "BGRA at an offset": (["--mode", "RGBA", "--rawmode", "BGRA", "--offset", "64"], "envi nrrd vrt"),
    "padding in a pixel": (["--mode", "RGB", "--rawmode", "XRGB"], "envi nrrd vrt"),
    "planes": (["--mode", "RGB", "--interleave", "plane"], "envi nrrd vrt"),
    "lines": (["--mode", "RGB", "--interleave", "line", "--offset", "3"], "envi nrrd vrt"),
    "padded rows": (["--mode", "RGB", "--stride", "33"], "vrt"),
    "planes with gaps": (["--mode", "RGB", "--interleave", "plane", "--plane-stride", "50"], "vrt"),
    "bottom-up": (["--mode", "RGB", "--orientation", "-1"], "vrt"),
    "big-endian words": (["--mode", "RGB", "--rawmode", "RGB;16B"], "envi nrrd mhd vrt"),
    "little-endian words": (["--mode", "I;16", "--offset", "1"], "envi nrrd mhd vrt"),
    "numbers": (["--mode", "I"], "envi nrrd mhd vrt"),
    "signed words": (["--mode", "I", "--rawmode", "I;16BS"], "envi nrrd vrt"),
}


@pytest.mark.parametrize("kind,name", [
    (kind, name) for name, (_, kinds) in DETACHED.items() for kind in kinds.split()])
def test_a_detached_header_says_where_every_sample_is(imgtool, here, kind, name):
    data = random_bytes(1000, "detached")
    (here / "raw.bin").write_bytes(data)
    words = ["raw.bin", "--size", "7x5", "--trailing", "ok", *DETACHED[name][0]]
    names, array = READERS[kind](imgtool("header", *words, "--format", kind).text, here)
    assert (here / "raw.bin").read_bytes() == data
    imgtool("frombuffer", *words, "--save", "out.npy")
    wanted = np.load(here / "out.npy")
    wanted = wanted.reshape(*wanted.shape[:2], -1)
    bands = {"RGB": ["R", "G", "B"], "RGBA": ["R", "G", "B", "A"]}.get(words[words.index("--mode") + 1])
    if bands and kind != "mhd":
        array = array[..., [names.index(band) for band in bands]]
    assert np.array_equal(array, wanted)


@pytest.mark.parametrize("name", [n for n, (_, kinds) in DETACHED.items() if kinds == "vrt"])
@pytest.mark.parametrize("kind", ["envi", "nrrd", "mhd"])
def test_what_a_detached_header_cannot_say_is_refused(refused, here, kind, name):
    (here / "raw.bin").write_bytes(bytes(1000))
    refused("header", "raw.bin", "--size", "7x5", "--trailing", "ok", *DETACHED[name][0],
            "--format", kind, words=[kind, "vrt"])


@pytest.mark.parametrize("rawmode,said", [("RGB", "1, 2, 3"), ("BGR", "3, 2, 1"), ("XRGB", "2, 3, 4")])
def test_an_envi_header_says_which_bands_are_red_green_and_blue(imgtool, here, rawmode, said):
    (here / "raw.bin").write_bytes(bytes(140))
    text = imgtool("header", "raw.bin", "--size", "7x5", "--mode", "RGB", "--rawmode", rawmode, "--trailing",
                   "ok", "--format", "envi").text
    assert f"default bands = {{{said}}}\n" in text


@pytest.mark.filterwarnings("ignore:Dataset has no geotransform")
def test_gdal_reads_a_virtual_raster(imgtool, here):
    import rasterio  # GDAL, which takes a while to load

    data = random_bytes(1000, "gdal")
    (here / "raw.bin").write_bytes(data)
    words = ["raw.bin", "--size", "7x5", "--trailing", "ok", "--mode", "RGB", "--rawmode", "BGR",
             "--stride", "33", "--orientation", "-1", "--offset", "5"]
    imgtool("header", *words, "--format", "vrt", "--output", "raw.vrt")
    imgtool("frombuffer", *words, "--save", "out.npy")
    with rasterio.open(here / "raw.vrt") as raster:
        assert np.array_equal(raster.read().transpose(1, 2, 0), np.load(here / "out.npy"))


def test_the_file_is_named_as_seen_from_the_header(imgtool, here):
    (here / "data").mkdir()
    (here / "data" / "a&b <1>.bin").write_bytes(bytes(range(35)))
    path = "data/a&b <1>.bin"
    imgtool("header", path, "--size", "7x5", "--format", "vrt", "--output", "data/x.vrt")
    root = ET.parse(here / "data/x.vrt").getroot()
    assert root.find(".//SourceFilename").text == "a&b <1>.bin"
    imgtool("header", path, "--size", "7x5", "--format", "vrt", "--output", "x.vrt")
    name = ET.parse(here / "x.vrt").getroot().find(".//SourceFilename")
    assert name.text == str((here / path).resolve()) and name.get("relativeToVRT") == "0"


def test_a_file_with_a_line_end_in_its_name_is_refused(imgtool, here):
    (here / "a\nb").write_bytes(bytes(35))
    run = imgtool("header", "a\nb", "--size", "7x5", "--format", "nrrd", ok=2)
    assert "line end" in run.errors


def test_output_appears_whole_and_never_over_the_raw_file(imgtool, refused, here):
    (here / "raw.bin").write_bytes(bytes(35))
    refused("header", "raw.bin", "--size", "7x5", "--format", "pgm", "--output", "raw.bin",
            words=["raw.bin", "open image"])
    run = imgtool("header", "raw.bin", "--size", "7x5", "--format", "pgm", "--output", "raw.pgm",
                  "--json")
    assert (here / "raw.pgm").read_bytes() == b"P5\n7 5\n255\n"
    assert run.json["byteCount"] == 11 and run.json["detached"] is False
