"""工作台: what waits for a person."""
