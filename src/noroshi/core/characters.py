"""Characters that steer instead of being read: no name, title or text needs one."""

from __future__ import annotations

import re

# C0, DEL and C1 steer terminals; the bidirectional overrides and isolates (UAX #9, 3.1.2-3.1.3)
# show a text in another order than it is stored in, so that "gpj.exe" reads "exe.jpg".
_BIDI = "\u202a-\u202e\u2066-\u2069"
STEERING_IN_A_LINE = re.compile(f"[\\x00-\\x1f\\x7f-\\x9f{_BIDI}]")
"""What has no place in a name or title; a line break has none either."""
STEERING_IN_A_TEXT = re.compile(f"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f{_BIDI}]")
"""What has no place in a text of several lines, which may hold tabs and line feeds."""
