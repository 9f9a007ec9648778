"""The yardsticks of the programme: counted, planned, charted, and the rows behind each.

``counting``  what a fiscal year comes to, kept for a minute
``wording``   columns, rows and definitions in the reader's language
``pages``     the yardsticks of a year, their chart, and the rows behind each
``exports``   the same for spreadsheets
``budget``    what a year cost
"""
