"""The leak matrix: every address of the site and every operation of the API, asked by everybody.

It is made from the table of addresses and from the OpenAPI document. A new route is asked the day
it is added; one whose address names a new kind of thing fails until `names` knows things of that
kind. Nobody lists what a route may show: what somebody may know follows from the facts of the
world (`tests.hub.leaks.oracle`), whatever the page.

``world``    the world of the hub's own leak tests, with a mark on everything that can be hidden
``routes``   what can be asked, and with which names
``asking``   asking as somebody, and what of an answer counts
``addition`` things that appear for somebody else: nothing may change for you
"""
