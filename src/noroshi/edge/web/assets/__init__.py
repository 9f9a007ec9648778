"""What an organisation runs: systems, SBOMs, components, and who may look.

``roles``        who may change something here
``forms``        the forms of the room
``lists``        all systems, and what others let the reader see
``systems``      one system: made, shown, changed, retired
``uploads``      an SBOM comes in
``inventories``  one SBOM: components, problems, changes, the file as received
``component_lines``  components with what names and what concerns them
``exports``      components and findings for spreadsheets
``grants``       what the organisation lets others see
"""
