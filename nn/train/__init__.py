"""Training: fit, its batches, its history, what it measures."""
