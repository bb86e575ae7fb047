"""The arithmetic of protection: what a system of sums of cells gives away, and by how much.

`elimination` reduces the sums modulo a prime and says what they determine; `bounds` narrows values by the sums alone;
`polytope` asks a linear program about one cell, `directions` about many cells at once; `knowledge` keeps the whole tables
already seen, `exchange` makes new ones out of them, and `opening` hides what opens many weak cells together. Nothing here
knows a municipality: only cells, sums and values.
"""
