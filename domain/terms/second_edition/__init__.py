"""What the second edition read in texts, as it read it: cases of that edition are read so to their end."""
