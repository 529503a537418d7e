"""What is known of sharing on file systems that may show an old file: real overlays, and, where no
other machine is at hand, file systems whose kind `strace` makes up."""

import subprocess

import pytest

from conftest import TOOL, unmet

RAW = ["--size", "4x2"]
OLD, NEW = b"abcdefgh", b"ABCDEFGH"
# `low` is on the lower layer, `copied` was there and has been written, `new` was made above.
MOUNT = """set -e
mkdir lower upper work merged
for name in low copied; do printf abcdefgh >lower/$name.raw; done
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged || exit 99
printf abcdefgh >merged/new.raw
printf abcdefgh >merged/copied.raw
cd merged
exec "$@"
"""


def alone(here, script, extra=()):
    """Runs a program in mounts of its own, which a script makes."""
    option = next((option for option in ("-m", "-Urm") if subprocess.run(
        ["unshare", option, "true"], capture_output=True).returncode == 0), None)
    if option is None:
        unmet("no mount of our own can be made (unshare -m, or -Urm)", curable=False)

    def run(*words):
        done = subprocess.run(["unshare", option, *extra, "sh", "-c", script, "sh", *words], cwd=here,
                              capture_output=True, text=True, timeout=60)
        if done.returncode == 99:
            unmet(f"no overlay can be mounted: {done.stderr}", curable=False)
        return done

    return run


@pytest.fixture
def overlay(here):
    """Runs a program in the root of an overlay that is mounted for it alone."""
    return alone(here, MOUNT)


@pytest.fixture
def container(here):
    """Runs a program in a directory of a container whose root is an overlay of ours."""
    for name in ("low", "changed"):
        (here / f"{name}.raw").write_bytes(OLD)
    return alone(here, CONTAINER, ["-p", "--fork"])


# The root of a container is an overlay, and its first process is started when that is mounted.
CONTAINER = """set -e
case=$PWD
mkdir layers
mount -t tmpfs tmpfs layers
cd layers
mkdir upper work merged
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work merged || exit 99
cd merged
mkdir -p old
mount -t proc proc proc || exit 99
pivot_root . old || exit 99
cd "$case"
exec unshare -p --fork --mount-proc sh -c '
  tick() { before=$(cat /proc/uptime); until [ "$(cat /proc/uptime)" != "$before" ]; do :; done; }
  tick; tick; tick
  printf abcdefgh >changed.raw
  printf abcdefgh >new.raw
  exec "$@"' sh "$@"
"""


def says_unknown(done) -> bool:
    return "it is unknown" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("name,access,status", [
    ("low", "ro", 1), ("low", "cow", 1), ("low", "rw", 0),
    ("copied", "ro", 1), ("copied", "cow", 1), ("copied", "rw", 0),
    ("new", "ro", 0), ("new", "cow", 0), ("new", "rw", 0)])
def test_a_file_of_an_overlay_is_shared_where_it_is_known_to_be_on_the_upper_layer(
        overlay, name, access, status):
    line = [TOOL, "frombuffer", f"{name}.raw", *RAW, "--access", access]
    done = overlay(*line, "--expect-shared")
    assert done.returncode == status and (status == 0 or says_unknown(done)), done
    done = overlay(*line, "--expect-detached")
    assert done.returncode == 1, "nor is it known to be detached"


@pytest.mark.parametrize("name,status", [("low", 1), ("new", 0)])
def test_standard_input_follows_the_same_rule(overlay, name, status):
    done = overlay("sh", "-c", f"exec {TOOL} frombuffer - --size 4x2 --expect-shared <{name}.raw")
    assert done.returncode == status, done


@pytest.mark.parametrize("name", ["low", "copied", "new"])
@pytest.mark.parametrize("access", ["ro", "cow", "rw"])
def test_what_is_called_shared_shows_what_others_write(overlay, name, access):
    script = f"""
      {TOOL} frombuffer {name}.raw --size 4x2 --access {access} \\
        --run "printf ABCDEFGH | dd of={name}.raw conv=notrunc status=none" \\
        --save after.raw --expect-shared; echo $?; cat after.raw"""
    status, shown = overlay("bash", "-c", script).stdout.split("\n")
    assert status == "1" or shown == NEW.decode(), "it is called shared, and shows the old bytes"


@pytest.mark.parametrize("name,place,status", [
    ("low", [], 1), ("copied", [], 1), ("new", [], 0),
    ("low", ["--in-place"], 0), ("copied", ["--in-place"], 0), ("new", ["--in-place"], 0)])
def test_verify_follows_the_same_rule(overlay, name, place, status):
    done = overlay(TOOL, "verify", f"{name}.raw", *RAW, *place)
    assert done.returncode == status and (status == 0 or says_unknown(done)), done


@pytest.mark.parametrize("name,status", [("low", 1), ("changed", 0), ("new", 0)])
@pytest.mark.parametrize("source", ["path", "standard input"])
def test_in_a_container_what_changed_since_its_start_is_on_the_upper_layer(
        container, name, status, source):
    file = f"{name}.raw" if source == "path" else "-"
    done = container("sh", "-c", f"exec {TOOL} frombuffer {file} --size 4x2 --expect-shared <{name}.raw")
    assert done.returncode == status and (status == 0 or says_unknown(done)), done


def poke_kind(magic: int) -> list:
    return ["strace", "-o", "/dev/null", "-e",
            f"inject=fstatfs:poke_exit=@arg2={magic.to_bytes(8, 'little').hex()}"]


@pytest.mark.parametrize("kind,magic", [
    ("NFS", 0x6969), ("CIFS", 0xFF534D42), ("SMB", 0xFE534D42), ("FUSE", 0x65735546),
    ("9P", 0x01021997), ("Ceph", 0x00C36400)])
@pytest.mark.parametrize("access", ["ro", "cow", "rw"])
def test_a_file_that_other_machines_write_is_not_known_to_be_shared(here, program, kind, magic, access):
    program("strace")
    (here / "raw.bin").write_bytes(OLD)
    line = [TOOL, "frombuffer", "raw.bin", *RAW, "--access", access, "--expect-shared"]
    done = subprocess.run([*poke_kind(magic), *line], capture_output=True, text=True, timeout=60)
    if "invalid" in done.stderr.lower():
        unmet("this strace cannot change what a call returns", curable=False)
    assert done.returncode == 1 and says_unknown(done) and kind in done.stderr, done


@pytest.mark.parametrize("kind,magic", [("ext4", 0xEF53), ("tmpfs", 0x01021994), ("btrfs", 0x9123683E)])
def test_a_file_of_this_machine_is_shared(here, program, kind, magic):
    program("strace")
    (here / "raw.bin").write_bytes(OLD)
    line = [TOOL, "frombuffer", "raw.bin", *RAW, "--expect-shared"]
    done = subprocess.run([*poke_kind(magic), *line], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
