"""Judgement: the records of one vulnerability in, one assessment out.

``assess`` (in ``fusion``) is the door. ``assessment`` is what it returns; ``judge`` the port that
learnt models fill. One room a facet: ``severity`` (with ``vector``), ``weakness``, ``products``
(with ``product_names`` and ``intervals``), ``exploitation``. ``independence`` tells voices from
echoes, ``support`` counts them, ``reliability`` weighs it all; ``priority`` says when to act.
``narrate`` puts it into Japanese and English (``outline`` → ``japanese``, ``english``; words in
``phrases``, ``sentences``).

Never here: where records come from, who may read the result. Anybody may import it.
"""

from __future__ import annotations

from noroshi.core.assess.assessment import Assessment, decode, encode
from noroshi.core.assess.fusion import assess

__all__ = ["Assessment", "assess", "decode", "encode"]
