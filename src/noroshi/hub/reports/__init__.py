"""The programme yardsticks, counted from the record."""
