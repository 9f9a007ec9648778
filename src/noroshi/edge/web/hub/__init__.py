"""The hub's own pages: sources, organisations, communities, people, keys, the event record.

The hub's administrators change everything here, its analysts look. Whoever administers an
organisation finds its people and keys on the same pages, and nobody else's.
"""
