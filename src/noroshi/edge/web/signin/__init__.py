"""Signing in: who it is, with which factors, for how long, and how that is recorded.

``backend``    who may sign in: active people of active organisations
``adapter``    what django-allauth asks the project: sentences, answers, mails, secrets
``forms``      its forms, with our labels, and without the ways in which they fall over
``views``      its pages, where the project has more to say
``guard``      what every request of a session passes: still here, second factor set up
``lifetime``   how long a session lasts
``store``      where sessions are kept
``factors``    who needs a second factor, who has one, and taking them all away
``invitation`` the link with which somebody sets a password
``letters``    the mails, sent aside so that nobody can time them
``records``    the events in the record

There is no way to sign up, and none to change an address: who takes part, and under which address,
is the hub's to say.
"""
