"""A file of a known kind is not read as raw pixels by mistake, and is when that is what was asked for."""

import pytest

from test_guess import FOREIGN, OPENED

KINDS = OPENED | FOREIGN
COMMANDS = [["frombuffer"], ["verify"], ["info"], ["show", "--protocol", "ascii"],
            ["hexdump", "--at", "0,0"], ["header", "--format", "npy"], ["watch", "--count", "1"]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_default_mode_is_not_for_files_of_a_known_kind(refused, imgtool, here, kind):
    data = KINDS[kind]()
    (here / "it").write_bytes(data)
    way = "imgtool open it" if kind in OPENED else "not read here"
    for words in ([], ["--offset", "1"], ["--stride", "6"], ["--orientation", "-1"]):
        refused("frombuffer", "it", "--size", "5x4", *words, words=["it is a", kind, way, "--mode L"])
    for words in (["--mode", "L"], ["--rawmode", "L"], ["--mode", "L", "--rawmode", "L", "--offset", "1"]):
        run = imgtool("frombuffer", "it", "--size", "5x4", "--trailing", "ok", *words, "--print", "0,0")
        assert run.text == f"{data['--offset' in words]}\n"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_with_a_layout_asks_what_is_meant(refused, imgtool, here, command):
    (here / "it.png").write_bytes(OPENED["PNG"]())
    name, *options = command
    run = refused(name, "it.png", "--size", "5x4", *options,
                  words=["it.png is a PNG file", "needs no --size", "imgtool open it.png", "--mode L"])
    assert "raw pixels" not in run.errors


def test_a_comparison_with_a_file_that_is_raw_by_its_name_asks_too(refused, here):
    (here / "it.raw").write_bytes(OPENED["PNG"]())
    (here / "raw").write_bytes(bytes(20))
    refused("compare", "raw", "it.raw", "--size", "5x4", words=["it.raw is a PNG file", "--mode L"])


@pytest.mark.parametrize("start", [b"BM", b"P5 ", b"\xff\xd8\xff", b"\x1f\x8b", b"\xff\x0a", b"PK", b"RIFF",
                                   b"\0\0\2\0"], ids=repr)
def test_pixels_that_begin_with_a_few_bytes_of_a_signature_are_pixels(imgtool, here, start):
    (here / "raw").write_bytes(start + bytes(range(101, 121))[len(start):])
    imgtool("frombuffer", "raw", "--size", "5x4", "--trailing", "error")


def test_a_layout_file_says_that_the_bytes_are_pixels(imgtool, here):
    (here / "it.png").write_bytes(OPENED["PNG"]())
    (here / "it.layout").write_bytes(
        imgtool("info", "it.png", "--size", "5x4", "--mode", "L", "--emit-layout", "--trailing", "ok").output)
    assert imgtool("frombuffer", "it.png", "--layout", "it.layout", "--print", "0,0").text == "137\n"
