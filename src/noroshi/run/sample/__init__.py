"""The built-in sample: an invented sector, real facts about vulnerabilities, sentences of ours.

Only data lives here; ``README.md`` beside this file says what it is and where it comes from.
"""
