"""What was told to whom, and who answered: notices, deliveries, responses, escalations."""
