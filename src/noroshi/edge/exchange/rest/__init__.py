"""REST v1: what the pages show people, for programs.

``api``           the operations put together, and the table of addresses
``door``          what holds for every address: conditional requests, headers, one form of error
``bearer``        who asks: the key, its rate, its scope
``operations``    how an operation is declared: its scope, what it gives, a write carried out once
``faults``        what is wrong with single values of a request
``problems``      everything that goes wrong, as problem details (RFC 9457)
``bodies``        what is sent: read within limits and strictly
``description``   the OpenAPI document
``shapes``        what is answered, as values; each room of operations has its own beside it

The other modules are the operations, one module a part of the API. They hold no rules: they ask
the hub with the key's viewer. The web, and what it knows of people, is never imported here.
"""
