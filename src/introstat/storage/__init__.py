"""The only place that knows a database, or the disk for data."""
