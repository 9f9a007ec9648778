"""When, again, where: settings, stages, the worker, the commands, the sample.

Anything that decides lives below; this floor only calls it at the right time.
"""
