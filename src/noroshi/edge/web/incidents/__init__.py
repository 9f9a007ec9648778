"""Incidents: what members saw, read, reported, reviewed by the hub and shared without names.

``reading``    the lists and one report
``reporting``  a member reports, gives the report to the hub, takes it back
``reviewing``  the hub's analysts look at what they were given, ask, and share it
``forms``      the fields, and what a report is once they are clean
"""
