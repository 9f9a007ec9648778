"""Feeds: where documents come from.

``registry`` which sources there are and which format reads them · ``files`` a path on disk →
payloads, whatever it is packed in · ``importing`` payloads → the knowledge base, on all cores.
Formats live in ``core/formats``; what is kept and merged is ``hub/knowledge``'s business.
"""
