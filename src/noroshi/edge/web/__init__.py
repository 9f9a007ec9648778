"""The pages: where people ask.

``pages``      `page`, the door of every view: who may open it, one viewer, forms sent twice or late
``frame``      what stands around every page: navigation, language, light and dark
``forms``      the fields: cleaned once, errors beside them
``converters`` the parts of an address that name things; the leak matrix is made from them
``urls``       the table of all addresses

Each room (``exposure``, ``notices``, …) holds its views, forms and addresses; its templates are in
``templates/noroshi/<room>``. A view asks the hub with ``request.viewer`` and shows what comes back;
it decides nothing. Everything works without JavaScript; htmx only saves a reload.
"""
