"""What was seen: attack information as STIX 2.1 objects, and the collections they stand in."""
