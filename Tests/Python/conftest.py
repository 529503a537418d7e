"""The package on the built library; its peers are NumPy, pyarrow and Pillow."""

import sys
from pathlib import Path

import pytest
import support

sys.path.append(str(Path(__file__).resolve().parents[1]))
from turns import pytest_collection_modifyitems, pytest_configure  # noqa: E402, F401: hooks


@pytest.fixture(scope="session", autouse=True)
def built_library():
    if "IMGTOOL_LIBRARY" in support.os.environ and not support.LIBRARY.exists():
        support.unmet(f"{support.LIBRARY} is not there; Scripts/link-library makes it")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty directory, which is also the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
