"""Believable invented customers, for the demo and for benchmarks. Deterministic: the same seed gives the same people."""
