"""Version order as bytes: ``key(a) < key(b)`` if and only if a precedes b in its scheme.

Because keys compare as plain bytes, a database compares versions at index speed. Every interval is
half-open over keys, ``low ≤ key < high``; an inclusive upper bound is `successor` of its key.
Keys are never empty and never start with ``0xFF``, so `FIRST` and `BEYOND` bound them all.

``scheme``    the port, and what bounds all keys
``pieces``    what keys are made of
``registry``  every scheme by name (`SCHEMES`), and `key`, which remembers what it made
``ranges``    the ranges of one `Affected` as disjoint intervals of keys, and as text
one file a scheme: ``apk`` ``deb`` ``generic`` ``maven`` ``npm`` ``pypi`` ``rpm`` ``semver``

Pure functions; raises only `VersionError`. Nothing here is lenient: what is no version in its
scheme has no key, and the caller says so.
"""
