"""Who may see what: markings, audiences and the one rule that reads them.

``marking``     TLP 2.0 and PAP: the words, their order, their STIX identifiers
``audience``    to whom an item goes, and whether its marking allows that
``visibility``  the one rule: who may read an item, as data the hub compiles to a query
``selection``   a choice from the tree of districts, sectors and communities → organisations
``community``   the definition of a community → its organisations
``duties``      which roles speak for their organisation
``telling``     how much of a notice may leave by mail and webhook
``anonymity``   taking a member's name out of what it reports

Never here: queries, sessions, people's names. Anybody may import it.
"""
