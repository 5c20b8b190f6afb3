"""What workspace tells the rest of the house when it starts."""
