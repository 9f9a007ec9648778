"""Where programs ask; one room for each protocol."""
