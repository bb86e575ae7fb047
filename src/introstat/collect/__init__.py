"""What a municipality sends becomes a delivery with its findings."""
