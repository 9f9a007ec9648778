"""The functional core: values in, values out.

Lives here: the vocabulary (`facets`, `components`, `identity`), foreign formats (`formats`),
version order (`versions`), judgement (`assess`), markings and audiences (`policy`), errors.
Never here: Django, files, sockets, the clock, randomness. Anybody may import it.
"""
