"""The record of truth: one Django app a room, each with the same furniture.

``models`` what is remembered · ``queries`` what is asked (raw SQL lives only here) · ``actions``
what is done · ``migrations``. Imports between rooms go down only: reports → notices → matching →
knowledge | inventory | intel → members → identity → audit | todo → scope | bulk.
"""
