"""What is kept as Zstandard frames comes back as it was."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

from noroshi.hub.knowledge.preparing import (
    SMALL,
    pack_bytes,
    unpack_beginning,
    unpack_text,
)


def test_many_threads_pack_and_unpack_at_once():
    texts = [random.Random(seed).randbytes(50_000).hex().encode() for seed in range(4)]

    def there_and_back(text: bytes) -> bool:
        return all(unpack_text(pack_bytes(text)) == text for _ in range(30))

    with ThreadPoolExecutor(len(texts)) as threads:
        assert list(threads.map(there_and_back, texts)) == [True] * len(texts)


def test_the_beginning_is_that_of_the_whole():
    for size in (0, 1, SMALL - 1, SMALL, 300_000):
        text = random.Random(size).randbytes(size).hex().encode()
        packed = pack_bytes(text)
        for most in (1, SMALL, 65_536, len(text), len(text) + 1):
            assert unpack_beginning(packed, most) == text[:most]
