"""The statistics of the introduction programme, from registration to published edition."""
