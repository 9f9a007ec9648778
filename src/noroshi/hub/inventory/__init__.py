"""What members run: systems, inventories, packages and components."""
