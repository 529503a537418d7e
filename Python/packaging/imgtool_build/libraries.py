"""The shared libraries that programs are linked to, and which systems have what these need."""

from __future__ import annotations

import platform
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

# What every Linux of a manylinux platform has (PEP 600; auditwheel's manylinux-policy.json).
EVERYWHERE = re.compile(
    r"(libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+|libz|ld-linux[-\w]*)\.so")


# What a program loads by name when it first needs it.
LOADED = ["libtiff.so.6"]


def output_of(*command) -> str:
    words = list(map(str, command))
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def loaded(programs: list) -> dict:
    """The libraries that programs load by name, where these are installed."""
    names = [name for name in LOADED if any(name.encode() in Path(path).read_bytes() for path in programs)]
    known = output_of(shutil.which("ldconfig") or "/sbin/ldconfig", "-p") if names else ""
    installed = re.findall(r"^\s*(\S+) \(.*\) => (\S+)", known, re.M)
    return {name: Path(path).resolve() for name, path in installed if name in names}


def needed(programs: list) -> dict:
    """The shared libraries that are not everywhere, by their names, with those that they need."""
    found = loaded(programs)
    waiting = [*programs, *found.values()]
    while waiting:
        for name, path in re.findall(r"^\s*(\S+) => (\S+)", output_of("ldd", waiting.pop()), re.M):
            if EVERYWHERE.match(name) or name in found:
                continue
            if not path.startswith("/"):
                sys.exit(f"imgtool: {name} is not installed")
            found[name] = Path(path).resolve()
            waiting.append(found[name])
    return found


def platform_tag(programs: list) -> str:
    """The platform that has the newest glibc which any of the programs asks for."""
    versions = [
        tuple(map(int, version.split(".")))
        for version in re.findall(r"GLIBC_([0-9.]+)", output_of("objdump", "-T", *programs))]
    major, minor, *_ = max(versions)
    return f"manylinux_{major}_{minor}_{platform.machine()}"


def searching_for_all(program: bytes) -> bytes:
    """The program with its search path as one for what its libraries need, too: DT_RPATH in place of
    DT_RUNPATH, which is for its own needs alone."""
    data = bytearray(program)
    start, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for header in range(start, start + size * count, size):
        if struct.unpack_from("<I", data, header) != (2,):  # PT_DYNAMIC
            continue
        offset, = struct.unpack_from("<Q", data, header + 8)
        length, = struct.unpack_from("<Q", data, header + 32)
        for entry in range(offset, offset + length, 16):
            if struct.unpack_from("<Q", data, entry) == (29,):
                struct.pack_into("<Q", data, entry, 15)
    return bytes(data)


def stripped(path: Path) -> bytes:
    with tempfile.NamedTemporaryFile() as target:
        subprocess.run(["strip", "--strip-unneeded", "-o", target.name, path], check=True)
        return Path(target.name).read_bytes()


def license_of(path: Path):
    """The Debian package that a file is from, by name, and its copyright notice."""
    if not shutil.which("dpkg-query"):
        return None
    # Where /lib is a link to /usr/lib, packages may know their files by the shorter name.
    for name in [str(path), str(path).replace("/usr/lib/", "/lib/", 1)]:
        found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True)
        if found.returncode == 0:
            package = found.stdout.split(":")[0]
            notice = Path(f"/usr/share/doc/{package}/copyright")
            return (package, notice.read_bytes()) if notice.exists() else None
    return None
