"""REST v1, asked through the whole stack of the server, on both databases."""
