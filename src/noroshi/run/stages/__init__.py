"""The stages: what is done with to-do rows, and the worker that drains them.

``table`` names each stage, the function behind it and how many objects it takes at once;
``worker`` runs them until nothing is due. Losing the worker at any instant loses no work.
``outgoing`` sends, beside the worker, what the stages wrote to be sent; ``following`` pulls, in
processes of their own, the sources that are due.
"""
