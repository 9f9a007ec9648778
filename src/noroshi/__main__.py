"""``python -m noroshi``."""

from noroshi.run.main import main

main()
