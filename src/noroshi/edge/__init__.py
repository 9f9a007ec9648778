"""Where the world touches us. Rooms here do not see each other; rules live in ``core``."""
