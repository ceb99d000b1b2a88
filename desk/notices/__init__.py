"""提示: what waits for a unit."""
