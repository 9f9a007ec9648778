"""Measurements: each prints its numbers beside a floor or a peer of the same run."""
