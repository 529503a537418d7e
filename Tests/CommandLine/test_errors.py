"""Every bad input of the contract: exit 2, one clear line, nothing written, nothing changed."""

import os
import socket
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from PIL import Image

from conftest import ROOT, TOOL, unmet

GOOD = ["raw.bin", "--size", "8x8"]


@pytest.fixture
def raw(here):
    (here / "raw.bin").write_bytes(bytes(range(64)))
    return here / "raw.bin"


def test_a_buffer_that_is_too_short_is_refused_with_the_arithmetic(refused, raw):
    run = refused("frombuffer", "raw.bin", "--size", "8x9", "--mode", "L", "--save", "out.png")
    assert run.errors == ("imgtool: raw.bin: 8x9 L needs 72 bytes from offset 0, the file has 64 "
                          "(8 rows fit; did you mean --size 8x8?)\n")


# (the words of the command line, what the message must say)
LAYOUTS = [
    (["--size", "8x8", "--offset", "1"], ["64", "63", "7 rows"]),
    (["--size", "8x8", "--offset", "64"], ["64 bytes from offset 64"]),
    (["--size", "8x8", "--offset", "1000"], ["1000", "64"]),
    (["--size", "8x8", "--stride", "9"], ["71", "64", "7 rows"]),
    (["--size", "8x8", "--mode", "RGB"], ["192", "64", "2 rows"]),
    (["--size", "65x1"], ["65", "64"]),
    (["--size", "8x8", "--stride", "7"], ["stride", "7", "8"]),
    (["--size", "8x8", "--stride", "0"], ["stride"]),
    (["--size", "8x8", "--stride", "-8"], ["stride", "-8"]),
    (["--size", "2x2", "--mode", "RGB", "--stride", "5"], ["stride", "5", "6"]),
    (["--size", "4294967296x4294967296"], ["4294967296"]),
    (["--size", "9223372036854775807x9223372036854775807"], ["9223372036854775807"]),
    (["--size", "99999999999999999999x1"], ["99999999999999999999"]),
    (["--size", "3037000500x3037000500", "--mode", "RGBA"], ["3037000500"]),
    (["--size", "1x2", "--stride", "9223372036854775807"], ["9223372036854775807"]),
    (["--size", "1x1", "--offset", "9223372036854775807"], ["64 bits"]),
    (["--size", "1x1", "--offset", "9223372036854775807G"], ["9223372036854775807G"]),
    (["--size", "0x8"], ["0x8"]),
    (["--size", "8x0"], ["8x0"]),
    (["--size", "-8x8"], ["-8x8"]),
    (["--size", "8x-8"], ["8x-8"]),
    (["--size", "8"], ["WxH"]),
    (["--size", "x"], ["WxH"]),
    (["--size", "axb"], ["axb"]),
    (["--size", ""], ["size"]),
    (["--size", "8x8 "], ["size"]),
    (["--size"], ["--size"]),
    ([], ["--size"]),
    (["--size", "8x8", "--offset", "-1"], ["-1"]),
    (["--size", "8x8", "--offset", "1e3"], ["1e3"]),
    (["--size", "8x8", "--offset", "0xzz"], ["0xzz"]),
    (["--size", "8x8", "--offset", "1T"], ["1T"]),
    (["--size", "8x8", "--mode", "RBG"], ["RBG", "did you mean", "RGB"]),
    (["--size", "8x4", "--mode", "la"], ["la", "LA"]),
    (["--size", "8x8", "--mode", "XYZ"], ["XYZ", "imgtool modes"]),
    (["--size", "8x8", "--mode", ""], ["mode"]),
    (["--size", "8x8", "--rawmode", "L;3"], ["L;3"]),
    (["--size", "4x4", "--mode", "L", "--rawmode", "BGR"], ["BGR", "L"]),
    (["--size", "8x8", "--access", "wr"], ["wr", "ro", "cow", "rw"]),
    (["--size", "8x8", "--orientation", "2"], ["2", "orientation"]),
    (["--size", "8x8", "--trailing", "maybe"], ["maybe", "ok", "warn", "error"]),
    (["--size", "4x8", "--trailing", "error"], ["32"]),
    (["--size", "8x8", "--mode", "P", "--palette", "missing.pal"], ["missing.pal"]),
    (["--size", "8x8", "--palette", "gray"], ["palette", "L"]),
    (["--size", "8x8", "--mode", "P", "--palette", "raw.bin"], ["raw.bin", "64"]),
    (["--size", "8x8", "--size", "8x8"], ["--size", "once"]),
    (["--size", "8x8", "--mode", "L", "--mode", "L"], ["--mode", "once"]),
    (["--size", "8x8", "--offset", "0", "--offset", "0"], ["--offset", "once"]),
    (["--size", "8x8", "--print", "0,0", "--mode", "L"], ["--mode", "before"]),
    (["--size", "8x8", "--save", "out.png", "--offset", "0"], ["--offset", "before"]),
    (["--size", "8x8", "--szie", "8x8"], ["--szie", "did you mean", "--size"]),
    (["--size", "8x8", "--sav", "out.png"], ["--sav", "did you mean", "--save"]),
    (["--size", "8x8", "--expect-share"], ["--expect-share", "did you mean", "--expect-shared"]),
    (["--size", "8x8", "-z"], ["-z"]),
    (["--size", "8x8", "another.bin"], ["another.bin"]),
]


@pytest.mark.parametrize("words,says", [pytest.param(*row, id=" ".join(row[0]) or "no size")
                                        for row in LAYOUTS])
def test_a_bad_layout_or_option_is_refused(refused, raw, words, says):
    refused("frombuffer", "raw.bin", *words, words=says)


STEPS = [
    (["--print", "8,0"], ["8,0", "8x8"]), (["--print", "0,8"], ["0,8", "8x8"]),
    (["--print", "-1,0"], ["-1,0"]), (["--print", "1"], ["X,Y"]), (["--print", "a,b"], ["a,b"]),
    (["--print", "99999999999999999999,0"], ["99999999999999999999"]),
    (["--expect", "8,0=1"], ["8,0"]), (["--expect", "0,0=256"], ["256"]),
    (["--expect", "0,0"], ["X,Y=V"]),
    (["--crop", "9x8+0+0"], ["8x8"]), (["--crop", "0x1+0+0"], ["0x1"]),
    (["--crop", "1x1+8+0"], ["8x8"]), (["--crop", "1x1"], ["WxH+X+Y"]),
    (["--crop", "1x1+9223372036854775807+0"], ["8x8"]),
    (["--convert", "RBG"], ["RBG", "did you mean"]),
    (["--poke", "64=00"], ["64"]), (["--poke", "0=0"], ["hex"]), (["--poke", "0=zz"], ["zz"]),
    (["--poke", "0"], ["OFFSET=HEX"]), (["--poke", "-1=00"], ["-1"]),
    (["--poke", "63=0000"], ["64"]), (["--poke", "0="], ["hex"]),
    (["--save", "out.xyz"], ["out.xyz", "xyz", "--format"]), (["--save", "out"], ["out", "--format"]),
    (["--save", ""], ["save"]), (["--save"], ["--save"]),
    (["--format", "gif", "--save", "out.png"], ["gif"]),
    (["--format", "pgn", "--save", "out.png"], ["pgn", "did you mean", "png"]),
    (["--level", "10", "--save", "out.png"], ["10"]), (["--level", "x", "--save", "out.png"], ["x"]),
    (["--bits", "3", "--save", "out.png"], ["3"]),
    (["--save", "missing/out.png"], ["missing"]),
    (["--save", "raw.bin/out.png"], ["raw.bin"]),
    (["--save", "directory"], ["directory"]),
    (["--save", "n" * 300 + ".png"], ["long"]),
    (["--save", "-"], ["--format"]),
    (["--run"], ["--run"]),
]


@pytest.mark.parametrize("words,says", [pytest.param(*row, id=" ".join(row[0])[:60])
                                        for row in STEPS])
def test_a_bad_step_is_refused(refused, raw, here, words, says):
    (here / "directory").mkdir()
    refused("frombuffer", *GOOD, *words, words=says)


@pytest.mark.parametrize("words", [
    ["--put", "0,0=1", "--print", "99,0"],
    ["--poke", "0=ff", "--save", "out.xyz"],
    ["--access", "rw", "--fill", "7", "--save", "out.pfm"],
    ["--access", "rw", "--put", "0,0=7", "--put", "0,0=700"],
    ["--save", "out.png", "--crop", "9x9+0+0"],
    ["--run", "touch was-run", "--convert", "XYZ"],
], ids=" ".join)
def test_a_plan_that_cannot_work_is_refused_before_its_first_step(refused, raw, words):
    refused("frombuffer", *GOOD, *words)


def special(here, kind):
    path = here / "it"
    if kind == "directory":
        path.mkdir()
    elif kind == "FIFO":
        os.mkfifo(path)
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind("it")
    elif kind == "symlink loop":
        path.symlink_to("it")
    elif kind == "dangling symlink":
        path.symlink_to("nowhere")
    elif kind == "empty file":
        path.write_bytes(b"")
    return "/dev/zero" if kind == "device" else "it"


@pytest.mark.parametrize("command", ["frombuffer", "open", "info", "verify"])
@pytest.mark.parametrize("kind,says", [
    ("missing file", "no such file"), ("directory", "directory"), ("FIFO", "fifo"),
    ("socket", "socket"), ("device", "device"), ("symlink loop", "symbolic link"),
    ("dangling symlink", "no such file"), ("empty file", "empty")])
def test_a_source_that_is_no_file_is_refused_at_once(refused, here, command, kind, says):
    name = special(here, kind)
    layout = ["--size", "1x1"] if command in ("frombuffer", "verify") else []
    refused(command, name, *layout, words=[name.split("/")[-1], says])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_an_unreadable_file_is_refused(refused, raw):
    raw.chmod(0)
    refused("frombuffer", *GOOD, words=["raw.bin", "permission"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_a_read_only_file_under_rw_is_refused(refused, raw):
    raw.chmod(0o444)
    refused("frombuffer", *GOOD, "--access", "rw", "--put", "0,0=1", words=["raw.bin", "cow"])


def as_nobody(*arguments, cwd):
    """Root may do everything, so root's tests of permissions run as somebody else."""
    try:
        return subprocess.run([TOOL, *arguments], cwd=cwd, capture_output=True, text=True,
                              timeout=60, user=65534, group=65534, extra_groups=[])
    except PermissionError:
        unmet(f"another user cannot reach {TOOL}", curable=False)


@pytest.fixture
def open_to_all(here):
    for folder in [here, *here.parents][:4]:
        folder.chmod(folder.stat().st_mode | 0o055)
    return here


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("mode,words", [
    (0o000, ["--print", "0,0"]), (0o444, ["--access", "rw", "--put", "0,0=1"])],
    ids=["an unreadable file", "a read-only file under rw"])
def test_what_the_permissions_forbid_is_refused(raw, open_to_all, mode, words):
    raw.chmod(mode)
    done = as_nobody("frombuffer", *GOOD, *words, cwd=open_to_all)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("imgtool: raw.bin: ")
    assert "permission" in done.stderr.lower() or "not written" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_directory_that_cannot_be_written_is_said(raw, open_to_all):
    done = as_nobody("frombuffer", *GOOD, "--save", "out.png", cwd=open_to_all)
    assert done.returncode == 2 and "permission" in done.stderr.lower(), done


@pytest.mark.parametrize("words,says", [
    (["frombufer", "raw.bin"], ["frombufer", "did you mean", "frombuffer"]),
    (["opne", "raw.bin"], ["opne", "did you mean", "open"]),
    (["nonsense"], ["nonsense", "help"]),
    (["frombuffer"], ["SOURCE"]), (["open"], ["FILE"]),
    (["help", "nonsense"], ["nonsense"]), (["help", "siez"], ["siez", "did you mean", "size"]),
    (["help", "--siez"], ["siez", "did you mean", "size"]), (["help", "inof"], ["did you mean", "info"]),
    (["raw.bin"], ["raw.bin", "not a command", "imgtool guess raw.bin"]),
    (["it.png"], ["it.png", "not a command", "imgtool open it.png"]),
    (["absent.png"], ["absent.png", "not a command"]),
    (["--size", "1x1", "info", "raw.bin"], ["--size", "command"]),
    (["--nonsense", "info", "raw.bin"], ["--nonsense"]), (["-z", "info", "raw.bin"], ["-z"]),
    (["-qz", "info", "raw.bin"], ["-qz"]), (["info", "raw.bin", "-qz"], ["-qz"]),
    (["--threads"], ["--threads"]), (["--version", "raw.bin"], ["raw.bin"]),
], ids=lambda v: " ".join(v))
def test_a_command_that_is_mistyped_is_refused(refused, raw, words, says):
    Image.new("L", (1, 1)).save("it.png")
    refused(*words, words=says)


@pytest.mark.parametrize("words,says", [
    (["--mode", "P", "--palette", "long"], ["long", "768", "more than"]),
    (["--mode", "P", "--palette", "/dev/zero"], ["/dev/zero", "768", "more than"]),
], ids=" ".join)
def test_a_palette_that_is_too_long_is_told_the_limit(refused, raw, here, words, says):
    (here / "long").write_bytes(bytes(3072))
    refused("frombuffer", *GOOD, *words, words=says)


def test_a_file_that_is_too_long_for_a_layout_is_told_the_limit(refused, raw):
    refused("frombuffer", "raw.bin", "--layout", "/dev/zero",
            words=["/dev/zero", "1048576", "--emit-layout"])


def test_two_dashes_end_the_options(imgtool, here):
    (here / "--raw").write_bytes(b"\x05")
    assert imgtool("frombuffer", "--size", "1x1", "--print", "0,0", "--", "--raw").text == "5\n"


def test_trailing_bytes_are_told_on_standard_error(imgtool, raw):
    line = ["frombuffer", "raw.bin", "--size", "8x7", "--print", "0,0"]
    warned = imgtool(*line)
    assert warned.text == "0\n" and "8 bytes" in warned.errors
    for quiet in (["--trailing", "ok"], ["--trailing", "warn", "-q"]):
        assert imgtool("frombuffer", "raw.bin", "--size", "8x7", *quiet).errors == ""


def test_names_of_files_appear_as_they_were_given(refused, here):
    (here / "with space \u00e9.raw").write_bytes(b"12")
    refused("frombuffer", "with space \u00e9.raw", "--size", "3x1", words="with space \u00e9.raw: ")


@pytest.mark.parametrize("data", [
    b"", b"P", b"P5", b"P5 ", b"P5 1", b"P5 1 1", b"P5 1 1 255", b"P5 2 2 255\n123", b"P5 0 1 255\n",
    b"P5 1 1 0\n1", b"P5 1 1 65536\n12", b"P5 99999999999999999999 1 255\n1", b"P5 -1 1 255\n1",
    b"P5 4294967296 4294967296 255\n1", b"P7\nWIDTH 1\n", b"P7\nENDHDR\n", b"Pf 1 1 0\n1234",
    b"BM", b"BM" + bytes(24), b"BM" + b"\xff" * 60, b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff{}",
    b"\x93NUMPY\x01\x00\x02\x00{}", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + bytes(30),
], ids=lambda d: repr(d)[2:40])
def test_a_broken_file_is_refused_with_its_name(refused, here, data):
    (here / "broken.img").write_bytes(data)
    refused("open", "broken.img", "--save", "out.raw", words="broken.img")


@pytest.mark.parametrize("kind", ["png", "bmp", "ppm", "npy"])
def test_a_file_that_is_cut_anywhere_is_refused_or_read_without_a_crash(imgtool, here, kind):
    Image.new("RGB", (5, 4), (1, 2, 3)).save(here / "whole.png")
    imgtool("open", "whole.png", "--save", f"whole2.{kind}")
    whole = (here / f"whole2.{kind}").read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 25)):
        (here / "cut.img").write_bytes(whole[:length])
        run = imgtool("open", "cut.img", "--save", "out.raw", ok=None)
        assert run.exit == 2 and not (here / "out.raw").exists(), f"{length} bytes\n{run}"


@pytest.mark.parametrize("start,words", [
    (b"PK\x03\x04", ("zip archive", "unzip it")),
    (b"GIF89a", ("GIF", "png first")),
    (b"RIFF\0\0\0\0WEBP", ("WebP",)),
    (b"\x1f\x8b\x08", ("gzip", "gunzip")),
])
def test_a_file_of_another_kind_is_named_with_the_way_out(refused, start, words):
    Path("other.bin").write_bytes(start + bytes(64))
    refused("open", "other.bin", "--hash", words=("other.bin: this is", *words))


def test_a_damaged_png_is_told_in_words(refused):
    Image.new("L", (64, 64), 7).save("good.png")
    data = Path("good.png").read_bytes()
    Path("short.png").write_bytes(data[:-20])
    refused("open", "short.png", "--hash", words="damaged png file: it ends")
    Path("flipped.png").write_bytes(data[:45] + bytes([data[45] ^ 1]) + data[46:])
    refused("open", "flipped.png", "--hash", words="damaged png file: IDAT")


def test_a_bomb_is_refused_by_arithmetic(refused):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">II", 60000, 60000) + b"\x08\x02\0\0\0"
    Path("bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", bytes(100)))
    refused("open", "bomb.png", "--hash", words="as short as it is")
    os.truncate("bomb.png", 11 << 20)
    refused("open", "bomb.png", "--hash", words=("60000x60000", "--limit-pixels raises"))


FUZZED = ROOT / "Tests/Fuzz/Corpus"


@pytest.mark.parametrize("path", sorted(path for path in FUZZED.glob("*/*") if path.is_file()),
                         ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_fuzzer_once_found_is_survived(imgtool, path):
    if path.parent.name == "layout-file":
        Path("raw.bin").write_bytes(bytes(4096))
        imgtool("frombuffer", "raw.bin", "--layout", path, "--hash", ok=None)
    elif path.parent.name == "command-line":
        Path("x").write_bytes(bytes(4096))
        imgtool(*path.read_bytes().decode(errors="replace").replace("\0", "").split("\n"), ok=None)
    else:
        imgtool("open", path, "--hash", ok=None)


@pytest.mark.parametrize("name,words", [
    ("tEXt", ["tEXt", "get the file again", "convert"]), ("IDAT", ["IDAT", "get the file again"])])
def test_a_wrong_checksum_is_told_with_its_chunk_and_the_way_out(refused, here, program, name, words):
    def chunk(kind, data, wrong=0):
        return (struct.pack(">I", len(data)) + kind
                + data + struct.pack(">I", zlib.crc32(kind + data) ^ wrong))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"tEXt", b"Title\0x"), (b"IDAT", zlib.compress(b"\0\x2a"))]
    Path("in.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, data, kind.decode() == name) for kind, data in [*chunks, (b"IEND", b"")]))
    run = refused("open", "in.png", "--hash", words=["in.png", "CRC error", *words])
    assert ("convert" in run.errors) == (name == "tEXt"), "only where it would help"
    subprocess.run([program("convert"), "in.png", "NEW.png"], capture_output=True)
    assert not Path("NEW.png").exists() or name == "tEXt"
