"""Cubes become safe cubes: a hidden number is absent, not masked."""
