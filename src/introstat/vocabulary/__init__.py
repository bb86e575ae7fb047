"""The words all stages share: frozen dataclasses that cannot be built wrong. Imports nothing else of ours.

texts, years, places — what everything is told in, when and where.
deliveries → histories → snapshots → tables → editions — the values of the line, in its order.
errors — what can go wrong with the program.
"""
