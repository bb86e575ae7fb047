"""The closed program, for municipalities and the office."""
