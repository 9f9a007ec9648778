"""Foreign syntax: bytes ↔ typed records, one file a dialect.

Each feed format has ``documents(payload)`` (a file or response → the documents in it, bytes
unchanged) and ``read(document)`` (one document → its records, or a `FormatError` for each that
cannot be read). SBOM formats have ``read(data)``. No files, no network: bytes in, values out.
"""
