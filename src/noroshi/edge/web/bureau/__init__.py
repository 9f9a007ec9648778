"""The district, as its bureau looks after it: who answered what, who is late, whom to call."""
