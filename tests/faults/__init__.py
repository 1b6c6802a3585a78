"""Faults of the network on demand, for tests; themselves tested."""
