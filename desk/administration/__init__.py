"""The administrators: their access, and the guarded record of their acts."""
