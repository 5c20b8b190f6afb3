"""What customers tells the rest of the house when it starts."""
