"""KTX 2.0 by the specification of Khronos, and files that its library has written.

No package of Debian or of PyPI reads or writes plain pixels in it: what is written here is put together, and
what the tool writes is taken apart, by the tables of the KTX File Format Specification 2.0 and the Khronos
Data Format Specification 1.3, not by the tool.
"""

import base64
import re
import struct
import zlib

import numpy as np
import pytest

from cuts import refuse_every_cut
from oracles import random_bytes, samples, source

SIZE = (7, 5)
MAGIC = b"\xabKTX 20\xbb\r\n\x1a\n"
# VkFormat: bytes of a component, bands, NumPy's type, and the order of the bands.
NUMBERS = {
    9: ("u1", 1), 13: ("u1", 1), 15: ("u1", 1), 14: ("i1", 1), 70: ("<u2", 1), 74: ("<u2", 1), 75: ("<i2", 1),
    76: ("<f2", 1), 98: ("<u4", 1), 99: ("<i4", 1), 100: ("<f4", 1), 112: ("<f8", 1), 23: ("u1", 3),
    29: ("u1", 3), 37: ("u1", 4), 43: ("u1", 4), 42: ("i1", 4), 51: ("u1", 4), 84: ("<u2", 3), 91: ("<u2", 4),
    90: ("<f2", 3), 97: ("<f2", 4), 106: ("<f4", 3), 109: ("<f4", 4), 104: ("<u4", 3), 108: ("<i4", 4),
    118: ("<f8", 3), 121: ("<f8", 4)}


def ktx(number, data, size=SIZE, depth=0, layers=0, faces=1, levels=(), scheme=0, keys=(), length=None,
        offset=None):
    """A file with one level, or with more that are behind it."""
    values = b""
    for key, value in keys:
        pair = key.encode() + b"\0" + value
        values += struct.pack("<I", len(pair)) + pair + bytes(-len(pair) % 4)
    index = 80 + 24 * (1 + len(levels))
    start = (index + len(values) + 15) // 16 * 16
    places = [(start if offset is None else offset, len(data) if length is None else length)]
    for level in levels:
        places.append((places[-1][0] + places[-1][1], len(level)))
    head = MAGIC + struct.pack("<9I", number, 1, *size, depth, layers, faces, 1 + len(levels), scheme)
    head += struct.pack("<4I2Q", 0, 0, index if values else 0, len(values), 0, 0)
    head += b"".join(struct.pack("<3Q", at, count, count) for at, count in places)
    return (head + values).ljust(start, b"\0") + data + b"".join(levels)


def loaded(imgtool, path="a.ktx2", *words):
    imgtool("open", path, *words, "--expect-shared", "--no-copy", "--save", "out.npy")
    return np.load("out.npy")


@pytest.mark.parametrize("size", [SIZE, (8, 6), (1, 1)], ids=str)
@pytest.mark.parametrize("number", NUMBERS)
def test_samples_are_those_of_the_format(imgtool, here, number, size):
    kind, bands = NUMBERS[number]
    array = np.random.default_rng(number).integers(0, 100, (size[1], size[0], bands)).astype(kind)
    (here / "a.ktx2").write_bytes(ktx(number, array.tobytes(), size))
    assert np.array_equal(loaded(imgtool).reshape(array.shape), array)


# Files of libktx 5.0.0, the reference by Khronos, deflated and in base 85: what they are of, and their samples,
# which count up.
FOREIGN = {
    "sRGB": (*("u1", (1, 2, 3, 3)), """
        c-mX-9TK5nWU!l;ONvXDfq{V$h?#+yi2(r^p%?@*fY=9!w*avT119(YrG?OFA1KYl;K9Ji2r-=*u8SSc`VYh$4D5`^d;tb_C
        S<-o5CffEUX)pqTEq~Vmzk29SCW~QnVO=ISWuv#uaJ|OlwDGxP-d!Upl6_4lx&3T875{HRyKAHPA+a9UOs*SK>!>18V3"""),
    "layers of 16 bits": (*("<u2", (3, 2, 3, 1)), """
        c-mX-9TK5nWU!l;ONz^lfq{Vuh?$`@1C-4O#UPLY#5zDc1&B=;Fu@5Zt%64DKxrlh4F*O=MkpHw_~ESo{}~wcfi%!r<wcn#s
        YMK-d6_Axc_o=?nW-rXi3J4;`U*LjN!cY83T38x26_g%Maf1CU>7n0UCYA2%D~3J&cMOI$-u?H&A`LJ%fJUTUw}c70RV-Q7>
        )"""),
    "a cube": (*("u1", (6, 2, 2, 4)), """
        c-mX-9TK5nWU!l;ONvXCfq{V$h?$@m2H2qDAdmsXF+h9-h)ozU!4D{%fJVnaX(omU21Z7RX)JJE>~Pk9Am(6TXGG=;Ft9Tr^
        CcMA`H}hhKn(Ooc~NFbY7s+dUS>*aUP)$JW@?H;VnKm|zCuoBQg%s&LYb+afu4bGQL+)pLrlyptZeKYoLt;IynOruf<nR~qG
        I9_l2Xz#vU2hYib~2Vs%q*Qnp)aAx_bHshDOFFre@|AmR8m_ws!Uoj!w=lu5Rugo?hNQzJC4zfkD9`p<&?>kx|hxv2pPLkEk
        tM"""),
    "slices of floats": (*("<f4", (2, 2, 3, 1)), """
        c-mX-9TK5nWU!l;ONuLnfq{Vqh?#+y35r305sE<|1Bi8icnT1kFkpfcP}%^E)`8MY3>plKj1bdU;JV}wK<I}3Ky0rMWC5L3U
        X)pqTEq~Vmzk29SCW~QnVO=ISWuv#uaJ|OlwDGxP-d!Upl6_4lxzeur@<abH~<k4HvsVhAU*)Z4}h4#k%2(~h!ud?z!3nyFC
        U="""),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_libktx_writes_is_read(imgtool, here, name):
    kind, shape, packed = FOREIGN[name]
    (here / "a.ktx2").write_bytes(zlib.decompress(base64.b85decode("".join(packed.split()))))
    samples = np.arange(np.prod(shape)).astype(kind).reshape(shape)
    for frame in range(shape[0]):
        words = ["--frame", frame] if shape[0] > 1 else []
        assert np.array_equal(loaded(imgtool, "a.ktx2", *words).reshape(shape[1:]), samples[frame])


@pytest.mark.parametrize("number,order", [(44, [2, 1, 0, 3]), (50, [2, 1, 0, 3]), (30, [2, 1, 0]), (36, [2, 1, 0])])
def test_blue_may_come_first(imgtool, here, number, order):
    array = np.frombuffer(random_bytes(35 * len(order)), "u1").reshape(5, 7, len(order))
    (here / "a.ktx2").write_bytes(ktx(number, array.tobytes()))
    assert np.array_equal(loaded(imgtool), array[..., order])


# From the highest bit on, as the names of Vulkan go.
PACKED = {2: "R4G4B4A4", 3: "B4G4R4A4", 4: "R5G6B5", 5: "B5G6R5", 6: "R5G5B5A1", 7: "B5G5R5A1", 8: "A1R5G5B5",
          58: "A2R10G10B10", 64: "A2B10G10R10", 1000340000: "A4R4G4B4", 1000340001: "A4B4G4R4"}


@pytest.mark.parametrize("number", PACKED)
def test_packed_words_go_from_their_highest_bit(imgtool, here, number):
    names = [word for word in "RGBA" if word in PACKED[number]]
    runs = [(n[0], int(n[1:])) for n in re.findall(r"[RGBA]\d+", PACKED[number])]
    bits = sum(count for _, count in runs)
    data = random_bytes(35 * bits // 8, number)
    (here / "a.ktx2").write_bytes(ktx(number, data))
    words = np.frombuffer(data, f"<u{bits // 8}").reshape(5, 7).astype(np.int64)
    bands, rest = {}, bits
    for name, count in runs:
        rest -= count
        most = (1 << count) - 1
        number_ = words >> rest & most
        bands[name] = np.round(number_ * 65535 / most) if bits == 32 else number_ * 255 // most
    assert np.array_equal(loaded(imgtool), np.stack([bands[name] for name in names], -1))


@pytest.mark.parametrize("depth,layers,faces", [(0, 3, 1), (0, 0, 6), (4, 0, 1), (0, 2, 6)])
def test_layers_faces_and_slices_are_frames(imgtool, here, depth, layers, faces):
    count = max(1, depth) * max(1, layers) * faces
    array = np.random.default_rng(count).integers(0, 256, (count, 5, 7), "u1")
    (here / "a.ktx2").write_bytes(
        ktx(9, array.tobytes(), depth=depth, layers=layers, faces=faces, levels=[bytes(6), bytes(1)]))
    for frame in (0, 1, count - 1):
        assert np.array_equal(loaded(imgtool, "a.ktx2", "--frame", frame), array[frame])
    assert imgtool("info", "a.ktx2", "--json").json["frames"] == count
    assert "2 smaller levels" in imgtool("open", "a.ktx2", "--save", "b.png").errors


@pytest.mark.parametrize("value,turn", [(b"rd\0", ()), (b"ru\0", (0,)), (b"ld\0", (1,)), (b"lu\0", (0, 1))])
def test_the_orientation_is_honored_and_edits_are_at_the_pixel_that_is_seen(imgtool, here, value, turn):
    array = np.frombuffer(random_bytes(35), "u1").reshape(5, 7)
    (here / "a.ktx2").write_bytes(ktx(9, array.tobytes(), keys=[("KTXorientation", value), ("KTXwriter", b"x\0")]))
    assert np.array_equal(loaded(imgtool), np.flip(array, turn))
    imgtool("open", "a.ktx2", "--access", "rw", "--put", "6,4=77")
    seen = np.flip(array, turn).copy()
    seen[4, 6] = 77
    assert (here / "a.ktx2").read_bytes().endswith(np.flip(seen, turn).tobytes())
    assert "KTXwriter" in imgtool("open", "a.ktx2", "--save", "b.png").errors
    imgtool("verify", "a.ktx2")


def taken_apart(data):
    """The VkFormat, the size, the samples of the descriptor, and the rows."""
    assert data[:12] == MAGIC
    words = struct.unpack("<13I2Q", data[12:80])
    number, type_size, *size, depth, layers, faces, levels, scheme = words[:9]
    assert (depth, layers, faces, levels, scheme, words[13:]) == (0, 0, 1, 1, 0, (0, 0))
    at, count, plain = struct.unpack("<3Q", data[80:104])
    dfd = data[words[9]:words[9] + words[10]]
    total, vendor, version, block = struct.unpack("<IIHH", dfd[:12])
    assert (total, vendor, version, block) == (len(dfd), 0, 2, len(dfd) - 4)
    model, primaries, transfer, flags = dfd[12:16]
    assert (model, primaries, flags) == (1, 1, 0) and dfd[16:20] == bytes(4)
    channels = [struct.unpack("<HBB4xII", dfd[i:i + 16]) for i in range(28, len(dfd), 16)]
    pixel = dfd[20]
    assert count == plain == len(data) - at and at % pixel == at % 4 == 0
    assert count == size[0] * size[1] * pixel and not any(dfd[21:28])
    return number, type_size, tuple(size), transfer, channels, data[at:]


@pytest.mark.parametrize("mode,number,size,transfer,channels", [
    ("L", 15, 1, 2, [0]), ("RGB", 29, 1, 2, [0, 1, 2]), ("RGBA", 43, 1, 2, [0, 1, 2, 0x1F]),
    ("F", 100, 4, 1, [0xC0]), ("I", 99, 4, 1, [0x40]), ("I;16", 70, 2, 1, [0])])
def test_what_is_written_is_as_specified(imgtool, here, mode, number, size, transfer, channels):
    data, raw = source(here, mode, SIZE)
    imgtool("frombuffer", *raw, "--save", "a.ktx2")
    found = taken_apart((here / "a.ktx2").read_bytes())
    assert found[:4] == (number, size, SIZE, transfer) and found[5] == data
    bits = 8 * size
    assert [(bit, count + 1) for bit, count, *_ in found[4]] == [(i * bits, bits) for i in range(len(channels))]
    assert [kind for _, _, kind, *_ in found[4]] == channels
    limits = {"F": (0xBF800000, 0x3F800000), "I": (0xFFFFFFFF, 1)}.get(mode, (0, (1 << bits) - 1))
    assert all(one[3:] == limits for one in found[4])
    assert np.array_equal(loaded(imgtool), samples(mode, SIZE, data))


@pytest.mark.parametrize("mode,rawmode,number,kinds", [
    ("RGBA", "BGRA", 50, [2, 1, 0, 0x1F]), ("RGB", "BGR;16", 4, [2, 1, 0]), ("RGBA", "BGRA;15", 8, [2, 1, 0, 15]),
    ("RGBA", "RGBA;16F", 97, [0xC0, 0xC1, 0xC2, 0xCF]), ("RGB", "RGB;16L", 84, [0, 1, 2]),
    ("RGB", "RGB;32F", 106, [0xC0, 0xC1, 0xC2]), ("F", "F;16F", 76, [0xC0]), ("I", "I;16S", 75, [0x40])])
def test_a_header_makes_a_texture_of_raw_pixels(imgtool, here, mode, rawmode, number, kinds):
    pixel = {"BGRA": 4, "BGR;16": 2, "BGRA;15": 2, "RGBA;16F": 8, "RGB;16L": 6, "RGB;32F": 12}.get(rawmode, 2)
    data = np.random.default_rng(3).random(35 * 4).astype("<f4").tobytes()[:35 * pixel]
    (here / "raw.bin").write_bytes(data)
    words = ["raw.bin", "--size", "7x5", "--mode", mode, "--rawmode", rawmode]
    (here / "a.ktx2").write_bytes(imgtool("header", *words, "--format", "ktx2").output + data)
    found = taken_apart((here / "a.ktx2").read_bytes())
    assert (found[0], found[2], found[5]) == (number, SIZE, data)
    assert [kind for _, _, kind, *_ in found[4]] == kinds
    imgtool("frombuffer", *words, "--save", "wanted.npy")
    assert np.array_equal(loaded(imgtool), np.load("wanted.npy"), equal_nan=True)


ROWS = bytes(35)


@pytest.mark.parametrize("data,words", [
    (ktx(9, ROWS, scheme=1), ["BasisLZ"]), (ktx(9, ROWS, scheme=2), ["Zstandard"]), (ktx(9, ROWS, scheme=3), ["ZLIB"]),
    (ktx(9, ROWS, scheme=9), ["scheme 9"]), (ktx(131, ROWS), ["BC"]), (ktx(147, ROWS), ["ETC2"]),
    (ktx(157, ROWS), ["ASTC"]), (ktx(16, ROWS), ["VkFormat 16"]), (ktx(0, ROWS), ["descriptor"]),
    (ktx(9, ROWS, size=(0, 5)), ["width 0"]), (ktx(9, ROWS, faces=2), ["2 faces"]),
    (ktx(9, ROWS, length=36), ["in the"]), (ktx(9, ROWS, length=34), ["34 bytes"]),
    (ktx(9, ROWS, offset=1 << 63), ["9223372036854775808"]), (ktx(9, ROWS, offset=4), ["byte 4"]),
    (ktx(9, ROWS, layers=0xFFFFFFFF, depth=0xFFFFFFFF, faces=6), ["images"]),
    (ktx(9, ROWS, size=(0xFFFFFFFF, 0xFFFFFFFF)), ["4294967295"]), (ktx(9, ROWS, layers=2), ["2 x 7x5"])])
def test_what_cannot_be_read_is_refused_by_name(refused, here, data, words):
    (here / "a.ktx2").write_bytes(data)
    refused("open", "a.ktx2", "--hash", words=words)


def test_keys_that_point_outside_are_refused(refused, here):
    for place, value in [(56, 1 << 30), (60, 1 << 30), (60, 1 << 21)]:
        data = bytearray(ktx(9, ROWS, keys=[("KTXorientation", b"rd\0")]))
        data[place:place + 4] = struct.pack("<I", value)
        (here / "a.ktx2").write_bytes(data)
        refused("open", "a.ktx2", "--hash", words=["bytes of keys"])
    data = bytearray(ktx(9, ROWS, keys=[("KTXorientation", b"rd\0")]))
    data[104:108] = struct.pack("<I", 0xFFFFFFFF)
    (here / "a.ktx2").write_bytes(data)
    refused("open", "a.ktx2", "--hash", words=["key and value of 4294967295 bytes"])


def test_a_level_in_what_describes_it_is_refused(refused, here):
    """An edit would change the header."""
    keys = [("KTXwriter", b"x" * 60)]
    for offset, words in [(80, "bytes 104 to"), (103, "bytes 104 to"), (104, "apart from bytes 104 to 180"),
                          (150, "apart from bytes 104 to 180")]:
        (here / "a.ktx2").write_bytes(ktx(9, ROWS, keys=keys, offset=offset))
        refused("open", "a.ktx2", "--access", "rw", "--put", "0,0=9", words=words)
    # The descriptor of the format, and a smaller level.
    data = bytearray(ktx(9, ROWS, keys=keys))
    data[48:56] = struct.pack("<II", 200, 44)
    (here / "a.ktx2").write_bytes(data)
    refused("open", "a.ktx2", "--hash", words="apart from bytes 200 to 244")
    data = bytearray(ktx(9, ROWS, keys=keys, levels=[bytes(6)]))
    data[104:112] = struct.pack("<Q", 130)
    (here / "a.ktx2").write_bytes(data)
    refused("open", "a.ktx2", "--hash", words="a level of 6 bytes from byte 130")


def test_many_keys_are_told_in_a_line(imgtool, here):
    (here / "a.ktx2").write_bytes(ktx(9, ROWS, keys=[(f"key{index}", b"x") for index in range(20)]))
    assert "key0, key1" in (errors := imgtool("open", "a.ktx2", "--save", "b.png").errors)
    assert "key7 and 12 more" in errors and "key8" not in errors


def test_a_file_that_ends_early_is_refused_at_every_byte(here):
    assert refuse_every_cut(ktx(9, ROWS, keys=[("KTXwriter", b"x\0")]), "a.ktx2", 120) > 110
