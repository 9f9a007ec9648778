"""The project's settings with a data folder that is thrown away."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = tempfile.mkdtemp(prefix="noroshi-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
(Path(_folder) / "static").mkdir()  # whitenoise wants it to be there
os.environ["NOROSHI_DATA"] = _folder
os.environ.pop("NOROSHI_DATABASE", None)
os.environ.pop("NOROSHI_CONFIG", None)
os.environ["NOROSHI_LANGUAGE"] = "en"

from noroshi.run.settings import *  # noqa: E402, F403 - after the environment is set
