"""Invented registers with the margins of published statistics, written in the delivery format.

``write`` makes the files that municipalities would have sent for a year, ``write_years`` for several in a row, with the same
people in them; ``snapshot_rows`` makes rows for counting benchmarks without the line. Nobody in them exists: names are words
of weather and landscape, national ids lie in the synthetic series.
"""

from introstat.synthetic.deliveries import Summary, write, write_years
from introstat.synthetic.snapshots import snapshot_rows

__all__ = ["Summary", "snapshot_rows", "write", "write_years"]
