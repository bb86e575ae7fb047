"""Safe cubes and an article become an edition."""
