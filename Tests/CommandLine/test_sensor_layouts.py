"""Every layout in which sensors pack their samples, against NumPy of the words that define it."""

import numpy as np
import pytest

from video import rows, stream

SIZES = [(2, 2), (5, 3), (6, 2), (7, 5), (33, 17), (48, 4), (641, 481)]


def members(array, count) -> list:
    """The samples at each place of groups of `count`, those beyond a row's end 0."""
    padded = np.pad(array, ((0, 0), (0, -array.shape[1] % count)))
    return [padded[:, index::count] for index in range(count)]


def interleaved(*columns) -> np.ndarray:
    """Groups of bytes, a column for each."""
    stacked = np.stack(columns, -1).astype("u1")
    return stacked.reshape(len(stacked), -1)


def raw10(a):
    p = members(a, 4)
    low = sum((p[i] & 3) << 2 * i for i in range(4))
    return interleaved(*[q >> 2 for q in p], low)


def raw12(a):
    p0, p1 = members(a, 2)
    return interleaved(p0 >> 4, p1 >> 4, p0 & 15 | (p1 & 15) << 4)


def raw14(a):
    p = members(a, 4)
    low = sum((p[i] & 63) << 6 * i for i in range(4))
    return interleaved(*[q >> 6 for q in p], low & 255, low >> 8 & 255, low >> 16)


def mono12packed(a):
    p0, p1 = members(a, 2)
    return interleaved(p0 >> 4, p0 & 15 | (p1 & 15) << 4, p1 >> 4)


def mono10packed(a):
    p0, p1 = members(a, 2)
    return interleaved(p0 >> 2, p0 & 3 | (p1 & 3) << 4, p1 >> 2)


def ipu3(a):
    """25 samples in 32 bytes, six bits of which are spare."""
    p = np.stack(members(a, 25), -1)
    height, groups = p.shape[:2]
    bits = (p[..., None] >> np.arange(10) & 1).astype("u1").reshape(height, groups, 250)
    return np.packbits(np.pad(bits, ((0, 0), (0, 0), (0, 6))), axis=-1, bitorder="little").reshape(height, -1)


SENSORS = {
    "raw10": (10, raw10), "raw12": (12, raw12), "raw14": (14, raw14), "mono12packed": (12, mono12packed),
    "mono10packed": (10, mono10packed), "ipu3": (10, ipu3),
    "mono10p": (10, lambda a: stream(a, 10)), "mono12p": (12, lambda a: stream(a, 12)),
    "mono14p": (14, lambda a: stream(a, 14)), "mono10pmsb": (10, lambda a: stream(a, 10, "big")),
    "mono12pmsb": (12, lambda a: stream(a, 12, "big")), "mono14pmsb": (14, lambda a: stream(a, 14, "big")),
    "y012": (12, lambda a: rows((a << 4).astype("<u2"))), "gray10le": (10, lambda a: rows(a.astype("<u2"))),
    "SRGGB12": (12, lambda a: rows(a.astype("<u2"))), "BayerRG14": (14, lambda a: rows(a.astype("<u2"))),
}
EACH = pytest.mark.parametrize("name", SENSORS)


def written(here, name, size, stride=0, offset=0, seed=0):
    """A file of random samples, and the samples."""
    bits, pack = SENSORS[name]
    array = np.random.default_rng(size[0] + seed).integers(0, 1 << bits, size[::-1])
    packed = pack(array)
    packed = np.pad(packed, ((0, 0), (0, max(0, stride - packed.shape[1]))), constant_values=0xA5)
    (here / "raw.bin").write_bytes(bytes(offset) + packed.tobytes())
    return array, packed


def words(name, size):
    return ["raw.bin", "--size", f"{size[0]}x{size[1]}", "--rawmode", name, "--trailing", "error"]


@EACH
def test_stored_samples_are_those_that_were_packed(imgtool, here, name):
    for size in SIZES:
        for stride, offset, turned in ((0, 0, 1), (size[0] * 2 + 39, 13, -1)):
            array, _ = written(here, name, size, stride, offset)
            options = ["--stride", stride] if stride else []
            imgtool("frombuffer", *words(name, size), *options, "--offset", offset, "--orientation", turned,
                    "--expect-shared", "--save", "out.npy", "--save", "out.raw")
            assert np.array_equal(np.load(here / "out.npy"), array[::turned]), (size, stride)
            plain = np.frombuffer((here / "out.raw").read_bytes(), "<u2").reshape(array.shape)
            assert np.array_equal(plain, array[::turned]), (size, stride)


@pytest.mark.parametrize("name", ["raw10", "raw12", "raw14", "ipu3", "mono10p", "mono12packed"])
@pytest.mark.parametrize("view,shown", [
    (["--crop", "13x7+3+1"], lambda a: a[1:8, 3:16]),
    (["--reorient", "h"], lambda a: a[:, ::-1]),
    (["--reorient", "90"], lambda a: np.rot90(a, -1)),
    (["--crop", "21x9+5+2", "--reorient", "270"], lambda a: np.rot90(a[2:11, 5:26])),
    (["--every", "3x2"], lambda a: a[::2, ::3]),
    (["--reorient", "180", "--every", "7x1", "--crop", "3x5+1+3"], lambda a: a[::-1, ::-1][:, ::7][3:8, 1:4]),
], ids=lambda v: " ".join(v) if isinstance(v, list) else "")
def test_views_are_those_of_an_array(imgtool, here, name, view, shown):
    array, _ = written(here, name, (33, 17))
    imgtool("frombuffer", *words(name, (33, 17)), *view, "--expect-shared", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), shown(array))


@pytest.mark.parametrize("name", [name for name in SENSORS if name != "ipu3"])
@pytest.mark.parametrize("edit,change", [
    (["--put", "6,2=513"], lambda a: a.__setitem__((2, 6), 513)),
    (["--fill", "5x2+1+1=3"], lambda a: a.__setitem__((slice(1, 3), slice(1, 6)), 3)),
    (["--crop", "3x3+2+1", "--reorient", "90", "--put", "0,1=1000"], lambda a: a.__setitem__((3, 3), 1000)),
    (["--every", "2x2", "--fill", "7"], lambda a: a.__setitem__((slice(None, None, 2), slice(None, None, 2)), 7)),
], ids=lambda v: " ".join(v) if isinstance(v, list) else "")
def test_an_edit_changes_its_samples_and_no_bit_beside_them(imgtool, here, name, edit, change):
    array, packed = written(here, name, (9, 5), stride=24)
    before = (here / "raw.bin").read_bytes()
    imgtool("frombuffer", *words(name, (9, 5)), "--stride", 24, "--access", "rw", *edit, "--expect-shared")
    wanted = array.copy()
    change(wanted)
    pack = SENSORS[name][1]
    # What differs between both pictures, packed, and nothing else: the samples behind a row's end stay.
    flips = pack(array) ^ pack(wanted)
    new = np.frombuffer(before, "u1").reshape(5, 24).copy()
    new[:, :flips.shape[1]] ^= flips
    assert (here / "raw.bin").read_bytes() == new.tobytes()


# Names of V4L2, libcamera, GenICam, ROS and NumPy, and the rawmode that they are.
NAMES = {
    "raw10": "Y10P SRGGB10P SGRBG10P SGBRG10P SBGGR10P SRGGB10_CSI2P pRAA pgAA pGAA pBAA",
    "raw12": "Y12P SRGGB12P SBGGR12_CSI2P pRCC pgCC pGCC pBCC",
    "raw14": "Y14P SRGGB14P SGBRG14_CSI2P pREE pgEE pGEE pBEE",
    "ipu3": "ip3r ip3g ip3G ip3b ip3y",
    "mono10pmsb": "Y10B", "y012": "Y012", "mono14p": "Mono14p BayerRG14p",
    "mono12packed": "Mono12Packed BayerRG12Packed", "mono10packed": "Mono10Packed BayerGB10Packed",
    "I;10P": "Mono10p mono10p BayerRG10p BayerBG10p", "I;12P": "Mono12p BayerRG12p BayerGR12p",
    "I;12": "tiff12 mono12pmsb",
    "L": "gray GREY Mono8 mono8 uint8 8UC1 raw8 RGGB BA81 GBRG GRBG SRGGB8 bayer_rggb8 bayer_grbg8 BayerRG8 R8",
    "I;16": "gray16le Y16 Z16 uint16 16UC1 mono16 Mono16 SRGGB16 BYR2 GB16 GR16 bayer_bggr16 bayer_rggb16le "
            "BayerBG16 R16",
    "I;16B": "gray16be bayer_rggb16be",
    "I;16;10": "Y10 gray10le RG10 BG10 GB10 BA10 SRGGB10 BayerRG10 Mono10",
    "I;16;12": "Y12 gray12le RG12 BG12 GB12 BA12 SRGGB12 BayerGR12 Mono12",
    "I;16;14": "Y14 RG14 BG14 GB14 GR14 SRGGB14 Mono14",
    "RGB": "rgb24 RGB3 BG24 rgb8 RGB8 RGB8Packed", "BGR": "bgr24 BGR3 RG24 bgr8 BGR8 8UC3",
    "RGBA": "rgba rgba8 RGBa8 AB24", "BGRA": "bgra bgra8 BGRa8 8UC4 AR24",
    "RGB;16L": "rgb48le rgb16", "BGR;16L": "bgr48le bgr16 16UC3", "RGBA;16L": "rgba64le rgba16",
    "BGR;16": "rgb565le RG16 RGBP", "RGB332": "RGB1", "rgb4": "rgb4", "bgr4": "bgr4", "XRGB": "RGB4", "BGRX": "BGR4",
    "BGR565BE": "bgr565be", "RGB565BE": "rgb565be",
    "F": "float32 32FC1 f32 grayf32le", "F;16F": "float16 f16", "F;64F": "float64 64FC1 f64", "I": "int32 32SC1",
    "I;32": "uint32", "I;16S": "int16 16SC1", "I;8S": "int8",
    "nv12": "NV12 420SP", "nv21": "NV21", "nv16": "NV16", "nv61": "NV61", "nv24": "NV24", "nv42": "NV42",
    "yuv420p": "I420 IYUV YU12", "yvu420p": "YV12", "yuv422p": "422P Y42B", "yuv411p": "411P Y41B",
    "yuv410p": "YUV9", "yvu410p": "YVU9", "yuyv": "YUYV YUY2 yuyv422 yuv422_yuy2 YUV422_8",
    "uyvy": "UYVY 2vuy uyvy422 yuv422 YUV422_8_UYVY", "yvyu": "YVYU", "vyuy": "VYUY", "y41p": "Y41P",
    "vuya": "VUYA AYUV8888", "vuyx": "VUYX XYUV8888", "ayuv": "AYUV YUV4", "xyuv": "XYUV", "yuv24": "YUV3",
    "yuva": "YUVA", "yuvx": "YUVX", "p010": "P010 p010le", "p012": "P012", "p016": "P016", "p210": "P210",
    "p216": "P216", "p410": "P410", "yuv420p10le": "I010", "y210": "Y210", "y212": "Y212", "y216": "Y216",
    "y410": "Y410", "y412": "Y412", "y416": "Y416", "v210": "V210", "nv15": "NV15", "nv20": "NV20", "xv15": "XV15",
    "xv20": "XV20", "gbrp": "GBRP", "gbrp10le": "gbrp10le", "gbrp16le": "gbrp16le",
    "L;4P": "L;4P", "P;4P": "P;4P", "L;2P": "L;2P",
}


@pytest.mark.parametrize("rawmode,names", NAMES.items(), ids=list(NAMES))
def test_each_world_finds_a_layout_by_its_own_name(imgtool, here, rawmode, names):
    (here / "raw.bin").write_bytes(bytes(1 << 16))
    for name in names.split():
        run = imgtool("info", "raw.bin", "--size", "8x2", "--rawmode", name, "--trailing", "ok", "--json")
        assert run.json["rawmode"] == rawmode, name


def test_no_two_rawmodes_of_a_mode_have_one_name():
    from conftest import listed
    seen = {}
    for row in listed("rawmodes"):
        for name in {row["rawmode"], *row["aliases"]}:
            assert seen.setdefault((row["mode"], name), row["rawmode"]) == row["rawmode"], name


FEW_BITS = {
    # The words of ffmpeg's pixfmt.h: how many bits of R, G and B, and which is on top.
    "RGB332": ("RGB", 3, 3, 2), "BGR233": ("BGR", 2, 3, 3), "rgb4_byte": ("RGB", 1, 2, 1),
    "bgr4_byte": ("BGR", 1, 2, 1), "rgb4": ("RGB", 1, 2, 1), "bgr4": ("BGR", 1, 2, 1),
}


@pytest.mark.parametrize("name", FEW_BITS)
def test_a_color_in_a_byte_or_less_has_its_bits_where_ffmpeg_has_them(imgtool, here, name):
    order, *counts = FEW_BITS[name]
    width = sum(counts)
    values = np.arange(1 << width).reshape(-1, 4)
    data = values.astype("u1")
    if not name.endswith("byte") and width == 4:
        data = (data[:, ::2] << 4 | data[:, 1::2]).astype("u1")
    (here / "raw.bin").write_bytes(data.tobytes())
    imgtool("frombuffer", "raw.bin", "--size", f"4x{len(values)}", "--rawmode", name, "--trailing", "error",
            "--expect-shared", "--save", "out.npy")
    wanted, shift = {}, width
    for band, count in zip(order, counts):
        shift -= count
        top = (1 << count) - 1
        wanted[band] = (values >> shift & top) * 255 // top
    assert np.array_equal(np.load(here / "out.npy"), np.stack([wanted[band] for band in "RGB"], -1))
