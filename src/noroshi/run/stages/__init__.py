"""The stages: what is done with to-do rows, and the worker that drains them.

``table`` names each stage, the function behind it and how many objects it takes at once;
``worker`` runs them until nothing is due. Losing the worker at any instant loses no work.
"""
