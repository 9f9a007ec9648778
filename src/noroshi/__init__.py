"""Noroshi (狼煙): information sharing for a sector.

Four floors, imports go down only: ``run`` (when, again, where) → ``edge`` (where the world touches
us) → ``hub`` (the record of truth) → ``core`` (decides; values in, values out).
"""
