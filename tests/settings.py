"""The project's settings with a data folder that is thrown away."""

from __future__ import annotations

import os
import tempfile

os.environ["NOROSHI_DATA"] = tempfile.mkdtemp(prefix="noroshi-test-")
os.environ.pop("NOROSHI_DATABASE", None)
os.environ.pop("NOROSHI_CONFIG", None)
os.environ["NOROSHI_LANGUAGE"] = "en"

from noroshi.run.settings import *  # noqa: F403 - after the environment is set
