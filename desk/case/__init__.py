"""The page of an incident."""
