"""`verify` that is interrupted, or whose second process dies: the file is as it was, or is so again after
the next run, and nothing is left beside it that is not announced. Moments are system calls."""

import os
import re
import signal
import subprocess

import pytest

from conftest import LACKS_PROC, TOOL, unmet

pytestmark = pytest.mark.skipif(LACKS_PROC, reason="verify proves nothing without /proc")
DATA = bytes(range(1, 253)) * 3
LINE = ["verify", "raw.bin", "--size", "18x14", "--mode", "RGB", "--threads", "1"]
BIG = ["verify", "raw.bin", "--size", "300x200", "--mode", "RGB"]
PLACE = pytest.mark.parametrize("place", [[], ["--in-place"]], ids=["copy", "in place"])
POINTS = 12
KEEPER = "raw.bin.imgtool-undo"


@pytest.fixture
def raw(here, program):
    program("strace")
    (here / "raw.bin").write_bytes(DATA)
    return here / "raw.bin"


def traced(options, line):
    return subprocess.run(["strace", "-o", "strace.log", *options, TOOL, *line], capture_output=True,
                          text=True, timeout=60)


def calls(line) -> list:
    """The system calls of a run, each with how often its name came before it, `POINTS` of them."""
    assert traced([], line).returncode == 0
    counts, found = {}, []
    for text in open("strace.log").read().splitlines():
        match = re.match(r"(\w+)\(", text)
        if match and match[1] not in ("execve", "exit_group"):
            counts[match[1]] = counts.get(match[1], 0) + 1
            found.append((match[1], counts[match[1]]))
    os.unlink("strace.log")
    return found[::max(1, len(found) // POINTS)]


def names(here) -> list:
    return sorted(path.name for path in here.iterdir() if path.name != "strace.log")


@PLACE
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_leaves_the_file_as_it_was_and_nothing_beside_it(raw, here, place, number):
    interrupted = 0
    for name, count in calls([*LINE, *place]):
        inject = f"inject={name}:signal={number.name}:when={count}"
        done = traced(["-e", inject], [*LINE, *place])
        assert done.returncode in (0, -number), (inject, done)
        assert raw.read_bytes() == DATA, inject
        assert names(here) == ["raw.bin"], inject
        interrupted += done.returncode == -number
    assert interrupted > POINTS * 0.8


def test_a_kill_in_a_copy_leaves_nothing_behind(raw, here):
    for name, count in calls(LINE):
        inject = f"inject={name}:signal=KILL:when={count}"
        assert traced(["-e", inject], LINE).returncode in (0, -9)
        assert raw.read_bytes() == DATA and names(here) == ["raw.bin"], inject


def test_what_a_kill_in_place_has_changed_is_put_back_by_the_next_run_which_says_so(raw, here):
    changed = kept = 0
    for name, count in calls([*LINE, "--in-place"]):
        inject = f"inject={name}:signal=KILL:when={count}"
        assert traced(["-e", inject], [*LINE, "--in-place"]).returncode in (0, -9)
        found = names(here)
        assert found in (["raw.bin"], ["raw.bin", KEEPER]), inject
        if raw.read_bytes() != DATA:
            assert KEEPER in found, f"{inject}: the file is changed, and nothing keeps its bytes"
            changed += 1
        again = subprocess.run([TOOL, *LINE, "--in-place"], capture_output=True, text=True, timeout=60)
        assert again.returncode == 0, (inject, again)
        assert ("put back" in again.stderr) == (KEEPER in found), (inject, again)
        assert raw.read_bytes() == DATA and names(here) == ["raw.bin"], inject
        kept += KEEPER in found
    assert changed > POINTS / 4 and kept >= changed


@PLACE
@pytest.mark.parametrize("moment", range(4, 9))
def test_a_second_process_that_dies_is_an_error_and_the_file_is_as_it_was(raw, here, place, moment):
    # The second process answers each request by a `write`; this one writes less often.
    done = traced(["-f", "-e", f"inject=write:signal=KILL:when={moment}"],
                  [*LINE, *place, "--save", "out.raw"])
    (here / "out.raw").unlink(missing_ok=True)
    assert done.returncode == 2 and "second process" in done.stderr, done
    assert raw.read_bytes() == DATA and names(here) == ["raw.bin"]


@pytest.fixture
def stalled(here):
    """A run in place that has changed the file, and waits until what it saves is read: more than a
    pipe holds. The file has noise, which no format makes smaller."""
    noise = os.urandom(300 * 200 * 3)
    (here / "raw.bin").write_bytes(noise)
    os.mkfifo("out.png")
    run = subprocess.Popen([TOOL, *BIG, "--in-place", "--save", "out.png"], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, start_new_session=True)
    # Opening waits for the other side.
    reader = open("out.png", "rb")
    assert (here / "raw.bin").read_bytes() != noise and KEEPER in names(here)
    yield run, reader, noise
    reader.close()
    run.wait(timeout=60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_for_all_processes_of_a_terminal_restores_the_file(stalled, here, number):
    run, _, noise = stalled
    os.killpg(run.pid, number)
    assert run.wait(timeout=60) == -number
    assert (here / "raw.bin").read_bytes() == noise and names(here) == ["out.png", "raw.bin"]


def test_the_death_of_the_second_process_during_a_save_restores_the_file(stalled, here):
    run, reader, noise = stalled
    child = open(f"/proc/{run.pid}/task/{run.pid}/children").read().split()
    os.kill(int(child[0]), signal.SIGKILL)
    reader.read()
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 2 and errors.startswith("imgtool: "), errors
    assert (here / "raw.bin").read_bytes() == noise and names(here) == ["out.png", "raw.bin"]


def test_a_file_that_is_cut_meanwhile_does_not_grow_again(stalled, here):
    run, _, noise = stalled
    os.truncate("raw.bin", 100)
    run.terminate()
    assert run.wait(timeout=60) == -signal.SIGTERM
    assert (here / "raw.bin").read_bytes() == noise[:100]


def kill_in_place(run):
    os.killpg(run.pid, signal.SIGKILL)
    run.wait(timeout=60)
    os.unlink("out.png")


def test_a_link_leads_to_what_was_kept(stalled, here, imgtool):
    run, _, noise = stalled
    kill_in_place(run)
    os.mkdir("elsewhere")
    os.symlink("../raw.bin", "elsewhere/link.bin")
    again = imgtool("verify", "elsewhere/link.bin", *BIG[2:], "--in-place")
    assert "; 1 byte that it had changed" in again.errors and "put back" in again.errors
    assert KEEPER not in names(here)
    assert (here / "raw.bin").read_bytes() == noise


@pytest.mark.parametrize("change", ["another file", "another length", "not ours"])
def test_bytes_of_another_file_are_not_put_back(stalled, here, refused, change):
    run, _, noise = stalled
    kill_in_place(run)
    if change == "another file":
        (here / "new.bin").write_bytes(noise)
        os.rename("new.bin", "raw.bin")
    elif change == "another length":
        os.truncate("raw.bin", len(noise) + 1)
    else:
        (here / KEEPER).write_text("my own notes\n")
    refused(*BIG, "--trailing", "ok", "--in-place", words=[KEEPER])


@pytest.mark.parametrize("quiet", [[], ["-q"]], ids=["told", "quiet"])
@pytest.mark.parametrize("rewrite", ["all", "edit"])
def test_bytes_that_somebody_else_has_written_since_are_not_taken_back(
        stalled, here, imgtool, refused, rewrite, quiet):
    run, _, noise = stalled
    kill_in_place(run)
    if rewrite == "all":
        with open("raw.bin", "r+b") as file:
            file.write(os.urandom(len(noise)))
    else:
        imgtool("frombuffer", *BIG[1:], "--access", "rw", "--fill", "1,1,1")
    refused(*BIG, "--in-place", *quiet, words=["raw.bin: ", KEEPER, "remove"])
    os.unlink(KEEPER)
    assert "shared" in imgtool(*BIG, "--in-place", "--save", "out.bmp").text


def test_a_byte_that_somebody_writes_during_the_run_stays(stalled, here):
    run, _, noise = stalled
    changed = [at for at, (old, new) in enumerate(zip(noise, (here / "raw.bin").read_bytes())) if old != new]
    foreign = noise[changed[0]] ^ 0x55
    with open("raw.bin", "r+b") as file:
        file.seek(changed[0])
        file.write(bytes([foreign]))
    run.terminate()
    assert run.wait(timeout=60) == -signal.SIGTERM
    expected = bytearray(noise)
    expected[changed[0]] = foreign
    assert (here / "raw.bin").read_bytes() == expected and KEEPER not in names(here)


@pytest.mark.parametrize("size,mode", [("1x1", "L"), ("3x2", "1"), ("2x1", "I;16B")])
def test_pixels_that_are_changed_again_and_again_are_put_back(here, program, size, mode):
    program("strace")
    (here / "raw.bin").write_bytes(bytes([0x3f, 0x20, 0x10, 0x55]))
    line = ["verify", "raw.bin", "--size", size, "--mode", mode, "--trailing", "ok", "--in-place"]
    changed = 0
    for name, count in calls(line):
        inject = f"inject={name}:signal=KILL:when={count}"
        traced(["-e", inject], line)
        changed += (here / "raw.bin").read_bytes() != bytes([0x3f, 0x20, 0x10, 0x55])
        again = subprocess.run([TOOL, *line], capture_output=True, text=True, timeout=60)
        assert again.returncode == 0, (inject, again)
        assert (here / "raw.bin").read_bytes() == bytes([0x3f, 0x20, 0x10, 0x55]), inject
    assert changed


@pytest.mark.parametrize("leads", ["nowhere", "to a file", "to a directory"])
def test_a_link_under_the_name_of_what_is_kept_is_not_followed(raw, here, refused, leads):
    victim = here / "victim"
    if leads == "to a file":
        victim.write_text("precious\n")
    elif leads == "to a directory":
        victim.mkdir()
    os.symlink(victim, KEEPER)
    refused(*LINE, "--in-place", words=["raw.bin: ", KEEPER, "symbolic link"])
    assert victim.exists() == (leads != "nowhere")


def test_what_is_kept_has_one_name_and_one_owner(stalled, here, refused):
    run, _, _ = stalled
    status = os.stat(KEEPER)
    assert (status.st_mode & 0o7777, status.st_uid) == (0o600, os.geteuid())
    kill_in_place(run)
    os.link(KEEPER, "second")
    refused(*BIG, "--in-place", words=[KEEPER, "names"])
    os.unlink("second")
    if os.geteuid() == 0:
        os.chown(KEEPER, 65534, 65534)
        refused(*BIG, "--in-place", words=[KEEPER, "another user"])


@pytest.mark.parametrize("line", [["info", "raw.bin"], ["info", *BIG[1:]], BIG], ids=" ".join)
def test_a_file_that_a_killed_run_has_left_is_noted(stalled, here, imgtool, line):
    run, _, _ = stalled
    kill_in_place(run)
    noted = imgtool(*line)
    assert KEEPER in noted.errors and "killed" in noted.errors, noted
    assert "imgtool verify raw.bin" in noted.errors and "--in-place" in noted.errors
    assert KEEPER in names(here) and imgtool(*line, "-q").errors == ""
    imgtool(*BIG, "--in-place", "--save", "out.bmp")
    assert imgtool(*line).errors == ""


def test_a_run_that_is_not_over_is_not_called_killed(stalled, here, imgtool):
    assert "killed" not in imgtool("info", *BIG[1:]).errors


def test_the_longest_name_of_a_file_has_one_beside_it(here, imgtool):
    name = "x" * 255
    (here / name).write_bytes(DATA)
    imgtool("verify", name, *LINE[2:], "--in-place")
    assert names(here) == [name] and (here / name).read_bytes() == DATA


def test_a_verification_waits_for_the_one_before_it(stalled, here):
    run, _, noise = stalled
    other = subprocess.Popen([TOOL, *BIG, "--in-place"], stderr=subprocess.PIPE, text=True,
                             stdout=subprocess.DEVNULL)
    assert "waiting" in other.stderr.readline()
    run.terminate()
    assert other.wait(timeout=60) == 0 and (here / "raw.bin").read_bytes() == noise


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_directory_that_takes_no_file_is_told_before_the_first_change(raw, here):
    for folder in [here, *here.parents][:4]:
        folder.chmod(folder.stat().st_mode | 0o055)
    raw.chmod(0o666)
    done = subprocess.run([TOOL, *LINE, "--in-place"], capture_output=True, text=True, timeout=60,
                          user=65534, group=65534, extra_groups=[])
    assert done.returncode == 2 and raw.read_bytes() == DATA, done
    assert done.stderr.count(KEEPER) == 1, "a name is said once"


def test_a_disk_without_room_for_the_copy_is_told_by_the_name_of_the_file(here):
    """A small tmpfs of its own, which needs the right to make a mount."""
    (here / "disk").mkdir()
    script = (f"mount -t tmpfs -o size=64k tmpfs disk && head -c 48000 /dev/zero > disk/raw.bin && "
              f"{TOOL} verify disk/raw.bin --size 200x80 --mode RGB; echo $? > status; ls -A disk > left")
    done = subprocess.run(["unshare", "-Urm", "sh", "-c", script], cwd=here, capture_output=True,
                          text=True, timeout=60)
    if not (here / "status").exists():
        unmet(f"no mount of our own can be made: {done.stderr}", curable=False)
    assert (here / "status").read_text() == "2\n" and (here / "left").read_text() == "raw.bin\n", done
    assert done.stderr.startswith("imgtool: disk/raw.bin: ") and "no space left" in done.stderr, done
    assert "/proc/" not in done.stderr and "--in-place" in done.stderr, done
