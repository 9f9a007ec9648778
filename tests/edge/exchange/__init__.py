"""The protocols that programs speak, asked as programs ask."""
