"""Half of the cases of large families, for CI, which has twenty minutes."""

import os
import subprocess
from collections import Counter
from pathlib import Path

# A family is what one function tests; one of more cases is run by halves.
LARGE = 50


def pytest_collection_modifyitems(config, items):
    """In CI, leaves out every second case of a large family, and with another commit the others."""
    if os.environ.get("CI") != "true":
        return
    commit = subprocess.run(["git", "-C", Path(__file__).parent, "rev-parse", "HEAD"],
                            capture_output=True, text=True).stdout.strip()
    parity = int(commit[-1:] or "0", 16) % 2
    family = {item: item.nodeid.split("[")[0] for item in items}
    sizes, seen, left = Counter(family.values()), Counter(), []
    for item in items:
        seen[family[item]] += 1
        if sizes[family[item]] > LARGE and seen[family[item]] % 2 != parity:
            left.append(item)
    config.hook.pytest_deselected(items=left)
    gone = set(left)
    items[:] = [item for item in items if item not in gone]
