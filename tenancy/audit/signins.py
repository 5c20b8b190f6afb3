"""What the platform records about signing in. Receivers follow."""
