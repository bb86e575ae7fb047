"""The open program, which reads editions and nothing else."""
