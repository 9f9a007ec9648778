"""What happened, in an order nobody can change unseen: the hash-chained event record."""
