"""Version order as bytes: ``key(a) < key(b)`` if and only if a precedes b in its scheme.

Because keys compare as plain bytes, a database compares versions at index speed. Every interval is
half-open over keys, ``low ≤ key < high``; an inclusive upper bound is `successor` of its key.
Keys are never empty and never start with ``0xFF``, so `FIRST` and `BEYOND` bound them all.
One file a scheme; `SCHEMES` registers them. Pure functions; raises only `VersionError`.
"""
