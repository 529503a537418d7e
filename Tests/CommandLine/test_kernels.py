"""What other kernels, file systems and full machines answer, put into the tool's calls by `strace`."""

import re
import subprocess

import pytest
from conftest import SECONDS, TOOL

SPARSE = 1 << 20
# Some versions of strace have no names for these.
POPULATES = {"read": r"MADV_POPULATE_READ|, 0x16\b", "write": r"MADV_POPULATE_WRITE|, 0x17\b"}


@pytest.fixture
def answered(here, program):
    """Runs the tool while calls are answered as told; gives its end and the calls that were traced."""
    strace = program("strace")

    def run(*arguments, answers, at=None, trace=(), **options):
        names = [answer.split(":")[0] for answer in answers] + list(trace)
        command = [strace, "-f", "-o", here / "log", "-e", f"trace={','.join(names)}"]
        for answer in answers:
            command += ["-e", f"inject={answer}"]
        if at:
            command += ["-P", at]
        options.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run([*command, TOOL, *map(str, arguments)], capture_output=True, text=True,
                              timeout=SECONDS, **options)
        return done, (here / "log").read_text()

    return run


@pytest.fixture
def sparse(here):
    path = here / "sparse.bin"
    with open(path, "wb") as file:
        file.truncate(SPARSE)
    return path


FILL = ["frombuffer", "sparse.bin", "--size", "1024x1024", "--access", "rw", "--fill", "9"]


@pytest.mark.parametrize("answers", [
    ["fallocate:error=EOPNOTSUPP"],
    # Kernels before 5.14 know no MADV_POPULATE_WRITE either.
    ["fallocate:error=EOPNOTSUPP", "madvise:error=EINVAL"],
])
def test_holes_are_edited_where_space_cannot_be_reserved(answered, sparse, answers):
    done, log = answered(*FILL, answers=answers, trace=["madvise"])
    assert (done.returncode, done.stderr) == (0, "")
    assert "INJECTED" in log and re.search(POPULATES["write"], log)
    assert sparse.read_bytes() == b"\x09" * SPARSE


@pytest.mark.parametrize("answers, words", [
    (["fallocate:error=EOPNOTSUPP", "madvise:error=EFAULT"], "No space left on device"),
    (["fallocate:error=EIO"], "Input/output error"),
])
def test_holes_that_get_no_space_stay_holes(answered, sparse, answers, words):
    done, _ = answered(*FILL, answers=answers)
    assert done.returncode == 2 and words in done.stderr, done
    assert sparse.stat().st_blocks == 0 and sparse.read_bytes() == bytes(SPARSE)


def test_a_file_whose_holes_cannot_be_found_is_not_edited(answered, sparse):
    _, log = answered(*FILL, answers=[], trace=["lseek"], at=sparse)
    calls = [line for line in log.splitlines() if "lseek(" in line]
    with open(sparse, "wb") as file:
        file.truncate(SPARSE)
    number = next(index for index, line in enumerate(calls, 1) if "SEEK_DATA" in line)
    done, _ = answered(*FILL, answers=[f"lseek:error=EIO:when={number}"], at=sparse)
    assert done.returncode == 2 and "Input/output error" in done.stderr, done
    assert sparse.read_bytes() == bytes(SPARSE)


def test_rows_are_copied_by_hand_where_the_kernel_does_not_move_them(answered, here):
    content = bytes(range(32, 96)) * 16384
    (here / "raw.bin").write_bytes(content)
    copying = ["frombuffer", "raw.bin", "--size", "1024x1024", "--format", "raw", "--save", "-"]
    moves = [f"{call}:error=EINVAL" for call in ("sendfile", "copy_file_range", "splice")]
    done, log = answered(*copying, answers=moves, trace=["madvise"])
    assert (done.returncode, done.stdout.encode()) == (0, content)
    assert re.search(POPULATES["read"], log)
    # Kernels before 5.14 are told what will be read; they cannot be asked to read it at once.
    done, log = answered(*copying, answers=[*moves, "madvise:error=EINVAL"])
    assert (done.returncode, done.stdout.encode()) == (0, content)
    assert "MADV_WILLNEED" in log


def test_a_lock_that_the_system_does_not_give_is_an_error(answered, here):
    (here / "raw.bin").write_bytes(b"\1")
    done, _ = answered("frombuffer", "raw.bin", "--size", "1x1", "--lock", "--print", "0,0",
                       answers=["flock:error=ENOLCK"])
    assert done.returncode == 2 and "No locks available" in done.stderr and not done.stdout


def test_a_pipe_that_memory_cannot_hold_is_an_error(answered, here):
    with subprocess.Popen(["head", "-c", "100000", "/dev/zero"], stdout=subprocess.PIPE) as head:
        done, _ = answered("frombuffer", "-", "--size", "100x1000", "--print", "0,0", stdin=head.stdout,
                           answers=["write:error=ENOSPC:when=1"])
    assert done.returncode == 2 and "memory" in done.stderr and not done.stdout, done


def test_a_pipe_is_read_where_the_system_does_not_tell_its_memory(answered):
    with subprocess.Popen(["printf", "abcd"], stdout=subprocess.PIPE) as source:
        done, log = answered("frombuffer", "-", "--size", "2x2", "--print", "1,1", stdin=source.stdout,
                             answers=["openat:error=ENOENT"], at="/proc/meminfo")
    assert "INJECTED" in log and "/proc/meminfo" in log
    assert (done.returncode, done.stdout.split()[-1]) == (0, "100"), done


def test_pages_that_the_system_does_not_tell_are_not_called_shared(answered, here):
    (here / "raw.bin").write_bytes(bytes(100))
    arguments = ["frombuffer", "raw.bin", "--size", "10x10", "--expect-shared"]
    done, log = answered(*arguments, answers=[], trace=["pread64"])
    assert done.returncode == 0
    # Those before are the dynamic loader's.
    number = log.count("pread64(")
    done, log = answered(*arguments, answers=[f"pread64:retval=0:when={number}"])
    assert "INJECTED" in log
    assert done.returncode == 1 and "/proc/self/pagemap" in done.stderr, done


def test_a_write_that_takes_nothing_is_an_error_and_not_for_ever(answered, here):
    (here / "raw.bin").write_bytes(bytes(100))
    layout = ["frombuffer", "raw.bin", "--size", "10x10"]
    done, log = answered(*layout, "--save", "out.png", answers=["write:retval=0:when=1"])
    assert "INJECTED" in log and done.returncode == 2 and "Input/output error" in done.stderr, done
    assert not (here / "out.png").exists()
    done, log = answered(*layout, "--poke", "0=01", answers=["pwrite64:retval=0"])
    assert "INJECTED" in log and done.returncode == 2 and "Input/output error" in done.stderr, done
    assert (here / "raw.bin").read_bytes() == bytes(100)


def test_a_machine_with_more_processors_than_a_set_has_bits_is_used(answered, here):
    (here / "raw.bin").write_bytes(bytes(1 << 24))
    hashing = ["frombuffer", "raw.bin", "--size", "4096x4096", "--hash"]
    threads = []
    for answers in [], ["sched_getaffinity:error=EINVAL"]:
        done, log = answered(*hashing, answers=answers, trace=["clone", "clone3"])
        assert done.returncode == 0, done
        threads.append(len(re.findall(r"clone3?\(.*CLONE_THREAD", log)))
    assert "INJECTED" in log and threads[1] >= threads[0]
