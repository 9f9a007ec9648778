"""Who takes part: organisations, communities, people, grants, and the audiences made of them."""
