"""`-`: a file on standard input is read from its offset on, by every command."""

import os
import subprocess

import numpy as np
import pytest
from PIL import Image

from conftest import TOOL

PAGE = os.sysconf("SC_PAGE_SIZE")
SKIPS = pytest.mark.parametrize("skip", [1, 10, PAGE, PAGE + 1, 3 * PAGE + 17])
SIZE = ["--size", "100x50"]


@pytest.fixture
def picture(here, skip):
    """5000 random bytes after `skip` others, and how the tool is started with its input there."""
    data = os.urandom(5000)
    (here / "raw.bin").write_bytes(os.urandom(skip) + data)
    return data


def run(*arguments, skip, ok=0, mode="rb", **options):
    with open("raw.bin", mode, buffering=0) as file:
        file.seek(skip)
        done = subprocess.run([TOOL, *arguments], stdin=file, capture_output=True, timeout=60,
                              **options)
        assert done.returncode == ok, done
        return done


@SKIPS
def test_the_shell_consumes_a_header_and_the_rest_is_the_image(here, picture, skip):
    line = f"{{ head -c {skip} >/dev/null; {TOOL} frombuffer - --size 100x50 --save out.raw; }} <raw.bin"
    subprocess.run(["sh", "-c", f"exec 3<raw.bin; dd bs=1 count={skip} <&3 >/dev/null 2>&1; "
                    f"{TOOL} frombuffer - --size 100x50 --save dd.raw <&3"], check=True)
    assert (here / "dd.raw").read_bytes() == picture
    subprocess.run(["bash", "-c", line], check=True)
    assert (here / "out.raw").read_bytes() == picture


@SKIPS
@pytest.mark.parametrize("suffix", ["raw", "png", "bmp", "pgm", "npy"])
def test_every_save_takes_the_bytes_from_the_offset_on(here, picture, skip, suffix):
    run("frombuffer", "-", *SIZE, "--save", f"out.{suffix}", skip=skip)
    found = (np.fromfile("out.raw", "u1") if suffix == "raw" else
             np.load("out.npy") if suffix == "npy" else np.asarray(Image.open(f"out.{suffix}")))
    assert found.tobytes() == picture


@SKIPS
def test_it_is_mapped_and_shared_and_edits_reach_the_right_bytes(here, picture, skip):
    before = (here / "raw.bin").read_bytes()
    run("frombuffer", "-", *SIZE, "--access", "rw", "--put", "7,3=9", "--poke", "0=08",
        "--expect", "0,0=8", "--expect-shared", "--sync", skip=skip, mode="r+b")
    wanted = bytearray(before)
    wanted[skip + 307], wanted[skip] = 9, 8
    assert (here / "raw.bin").read_bytes() == wanted


@SKIPS
def test_an_edit_under_cow_detaches_the_page_that_it_touches(here, picture, skip):
    done = run("frombuffer", "-", *SIZE, "--put", "0,0=9", "--expect-shared", skip=skip, ok=1)
    last = min(5000, PAGE - skip % PAGE) - 1
    assert f"bytes 0 to {last}" in done.stderr.decode()


@SKIPS
def test_a_file_that_describes_itself_starts_at_the_offset(here, picture, skip):
    Image.frombytes("L", (100, 50), picture).save("in.bmp")
    (here / "raw.bin").write_bytes(bytes(skip) + (here / "in.bmp").read_bytes())
    run("open", "-", "--expect-shared", "--save", "out.png", skip=skip)
    assert Image.open("out.png").tobytes() == picture
    assert b"100x50" in run("info", "-", skip=skip).stdout
    run("compare", "-", "in.bmp", skip=skip)


@SKIPS
@pytest.mark.parametrize("arguments", [
    ["hash", "-", *SIZE], ["hexdump", "-", *SIZE, "--at", "3,4,5x6"], ["info", "-", *SIZE, "--stats"],
    ["guess", "-"], ["show", "-", *SIZE],
    ["watch", "-", *SIZE, "--count", "1", "--print", "9,9"]], ids=" ".join)
def test_every_command_says_what_it_says_of_the_rest_alone(here, picture, skip, arguments):
    # No layout fits random bytes.
    ok = 1 if arguments[0] == "guess" else 0
    moved = run(*arguments, skip=skip, ok=ok)
    (here / "raw.bin").write_bytes(picture)
    alone = run(*arguments, skip=0, ok=ok)
    assert (moved.stdout, moved.stderr) == (alone.stdout, alone.stderr)


@SKIPS
def test_a_list_of_hashes_is_read_from_the_offset_on(here, picture, skip):
    (here / "in.raw").write_bytes(picture)
    line = subprocess.run([TOOL, "hash", "in.raw", *SIZE], capture_output=True, check=True).stdout
    (here / "raw.bin").write_bytes(b"x" * (skip - 1) + b"\n" + line)
    run("hash", "--check", "-", *SIZE, skip=skip)


@SKIPS
def test_bytes_that_are_cut_in_use_are_an_error(here, picture, skip):
    done = run("frombuffer", "-", *SIZE, "--run", f"truncate -s {skip + 4999} raw.bin", "--save",
               "out.raw", skip=skip, ok=2)
    assert b"cut" in done.stderr and not (here / "out.raw").exists()


@pytest.mark.parametrize("skip", [PAGE])
@pytest.mark.parametrize("offset", [5000 + PAGE, 5001 + PAGE])
def test_an_offset_at_the_end_leaves_nothing(here, picture, skip, offset):
    done = run("frombuffer", "-", *SIZE, "--save", "out.raw", skip=offset, ok=2)
    assert f"nothing is left after offset {offset}".encode() in done.stderr


MAPPED = ["frombuffer", "raw.bin", *SIZE, "--format", "raw"]


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/proc/self/fd/1", "/dev/fd/1"])
@pytest.mark.parametrize("redirection,offset", [
    (">>raw.bin", None), ("1<>raw.bin", 5), ("1<>raw.bin", 5000), ("1<>raw.bin", 6000)])
@pytest.mark.parametrize("skip,replace", [(0, ""), (0, "--replace")])
def test_output_that_lands_elsewhere_in_the_mapped_file_is_refused(
        here, picture, skip, replace, name, redirection, offset):
    move = f"dd bs=1 count={offset} <&1 >/dev/null 2>&1;" if offset else ""
    if offset and offset > 5000:
        (here / "raw.bin").write_bytes(picture + bytes(2000))
        picture += bytes(2000)
    command = " ".join(MAPPED).replace("--format", f"--trailing ok {replace} --format")
    done = subprocess.run(["bash", "-c", f"{{ {move} {TOOL} {command} --save {name}; }} {redirection}"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stderr == (
        f"imgtool: {'standard output' if name == '-' else name}: output redirected into the mapped file raw.bin cannot replace it; give "
        "another file\n"), done
    assert "flushed" not in done.stderr and (here / "raw.bin").read_bytes() == picture


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/proc/self/fd/1"])
@pytest.mark.parametrize("skip", [0])
def test_output_that_lands_on_the_same_bytes_is_a_flush_and_the_next_writer_writes_behind_it(
        here, picture, skip, name):
    line = f"{{ {TOOL} {' '.join(MAPPED)} --save {name}; printf tail; }} 1<>raw.bin"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "flushed" in done.stderr, done
    assert (here / "raw.bin").read_bytes() == picture + b"tail"


@SKIPS
def test_input_and_output_at_one_offset_are_a_flush(here, picture, skip):
    before = (here / "raw.bin").read_bytes()
    command = " ".join(["frombuffer", "-", *SIZE, "--format", "raw", "--save", "-"])
    line = f"{{ dd bs=1 count={skip} <&1 >/dev/null 2>&1; {TOOL} {command} <&1; }} 1<>raw.bin"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "flushed" in done.stderr, done
    line = f"{{ dd bs=1 count={skip} >/dev/null 2>&1; {TOOL} {command}; }} <raw.bin 1<>raw.bin"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "mapped" in done.stderr, done
    assert (here / "raw.bin").read_bytes() == before
