"""What is still to be done: one row a stage and object, written with the change itself."""
