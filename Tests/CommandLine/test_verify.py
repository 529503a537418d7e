"""`verify` proves that sharing survives a save, and can fail."""

import os
import subprocess

import numpy as np
import pytest
import tifffile
from PIL import Image

from conftest import LACKS_PROC, TOOL, listing
from oracles import HOLDS, MODES, source

SIZE = (33, 17)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_verified_and_nothing_is_left_behind(imgtool, here, mode):
    data, raw = source(here, mode, SIZE)
    before, status = listing(here), os.stat(here / "raw.bin")
    run = imgtool("verify", *raw)
    assert listing(here) == before
    assert os.stat(here / "raw.bin").st_mtime_ns == status.st_mtime_ns, "the source is not written"
    for kind in HOLDS:
        if mode in HOLDS[kind]:
            assert kind in run.text.lower(), run


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "F", "I;16B"])
def test_a_tie_that_is_broken_on_purpose_fails_with_the_step(imgtool, here, mode):
    _, raw = source(here, mode, SIZE)
    before = listing(here)
    run = imgtool("verify", *raw, "--emulate", "copy-on-save", ok=1)
    said = (run.text + run.errors).lower()
    assert "after" in said and "save" in said and "fail" in said, run
    assert listing(here) == before


@pytest.mark.parametrize("mode", MODES)
def test_in_place_leaves_the_bytes_as_they_were(imgtool, here, mode):
    data, raw = source(here, mode, SIZE)
    inode = os.stat(here / "raw.bin").st_ino
    assert imgtool("verify", *raw, "--in-place").text
    assert (here / "raw.bin").read_bytes() == data
    assert os.stat(here / "raw.bin").st_ino == inode


def test_in_place_leaves_the_bytes_as_they_were_when_it_fails_too(imgtool, here):
    data, raw = source(here, "RGB", SIZE)
    imgtool("verify", *raw, "--in-place", "--emulate", "copy-on-save", ok=1)
    assert (here / "raw.bin").read_bytes() == data


def test_the_outputs_that_are_named_are_verified_and_kept(imgtool, here):
    _, raw = source(here, "RGB", SIZE)
    imgtool("verify", *raw, "--save", "a.png", "--save", "b.bmp")
    assert sorted(p.name for p in here.iterdir()) == ["a.png", "b.bmp", "raw.bin"]
    with Image.open(here / "a.png") as a, Image.open(here / "b.bmp") as b:
        assert (a.format, a.size, b.format, b.size) == ("PNG", SIZE, "BMP", SIZE)


def test_a_layout_with_padding_is_verified(imgtool, here):
    (here / "raw.bin").write_bytes(os.urandom(5 + 30 * 6))
    run = imgtool("verify", "raw.bin", "--size", "7x6", "--mode", "RGB", "--offset", "5",
                  "--stride", "30", "--orientation", "-1", "--trailing", "ok")
    assert "png" in run.text.lower()


def test_json_names_each_step_and_the_evidence(imgtool, here):
    _, raw = source(here, "RGB", SIZE)
    good = imgtool("verify", *raw, "--save", "a.png", "--json").json
    bad = imgtool("verify", *raw, "--save", "a.png", "--emulate", "copy-on-save", "--json",
                  ok=1).json
    assert good["exit"] == 0 and bad["exit"] == 1


@pytest.mark.parametrize("words,says", [
    (["--save", "out.xyz"], "xyz"), (["--save", "out.pfm"], "RGB"),
    (["--emulate", "nonsense"], "copy-on-save"), (["--size", "9x9"], "once")])
def test_what_cannot_be_verified_is_refused(refused, here, words, says):
    _, raw = source(here, "RGB", SIZE)
    refused("verify", *raw, *words, words=says)


@pytest.mark.parametrize("save", ["-", "out.xyz", "out"])
def test_a_save_without_a_format_is_refused_without_advice_that_does_not_work(refused, here, save):
    _, raw = source(here, "RGB", SIZE)
    run = refused("verify", *raw, "--save", save, words=[".png", "suffix"])
    assert "--format" not in run.errors


@pytest.mark.parametrize("words", [["--size", "99x99"], ["--size", "3x3", "--offset", "999999"],
                                   ["--size", "3x3", "--mode", "P", "--palette", "absent"]], ids=" ".join)
@pytest.mark.parametrize("place", [[], ["--in-place"]], ids=["copy", "in place"])
def test_messages_name_the_source_and_not_its_copy(refused, here, words, place):
    source(here, "RGB", SIZE)
    run = refused("verify", "raw.bin", *words, *place)
    assert ".imgtool" not in run.errors
    assert run.errors.startswith(f"imgtool: {'absent' if 'absent' in words else 'raw.bin'}: "), run


@pytest.mark.parametrize("place", [[], ["--in-place"]], ids=["copy", "in place"])
def test_a_compressed_file_has_nothing_to_prove(refused, here, place):
    Image.new("RGB", (4, 4)).save("f.png")
    run = refused("verify", "f.png", *place, words=["f.png", "share", "uncompressed", "bmp"])
    assert ".imgtool" not in run.errors and "--access" not in run.errors


def test_an_uncompressed_file_that_describes_itself_is_verified(imgtool, here):
    Image.new("RGB", (4, 4)).save("f.bmp")
    assert "shared" in imgtool("verify", "f.bmp").text


@pytest.mark.skipif(LACKS_PROC, reason="verify proves nothing without /proc")
def test_a_format_is_either_skipped_or_failed(imgtool, here):
    for mode in ("I;16", "F", "RGB", "I", "1"):
        _, raw = source(here, mode, SIZE)
        for words in ([], ["--emulate", "copy-on-save"]):
            for entry in imgtool("verify", *raw, *words, "--json", ok=None).json["formats"]:
                assert not ("skipped" in entry and "failure" in entry), entry
                assert ("failure" in entry) == (entry.get("shared") is False), entry


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.skipif(LACKS_PROC, reason="only root can take /proc away")
def test_the_copy_is_in_memory_where_the_directory_takes_no_file(here):
    _, raw = source(here, "L", SIZE)
    for folder in [here, *here.parents][:4]:
        folder.chmod(folder.stat().st_mode | 0o055)
    (here / "raw.bin").chmod(0o644)
    done = subprocess.run([TOOL, "verify", *raw], cwd=here, capture_output=True, text=True, timeout=60,
                          user=65534, group=65534, extra_groups=[])
    assert done.returncode == 0 and "shared" in done.stdout, done


def test_a_source_that_is_not_a_file_cannot_be_verified_in_place(imgtool, here):
    data, raw = source(here, "L", SIZE)
    imgtool("verify", "-", *raw[1:], "--in-place", stdin=data, ok=2)


@pytest.mark.parametrize("kind", ["<i8", ">u8"])
def test_integers_of_64_bits_are_proven_where_a_format_holds_them(imgtool, here, kind):
    tifffile.imwrite(here / "i64.tif", np.array([[2**40, 5], [7, 9]], kind))
    report = imgtool("verify", "i64.tif", "--json").json
    proven = {found["format"] for found in report["formats"] if found.get("shared")}
    assert report["shared"] is True and {"npy", "raw"} <= proven, report


def test_integers_of_64_bits_are_called_so(refused, here):
    tifffile.imwrite(here / "i64.tif", np.array([[2**40, 5], [7, 9]], "<i8"))
    run = refused("open", "i64.tif", "--save", "i.png", words=["64-bit integers", "--window auto"])
    assert "f64" not in run.errors
