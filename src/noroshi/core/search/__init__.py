"""What is asked of the knowledge base, and by which tokens it is found.

``tokens`` cuts texts in Japanese and English into what an index holds · ``asked`` is the query that
somebody typed, understood: its fields, words and days · ``typing`` reads it and writes it ·
``days`` reads its spans of days. All pure; the hub says which rows answer it.
"""
