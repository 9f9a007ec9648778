"""My exposure: what concerns the reader's organisation, why, how sure, by when; and answering it.

``views``    the list, the page of one vulnerability, one-tap acknowledgement
``forms``    what a list is narrowed to, and an answer
``wording``  deadlines, sureness and answers as people read them

The exposure of another organisation is read with ``?organisation=`` if that organisation lets the
reader see it, and is never answered here.
"""
