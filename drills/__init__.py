"""Drills: what takes too long, or fetches too much, to be among the tests. ``make drill``."""
