"""Feeds: where documents come from.

``registry`` which sources there are and which format reads them · ``files`` a path on disk →
payloads, whatever it is packed in · ``importing`` payloads → the knowledge base, on all cores ·
``replaying`` what is stored, read again.

From the network: ``port`` what a feed is and how it is asked · ``sources`` one file a source ·
``client`` asks their servers (``responses``), which ``checking`` does not believe · ``pulling``
fetches, writes and remembers, in this order.

Formats live in ``core/formats``; what is kept and merged is ``hub/knowledge``'s business.
"""
