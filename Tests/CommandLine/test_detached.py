"""Headers that name another file: which file that may be, and what is copied, changed and saved over."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nrrd
import numpy as np
import pytest

from conftest import TOOL
from stored import array, listing_here, shown

PIXELS = array("u1", (5, 7))
HEADERS = {
    "a.nhdr": "NRRD0004\ntype: uint8\ndimension: 2\nsizes: 7 5\nencoding: raw\ndata file: {}\n",
    "a.mhd": ("ObjectType = Image\nNDims = 2\nDimSize = 7 5\nElementType = MET_UCHAR\n"
              "ElementDataFile = {}\n"),
}
EVERY = pytest.mark.parametrize("name", HEADERS)


def write(name, data="d.raw", content=PIXELS.tobytes()):
    Path(name).write_text(HEADERS[name].format(data))
    if content is not None:
        Path(data).write_bytes(content)
    return name


@EVERY
@pytest.mark.parametrize("data", ["./d.raw", "with blanks.raw", "ümlaut.raw", "d=e:f.raw"])
def test_a_file_beside_the_header_is_found_by_its_name(here, name, data):
    write(name, data)
    assert np.array_equal(shown(name), PIXELS)


@EVERY
def test_a_file_beside_a_header_of_another_folder_is_found(here, name):
    os.mkdir("sub")
    os.chdir("sub")
    write(name)
    os.chdir(here)
    assert np.array_equal(shown(f"sub/{name}"), PIXELS)
    os.symlink(f"sub/{name}", "link")
    # A header is where its name is, as for programs that follow no links.
    Path("d.raw").write_bytes(bytes(35))
    assert not shown("link").any()


@EVERY
@pytest.mark.parametrize("data", ["../d.raw", "/etc/passwd", "sub/d.raw", "..", ".", "./", "sub/../d.raw"])
def test_a_name_that_leads_elsewhere_is_refused(refused, here, name, data):
    os.mkdir("sub")
    for path in ["sub/d.raw", "d.raw"]:
        Path(path).write_bytes(PIXELS.tobytes())
    write(name, data, None)
    refused("open", name, "--hash", words=[name, data, "only a file beside the header", "imgtool frombuffer"])


@EVERY
def test_no_name_at_all_is_refused(refused, here, name):
    write(name, "", None)
    refused("open", name, "--hash", words=[name])


@EVERY
@pytest.mark.parametrize("make,words", [
    (None, "no such file"), (os.mkdir, "directory"), (os.mkfifo, "regular file is expected"),
    (lambda path: Path(path).write_bytes(b""), "empty"),
    (lambda path: os.symlink("d.raw", path), "symbolic links"),
    (lambda path: os.symlink("/dev/zero", path), "regular file is expected")],
    ids=["nothing", "directory", "FIFO", "empty", "loop", "device"])
def test_what_is_no_file_with_the_samples_is_refused(refused, here, name, make, words):
    write(name, content=None)
    if make:
        make("d.raw")
    refused("open", name, "--hash", words=["d.raw", words])


ALSO_ENVI = pytest.mark.parametrize("name", [*HEADERS, "d.hdr"])
HEADERS_OF_ONE_NAME = {"d.hdr": "ENVI\nsamples = 7\nlines = 5\nbands = 1\ndata type = 1\n"}


def header(name):
    Path(name).write_text((HEADERS | HEADERS_OF_ONE_NAME)[name].format("d.raw"))


@ALSO_ENVI
@pytest.mark.parametrize("make", [os.link, os.symlink])
def test_a_header_that_names_itself_is_refused(refused, here, name, make):
    """An edit would change the header."""
    header(name)
    make(name, "d.raw")
    refused("open", name, "--hash", words=["d.raw", "the header itself"])
    if name in HEADERS:
        write(name, name, None)
        refused("open", name, "--hash", words=["the header itself"])


@ALSO_ENVI
@pytest.mark.parametrize("target", ["../other/d.raw", "{here}/other/d.raw", "link/d.raw", "hop"])
def test_a_link_that_leads_out_of_the_folder_is_refused(refused, here, name, target):
    for folder in ["folder", "other"]:
        os.mkdir(folder)
    Path("other/d.raw").write_bytes(PIXELS.tobytes())
    os.symlink("../other/d.raw", "folder/hop")
    os.symlink("../other", "folder/link")
    os.symlink(target.format(here=here), "folder/d.raw")
    os.chdir("folder")
    header(name)
    refused("open", name, "--access", "rw", "--put", "0,0=1",
            words=["d.raw, a symbolic link that leads out", "imgtool frombuffer"])
    os.chdir(here)
    refused("open", f"folder/{name}", "--hash", words=["a symbolic link that leads out"])


@ALSO_ENVI
@pytest.mark.parametrize("target", ["e.raw", "./e.raw", "../folder/e.raw", "{here}/folder/e.raw", "hop"])
def test_a_link_to_a_file_beside_it_is_followed(here, name, target):
    os.mkdir("folder")
    Path("folder/e.raw").write_bytes(PIXELS.tobytes())
    os.symlink("e.raw", "folder/hop")
    os.symlink(target.format(here=here), "folder/d.raw")
    os.chdir("folder")
    header(name)
    assert np.array_equal(shown(name), PIXELS)
    os.chdir(here)
    assert np.array_equal(shown(f"folder/{name}"), PIXELS)


@EVERY
def test_a_header_on_standard_input_has_no_folder(refused, here, name):
    write(name)
    refused("open", "-", "--hash", stdin=Path(name).read_bytes(), words=["standard input"])
    with open(name, "rb") as file:
        refused("open", "-", "--hash", stdin=file, words=["standard input"])


@EVERY
def test_a_file_that_is_too_short_is_named_with_the_arithmetic(refused, here, name):
    write(name, content=PIXELS.tobytes()[:-1])
    run = refused("open", name, "--hash", words=["34 bytes", "7x5", "35 bytes in all: 1 byte is missing"])
    assert "d.raw" in run.errors


@EVERY
@pytest.mark.parametrize("way", [[], ["--in-place"]], ids=["copy", "in place"])
def test_verify_proves_it_on_the_file_with_the_samples(imgtool, here, name, way):
    write(name)
    before = listing_here()
    run = imgtool("verify", name, *way, "--json")
    assert run.json["shared"] is True
    after = listing_here()
    assert after == before


@EVERY
def test_verify_in_place_changes_the_file_with_the_samples_meanwhile(imgtool, here, name):
    write(name)
    run = imgtool("verify", name, "--in-place", "--save", "out.npy", "--json")
    assert run.json["shared"] is True and Path("d.raw").read_bytes() == PIXELS.tobytes()


@EVERY
def test_a_save_onto_the_file_with_the_samples_is_a_flush_or_refused(imgtool, refused, here, name):
    write(name)
    os.rename("d.raw", "d.bin")
    Path(name).write_text(HEADERS[name].format("d.bin"))
    run = imgtool("open", name, "--access", "rw", "--put", "0,0=9", "--save", "d.bin", "--expect-shared",
                  "--json")
    assert run.json["steps"][1].get("flushed") or "flush" in str(run.json), run
    wanted = PIXELS.copy()
    wanted[0, 0] = 9
    assert Path("d.bin").read_bytes() == wanted.tobytes()
    refused("open", name, "--crop", "3x3+0+0", "--save", "d.bin", words=["d.bin", "--replace"])


@EVERY
def test_a_save_onto_the_header_of_the_image_is_refused(refused, imgtool, here, name):
    write(name)
    refused("open", name, "--format", "npy", "--save", name, words=[name])
    assert np.array_equal(shown(name), PIXELS)


@EVERY
def test_watch_looks_at_the_file_with_the_samples(here, name):
    write(name)
    process = subprocess.Popen([TOOL, "watch", name, "--count", "2", "--save", "now.npy"],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 20
        while not Path("now.npy").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        with open("d.raw", "r+b") as file:
            file.write(bytes([250]))
        output = process.communicate(timeout=20)[0].decode()
    finally:
        process.kill()
    assert process.returncode == 0, output
    assert np.load("now.npy")[0, 0] == 250


@EVERY
def test_a_lock_is_taken_on_the_file_with_the_samples(imgtool, here, name):
    write(name)
    run = imgtool("open", name, "--lock", "--run",
                  f"{sys.executable} -c \"import fcntl; fcntl.flock(open('d.raw', 'r+b'), 6)\"", "--hash", ok=None)
    assert run.exit == 2, "another process could lock it\n" + str(run)


@pytest.mark.parametrize("kind,suffix", [("nrrd", ".nhdr"), ("mhd", ".mhd")])
def test_a_header_for_another_folder_says_that_open_looks_beside_it_only(imgtool, here, kind, suffix):
    os.mkdir("sub")
    Path("raw.bin").write_bytes(PIXELS.tobytes())
    words = ["raw.bin", "--size", "7x5", "--format", kind]
    run = imgtool("header", *words, "--output", f"sub/h{suffix}", "--json")
    assert "imgtool open" in run.errors and run.json["notes"], run
    if kind == "nrrd":
        assert np.array_equal(nrrd.read("sub/h.nhdr", index_order="C")[0], PIXELS)
    run = imgtool("header", *words, "--output", f"h{suffix}")
    assert not run.errors, run
    assert np.array_equal(shown(f"h{suffix}"), PIXELS)


@pytest.mark.parametrize("suffix,kind", [(".nhdr", "nrrd"), (".mhd", "mhd")])
def test_a_save_with_the_suffix_of_a_detached_header_advises_header(refused, imgtool, here, suffix, kind):
    Path("raw.bin").write_bytes(PIXELS.tobytes())
    words = ["raw.bin", "--size", "7x5"]
    run = refused("frombuffer", *words, "--save", f"o{suffix}", words=["header", f"--format {kind}"])
    assert re.search(rf"imgtool header .*--format {kind}", run.errors)
