"""Notices: read and answered, written, looked at before they are sent, sent, revised, taken back.

``reading``    the list, one notice with one's answers, who has answered
``writing``    drafts: written, changed, given up
``sending``    the preview of exactly who will receive what, publishing, revising, withdrawing
``queueing``   what is new and matters, for the hub's analysts
``forms``      the forms; ``audience`` the fields that say for whom, ``refusals`` errors beside them
"""
