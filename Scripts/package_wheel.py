"""Packs the Python package, the library and what it needs into a wheel (PEP 427, PEP 600)."""

import base64
import ctypes
import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What every Linux of a manylinux platform has (PEP 600; auditwheel's manylinux-policy.json).
EVERYWHERE = re.compile(
    r"(libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+|libz|ld-linux[-\w]*)\.so")

METADATA = """Metadata-Version: 2.4
Name: imgtool
Version: {version}
Summary: Images on memory that others own, shared through every edit and every save
License-Expression: Apache-2.0
License-File: LICENSE
Requires-Python: >=3.9
Classifier: Operating System :: POSIX :: Linux
Description-Content-Type: text/markdown

{description}"""
WHEEL = """Wheel-Version: 1.0
Generator: imgtool
Root-Is-Purelib: false
Tag: py3-none-{tag}
"""


def output_of(*command) -> str:
    words = list(map(str, command))
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def needed(library: Path) -> dict:
    """The shared libraries that are not everywhere, by their names, with those that they need."""
    found, waiting = {}, [library]
    while waiting:
        for name, path in re.findall(r"^\s*(\S+) => (\S+)", output_of("ldd", waiting.pop()), re.M):
            if EVERYWHERE.match(name) or name in found:
                continue
            if not path.startswith("/"):
                sys.exit(f"package-wheel: {name} is not installed")
            found[name] = Path(path).resolve()
            waiting.append(found[name])
    return found


def platform_tag(libraries: list) -> str:
    versions = [
        tuple(map(int, version.split(".")))
        for version in re.findall(r"GLIBC_([0-9.]+)", output_of("objdump", "-T", *libraries))]
    major, minor, *_ = max(versions)
    return f"manylinux_{major}_{minor}_{platform.machine()}"


def version_of(library: Path) -> str:
    function = ctypes.CDLL(str(library)).imgtool_version
    function.restype = ctypes.c_char_p
    return function().decode()


def license_of(path: Path):
    """The copyright notice of the Debian package that a file is from."""
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


def pack(library: Path, output: Path) -> Path:
    files = {
        f"imgtool/{path.name}": path.read_bytes() for path in sorted(
            (ROOT / "Python/imgtool").glob("*.py"))}
    bundled = needed(library)
    version, tag = version_of(library), platform_tag([library, *bundled.values()])
    with tempfile.TemporaryDirectory() as folder:
        stripped = Path(folder) / library.name
        subprocess.run(["strip", "--strip-unneeded", "-o", stripped, library], check=True)
        files[f"imgtool/{library.name}"] = stripped.read_bytes()
    info = f"imgtool-{version}.dist-info"
    for name, path in bundled.items():
        files[f"imgtool/{name}"] = path.read_bytes()
        if notice := license_of(path):
            files[f"{info}/licenses/{notice[0]}"] = notice[1]
    description = (ROOT / "Documentation/python.md").read_text()
    files[f"{info}/licenses/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    files[f"{info}/METADATA"] = METADATA.format(version=version, description=description).encode()
    files[f"{info}/WHEEL"] = WHEEL.format(tag=tag).encode()
    record = "".join(
        f"{name},sha256={digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    wheel = output / f"imgtool-{version}-py3-none-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if ".so" in name else 0o644) << 16
            archive.writestr(entry, data)
    return wheel


def digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    print(pack(Path(sys.argv[1]), Path(sys.argv[2])))
