"""Many rows at once: what the ORM would do one object at a time. Knows tables, not meanings."""
