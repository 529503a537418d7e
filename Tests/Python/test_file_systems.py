"""What is known of sharing where the file system may show an old file: `sharing()` says what
`--expect-shared` says."""

import os
import subprocess
import sys

import pytest
from support import ROOT

MOUNT = """set -e
mkdir lower upper work merged
printf abcdefgh >lower/low.raw
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged || exit 99
printf abcdefgh >merged/new.raw
cd merged
exec "$@"
"""
ASK = """
import sys
import imgtool
image = imgtool.fromfile(sys.argv[1], size=(4, 2), mode="L", access=sys.argv[2])
print(image.sharing().shared, image.sharing().reason)
"""


@pytest.mark.parametrize("name,access,shared", [
    ("low", "ro", False), ("low", "cow", False), ("low", "rw", True),
    ("new", "ro", True), ("new", "cow", True), ("new", "rw", True)])
def test_a_file_of_a_lower_layer_is_not_known_to_be_shared(here, name, access, shared):
    option = next((option for option in ("-m", "-Urm") if subprocess.run(
        ["unshare", option, "true"], capture_output=True).returncode == 0), None)
    if option is None:
        pytest.skip("no mount of our own can be made (unshare -m, or -Urm)")
    done = subprocess.run(
        ["unshare", option, "sh", "-c", MOUNT, "sh", sys.executable, "-c", ASK, f"{name}.raw", access],
        cwd=here, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT / "Python")})
    if done.returncode == 99:
        pytest.skip(f"no overlay can be mounted: {done.stderr}")
    assert done.stdout.startswith(str(shared)), done
    assert shared or "it is unknown" in done.stdout
