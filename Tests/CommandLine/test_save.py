"""Saves are whole or not at all, keep what a user set on the file, and know the mapped file."""

import os
import resource
import signal
import subprocess

import numpy as np
import pytest
import tifffile
from PIL import Image

from conftest import TOOL, listing, unmet
from oracles import samples, source
from waiting import until_it_writes

SIZE = (33, 17)


@pytest.fixture
def raw(here):
    return source(here, "L", SIZE)


def by_symlink(here):
    (here / "link").symlink_to("raw.bin")
    return "link"


def by_hard_link(here):
    os.link(here / "raw.bin", here / "hard")
    return "hard"


def by_other_path(here):
    (here / "folder").mkdir()
    return "folder/../raw.bin"


NAMES = {"its own name": lambda here: "raw.bin", "a symlink": by_symlink,
         "a hard link": by_hard_link, "another path": by_other_path}
EVERY_NAME = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
EVERY_ACCESS = pytest.mark.parametrize("access", ["ro", "cow", "rw"])


@EVERY_NAME
@EVERY_ACCESS
@pytest.mark.parametrize("kind", ["png", "bmp", "pgm", "npy"])
def test_another_format_over_the_mapped_file_is_refused(refused, here, raw, name, access, kind):
    refused("frombuffer", *raw[1], "--access", access, "--format", kind, "--save",
            name(here), words=["raw.bin", "--replace"])


@EVERY_NAME
@EVERY_ACCESS
def test_the_same_bytes_in_the_same_place_are_a_flush(imgtool, here, raw, name, access):
    before = os.stat(here / "raw.bin")
    imgtool("frombuffer", *raw[1], "--access", access, "--no-copy", "--format", "raw", "--save",
            name(here), "--expect-shared",
            "--run", r"printf '\007' | dd of=raw.bin conv=notrunc status=none", "--expect", "0,0=7")
    after = os.stat(here / "raw.bin")
    assert (after.st_ino, after.st_size) == (before.st_ino, before.st_size)
    assert (here / "raw.bin").read_bytes() == b"\x07" + raw[0][1:]


def test_an_edit_is_flushed_to_the_file_under_rw(imgtool, here, raw):
    imgtool("frombuffer", *raw[1], "--access", "rw", "--put", "0,0=9", "--format", "raw",
            "--save", "raw.bin", "--expect-shared")
    assert (here / "raw.bin").read_bytes() == b"\x09" + raw[0][1:]


def test_an_edit_under_cow_is_no_flush_of_the_same_bytes(imgtool, here, raw):
    run = imgtool("frombuffer", *raw[1], "--put", "0,0=9", "--format", "raw", "--save", "raw.bin",
                  ok=2)
    assert "--replace" in run.errors
    assert (here / "raw.bin").read_bytes() == raw[0]


def test_a_part_of_the_mapped_file_saved_over_the_whole_is_refused(refused, here, raw):
    refused("frombuffer", *raw[1], "--crop", "5x5+1+1", "--format", "raw", "--save", "raw.bin",
            words="--replace")


@pytest.mark.parametrize("kind", ["png", "bmp", "pgm"])
def test_replace_gives_the_name_to_the_new_file_and_keeps_the_old_bytes(imgtool, here, raw, kind):
    os.link(here / "raw.bin", here / "old.bin")
    digest = imgtool("frombuffer", *raw[1], "--hash").text.split()[0]
    run = imgtool("frombuffer", *raw[1], "--replace", "--format", kind, "--save", "raw.bin",
                  "--expect-hash", digest, "--print", "0,0")
    assert (here / "old.bin").read_bytes() == raw[0]
    with Image.open(here / "raw.bin") as image:
        assert np.array_equal(np.asarray(image), samples("L", SIZE, raw[0]))
    assert "raw.bin" in run.errors, "it is told that the image is tied to that name no more"


def test_the_mapped_file_as_redirected_standard_output_is_noticed(here, raw):
    with open(here / "raw.bin", "r+b") as out:
        done = subprocess.run([TOOL, "frombuffer", *raw[1], "--format", "png", "--save", "-"],
                              cwd=here, stdout=out, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 2 and b"raw.bin" in done.stderr
    assert (here / "raw.bin").read_bytes() == raw[0]


@pytest.mark.parametrize("target", ["/proc/self/fd/{}", "/dev/fd/{}"])
def test_the_mapped_file_by_a_descriptors_name_is_noticed(here, raw, target):
    with open(here / "raw.bin", "r+b") as out:
        name = target.format(out.fileno())
        done = subprocess.run([TOOL, "frombuffer", *raw[1], "--format", "png", "--save", name],
                              cwd=here, pass_fds=[out.fileno()], capture_output=True, timeout=60)
    assert done.returncode == 2, done
    assert (here / "raw.bin").read_bytes() == raw[0]


OLD = b"somebody's only copy"
KINDS = ["png", "bmp", "pgm", "pam", "npy", "raw"]


@pytest.mark.parametrize("kind", KINDS)
def test_mode_and_name_are_kept(imgtool, here, raw, kind):
    target = here / f"out.{kind}"
    target.write_bytes(OLD)
    target.chmod(0o640)
    attributes = os.listxattr(target)
    imgtool("frombuffer", *raw[1], "--save", target.name)
    assert target.read_bytes() != OLD
    assert target.stat().st_mode & 0o7777 == 0o640
    assert os.listxattr(target) == attributes


@pytest.mark.parametrize("kind", KINDS)
def test_extended_attributes_of_a_user_are_kept(imgtool, here, raw, kind):
    target = here / f"out.{kind}"
    target.write_bytes(OLD)
    try:
        os.setxattr(target, "user.note", b"kept")
    except OSError as error:
        unmet(f"files in {here} have no extended attributes: {error.strerror}", curable=False)
    imgtool("frombuffer", *raw[1], "--save", target.name)
    assert target.read_bytes() != OLD
    assert os.getxattr(target, "user.note") == b"kept"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_owner_is_kept(imgtool, here, raw):
    (here / "out.png").write_bytes(OLD)
    os.chown(here / "out.png", 1234, 4321)
    imgtool("frombuffer", *raw[1], "--save", "out.png")
    status = os.stat(here / "out.png")
    assert (status.st_uid, status.st_gid) == (1234, 4321)
    assert (here / "out.png").read_bytes() != OLD


@pytest.mark.parametrize("mask,mode", [(0o022, 0o644), (0o077, 0o600)])
def test_a_new_file_has_the_permissions_that_the_umask_leaves(here, raw, mask, mode):
    subprocess.run([TOOL, "frombuffer", *raw[1], "--save", "out.png"], cwd=here, check=True,
                   umask=mask)
    assert (here / "out.png").stat().st_mode & 0o777 == mode


def test_a_symlink_stays_and_its_target_is_replaced(imgtool, here, raw):
    (here / "folder").mkdir()
    (here / "folder/real.png").write_bytes(OLD)
    (here / "out.png").symlink_to("folder/real.png")
    imgtool("frombuffer", *raw[1], "--save", "out.png")
    assert os.readlink(here / "out.png") == "folder/real.png"
    with Image.open(here / "folder/real.png") as image:
        assert image.size == SIZE


def test_a_dangling_symlink_creates_its_target(imgtool, here, raw):
    (here / "out.png").symlink_to("real.png")
    imgtool("frombuffer", *raw[1], "--save", "out.png")
    assert (here / "out.png").is_symlink() and Image.open(here / "real.png").size == SIZE


def test_a_reader_of_the_old_file_keeps_it(imgtool, here, raw):
    (here / "out.png").write_bytes(OLD)
    with open(here / "out.png", "rb") as reader:
        imgtool("frombuffer", *raw[1], "--save", "out.png")
        assert reader.read() == OLD
    assert (here / "out.png").read_bytes() != OLD


def test_a_name_of_254_bytes_can_be_saved(imgtool, here, raw):
    name = "n" * 250 + ".png"
    imgtool("frombuffer", *raw[1], "--save", name)
    assert Image.open(here / name).size == SIZE


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_size_limit_keeps_the_old_file(here, kind):
    data, raw = source(here, "L", (512, 512))
    (here / f"out.{kind}").write_bytes(OLD)
    before = listing(here)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    done = subprocess.run([TOOL, "frombuffer", *raw, "--save", f"out.{kind}"], cwd=here,
                          capture_output=True, text=True, preexec_fn=limit, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("imgtool: ") and "limit" in done.stderr
    assert listing(here) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_keeps_the_old_file(here, kind, tmp_path_factory):
    """A small tmpfs of its own, which needs the right to make a mount."""
    data, raw = source(here, "L", (512, 512))
    script = ("mount -t tmpfs -o size=64k tmpfs disk && printf old > disk/out.{0} && "
              "{1} frombuffer {2} --save disk/out.{0}; echo $? > status; "
              "ls -A disk > left; cat disk/out.{0} > kept").format(kind, TOOL, " ".join(raw))
    (here / "disk").mkdir()
    done = subprocess.run(["unshare", "-Urm", "sh", "-c", script], cwd=here, capture_output=True,
                          text=True, timeout=60)
    if not (here / "status").exists() or not (here / "kept").exists():
        unmet(f"no mount of our own can be made: {done.stderr}", curable=False)
    assert (here / "status").read_text() == "2\n", done
    assert done.stderr.startswith("imgtool: ") and "space" in done.stderr
    assert (here / "left").read_text() == f"out.{kind}\n"
    assert (here / "kept").read_text() == "old"


def test_dev_full_is_told(imgtool, here, raw):
    run = imgtool("frombuffer", *raw[1], "--format", "png", "--save", "/dev/full", ok=2)
    assert "space" in run.errors and len(run.errors.splitlines()) == 1


def test_dev_null_and_dev_stdout_are_written_through(imgtool, here, raw):
    imgtool("frombuffer", *raw[1], "--format", "png", "--save", "/dev/null")
    assert os.path.exists("/dev/null") and not os.path.isfile("/dev/null")
    run = imgtool("frombuffer", *raw[1], "--format", "pgm", "--save", "/dev/stdout")
    assert run.output == b"P5\n33 17\n255\n" + raw[0]


def test_a_log_on_redirected_standard_output_is_not_replaced(here, raw):
    line = f"{{ echo before; {TOOL} frombuffer {' '.join(raw[1])} --format pgm --save /dev/stdout;"
    subprocess.run(["sh", "-ec", line + " echo after; } > log"], cwd=here, check=True)
    assert (here / "log").read_bytes() == b"before\nP5\n33 17\n255\n" + raw[0] + b"after\n"


def test_a_fifo_is_written_through(here, raw):
    os.mkfifo(here / "pipe")
    done = subprocess.Popen([TOOL, "frombuffer", *raw[1], "--format", "pgm", "--save", "pipe"],
                            cwd=here)
    read = subprocess.run(["cat", "pipe"], cwd=here, capture_output=True, timeout=20).stdout
    assert read == b"P5\n33 17\n255\n" + raw[0]
    assert done.wait(60) == 0


def test_a_closed_pipe_ends_quietly(here):
    _, raw = source(here, "L", (2048, 2048))
    line = [TOOL, "frombuffer", *raw, "--format", "pgm", "--save", "-"]
    done = subprocess.Popen(line, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.stdout.read(10) == b"P5\n2048 20"
    done.stdout.close()
    assert done.wait(60) in (-signal.SIGPIPE, 128 + signal.SIGPIPE, 0)
    assert done.stderr.read() == b""


def test_a_closed_standard_output_is_an_error(here, raw):
    line = f"{TOOL} frombuffer {' '.join(raw[1])} --format pgm --save - >&-"
    done = subprocess.run(["sh", "-c", line], cwd=here, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.startswith("imgtool: ")


def test_reports_on_a_full_standard_output_are_an_error(here, raw):
    line = f"{TOOL} frombuffer {' '.join(raw[1])} --print 0,0 > /dev/full"
    done = subprocess.run(["sh", "-c", line], cwd=here, capture_output=True, text=True)
    assert done.returncode == 2 and "space" in done.stderr


def test_nothing_is_left_behind_by_a_signal(here):
    _, raw = source(here, "RGB", (6000, 4000))
    (here / "out.png").write_bytes(OLD)
    before = listing(here).keys()
    killed = 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        run = subprocess.Popen([TOOL, "frombuffer", *raw, "--level", "9", "--save", "out.png"],
                               cwd=here)
        until_it_writes(run, here)
        run.send_signal(number)
        code = run.wait(60)
        killed += code != 0
        assert code in (-number, 0), code
        assert listing(here).keys() == before
        if code:
            assert (here / "out.png").read_bytes() == OLD
        (here / "out.png").write_bytes(OLD)
    assert killed == 3, "the signals came while the file was being written"


def test_a_file_that_shrinks_under_the_map_is_an_error_and_not_a_crash(imgtool, here):
    data, raw = source(here, "L", (512, 512))
    (here / "out.png").write_bytes(OLD)
    for kind in KINDS:
        (here / "raw.bin").write_bytes(data)
        run = imgtool("frombuffer", *raw, "--run", "truncate -s 5000 raw.bin", "--format", kind,
                      "--save", "out.png", ok=2)
        assert "raw.bin" in run.errors and len(run.errors.splitlines()) == 1, run
        assert (here / "out.png").read_bytes() == OLD
        assert sorted(p.name for p in here.iterdir()) == ["out.png", "raw.bin"]


READING = ["--print 0,400", "--hash", "--expect 0,400=0"]
WRITING = ["--invert", "--fill 7", "--flip v", "--put 0,400=1", "--add 1"]


@pytest.mark.parametrize("access,step", [(a, s) for a in ("ro", "cow", "rw") for s in READING]
                         + [(a, s) for a in ("cow", "rw") for s in WRITING])
def test_every_step_survives_a_file_that_shrinks(imgtool, here, step, access):
    (here / "raw.bin").write_bytes(bytes(512 * 512))
    run = imgtool("frombuffer", "raw.bin", "--size", "512x512", "--access", access, "--run",
                  "truncate -s 5000 raw.bin", *step.split(), ok=2)
    assert "raw.bin" in run.errors and not run.output, run


def test_several_processes_saving_one_output_leave_a_whole_file_at_any_time(here):
    data, raw = source(here, "RGB", (256, 256))
    line = [TOOL, "frombuffer", *raw] + ["--save", "out.png"] * 20
    subprocess.run([TOOL, "frombuffer", *raw, "--save", "out.png"], cwd=here, check=True)
    writers = [subprocess.Popen(line, cwd=here) for _ in range(3)]
    reads = 0
    while any(w.poll() is None for w in writers):
        with Image.open(here / "out.png") as image:
            assert image.tobytes() == data
        reads += 1
    assert reads and all(w.wait() == 0 for w in writers)
    assert sorted(p.name for p in here.iterdir()) == ["out.png", "raw.bin"]


@pytest.mark.parametrize("mode,dtype,rawmode,values,says", [
    ("I;16", "<u2", "mono12p", [1, 2, 4096], "4096 does not fit 12 bits"),
    ("I;16", "<u2", "gray12le", [4095, 65535, 4096], "65535 does not fit 12 bits"),
    ("I", "<i4", "I;16", [1, 2, -5], "-5 does not fit 16 bits without a sign"),
    ("I", "<i4", "I;8S", [127, -128, 300], "300 does not fit 8 bits"),
    ("F", "<f4", "F;16S", [1, 2, 40000], "40000 does not fit 16 bits"),
])
def test_a_number_that_a_file_cannot_store_is_told_with_its_pixel(refused, here, mode, dtype, rawmode, values, says):
    (here / "raw.bin").write_bytes(np.array(values, dtype).tobytes())
    x = next(index for index, value in enumerate(values) if str(value) in says.split()[0])
    refused("frombuffer", "raw.bin", "--size", "3x1", "--mode", mode, "--as", rawmode, "--save", "out.raw",
            words=["out.raw", f"{x},0", says])


def write_pages(path, count=3):
    pages = [Image.new("L", (4, 3), 40 * number) for number in range(count)]
    pages[0].save(path, save_all=True, append_images=pages[1:])


@pytest.mark.parametrize("count,says", [
    (3, "the other 2 pages are not in the file"), (2, "the other page is not in the file"),
])
def test_a_save_over_a_file_tells_which_pages_are_lost(imgtool, refused, here, count, says):
    write_pages(here / "a.tif", count)
    over = ["open", "a.tif", "--frame", 1, "--replace", "--save", "a.tif"]
    refused(*over, "--strict", words=says)
    run = imgtool(*over, "--json")
    assert run.json["steps"][-1]["lossy"] == ["other pages"] and says in run.errors
    with Image.open(here / "a.tif") as image:
        assert image.n_frames == 1 and image.getpixel((0, 0)) == 40


def test_a_save_elsewhere_tells_of_pages_that_nobody_chose_under_strict_only(imgtool, here):
    write_pages(here / "a.tif")
    chosen = imgtool("open", "a.tif", "--frame", 1, "--save", "b.png", "--strict")
    assert chosen.errors == ""
    assert "pages are" not in imgtool("open", "a.tif", "--save", "c.png").errors
    run = imgtool("open", "a.tif", "--save", "d.png", "--strict", ok=2)
    assert "the other 2 pages are not in the file" in run.errors and not (here / "d.png").exists()


def write_animation(path):
    Image.new("L", (4, 3)).save(path, save_all=True, append_images=[Image.new("L", (4, 3), 9)])


@pytest.mark.parametrize("name,write,lost", [
    ("a.png", write_animation, "frames of the animation"),
    ("a.tif", lambda path: tifffile.imwrite(
        path, np.zeros((5, 4, 6), "u1"), photometric="rgb", planarconfig="contig",
        extrasamples=(0, 0, 0)), "extra samples"),
    ("a.tif", lambda path: tifffile.imwrite(path, np.zeros((5, 3, 7), "u1"), imagej=True, truncate=True),
     "other images of the ImageJ stack"),
    ("a.pam", lambda path: path.write_bytes(
        b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n" + bytes(8)),
     "extra samples"),
])
def test_a_save_over_a_file_tells_what_else_the_file_held(imgtool, here, name, write, lost):
    write(here / name)
    before = (here / name).read_bytes()
    over = ["open", name, "--replace", "--invert", "--save", name]
    assert "not in the file" in imgtool(*over, "--strict", ok=2).errors
    assert (here / name).read_bytes() == before
    assert imgtool(*over, "--json").json["steps"][-1]["lossy"] == [lost]
