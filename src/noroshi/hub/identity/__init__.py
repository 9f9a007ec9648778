"""One row a product: identities interned as integers, shared by knowledge and inventory."""
