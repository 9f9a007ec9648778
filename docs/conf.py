"""How the documentation is built: ``make docs``."""

from __future__ import annotations

project = "Noroshi"
author = "The Noroshi maintainers"
extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Noroshi 狼煙"
html_show_copyright = False
html_copy_source = False
