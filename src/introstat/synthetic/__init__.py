"""Invented registers with the margins of published statistics, written in the delivery format.

``write`` makes the files that municipalities would have sent; ``snapshot_rows`` makes rows for counting benchmarks without
the line. Nobody in them exists: names are words of weather and landscape, national ids lie in the synthetic series.
"""

from introstat.synthetic.deliveries import Summary, write
from introstat.synthetic.snapshots import snapshot_rows

__all__ = ["Summary", "snapshot_rows", "write"]
