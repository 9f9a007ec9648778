"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real feeds and SBOMs; it is not part of the project."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("NOROSHI_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip("the folder of real feeds and SBOMs is not here (NOROSHI_SHARED_DATA)")
    return folder
