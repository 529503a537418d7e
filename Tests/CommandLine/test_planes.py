"""Options that say where planes and rows of bits start, and what is told of them."""

import numpy as np
import pytest

from test_video_layouts import read
from video import VIDEO, assembled, stream


def planes(name, size):
    video = VIDEO[name]
    samples = video.samples(size)
    return video.pack(*samples), video.pixels(samples, size)


def aligned(count, step):
    return -(-count // step) * step


# How allocators place planes: the strides of luma and chroma and the rows that each has room for.
ALLOCATORS = {
    # V4L2: chroma has half as many padding bytes where it has half as many samples.
    "v4l2 nv12": ("nv12", (33, 17), lambda w: (64, 64), None, ["--stride", 64]),
    "v4l2 i420": ("yuv420p", (33, 17), lambda w: (64, 32), None, ["--stride", 64]),
    "v4l2 nv24": ("nv24", (33, 17), lambda w: (64, 128), None, ["--stride", 64]),
    "v4l2 nv16": ("nv16", (33, 17), lambda w: (64, 64), None, ["--stride", 64]),
    "v4l2 422p": ("yuv422p", (33, 17), lambda w: (64, 32), None, ["--stride", 64]),
    "v4l2 p010": ("p010", (33, 17), lambda w: (128, 128), None, ["--stride", 128]),
    "v4l2 yuyv": ("yuyv", (33, 17), lambda w: (96,), None, ["--stride", 96]),
    # Android's YV12.
    "android": ("yvu420p", (34, 18), lambda w: (aligned(w, 16), aligned(aligned(w, 16) // 2, 16)), None,
                ["--stride", 48, "--chroma-stride", 32]),
    # Qualcomm's Venus: 128 bytes, 32 rows of luma and 16 of chroma.
    "qualcomm": ("nv12", (33, 17), lambda w: (128, 128), 32, ["--stride", 128, "--plane-rows", 32]),
    "aligned rows": ("yuv420p", (33, 17), lambda w: (aligned(w, 32), aligned(-(-w // 2), 32)), None,
                     ["--align", 32]),
}


@pytest.mark.parametrize("name,size,strides,room,options", ALLOCATORS.values(), ids=list(ALLOCATORS))
def test_strides_of_allocators_are_read(imgtool, here, name, size, strides, room, options):
    parts, wanted = planes(name, size)
    if room:
        down = [1] + [len(parts[0]) / len(p) for p in parts[1:]]
        parts = [np.pad(p, ((0, int(room // round(d)) - len(p)), (0, 0))) for p, d in zip(parts, down)]
    data = assembled(parts, strides(size[0])[:1] + strides(size[0])[1:] * (len(parts) - 1))
    assert np.array_equal(read(imgtool, here, data, size, name, *options), wanted)


@pytest.mark.parametrize("offsets", [[768], [768, 2048], [1600, 1024]])
def test_planes_are_read_where_they_are_said_to_be(imgtool, here, offsets):
    parts, wanted = planes("yuv420p", (33, 17))
    data = bytearray(4096)
    places = [0, *offsets]
    places += [places[-1] + parts[1].size] * (3 - len(places))
    for place, plane in zip(places, parts):
        data[10 + place:10 + place + plane.size] = plane.tobytes()
    (here / "raw.bin").write_bytes(data)
    imgtool("frombuffer", "raw.bin", "--size", "33x17", "--mode", "YCbCr", "--rawmode", "I420", "--offset", 10,
            "--plane-offset", ",".join(map(str, offsets)), "--trailing", "ok", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), wanted)


@pytest.mark.parametrize("name", ["nv12", "yuv420p", "yuyv", "v210", "nv15"])
def test_a_frame_of_planes_is_chosen(imgtool, here, name):
    frames = [planes(name, (33, 17)) for _ in range(3)]
    frames = [([np.roll(p, i) for p in parts], None) for i, (parts, _) in enumerate(frames)]
    for gap, options in ((0, []), (40, ["--frame-stride"])):
        data = b"".join(assembled(parts) + bytes(gap) for parts, _ in frames)
        (here / "all.bin").write_bytes(data)
        size = len(data) // 3
        for index in range(3):
            (here / "one.bin").write_bytes(data[index * size:index * size + size - gap])
            layout = ["--size", "33x17", "--mode", "YCbCr", "--rawmode", name]
            imgtool("frombuffer", "one.bin", *layout, "--save", "one.npy")
            imgtool("frombuffer", "all.bin", *layout, "--frame", index, *options, *([size] if options else []),
                    "--save", "two.npy", "--expect-shared")
            assert np.array_equal(np.load(here / "one.npy"), np.load(here / "two.npy"))
        run = imgtool("frombuffer", "all.bin", *layout, "--frame", 3, *options, *([size] if options else []),
                      "--hash", ok=2)
        assert "there is no frame 3" in run.errors


@pytest.mark.parametrize("name,said", [("nv12", "planar frames cannot be joined"), ("yuyv", None), ("raw10", None)])
def test_frames_are_joined_where_rows_follow_each_other(imgtool, here, name, said):
    data = np.random.default_rng(2).bytes(3 * 26 * 80)
    (here / "all.bin").write_bytes(data)
    layout = ["all.bin", "--rawmode", name, "--trailing", "ok", "--stride", "80"]
    run = imgtool("frombuffer", *layout, "--size", "33x17", "--frames", "0..2", "--hash", ok=2 if said else 0)
    if said:
        assert said in run.errors
    else:
        assert run.text == imgtool("frombuffer", *layout, "--size", "33x51", "--hash").text


@pytest.mark.parametrize("rawmode,bits,order", [("1", 1, "big"), ("1;R", 1, "little"), ("L;2", 2, "big"), ("L;4", 4, "big"),
                                                ("L;4P", 4, "little"), ("mono10p", 10, "little"),
                                                ("mono12p", 12, "little"), ("I;12", 12, "big"), ("mono14pmsb", 14, "big")])
@pytest.mark.parametrize("size", [(5, 3), (7, 5), (33, 17), (180, 215)], ids=str)
def test_rows_of_bits_follow_each_other(imgtool, here, rawmode, bits, order, size):
    array = np.random.default_rng(bits).integers(0, 1 << bits, size[::-1])
    data = stream(array.reshape(1, -1), bits, order).tobytes()
    (here / "raw.bin").write_bytes(data)
    layout = ["raw.bin", "--size", f"{size[0]}x{size[1]}", "--rawmode", rawmode, "--trailing", "error"]
    top = (1 << bits) - 1
    wanted = array if bits > 8 else array * 255 // top
    for option in (["--align", "none"], ["--row-bits", size[0] * bits]):
        imgtool("frombuffer", *layout, *option, "--expect-shared", "--save", "out.npy")
        got = np.load(here / "out.npy")
        assert np.array_equal(got * 255 if got.dtype == bool else got, wanted)
    run = imgtool("info", *layout[:1], "--size", f"{size[0]}x", *layout[3:], "--align", "none", "--json")
    assert run.json["size"] == [size[0], len(data) * 8 // (size[0] * bits)]
    # An edit of a row leaves the bits of those beside it.
    value = 0 if bits > 8 else 255
    imgtool("frombuffer", *layout, "--align", "none", "--access", "rw", "--fill", f"{size[0]}x1+0+1={value}")
    array[1] = 0 if bits > 8 else top
    assert (here / "raw.bin").read_bytes() == stream(array.reshape(1, -1), bits, order).tobytes()
    if len(data) != -(-size[0] * bits // 8) * size[1]:
        run = imgtool("frombuffer", *layout, "--hash", ok=2)
        assert f"rows of {size[0] * bits} bits without padding fill the file; did you mean --align none?" in run.errors


@pytest.mark.parametrize("words,said", [
    (["--rawmode", "L", "--chroma-stride", "8"], "--chroma-stride has no meaning for rawmode L"),
    (["--rawmode", "yuyv", "--plane-rows", "8"], "--plane-rows has no meaning for rawmode yuyv"),
    (["--rawmode", "raw10", "--plane-offset", "8"], "--plane-offset has no meaning for rawmode raw10"),
    (["--rawmode", "nv12", "--plane-offset", "64,80"], "has 2 numbers; rawmode nv12 has 1 plane after"),
    (["--rawmode", "nv12", "--plane-offset", "8"], "planes overlap; they are 16, 8 bytes"),
    (["--rawmode", "nv12", "--plane-offset", "x"], "--plane-offset"),
    (["--rawmode", "nv12", "--plane-rows", "2"], "planes of 2 rows are too short for an image of 4"),
    (["--rawmode", "nv12", "--chroma-stride", "2"], "the stride is 2; at least 4 is expected"),
    (["--rawmode", "L;4", "--row-bits", "12"], "a row is 12 bits; at least 16 are expected"),
    (["--rawmode", "RGB", "--row-bits", "99"], "rows of 99 bits would not start on bytes"),
    (["--rawmode", "nv12", "--row-bits", "33"], "rows of 33 bits would not start on bytes"),
    (["--rawmode", "L", "--row-bits", "32", "--stride", "4"], "--stride and --row-bits both say"),
    (["--rawmode", "L;4", "--align", "none", "--stride", "4"], "--stride and --align none both say"),
    (["--rawmode", "nv12", "--interleave", "plane"], "rawmode nv12 says itself"),
    (["--rawmode", "nv12", "--justify", "msb"], "justify"),
])
def test_an_option_without_a_meaning_is_refused(refused, here, words, said):
    (here / "raw.bin").write_bytes(bytes(4096))
    refused("frombuffer", "raw.bin", "--size", "4x4", *words, "--hash", words=[said])


def test_rows_that_end_in_a_group_cannot_follow_each_other(refused, here):
    (here / "raw.bin").write_bytes(bytes(64))
    refused("frombuffer", "raw.bin", "--size", "5x3", "--rawmode", "mono12packed", "--align", "none", "--hash",
            words=["rows of 60 bits would not start on bytes"])


@pytest.mark.parametrize("name,lines,need", [
    ("nv12", ["Y: from byte 7, 3 rows 5 bytes apart, 1 sample in 8 bits",
              "Cb: from byte 22, 2 rows 6 bytes apart, 1 sample in 16 bits, each for 2x2 pixels",
              "Cr: from byte 23, 2 rows 6 bytes apart, 1 sample in 16 bits, each for 2x2 pixels"],
     "need: 23 + 1 x 6 + 5 = 34 bytes"),
    ("yuyv", ["Y: from byte 7, 3 rows 12 bytes apart, 1 sample in 16 bits",
              "Cb: from byte 8, 3 rows 12 bytes apart, 1 sample in 32 bits, each for 2x1 pixels"],
     "need: 10 + 2 x 12 + 9 = 43 bytes"),
    ("raw10", ["I: from byte 7, 3 rows 10 bytes apart, 4 samples in 40 bits"], "need: 7 + 2 x 10 + 10 = 37 bytes"),
])
def test_info_shows_planes_and_their_sums(imgtool, here, name, lines, need):
    (here / "raw.bin").write_bytes(bytes(100))
    layout = ["raw.bin", "--size", "5x3", "--rawmode", name, "--offset", "7", "--trailing", "ok"]
    text = imgtool("info", *layout).lines
    for line in [*lines, need]:
        assert line in text, "\n".join(text)
    first, second, *terms = [int(t) for t in need.removeprefix("need: ").replace("x", "+").replace("=", "+").
                             removesuffix(" bytes").split("+")]
    assert first + second * terms[0] + terms[1] == terms[2]
    told = imgtool("info", *layout, "--json").json
    assert told["need"] == terms[2]
    assert [plane["band"] for plane in told["planes"]][:len(lines)] == [line.split(":")[0] for line in lines]
    plane = told["planes"][0]
    assert plane["offset"] == 7 and plane["rows"] == 3 and plane["share"] == [1, 1]
    (here / "flat.bin").write_bytes(bytes(15))
    assert "planes" not in imgtool("info", "flat.bin", "--size", "5x3", "--json").json


def test_hexdump_shows_the_bits_behind_a_sample(imgtool, here):
    # 1022, 1, 512 and 7: the kernel's RAW10.
    (here / "raw.bin").write_bytes(bytes([0xFF, 0x00, 0x80, 0x01, 0b11_00_01_10]))
    layout = ["raw.bin", "--size", "4x1", "--rawmode", "raw10"]
    told = imgtool("hexdump", *layout, "--at", "0,0,4x1", "--json").json["pixels"]
    assert [pixel["samples"] for pixel in told] == [[1022], [1], [512], [7]]
    assert [pixel["runs"]["I"] for pixel in told] == [
        [[i, 0, 8], [4, 2 * i, 2]] for i in range(4)]
    assert [pixel["bits"]["I"] for pixel in told] == [f"{v:010b}" for v in (1022, 1, 512, 7)]
    assert "I 1111111110 (0x0[7:0] 0x4[1:0])" in imgtool("hexdump", *layout, "--at", "0,0").text
    (here / "nv12.bin").write_bytes(bytes(range(24)))
    told = imgtool("hexdump", "nv12.bin", "--size", "4x4", "--rawmode", "nv12", "--mode", "YCbCr", "--at", "3,2",
                   "--json").json["pixels"][0]
    assert told["bytes"] == [{"offset": 11, "hex": "0b"}, {"offset": 22, "hex": "16 17"}]
    assert told["samples"] == [11, 22, 23]


@pytest.mark.parametrize("mode", [[], ["--mode", "YCbCr"]], ids=["RGB", "YCbCr"])
def test_compare_tells_the_byte_of_a_shared_sample(imgtool, here, mode):
    data = np.random.default_rng(3).integers(60, 180, 33 * 17 + 2 * 17 * 9, "u1")
    other = data.copy()
    place = 33 * 17 + 4 * 34 + 6
    other[place] ^= 0x40
    data.tofile(here / "a.raw")
    other.tofile(here / "b.raw")
    run = imgtool("compare", "a.raw", "b.raw", "--size", "33x17", "--rawmode", "nv12", *mode, "--json", ok=1)
    assert run.json["first"]["offset"] == {"a": place, "b": place}
    assert (run.json["first"]["x"], run.json["first"]["y"]) == (6, 8)


def test_rawmodes_are_listed_by_a_part_of_a_name(imgtool):
    rows = imgtool("rawmodes", "yu", "--json").json["rawmodes"]
    assert {"yuyv", "uyvy", "yuv420p"} <= {row["rawmode"] for row in rows}
    everything = imgtool("rawmodes", "--json").json["rawmodes"]
    assert len(rows) < len(everything)
    facts = {row["rawmode"]: (row["planes"], row["bits"]) for row in everything}
    assert facts["nv12"] == (2, 12) and facts["yuv420p"] == (3, 12) and facts["yuyv"] == (1, 16)
    assert facts["yuv410p"] == (3, 9) and facts["raw10"] == (1, 10) and facts["RGB"] == (1, 24)
    found, = imgtool("rawmodes", "SRGGB10P", "--json").json["rawmodes"]
    assert found["rawmode"] == "raw10" and "planes" in imgtool("rawmodes", "SRGGB10P").lines[0]
    assert not [row for row in everything if len({row["rawmode"], *row["aliases"]}) < 1 + len(row["aliases"])]


@pytest.mark.parametrize("options,words", [
    (["--chroma-stride", "63"], ["the stride is 63", "64", "a row of chroma", "a larger --chroma-stride"]),
    (["--stride", "63"], ["the stride is 63", "64", "a larger --stride"]),
    (["--justify", "msb"], ["--justify msb has no meaning for rawmode nv12", "leave it out"]),
])
def test_an_option_of_planes_is_refused_by_its_own_name(refused, here, options, words):
    (here / "f.raw").write_bytes(bytes(64 * 72))
    refused("info", "f.raw", "--size", "64x48", "--rawmode", "nv12", *options, words=words)
