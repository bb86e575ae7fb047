"""A snapshot becomes cubes of counts."""
