"""What is known of vulnerabilities: the list, and the page of one.

``asking`` the filters · ``portrait`` gathers the page of one from: ``sides`` (sources side by
side), ``judgement`` and ``cvss`` (the assessment in words), ``remedies``, ``exploits``, ``ranges``
(affected versions and references), ``timeline``; ``wording`` has the words of what sources say in
codes · ``documents`` shows what was received. Nothing here decides anything; who may know of
findings and notices is asked of the hub for the viewer.
"""
