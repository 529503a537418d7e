"""The tests that take turns in CI, which has twenty minutes: a third of them runs with each commit."""

import os
import subprocess
from collections import Counter
from pathlib import Path

TURNS = 3
# A family is what one function tests; the cases of one that has more than these take turns.
LARGE = 50


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes turns in CI")


def pytest_collection_modifyitems(config, items):
    """In CI, leaves out what has its turn with another commit."""
    if os.environ.get("CI") != "true":
        return
    commit = subprocess.run(["git", "-C", Path(__file__).parent, "rev-parse", "HEAD"],
                            capture_output=True, text=True).stdout.strip()
    turn = int(commit or "0", 16) % TURNS
    family = {item: item.nodeid.split("[")[0] for item in items}
    sizes, seen, left = Counter(family.values()), Counter(), []
    for item in items:
        is_slow = item.get_closest_marker("slow") is not None
        queue = "slow" if is_slow else family[item]
        seen[queue] += 1
        if (is_slow or sizes[family[item]] > LARGE) and seen[queue] % TURNS != turn:
            left.append(item)
    config.hook.pytest_deselected(items=left)
    gone = set(left)
    items[:] = [item for item in items if item not in gone]
